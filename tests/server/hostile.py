"""Hostile calls of the four tools: wrong types, huge numbers, deep nesting, odd text, broken and mutated notation."""

import re
from typing import Any

from hypothesis import strategies as st

from paramcount.architectures import catalogue
from paramcount.layers import kinds, spellings
from paramcount.layers.base import Example
from paramcount.modules import EVERY_BLOCK
from paramcount.signature import FRAMEWORKS

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
EXAMPLES = [example for kind in kinds().values() for example in kind.examples]
ODD_NAMES = [
    "Sequential",
    "nn.Conv2d",
    "torch.nn.Linear",
    "keras.layers.Dense",
    "foo.Bar",
    "lambda",
    "__import__",
    "Lineer",
]
KNOWN_NAMES = [*(name for framework in FRAMEWORKS for name in spellings(framework)), *EVERY_BLOCK, *ODD_NAMES]
NAMES = st.one_of(st.sampled_from(KNOWN_NAMES), st.sampled_from(sorted(catalogue())))
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
NUMBER_WRITTEN = re.compile(r"\d+")


def mutated(drawn: tuple[Example, int, str, int | None]) -> tuple[str, dict[str, Any]]:
    """An example of a layer with one number of its call replaced, and perhaps one of its input's sizes."""
    example, place, instead, size = drawn
    written = list(NUMBER_WRITTEN.finditer(example.call))
    call = example.call
    if written:
        found = written[place % len(written)]
        call = f"{call[: found.start()]}{instead}{call[found.end() :]}"
    shape: Any = example.input_shape
    if shape is not None and size is not None and isinstance(shape[0], int):
        shape = [*shape[: place % len(shape)], size, *shape[place % len(shape) + 1 :]]
    arguments = {"layers": [call], "input_shape": shape, "batch_size": 2, "receptive_field": True, "detail": "steps"}
    return "network_params", arguments


MUTATED = st.tuples(
    st.sampled_from(EXAMPLES),
    st.integers(0, 20),
    st.one_of(st.integers(0, 9).map(str), LITERALS),
    st.one_of(st.none(), FEW, st.sampled_from([0, 10**6, 2**31 - 1])),
).map(mutated)
ONE_NETWORK = st.one_of(
    LAYERS,
    st.lists(PIECES, min_size=1, max_size=4).map(lambda pieces: [*NAMED, *pieces]),
    st.fixed_dictionaries(
        {"layers": st.lists(PIECES, min_size=1, max_size=4)},
        optional={
            "name": VALUES,
            "input_shape": st.one_of(st.just([3, 32, 32]), VALUES),
            "framework": VALUES,
            "x": JSON,
        },
    ),
)
COMPARE = st.fixed_dictionaries(
    {"networks": st.one_of(st.lists(ONE_NETWORK, min_size=2, max_size=4), st.lists(ONE_NETWORK, max_size=9), JSON)},
    optional={
        "input_shape": st.one_of(st.sampled_from([[3, 32, 32], [8, 9, 9]]), VALUES),
        "framework": st.one_of(st.sampled_from(["pytorch", "keras"]), VALUES),
        "batch_size": st.one_of(FEW, VALUES),
        "batch": VALUES,
    },
).map(lambda arguments: ("compare_networks", arguments))
RANGES = st.one_of(
    st.tuples(FEW, st.integers(1, 60)).map(list),
    st.sampled_from(["1..40", "8..64 step 8", {"min": 1, "max": 30, "step": 3}, {"choices": [1, 2, 3]}, [1, 100_000]]),
    VALUES,
)
FIT = st.fixed_dictionaries(
    {
        "layers": st.one_of(
            st.lists(
                st.sampled_from(
                    ["Conv2d(3, w, 3)", "Conv2d(w, 2 * w, k)", "Linear(w * 4, w // v)", "Repeat(v, ReLU())", "ReLU()"]
                ),
                min_size=1,
                max_size=4,
            ),
            LAYERS,
        ),
        "unknowns": st.one_of(st.dictionaries(st.sampled_from("wvk"), RANGES, min_size=1), JSON),
        "target": st.one_of(st.integers(0, 20_000), VALUES),
    },
    optional={
        "quantity": st.one_of(st.sampled_from(["parameters", "macs", "bytes"]), VALUES),
        "mode": st.one_of(st.sampled_from(["exactly", "at_most", "closest"]), VALUES),
        "input_shape": st.one_of(st.sampled_from([[3, 32, 32], [8, 9, 9]]), VALUES),
        "framework": VALUES,
    },
).map(lambda arguments: ("fit_to_budget", arguments))
HOSTILE = st.one_of(CONV, NETWORK, NEARLY_CONV, NEARLY_NETWORK, MUTATED, COMPARE, FIT)
"""The name of a tool, and its arguments."""
