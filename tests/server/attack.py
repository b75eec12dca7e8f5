"""Requests made to break the server: `python -m tests.server.attack [HOW MANY]`, 100,000 unless told.

Half of them break HTTP itself (heads, paths, lengths, bytes flipped and cut), half JSON-RPC and the tools (types, depth,
length, numbers, Unicode, bombs in the notation). Each is answered or its connection closed, in seconds, never with a
500; afterwards the server answers as before, and nothing it logged is a defect.
"""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.server import http
from tests.server.http import LEGACY, MODERN, Running, call, message, post

CONNECTIONS = 16
LONGEST = 10.0
"""Seconds that no request may take, on a machine that does other things too."""
ALLOWED = {200, 202, 307, 400, 403, 404, 405, 406, 413, 415, 421, 429, 503}
ODD = [
    "",
    "\x00",
    "\ud800",
    "ⅷ",
    "３",
    "𝟛",
    "\u202e",
    "🙂" * 50,
    "‮Conv2d",
    "a\r\nb",
    "%s%n",
    "{{7*7}}",
    "${x}",
    "../" * 20,
]
BOMBS = [
    "Repeat(1000000, " * 30 + "ReLU()" + ")" * 30,
    "Sequential(" * 3_000 + ")" * 3_000,
    "(" * 20_000,
    "x = [ReLU()], " + "x = [x(), x()], " * 60,
    "Residual(" * 31 + "ReLU()" + ")" * 31,
    "Concat([], []), " * 400,
    "Conv2d(" + "9" * 100_000 + ", 1, 1)",
    "Conv2d(3, 8, 3, 3, 3, 3, 3, 3, 3), " * 5_000,
    "Linear(1, " + "9 * " * 20_000 + "9)",
    "TransformerEncoder(TransformerEncoderLayer(8, 8), 1000000)",
    "resnet50(" + "resnet50(" * 500 + ")" * 501,
    "Repeat(2147483647, Repeat(2147483647, Conv2d(8, 8, 3)))",
    "#" * 200_000,
    "'" * 50_001,
    "-" * 50_000 + "1",
    "nn." * 50_000 + "ReLU()",
]
HEADS = [
    b"Host: a\r\nHost: b\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked, identity\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Content-Length: 1e3\r\n",
    b"Expect: 100-continue\r\n",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n",
    b"X: " + b"y" * 60_000 + b"\r\n",
    b"".join(b"X-%d: y\r\n" % n for n in range(2_000)),
    b" folded: yes\r\n",
    b"no colon\r\n",
    b"\x00: \x00\r\n",
    b"X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: evil.example\r\n",
    b"Mcp-Session-Id: " + b"a" * 500 + b"\r\n",
    b"MCP-Protocol-Version: 1999-01-01\r\n",
    b"Origin: https://evil.example\r\n",
    b"Content-Type: text/plain\r\n",
    b"Accept: */*\r\nAccept: text/html\r\n",
    b"Authorization: Bearer " + b"x" * 9_000 + b"\r\n",
    b"Last-Event-ID: ../../etc/passwd\r\n",
]
PATHS = [
    "/mcp/",
    "//mcp",
    "/mcp%00",
    "/../mcp",
    "/%2e%2e/mcp",
    "/mcp?" + "a=b&" * 500,
    "/metrics",
    "/health",
    "*",
    "/" * 5_000,
]
METHODS = [b"GET", b"PUT", b"DELETE", b"OPTIONS", b"HEAD", b"PATCH", b"TRACE", b"CONNECT", b"BREW", b"post", b""]
RPC = [
    "tools/list",
    "tools/call",
    "initialize",
    "ping",
    "resources/list",
    "resources/read",
    "prompts/get",
    "server/discover",
]


def value(dice: random.Random, depth: int = 0) -> Any:
    """Any JSON, odd more often than not."""
    kind = dice.randrange(12 if depth < 4 else 8)
    if kind < 3:
        return dice.choice([0, -1, 2**31, 2**53, 2**63, 10**30, 10**400, 1e308, -0.0, True, None])
    if kind < 6:
        return dice.choice(ODD)
    if kind < 8:
        return dice.choice(["Conv2d(3, 8, 3)", "ReLU()", [3, 32, 32], "pytorch", "8..512", {"kind": "conv2d"}])
    if kind < 10:
        return [value(dice, depth + 1) for _ in range(dice.randrange(5))]
    names = [*ODD, "kind", "layers", "in_channels", "min", "max"]
    return {dice.choice(names): value(dice, depth + 1) for _ in range(dice.randrange(5))}


def arguments(dice: random.Random) -> dict[str, Any]:
    """Arguments of some tool."""
    layers = dice.choice(BOMBS) if dice.random() < 0.1 else value(dice)
    return dice.choice(
        [
            {"layers": layers, "input_shape": dice.choice([[3, 32, 32], value(dice)])},
            {"layers": layers, "unknowns": {"w": value(dice)}, "target": value(dice)},
            {"networks": [layers, value(dice)]},
            {"in_channels": value(dice), "out_channels": value(dice), "kernel_size": value(dice)},
            {"source": layers if isinstance(layers, str) else "Net(\n  (fc): Linear(3, 4)\n)"},
            {dice.choice(ODD): value(dice)},
        ]
    )


def odd_call(dice: random.Random) -> bytes:
    """A call of a tool that is well formed, and odd."""
    era = dice.choice([MODERN, LEGACY])
    tool = dice.choice(
        ["conv_layer_params", "network_params", "compare_networks", "fit_to_budget", "read_model", "none"]
    )
    return post(call(tool, arguments(dice), era=era), era=era)


def odd_message(dice: random.Random) -> bytes:
    """A message that is not as JSON-RPC has it."""
    era = dice.choice([MODERN, LEGACY])
    sent: dict[str, Any] = message(dice.choice(RPC), {"name": value(dice), "arguments": value(dice)}, era=era)
    for _ in range(dice.randrange(1, 4)):
        where = dice.choice([sent, sent["params"]]) if isinstance(sent.get("params"), dict) else sent
        name = dice.choice(["id", "method", "jsonrpc", "params", "name", "_meta", "arguments", *ODD])
        if dice.random() < 0.3:
            where.pop(name, None)
        else:
            where[name] = value(dice)
    head = message("tools/call", {"name": "conv_layer_params"})
    body = json.dumps(dice.choice([sent, [sent] * 3, [], None, "text", 3])).encode("utf-8", "surrogatepass")
    return post(body, era=era, **({"Mcp_Method": head["method"]} if era == MODERN else {}))


def odd_json(dice: random.Random) -> bytes:
    """A body that is no JSON, or too much of it."""
    body: bytes = dice.choice(
        [
            b"[" * dice.randrange(1, 100_000),
            b'{"a":' * 20_000,
            b'{"jsonrpc":"2.0","id":' + b"9" * 200_000 + b',"method":"ping"}',
            b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
            b"\xff\xfe\x00",
            b'{"jsonrpc":"2.0","id":1e999,"method":"ping"}',
            b'"' + b"\\ud800" * 1_000 + b'"',
            b" " * 300_000,
            b"NaN",
            dice.randbytes(dice.randrange(2_000)),
        ]
    )
    return post(body, era=dice.choice([MODERN, LEGACY]))


def odd_head(dice: random.Random) -> bytes:
    """A head that is not as HTTP has it, or a path that tries to go elsewhere."""
    request = post(call("conv_layer_params", http.CALL))
    kind = dice.randrange(3)
    if kind == 0:
        return request.replace(b"\r\n", b"\r\n" + dice.choice(HEADS), 1)
    if kind == 1:
        return request.replace(b"/mcp", dice.choice(PATHS).encode(), 1)
    return request.replace(b"POST", dice.choice(METHODS), 1)


def odd_bytes(dice: random.Random) -> bytes:
    """A request with bytes flipped, or cut off."""
    request = bytearray(post(call("conv_layer_params", http.CALL)))
    for _ in range(dice.randrange(1, 8)):
        request[dice.randrange(len(request))] = dice.randrange(256)
    return bytes(request[: dice.randrange(len(request))] if dice.random() < 0.05 else request)


KINDS: list[Callable[[random.Random], bytes]] = [odd_call, odd_call, odd_message, odd_json, odd_head, odd_bytes]


async def attempt(port: int, request: bytes) -> str:
    """Send one request on a connection of its own, and say what became of it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        status = "100"
        while status == "100":
            status = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
        return status
    except (asyncio.IncompleteReadError, ConnectionError):
        return "closed"
    finally:
        writer.transport.abort()


async def attack(running: Running, count: int, seed: int) -> Counter[str]:
    """Send so many requests.

    Raises:
        AssertionError: what was not as it should be, with the request.
    """
    tried: Counter[str] = Counter()
    dice = random.Random(seed)  # noqa: S311 - attacks that can be repeated
    left = iter(range(count))

    async def one() -> None:
        for _ in left:
            kind = dice.choice(KINDS)
            request = kind(dice)
            start = time.perf_counter()
            async with asyncio.timeout(60):
                became = await attempt(running.port, request)
            taken = time.perf_counter() - start
            assert taken < LONGEST, f"{taken:.1f} s for {request[:500]!r}"
            assert became == "closed" or int(became) in ALLOWED, f"{became} for {request[:500]!r}"
            tried[f"{kind.__name__}: {became}"] += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(one())
    right = await http.exchange(running.port, post(call("conv_layer_params", http.CALL)))
    assert right.structure["total"] == 896
    defects = [line for line in running.lines if line.get("outcome") == "defect" or "exception" in line]
    assert not defects, defects[:3]
    return tried


def main(count: int) -> None:
    folder = Path(tempfile.mkdtemp())
    with http.serving(folder, "--request-seconds", "2", "--call-seconds", "5") as running:
        start = time.monotonic()
        tried = asyncio.run(attack(running, count, seed=1))
        for name, number in sorted(tried.items()):
            print(f"{number:>8,}  {name}")
        print(f"{tried.total():>8,}  requests in {time.monotonic() - start:.0f} s; nothing lost, nothing crashed")
        print(f"resident memory of all processes: {running.resident():.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100_000)
