"""A small HTTP client of our own, and servers to point it at: the SDK's client costs three times what a server does."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MODERN = "2026-07-28"
LEGACY = "2025-11-25"
CALL = {"in_channels": 3, "out_channels": 32, "kernel_size": 3}


def message(method: str, params: Mapping[str, Any], *, era: str = MODERN) -> dict[str, Any]:
    """A JSON-RPC request of either era."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": era,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    }
    sent = {**params, "_meta": meta} if era == MODERN else dict(params)
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": sent}


def call(tool: str, arguments: Mapping[str, Any], *, era: str = MODERN) -> dict[str, Any]:
    """A call of a tool."""
    return message("tools/call", {"name": tool, "arguments": arguments}, era=era)


def headers(sent: Mapping[str, Any], *, era: str = MODERN, **more: str) -> dict[str, str]:
    """The headers of a message."""
    found = {
        "Host": "127.0.0.1:80",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": era,
    }
    if era == MODERN:
        found["Mcp-Method"] = sent.get("method", "")
        if sent.get("method") == "tools/call":
            found["Mcp-Name"] = sent["params"]["name"]
    return found | {name.replace("_", "-"): value for name, value in more.items()}


def post(sent: Any, *, era: str = MODERN, path: str = "/mcp", **more: str) -> bytes:
    """A whole request."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    fields = headers(sent if isinstance(sent, dict) else {}, era=era, **more) | {"Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "surrogatepass") + body


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def structure(self) -> Any:
        """The structured answer of a tool."""
        return self.json["result"]["structuredContent"]

    @property
    def text(self) -> str:
        """The text of a tool."""
        return self.json["result"]["content"][0]["text"]


async def read(reader: asyncio.StreamReader) -> Answer:
    """Read one answer that tells its length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(fields.get("content-length", "0")))
    return Answer(int(first.split()[1]), fields, body)


async def exchange(port: int, request: bytes, seconds: float = 30, host: str = "127.0.0.1") -> Answer:
    """Send one request on a connection of its own."""
    async with asyncio.timeout(seconds):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(request)
            return await read(reader)
        finally:
            writer.close()


def ask(port: int, request: bytes, seconds: float = 30, host: str = "127.0.0.1") -> Answer:
    """Send one request, outside of an event loop."""
    return asyncio.run(exchange(port, request, seconds, host))


def get(path: str, **more: str) -> bytes:
    """A GET request."""
    fields = {"Host": "127.0.0.1:80"} | {name.replace("_", "-"): value for name, value in more.items()}
    return f"GET {path} HTTP/1.1\r\n{''.join(f'{k}: {v}' + chr(13) + chr(10) for k, v in fields.items())}\r\n".encode()


@dataclass
class Running:
    """A server of its own process."""

    process: subprocess.Popen[str]
    port: int
    log: Path
    stopped: bool = field(default=False)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log so far."""
        time.sleep(0.3)
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def family(self) -> list[int]:
        """Its processes: itself and every descendant."""
        found, todo = [], [self.process.pid]
        while todo:
            one = todo.pop()
            found.append(one)
            for children in Path(f"/proc/{one}/task").glob("*/children"):
                try:
                    todo.extend(map(int, children.read_text().split()))
                except OSError:
                    continue
        return found

    def resident(self) -> float:
        """Memory of all its processes, in MB."""
        total = 0.0
        for process in self.family():
            try:
                status = Path(f"/proc/{process}/status").read_text()
            except OSError:
                continue
            if found := re.search(r"VmRSS:\s+(\d+)", status):
                total += int(found[1]) / 1024
        return total

    def stop(self) -> int:
        """Ask it to stop, and wait."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextmanager
def serving(
    folder: Path,
    *options: str,
    command: Sequence[str] = ("-m", "paramcount", "serve", "--transport", "http", "--port", "0"),
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
    port: int | None = None,
    host: str = "127.0.0.1",
) -> Iterator[Running]:
    """Start a server on a free port, or on one that is known where nothing can be read of it; stop it afterwards."""
    path = log or folder / f"log-{time.monotonic_ns()}.jsonl"
    path.touch()
    with (folder / "stderr").open("w") if log else path.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, *command, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=file,
            text=True,
            env={**os.environ, **(environment or {})},
        )
    running = Running(process, 0, path)
    try:
        end = time.monotonic() + 60
        while port is None:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the server did not start: {path.read_text()}")
            if found := re.search(r'"address":"http://[^"]*:(\d+)/', path.read_text()):
                port = int(found[1])
            time.sleep(0.05)
        running.port = port
        while True:
            try:
                ask(running.port, get("/health"), 5, host)
                break
            except OSError:
                time.sleep(0.05)
        yield running
    finally:
        if process.poll() is None:
            running.stop()
