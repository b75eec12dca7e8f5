"""ResNet-50 from its name, over stdio, beside a tool that does nothing; and beside `torchinfo.summary` of the same.

    python -m tests.benchmarks.catalogue [PYTHON]

PYTHON is an interpreter that has torch, torchvision and torchinfo; without it the second table is left out. Each
call asks for another number of classes, so that no answer has been given before.
"""

import itertools
import json
import subprocess
import sys

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from paramcount import derive, network
from tests.benchmarks.parse import timed
from tests.benchmarks.tables import in_turn, show

TORCHINFO = """
import json, sys, time
import torchinfo, torchvision
for line in sys.stdin:
    start = time.perf_counter()
    model = torchvision.models.resnet50()
    built = time.perf_counter()
    found = torchinfo.summary(model, input_size=(1, 3, 224, 224), verbose=0)
    str(found)
    end = time.perf_counter()
    print(json.dumps([(end - start) * 1000, (end - built) * 1000, found.total_params]), flush=True)
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


def answer() -> str:
    """The whole answer, from the name to the text."""
    return derive(network("resnet50()", input_shape=(3, 224, 224))).to_text("layers")


def beside_torchinfo(python: str) -> None:
    """Take turns with a process that has torchinfo: what it takes for a model that is built, and with building it."""
    names = ("paramcount, from the name to the text", "torchinfo.summary", "resnet50(), then torchinfo.summary")
    times: dict[str, list[float]] = {name: [] for name in names}
    with subprocess.Popen([python, "-c", TORCHINFO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        for turn in range(22):
            print("next", file=other.stdin, flush=True)
            whole, summary, total = json.loads(other.stdout.readline())
            mine = timed(answer)
            assert f"{total:,} parameters" in answer()
            if turn >= 2:
                for name, taken in zip(names, (mine, summary, whole), strict=True):
                    times[name].append(taken)
        other.stdin.close()
    show("ResNet-50, the same figures", times, names[0])


if __name__ == "__main__":
    anyio.run(over_stdio)
    for interpreter in sys.argv[1:2]:
        beside_torchinfo(interpreter)
