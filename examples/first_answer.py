"""The first answer: 32 filters of 3 × 3 over RGB, asked by a real MCP client over stdio."""

import sys

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main() -> None:
    """Start the server, list its tools, ask it, print what it answers."""
    server = StdioServerParameters(command=sys.executable, args=["-m", "paramcount", "serve"])
    async with Client(stdio_client(server)) as client:
        tools = (await client.list_tools()).tools
        print("tools:", ", ".join(tool.name for tool in tools), end="\n\n")
        result = await client.call_tool("conv_layer_params", {"in_channels": 3, "out_channels": 32, "kernel_size": 3})
    (content,) = result.content
    assert content.type == "text"
    print(content.text)
    assert result.structured_content is not None
    assert result.structured_content["total"] == 896


anyio.run(main)
