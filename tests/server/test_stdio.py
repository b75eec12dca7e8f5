"""The server as a host starts it: a process of its own, spoken to over standard input and output."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from paramcount_mcp.transports.stdio import Lines, Written
from tests.server.conftest import text_of

MESSAGES: tuple[dict[str, Any], ...] = (
    {
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    },
    {"method": "notifications/initialized"},
    {"id": 2, "method": "tools/call", "params": {"name": "conv_layer_params", "arguments": {"k": 32, "f": 3, "c": 3}}},
)
SENT = "".join(json.dumps({"jsonrpc": "2.0", **message}) + "\n" for message in MESSAGES)


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


SERVE = [sys.executable, "-m", "paramcount", "serve"]
NOISY = """
import os
from paramcount_mcp.server import ParamcountServer

class Noisy(ParamcountServer):
    async def call_tool(self, name, arguments, context=None):
        print("stray", flush=True)
        os.write(1, b"stray\\n")
        assert os.read(0, 10) == b""
        return await super().call_tool(name, arguments, context)

Noisy().run()
"""


def totals(answers: str) -> list[int]:
    """What the calls among these answers gave."""
    results = [json.loads(line)["result"] for line in answers.splitlines()]
    return [result["structuredContent"]["total"] for result in results if "structuredContent" in result]


def test_what_is_printed_gets_between_no_two_messages() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", NOISY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdin.write(SENT)
        running.stdin.flush()
        answers = running.stdout.readline() + running.stdout.readline()
        running.stdin.close()
        assert totals(answers) == [896]
        assert running.stdout.read() == ""
        assert running.stderr.read().count("stray\n") == 2
        assert running.wait(30) == 0


def test_what_was_asked_before_the_end_is_answered() -> None:
    asked = SENT + SENT.splitlines(keepends=True)[-1].replace('"id": 2', '"id": 3')
    finished = subprocess.run(
        SERVE, input=asked, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True
    )
    assert totals(finished.stdout) == [896, 896]


@pytest.mark.parametrize("logged", ["apart", "with the answers"])
@pytest.mark.parametrize("to", ["a file", "a pipe"])
def test_a_file_is_read_and_all_of_it_answered(tmp_path: Path, to: str, logged: str) -> None:
    last = SENT.splitlines(keepends=True)[-1]
    asked = SENT + "".join(last.replace('"id": 2', f'"id": {number}') for number in range(3, 100))
    sent, answers = tmp_path / "sent", tmp_path / "answers"
    sent.write_text(asked)
    errors = subprocess.STDOUT if logged == "with the answers" else subprocess.DEVNULL
    with sent.open() as incoming, answers.open("w") as outgoing:
        out = outgoing if to == "a file" else subprocess.PIPE
        finished = subprocess.run(
            SERVE, stdin=incoming, stdout=out, stderr=errors, encoding="utf-8", check=True, timeout=60
        )
    assert totals(finished.stdout or answers.read_text()) == [896] * 98


async def collected(lines: AsyncIterator[str]) -> list[str]:
    return [line async for line in lines]


def test_lines_are_put_together_as_they_arrive() -> None:
    sent = [b"one\ntw", b"o\n", "\u00d7".encode()[:1], "\u00d7".encode()[1:] + b"\n\xff\n", b"x" * 200_000 + b"\ny"]

    async def talk() -> list[str]:
        ends = os.pipe()
        os.set_blocking(ends[0], False)
        found: list[str] = []

        async def read() -> None:
            found.extend(await collected(aiter(Lines(ends[0]))))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read)
            for part in sent:
                await anyio.to_thread.run_sync(os.write, ends[1], part)
                await anyio.sleep(0.01)
            os.close(ends[1])
        os.close(ends[0])
        return found

    assert anyio.run(talk) == ["one\n", "two\n", "\u00d7\n", "\ufffd\n", "x" * 200_000 + "\n", "y"]


def test_a_slow_reader_gets_everything() -> None:
    text = "".join(f"{number}\n" for number in range(100_000))

    async def talk() -> bytes:
        ends = os.pipe()
        os.set_blocking(ends[1], False)
        got = bytearray()

        def read() -> None:
            while part := os.read(ends[0], 30_000):
                got.extend(part)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.to_thread.run_sync, read)
            await Written(ends[1]).write(text)
            os.close(ends[1])
        os.close(ends[0])
        return bytes(got)

    assert anyio.run(talk) == text.encode()
