"""The server as a host starts it: a process of its own, spoken to over standard input and output."""

import os
import sys
from pathlib import Path
from typing import Literal

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.server.conftest import text_of


@pytest.mark.parametrize("era", ["auto", "legacy"])
def test_a_real_client_over_stdio(era: Literal["auto", "legacy"]) -> None:
    async def talk() -> None:
        parameters = StdioServerParameters(command=sys.executable, args=["-m", "paramcount", "serve"])
        with anyio.fail_after(60):
            async with Client(stdio_client(parameters), mode=era) as client:
                names = [tool.name for tool in (await client.list_tools()).tools]
                assert names == [
                    "compare_networks",
                    "conv_layer_params",
                    "fit_to_budget",
                    "network_params",
                    "read_model",
                ]
                result = await client.call_tool("conv_layer_params", {"k": 32, "f": 3, "c": 3})
                assert not result.is_error
                assert "28 × 32 = 896" in text_of(result)
                refused = await client.call_tool("conv_layer_params", {"k": 32})
                assert refused.is_error
                again = await client.call_tool("network_params", {"layers": "Linear(3, 4)"})
                assert "16 parameters" in text_of(again)

    anyio.run(talk)


def servers_cpu_seconds() -> float:
    """What the servers that this process started have computed, where the system tells it, which Linux does."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = stat.read_text().rpartition(")")[2].split()
        if int(fields[1]) == os.getpid():
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("era", ["auto", "legacy"])
def test_a_long_search_tells_its_progress_and_ends_when_it_is_cancelled(era: Literal["auto", "legacy"]) -> None:
    told: list[tuple[float, float | None]] = []
    unknowns = {"classes": [1, 60], "channels": [1, 60], "width": [1, 60]}
    hard = {
        "layers": ["resnet50(num_classes=classes, in_channels=channels)", "Linear(classes, width)"],
        "unknowns": unknowns,
        "target": 24_000_000,
    }

    async def talk() -> None:
        parameters = StdioServerParameters(command=sys.executable, args=["-m", "paramcount", "serve"])
        with anyio.fail_after(60):
            async with Client(stdio_client(parameters), mode=era) as client:
                several = anyio.Event()

                async def on_progress(progress: float, total: float | None, _message: str | None) -> None:
                    told.append((progress, total))
                    if len(told) == 3:
                        several.set()

                async with anyio.create_task_group() as tasks:

                    async def search() -> None:
                        await client.call_tool("fit_to_budget", hard, progress_callback=on_progress)

                    tasks.start_soon(search)
                    await several.wait()
                    tasks.cancel_scope.cancel()
                answer = await client.call_tool("conv_layer_params", {"k": 32, "f": 3, "c": 3})
                assert not answer.is_error
                await anyio.sleep(0.5)
                before, used = len(told), servers_cpu_seconds()
                await anyio.sleep(1)
                assert len(told) == before, "the search goes on"
                assert servers_cpu_seconds() - used < 0.2, "the server is still at work"

    anyio.run(talk)
    assert len(told) >= 3
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert {of for _, of in told} == {60.0**3}
