"""A call of `conv_layer_params` beside tools that do nothing, on the same SDK, in the same run.

    python -m tests.benchmarks.calls

The no-op tools are what the SDK's own decorator makes of a function that returns a text; the third
returns, ready made, an answer as large as paramcount's.
"""

import itertools
import sys

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.server import MCPServer
from mcp_types import CallToolResult, TextContent

from paramcount_mcp import build_server

ARGUMENTS = {"in_channels": 3, "out_channels": 32, "kernel_size": 3, "input_size": [224, 224]}
SAME = CallToolResult(content=[TextContent(type="text", text="x" * 900)])

noop = MCPServer("noop", log_level="WARNING")


@noop.tool()
def sync_noop(in_channels: int, out_channels: int, kernel_size: int, input_size: list[int]) -> str:
    """Do nothing, in a thread, as the SDK runs plain functions."""
    return "ok"


@noop.tool()
async def async_noop(in_channels: int, out_channels: int, kernel_size: int, input_size: list[int]) -> str:
    """Do nothing, on the event loop."""
    return "ok"


@noop.tool()
async def large_noop(in_channels: int, out_channels: int, kernel_size: int, input_size: list[int]) -> CallToolResult:
    """Do nothing, and return as much text."""
    return SAME


async def compare(title: str, ours: Client, theirs: Client, rounds: int) -> None:
    """Take turns between the two servers."""
    from tests.benchmarks.tables import in_turn, show

    sizes = itertools.count(5)

    def anew() -> dict[str, object]:
        return {**ARGUMENTS, "in_channels": 1 + next(sizes) % 997, "input_size": [224, 100 + next(sizes) % 991]}

    times = await in_turn(
        {
            "no-op, async": lambda: theirs.call_tool("async_noop", ARGUMENTS),
            "no-op, sync": lambda: theirs.call_tool("sync_noop", ARGUMENTS),
            "no-op, async, a text as large": lambda: theirs.call_tool("large_noop", ARGUMENTS),
            "conv_layer_params, repeated": lambda: ours.call_tool("conv_layer_params", ARGUMENTS),
            "conv_layer_params, other arguments each time": lambda: ours.call_tool("conv_layer_params", anew()),
        },
        rounds,
        warm=50,
    )
    show(title, times, "no-op, async")


async def main() -> None:
    """In memory, then over stdio, in both eras."""
    for era in ("auto", "legacy"):
        async with Client(build_server(), mode=era) as ours, Client(noop, mode=era) as theirs:
            await compare(f"in memory, {era}", ours, theirs, 1000)
        serve = StdioServerParameters(command=sys.executable, args=["-m", "paramcount", "serve"])
        bare = StdioServerParameters(command=sys.executable, args=["-m", "tests.benchmarks.calls", "serve"])
        async with Client(stdio_client(serve), mode=era) as ours, Client(stdio_client(bare), mode=era) as theirs:
            await compare(f"over stdio, {era}", ours, theirs, 500)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        noop.run()
    else:
        anyio.run(main)
