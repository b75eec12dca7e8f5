"""`conv_layer_params` over HTTP under load, beside a tool that does nothing on the same stack, in the same run.

    python -m tests.benchmarks.http [SECONDS]

1, 4, 16, 64 and 256 connections that stay open, each with one call at a time, from a client of our own in a process
of its own. The servers take turns, so that both meet the same machine.
"""

import asyncio
import itertools
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn
import uvloop
from mcp.server import MCPServer
from starlette.types import ASGIApp
from uvicorn.supervisors.multiprocess import Multiprocess

from tests.server import http

CONNECTIONS = (1, 4, 16, 64, 256)
TURNS = 4


@dataclass
class Load:
    """What a client measured."""

    seconds: float
    times: list[float]
    errors: int

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def quantile(self, share: float) -> float:
        return sorted(self.times)[int(share * (len(self.times) - 1))] * 1000


class Connection(asyncio.Protocol):
    """One connection: a call, its answer, the next call."""

    def __init__(self, requests: Iterator[bytes], load: Load, end: float, done: asyncio.Future[None]) -> None:
        self.requests, self.load, self.end, self.done = requests, load, end, done
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.start = time.perf_counter()
        self.transport.write(next(self.requests))  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        now = time.perf_counter()
        if head.startswith(b"HTTP/1.1 200") and b'"isError":true' not in body:
            self.load.times.append(now - self.start)
        else:
            self.load.errors += 1
        self.buffer = b""
        if now < self.end:
            self.send()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.buffer or exc is not None:
            self.load.errors += 1
        if not self.done.done():
            self.done.set_result(None)


async def _drive(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    load = Load(seconds, [], 0)
    following = itertools.cycle(requests)
    start = time.perf_counter()
    waiting = []
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        await loop.create_connection(partial(Connection, following, load, start + seconds, done), "127.0.0.1", port)
        waiting.append(done)
    await asyncio.wait_for(asyncio.gather(*waiting), seconds + 60)
    load.seconds = time.perf_counter() - start
    return load


def drive(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Load:
    """Measure, in this process."""
    return uvloop.run(_drive(port, requests, connections, seconds))


def noop() -> ASGIApp:
    """The SDK's own server with a tool that does nothing."""
    server = MCPServer("noop", log_level="WARNING")

    @server.tool()
    async def noop(in_channels: int, out_channels: int, kernel_size: int) -> str:
        """Do nothing."""
        return "ok"

    return server.streamable_http_app(stateless_http=True, json_response=True)


def serve_noop(workers: int) -> None:
    """Serve it with the same ASGI server."""
    config = uvicorn.Config(
        noop,
        factory=True,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
        port=0,
        workers=workers,
    )
    listening = config.bind_socket()
    print(
        json.dumps({"address": f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"}, separators=(",", ":")),
        file=sys.stderr,
        flush=True,
    )
    if workers > 1:
        Multiprocess(config, [listening]).run()
    else:
        uvicorn.Server(config).run([listening])


def main(seconds: float) -> None:
    """Print the tables."""
    folder = Path(tempfile.mkdtemp())
    tool = [http.post(http.call("conv_layer_params", http.CALL))]
    anew = [http.post(http.call("conv_layer_params", {**http.CALL, "in_channels": 1 + n})) for n in range(997)]
    nothing = [http.post(http.call("noop", http.CALL))]
    with (
        multiprocessing.get_context("spawn").Pool(1) as client,
        http.serving(folder) as ours,
        http.serving(folder, command=("-m", "tests.benchmarks.http", "serve", "1")) as beside,
        http.serving(folder, command=("-m", "tests.benchmarks.http", "serve", "2")) as beside_two,
        http.serving(folder, "--workers", "2") as two,
    ):
        servers = {
            "no-op": (beside.port, nothing),
            "paramcount": (ours.port, tool),
            "paramcount, other arguments": (ours.port, anew),
            "no-op, 2 workers": (beside_two.port, nothing),
            "paramcount, 2 workers": (two.port, tool),
        }
        for port, requests in servers.values():
            client.apply(drive, (port, requests, 8, 2.0))
        print(f"{'':>4}  {'':28}{'calls/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}   beside the no-op: rate, p99")
        for connections in CONNECTIONS:
            loads: dict[str, list[Load]] = {name: [] for name in servers}
            for _ in range(TURNS):
                for name, (port, requests) in servers.items():
                    loads[name].append(client.apply(drive, (port, requests, connections, seconds)))
            base = loads["no-op"]
            for name, found in loads.items():
                rate, p50, p99 = _middle(found)
                errors = sum(load.errors for load in found)
                ratio = f"{rate / _middle(base)[0]:.2f}, {p99 / _middle(base)[2]:.2f}"
                print(f"{connections:>4}  {name:28}{rate:>9.0f}{p50:>9.2f}{p99:>9.2f}{errors:>8}   {ratio}", flush=True)


def _middle(loads: list[Load]) -> tuple[float, float, float]:
    return (
        statistics.median(load.rate for load in loads),
        statistics.median(load.quantile(0.5) for load in loads),
        statistics.median(load.quantile(0.99) for load in loads),
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve_noop(int(sys.argv[2]))
    else:
        main(float(sys.argv[1]) if sys.argv[1:] else 2.0)
