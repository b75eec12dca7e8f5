"""ResNet-50 from its name, over stdio, beside a tool that does nothing; and beside `torchinfo.summary` of the same.

    python -m tests.benchmarks.catalogue [PYTHON]

PYTHON is an interpreter that has torch, torchvision and torchinfo; without it the second table is left out. Each
call asks for another number of classes, so that no answer has been given before; but the blocks are those of the
call before, which are kept. What it takes where none is, and in a new process, stands beside it.
"""

import itertools
import json
import subprocess
import sys
from functools import partial

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from paramcount import derive, network
from paramcount.rows import Detail
from tests.benchmarks.parse import timed
from tests.benchmarks.tables import in_turn, show

TORCHINFO = """
import json, sys, time
import torchinfo, torchvision
for line in sys.stdin:
    start = time.perf_counter()
    model = torchvision.models.resnet50(**json.loads(line))
    built = time.perf_counter()
    found = torchinfo.summary(model, input_size=(1, 3, 224, 224), verbose=0)
    str(found)
    end = time.perf_counter()
    print(json.dumps([(end - start) * 1000, (end - built) * 1000, found.total_params]), flush=True)
"""

FIRST = """
import time
from paramcount import derive, network
from paramcount.rows import Detail
start = time.perf_counter()
derive(network("resnet50()", input_shape=(3, 224, 224))).to_text("summary")
print((time.perf_counter() - start) * 1000)
"""

classes = itertools.count(2)


def call(detail: str) -> dict[str, object]:
    """The arguments of a call that was not made before."""
    return {"layers": f"resnet50(num_classes={next(classes)})", "input_shape": [3, 224, 224], "detail": detail}


async def over_stdio() -> None:
    """Take turns between the two servers."""
    serve = StdioServerParameters(command=sys.executable, args=["-m", "paramcount", "serve"])
    bare = StdioServerParameters(command=sys.executable, args=["-m", "tests.benchmarks.bare"])
    async with Client(stdio_client(serve)) as ours, Client(stdio_client(bare)) as theirs:
        times = await in_turn(
            {
                "no-op": lambda: theirs.call_tool("noop", {"in_channels": 3}),
                "resnet50(…), summary": lambda: ours.call_tool("network_params", call("summary")),
                "resnet50(…), layers": lambda: ours.call_tool("network_params", call("layers")),
            },
            100,
            warm=10,
        )
    show("ResNet-50 over stdio, other arguments each time", times, "no-op")


def answer(detail: Detail, **arguments: int) -> str:
    """The whole answer, from the name to the text."""
    given = ", ".join(f"{name}={value}" for name, value in arguments.items())
    return derive(network(f"resnet50({given})", input_shape=(3, 224, 224))).to_text(detail)


def first() -> float:
    """Milliseconds of the first answer of a new process, once paramcount is imported."""
    done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=True)
    return float(done.stdout)


def beside_torchinfo(python: str, rounds: int = 20) -> None:
    """Take turns with a process that has torchinfo: what it takes for a model that is built, and with building it.

    Both are asked for the same network, which has other classes each time, and then for one of other widths, of
    which no block was met before.
    """
    times: dict[str, list[float]] = {
        "paramcount, other classes each time": [],
        "  the same, a row a layer or block": [],
        "  the same network again": [],
        "  other widths: every block is new": [],
        "  the first answer of a process": [],
        "torchinfo.summary, the model built": [],
        "resnet50(…), then torchinfo.summary": [],
        "  the first of a process": [],
    }
    fresh, rows, again, widths, once, summary, whole, whole_once = times.values()
    with subprocess.Popen([python, "-c", TORCHINFO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        for turn in range(rounds + 1):
            asked: dict[str, int] = {"num_classes": next(classes)}
            print(json.dumps(asked), file=other.stdin, flush=True)
            taken, summed, total = json.loads(other.stdout.readline())
            if turn == 0:
                whole_once.append(taken)
                continue
            assert f"{total:,} parameters" in answer("summary", **asked)
            for _ in range(5):
                asked = {"num_classes": next(classes)}
                fresh.append(timed(partial(answer, "summary", **asked)))
                again.append(timed(partial(answer, "summary", **asked)))
                rows.append(timed(partial(answer, "layers", num_classes=next(classes))))
            widths.append(timed(partial(answer, "summary", width_per_group=64 + turn)))
            summary.append(summed)
            whole.append(taken)
            if turn <= 5:
                once.append(first())
        other.stdin.close()
    show("ResNet-50 from its name to the text, and the same figures of torchinfo", times, next(iter(times)))


if __name__ == "__main__":
    anyio.run(over_stdio)
    for interpreter in sys.argv[1:2]:
        beside_torchinfo(interpreter)
