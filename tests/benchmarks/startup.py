"""From a cold start to the first answer, and memory, beside a bare server of the SDK.

python -m tests.benchmarks.startup
"""

import subprocess
import sys
import time
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.benchmarks.tables import show

OURS = [sys.executable, "-m", "paramcount", "serve"]
BARE = [sys.executable, "-m", "tests.benchmarks.bare"]
LAYER = [sys.executable, "-m", "paramcount", "layer", "Conv2d(3, 32, 3)"]


async def first_answer(command: list[str], tool: str, arguments: dict[str, int]) -> tuple[float, float]:
    """Milliseconds until the first call is answered, and MB resident afterwards."""
    start = time.perf_counter()
    async with Client(stdio_client(StdioServerParameters(command=command[0], args=command[1:]))) as client:
        await client.call_tool(tool, arguments)
        taken = (time.perf_counter() - start) * 1000
        return taken, _resident(command)


def _resident(command: list[str]) -> float:
    """Memory of the process that runs this command, in MB, from /proc."""
    wanted = "\0".join(command)
    for status in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if status.read_text().rstrip("\0") == wanted:
                lines = (status.parent / "status").read_text().splitlines()
                return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
        except OSError:
            continue  # a process that ended meanwhile
    raise RuntimeError(f"{command} is not running")


def command_line() -> float:
    """Milliseconds of `paramcount layer`, a whole process."""
    start = time.perf_counter()
    subprocess.run(LAYER, check=True, capture_output=True)
    return (time.perf_counter() - start) * 1000


async def main() -> None:
    """Take turns, print both tables."""
    names = ("bare SDK server", "paramcount serve", "paramcount layer (no server)")
    times: dict[str, list[float]] = {name: [] for name in names}
    memory: dict[str, list[float]] = {name: [] for name in names[:2]}
    for turn in range(8):
        bare = await first_answer(BARE, "noop", {"in_channels": 3})
        ours = await first_answer(OURS, "conv_layer_params", {"in_channels": 3, "out_channels": 32, "kernel_size": 3})
        layer = command_line()
        if turn:
            times[names[0]].append(bare[0])
            times[names[1]].append(ours[0])
            times[names[2]].append(layer)
            memory[names[0]].append(bare[1])
            memory[names[1]].append(ours[1])
    show("start to first answer", times, names[0])
    show("resident memory", memory, names[0], "MB")


if __name__ == "__main__":
    anyio.run(main)
