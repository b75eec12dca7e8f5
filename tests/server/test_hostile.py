"""Hostile calls of every tool: each is answered or refused with a reason, and none takes a second.

A search that would take longer is stopped by its caller, and ends within the second as well.
`PARAMCOUNT_HOSTILE` sets how many are tried (2,000 unless told); `python -m tests.server.test_hostile 100000` prints
what became of them.
"""

import gc
import json
import os
import sys
import time
from collections import Counter
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp_types import CallToolResult

from paramcount.limits import MAX_EXACT
from paramcount_mcp import build_server
from paramcount_mcp.server import ParamcountServer
from paramcount_mcp.tools import tools
from tests.server.hostile import HOSTILE, deep_json

EXAMPLES = int(os.environ.get("PARAMCOUNT_HOSTILE", "2000"))
LONGEST = 1.0
"""Seconds of processor time that no call may take."""

PATIENCE = 0.1
"""Seconds after which the caller stops a search."""

SERVER: list[ParamcountServer] = []
TRIED: Counter[str] = Counter()
ENDS: Counter[str] = Counter()


async def asked(name: str, arguments: dict[str, Any]) -> CallToolResult | None:
    """One answer; None where it was not waited for."""
    with anyio.move_on_after(PATIENCE if tools()[name].begin else float("inf")):
        return await SERVER[0].call_tool(name, arguments)
    return None


def attempt(name: str, arguments: dict[str, Any]) -> None:
    """Make one call and hold the server to its promise."""
    if not SERVER:
        SERVER.append(build_server())
    seconds, ended = timed(name, arguments)
    if seconds >= LONGEST:  # a machine that was stopped meanwhile is told apart from a call that takes long
        seconds = min(seconds, timed(name, arguments)[0])
    TRIED[name] += 1
    ENDS[ended] += 1
    assert seconds < LONGEST, f"{seconds:.2f} s for {name} {arguments!r:.300}"


def timed(name: str, arguments: dict[str, Any]) -> tuple[float, str]:
    """The processor time of one call, and how it ended."""
    gc.disable()  # what hypothesis leaves behind is not the server's to collect
    start = time.process_time()  # the machine may be busy with something else
    try:
        ended = judged(anyio.run(asked, name, arguments))
    except UnexpectedToolError as error:
        raise AssertionError(f"a defect: {error} on {arguments!r:.500}") from error
    except ToolError as error:
        reason = str(error)
        assert reason.strip()
        assert "Error executing tool" not in reason
        assert len(reason.encode()) < 40_000
        ended = "refused"
    seconds = time.process_time() - start
    gc.enable()
    return seconds, ended


def judged(result: CallToolResult | None) -> str:
    """How a call ended; what was answered is JSON that every client reads exactly."""
    if result is None:
        return "stopped by the caller"
    structured = result.structured_content
    assert structured is not None
    text = json.dumps(structured, ensure_ascii=False, allow_nan=False)
    assert all(one.type == "text" and one.text.encode() for one in result.content)
    assert json.loads(text, parse_int=_exact) == structured
    return "refused with what came before" if result.is_error else "answered"


def _exact(digits: str) -> int:
    assert abs(int(digits)) <= MAX_EXACT, digits
    return int(digits)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(HOSTILE)
def test_hostile_calls(call: tuple[str, dict[str, Any]]) -> None:
    attempt(*call)


NESTED = "Repeat(1000, Conv2d(3, 3, 3, padding=1), " * 8 + "ReLU()" + ")" * 8
SHRINKING = ", ".join(f"Repeat(1999, Conv1d(1, 1, {size}))" for size in range(2, 9))
DOUBLING = "b0 = [ReLU()], " + ", ".join(f"b{i} = [b{i - 1}(), b{i - 1}()]" for i in range(1, 41))
DENSE = ", ".join(f"DenseBlock(250, {3 + 250 * 4 * index}, 4, 4)" for index in range(3))
STACKS = ", ".join(f"TransformerEncoder(TransformerEncoderLayer(512, 8, {size}), 100)" for size in range(1, 2000))
PERIODS = ", ".join(f"ConvTranspose1d(1, 1, {size}, stride={size}), Conv1d(1, 1, 3)" for size in (2, 3, 5, 7, 11) * 9)
JOINS = ", ".join(["Concat([], [Conv1d(1, 1, 1)]), Conv1d(2, 1, 1), ReLU()"] * 1200)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("network_params", {"layers": "f(" * 3000}),
        ("network_params", {"layers": "-" * 100_000 + "1"}),
        ("network_params", {"layers": deep_json(5000)}),
        ("network_params", {"layers": [deep_json(5000)]}),
        ("network_params", {"layers": "[" * 100_000}),
        ("network_params", {"layers": "1+" * 100_000 + "1"}),
        ("network_params", {"layers": "ReLU()" * 5_000, "input_shape": [3, 8, 8]}),
        ("network_params", {"layers": ["Lineer(3)"] * 10_000}),
        ("network_params", {"layers": "Conv2d(" + "3, " * 50_000 + ")"}),
        ("network_params", {"layers": [{"kind": "conv2d", "kernel_size": [1] * 100_000}]}),
        ("network_params", {"layers": "ReLU()", "input_shape": deep_json(5000)}),
        ("network_params", {"layers": "ReLU()", "input_shape": [[3, 8, 8]] * 10_000}),
        ("network_params", {"layers": NESTED, "input_shape": [3, 8, 8], "receptive_field": True, "batch_size": 2}),
        ("network_params", {"layers": SHRINKING, "input_shape": [1, 10**7], "receptive_field": True}),
        ("network_params", {"layers": DOUBLING}),
        ("network_params", {"layers": DENSE, "input_shape": [3, 8, 8], "receptive_field": True, "batch_size": 2}),
        ("network_params", {"layers": STACKS, "input_shape": [5, 512]}),
        ("network_params", {"layers": PERIODS, "input_shape": [1, 50], "receptive_field": True}),
        ("network_params", {"layers": JOINS, "input_shape": [1, 50], "receptive_field": True, "batch_size": 2}),
        ("network_params", {"layers": [{"kind": "sequential", "layers": [{"kind": "relu"}] * 4_900}]}),
        ("network_params", {"layers": "Residual(" * 30 + "ReLU()" + ")" * 30, "input_shape": [3, 8, 8]}),
        ("compare_networks", {"networks": ["ReLU()", {"layers": ["ReLU()"], "framework": [1]}]}),
        ("fit_to_budget", {"layers": "ReLU()", "unknowns": {"\ud800": None}, "target": 0}),
        ("compare_networks", {"networks": ["\ud800", "ReLU()"]}),
        ("conv_layer_params", {"in_channels": 10**4000, "out_channels": 1, "kernel_size": 1}),
        ("conv_layer_params", {"in_channels": [10**5000], "out_channels": 1, "kernel_size": 1}),
        ("conv_layer_params", {"in_channels": 3, "out_channels": 1, "kernel_size": "[" * 50_000}),
        ("conv_layer_params", {"x" * 100_000: 1}),
        ("conv_layer_params", {"in_channels": 1, "out_channels": 1, "kernel_size": 1, "input_size": []}),
        ("conv_layer_params", {"in_channels": 1, "out_channels": 1, "kernel_size": []}),
        ("conv_layer_params", {"k": 1, "f": 1, "c": 1, "input_size": 7.0, "expected": [None]}),
        ("conv_layer_params", {f"x{i}": i for i in range(10_000)}),
    ],
    ids=lambda value: value if isinstance(value, str) else "arguments",
)
def test_known_bombs(name: str, arguments: dict[str, Any]) -> None:
    attempt(name, arguments)


if __name__ == "__main__":
    count = int(sys.argv[1])
    settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))(
        given(HOSTILE)(lambda call: attempt(*call))
    )()
    print(f"{TRIED.total():,} hostile calls: {dict(TRIED)}, {dict(ENDS)}")
