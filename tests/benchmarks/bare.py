"""A bare server of the SDK with one tool that does nothing, to be measured beside."""

from mcp.server import MCPServer

server = MCPServer("bare", log_level="WARNING")


@server.tool()
async def noop(in_channels: int) -> str:
    """Do nothing."""
    return "ok"


if __name__ == "__main__":
    server.run()
