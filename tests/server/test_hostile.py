"""Hostile calls of both tools: wrong types, huge numbers, deep nesting, odd text, broken notation.

Each is answered or refused with a reason, and none takes a second. `PARAMCOUNT_HOSTILE` sets how
many are tried (2,000 unless told; `python -m tests.server.test_hostile 100000` prints what it tried).
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
from hypothesis import strategies as st
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp_types import CallToolResult

from paramcount_mcp import build_server
from paramcount_mcp.server import ParamcountServer

EXAMPLES = int(os.environ.get("PARAMCOUNT_HOSTILE", "2000"))
LONGEST = 1.0
"""Seconds that no call may take."""

NUMBERS = st.one_of(
    st.integers(-5, 300),
    st.sampled_from([0, -1, 2**31 - 1, 2**31, 2**53, 2**63, 10**18, 10**40, 10**400, -(10**400)]),
    st.floats(allow_nan=True, allow_infinity=True),
    st.booleans(),
)
ODD_TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "\x00",
            "same",
            "SAME",
            "3",
            "[3, 3]",
            "[[[[",
            "{}",
            "null",
            "1e999",
            "ⅷ",
            "٣",
            "３",
            "\ud800",
            "𝟛",
            "३",
            "🙂" * 50,
        ]
    ),
)
JSON = st.recursive(
    st.one_of(st.none(), NUMBERS, ODD_TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.one_of(ODD_TEXT, st.just("kind")), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "Conv2d",
        "Conv1d",
        "Conv3d",
        "Conv2D",
        "ConvTranspose2d",
        "Conv2DTranspose",
        "Linear",
        "Dense",
        "BatchNorm2d",
        "BatchNormalization",
        "ReLU",
        "MaxPool2d",
        "MaxPooling2D",
        "AvgPool2d",
        "AdaptiveAvgPool2d",
        "GlobalAveragePooling2D",
        "Flatten",
        "Dropout",
        "Sequential",
        "Residual",
        "Concat",
        "Multiply",
        "Repeat",
        "Frozen",
        "Unused",
        "Tie",
        "Outputs",
        "Bottleneck",
        "DenseBlock",
        "MBConv",
        "LSTM",
        "Bidirectional",
        "TransformerEncoderLayer",
        "MultiheadAttention",
        "weight_norm",
        "Parameter",
        "Upsample",
        "Permute",
        "Embedding",
        "LazyConv2d",
        "Input",
        "Softmax",
        "GLU",
        "Identity",
        "nn.Conv2d",
        "torch.nn.Linear",
        "keras.layers.Dense",
        "foo.Bar",
        "lambda",
        "__import__",
        "conv2d",
        "Lineer",
    ]
)
LITERALS = st.one_of(
    NUMBERS.map(repr),
    st.sampled_from(
        [
            "3",
            "(3, 3)",
            "[1, 2]",
            "'same'",
            '"valid"',
            "None",
            "True",
            "x",
            "2 * 3",
            "7 // 0",
            "9" * 25,
            "(3,",
            "{1: 2}",
            "-",
            "--1",
            "3x3",
        ]
    ),
)
ARGUMENTS = st.one_of(
    LITERALS,
    st.tuples(
        st.sampled_from(
            [
                "in_channels",
                "out_channels",
                "kernel_size",
                "stride",
                "padding",
                "groups",
                "bias",
                "filters",
                "units",
                "dim",
                "p",
                "shape",
            ]
        ),
        LITERALS,
    ).map("=".join),
)
CALLS = st.recursive(
    st.tuples(NAMES, st.lists(ARGUMENTS, max_size=5)).map(lambda pair: f"{pair[0]}({', '.join(pair[1])})"),
    lambda inner: st.tuples(
        st.sampled_from(
            [
                "Sequential(%s)",
                "Residual(%s)",
                "Concat([%s], [])",
                "Repeat(3, %s)",
                "Repeat(1000000, %s)",
                "x = [%s]",
                "Add()(x, %s)",
                "x(%s)",
                "Unused(%s)",
            ]
        ),
        st.lists(inner, max_size=4),
    ).map(lambda pair: pair[0] % ", ".join(pair[1])),
    max_leaves=6,
)
DEEP = st.tuples(st.sampled_from(["(", "[", "f(", "Sequential(", "{", "-", "not "]), st.integers(1, 3000)).map(
    lambda pair: pair[0] * pair[1]
)
LONG = st.tuples(st.sampled_from(["ReLU(), ", "Conv2d(8, 8, 3, padding=1)\n", "Linear(7, 7) -> ", "#\n", " ", "9", "a.", "'"]),
                 st.integers(1, 12_000)).map(lambda pair: pair[0] * pair[1])  # fmt: skip
NOTATION = st.one_of(
    CALLS,
    ODD_TEXT,
    DEEP,
    st.lists(CALLS, max_size=5).map(", ".join),
    st.text("Conv2d(), [3]='\"#\n-*/.{}:xX", max_size=60),
)


def deep_json(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


VALUES = st.one_of(JSON, NUMBERS, st.lists(NUMBERS, max_size=4), st.integers(1, 500).map(deep_json))
CONV_NAMES = [
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "bias",
    "transposed",
    "output_padding",
    "input_size",
    "framework",
    "expected",
    "filters",
    "k",
    "f",
    "c",
    "kernal_size",
]
CONV = st.tuples(
    st.fixed_dictionaries({}, optional={name: st.one_of(st.integers(1, 64), VALUES) for name in CONV_NAMES}),
    st.dictionaries(ODD_TEXT, VALUES, max_size=1),
).map(lambda pair: ("conv_layer_params", pair[0] | pair[1]))
LAYERS = st.one_of(
    NOTATION, LONG, st.lists(st.one_of(NOTATION, JSON), max_size=6), JSON, st.integers(1, 500).map(deep_json)
)
NETWORK = st.fixed_dictionaries(
    {},
    optional={
        "layers": LAYERS,
        "input_shape": st.one_of(st.lists(st.integers(1, 300), max_size=4), VALUES),
        "framework": st.one_of(st.sampled_from(["pytorch", "keras"]), VALUES),
        "detail": st.one_of(st.sampled_from(["summary", "layers", "steps"]), VALUES),
        "expected": VALUES,
        "receptive_field": VALUES,
        "batch_size": VALUES,
        "sparsity": VALUES,
    },
).map(lambda arguments: ("network_params", arguments))
FEW = st.integers(1, 9)
NEARLY_CONV = st.tuples(
    st.fixed_dictionaries(
        {"in_channels": FEW, "out_channels": FEW, "kernel_size": st.one_of(FEW, st.lists(FEW, min_size=1, max_size=3))},
        optional={
            "stride": st.integers(0, 3),
            "padding": st.one_of(st.integers(0, 3), st.sampled_from(["same", "valid"])),
            "dilation": st.integers(1, 3),
            "groups": st.integers(0, 3),
            "transposed": st.booleans(),
            "input_size": st.one_of(st.integers(0, 40), st.lists(st.integers(1, 40), min_size=1, max_size=3)),
            "framework": st.sampled_from(["pytorch", "keras"]),
            "expected": st.integers(0, 10_000),
        },
    ),
    st.one_of(st.just({}), st.dictionaries(st.sampled_from(CONV_NAMES), VALUES, max_size=1)),
).map(lambda pair: ("conv_layer_params", pair[0] | pair[1]))
PIECES = st.sampled_from(
    "Conv2d(3, 8, 3) Conv2d(8,8,3,padding=1) Conv2d(out_channels=4,kernel_size=2,stride=2) ReLU() MaxPool2d(2) Flatten() "
    "Linear(out_features=5) BatchNorm2d(8) AdaptiveAvgPool2d(1) Dropout(0.5) GLU(1) Softmax(dim=1) "
    "ConvTranspose2d(8,3,2,stride=2) Sequential(ReLU(),ReLU()) Identity(3,x=y) Conv2D(8,3) Dense(5) "
    "Residual(Conv2d(8,8,3,padding=1),ReLU()) Concat([ReLU()],[]) Add()(a,input) a(input) b() "
    "Repeat(4,Conv2d(8,8,3)) Repeat(900000,BatchNorm2d(8)) BasicBlock(8,8) Unused(Linear(3,4)) Tie('a.weight','b.0.bias') "
    "Multiply([],[AdaptiveAvgPool2d(1),Conv2d(8,8,1)]) Parameter((8,1,1)) Frozen(Conv2d(8,8,1)) Outputs(a,b) "
    "Upsample(scale_factor=2) LSTM(3,4,2) Repeat(3,a(),shared=True) c=Input((3,9,9)) weight_norm(Conv2d(8,8,1))".replace(
        ", ", ","
    ).split()
)
NAMED = ["a=ReLU()", "b=[Identity()]"]
"""What the pieces refer to."""
NEARLY_NETWORK = st.tuples(
    st.fixed_dictionaries(
        {"layers": st.lists(PIECES, min_size=1, max_size=8).map(lambda pieces: [*NAMED, *pieces])},
        optional={
            "input_shape": st.sampled_from([[3, 32, 32], [3, 7, 5], [8, 9, 9], [12], [3, 1, 1], [None, 28, 28]]),
            "detail": st.sampled_from(["summary", "layers", "steps"]),
            "expected": st.integers(0, 10_000),
            "receptive_field": st.booleans(),
            "batch_size": st.integers(-1, 100),
            "sparsity": st.sampled_from([0, 0.5, 0.9, 1, "0.1", -1, 2]),
        },
    ),
    st.one_of(
        st.just({}), st.dictionaries(st.sampled_from(["layers", "input_shape", "framework"]), VALUES, max_size=1)
    ),
).map(lambda pair: ("network_params", pair[0] | pair[1]))
HOSTILE = st.one_of(CONV, NETWORK, NEARLY_CONV, NEARLY_NETWORK)

SERVER: list[ParamcountServer] = []
TRIED: Counter[str] = Counter()


def attempt(name: str, arguments: dict[str, Any]) -> None:
    """Make one call and hold the server to its promise."""
    if not SERVER:
        SERVER.append(build_server())
    gc.disable()  # what hypothesis leaves behind is not the server's to collect
    start = time.process_time()  # the machine may be busy with something else
    try:
        result = anyio.run(SERVER[0].call_tool, name, arguments)
    except UnexpectedToolError as error:
        raise AssertionError(f"a defect: {error} on {arguments!r:.500}") from error
    except ToolError as error:
        reason = str(error)
        assert reason.strip()
        assert "Error executing tool" not in reason
        assert len(reason) < 20_000
        TRIED["refused"] += 1
    else:
        assert isinstance(result, CallToolResult)
        structured = result.structured_content
        assert structured is not None
        text = json.dumps(structured, ensure_ascii=False, allow_nan=False)
        assert json.loads(text) == structured
        TRIED["refused with what came before" if result.is_error else "answered"] += 1
    seconds = time.process_time() - start
    gc.enable()
    TRIED[f"{name}"] += 1
    assert seconds < LONGEST, f"{seconds:.2f} s for {name} {arguments!r:.300}"


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
    print(f"{TRIED.total() // 2:,} hostile calls: {dict(TRIED)}")
