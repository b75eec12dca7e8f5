"""Hostile texts for read_model: real texts that are cut, doubled and changed, and texts that grow out of bounds.

Source code has a battery of its own, since it is read in a sandbox.
"""

from typing import Any

from hypothesis import strategies as st

from tests.conftest import table
from tests.readers.tables import packed
from tests.server.hostile import JSON, ODD_TEXT, VALUES

FORMATS = ("keras_config", "module_print", "summary")
TEXTS = (
    *(one["print"] for one in packed("printed_networks.json.xz")["networks"][::4]),
    *(one[field] for one in table("keras_small_configs.json")["models"] for field in ("json", "config", "summary")),
    *(one["text"] for one in table("torch_summaries.json")["summaries"] if len(one["text"]) < 6_000),
)
PIECES = st.one_of(
    ODD_TEXT,
    st.sampled_from(
        [
            *"()[]{}:,'\"│", "\n", "├─", "None", "-1", "9" * 30, "0", "null", "true", "(0-999999): 1000000 x ReLU()\n",
            "(a): B(\n", "(None, 3)", '"layers": [', '"inbound_nodes": [[["a", 0, 0]]]',
        ]
    ),
)  # fmt: skip


def changed(drawn: tuple[str, list[tuple[float, int, str]]]) -> str:
    """A text of which some places are cut out and replaced."""
    text, changes = drawn
    for place, length, piece in changes:
        start = int(place * len(text))
        text = text[:start] + piece + text[start + length :]
    return text


CHANGES = st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0, 1, 2, 7, 60, 5000]), PIECES), min_size=1, max_size=6)
READ = st.fixed_dictionaries(
    {
        "source": st.one_of(st.tuples(st.sampled_from(TEXTS), CHANGES).map(changed), JSON),
        "format": st.one_of(st.sampled_from(FORMATS), VALUES),
    },
    optional={
        "input_shape": st.one_of(st.sampled_from([[3, 32, 32], [32, 32, 3]]), VALUES),
        "framework": st.one_of(st.sampled_from(["pytorch", "keras"]), VALUES),
        "detail": st.one_of(st.sampled_from(["summary", "layers", "steps"]), VALUES),
        "expected": VALUES,
        "as_layers": st.booleans(),
        "path": ODD_TEXT,
    },
).map(lambda arguments: ("read_model", arguments))

_ROW = "d (Dense)  (None, 3)  12\n"
_LIST = '{"class_name": "Dense", "config": {"units": 3}, "name": "d%d", "inbound_nodes": [[["d%d", 0, 0, {}]]]}'
BOMBS: tuple[dict[str, Any], ...] = (
    {"source": "Net(\n" + "(a): ReLU()\n" * 80_000 + ")"},
    {"source": "Net(\n" + "(a): B(\n" * 100_000},
    {"source": "Net(\n" + "(0-99): 100 x B(\n" * 90 + ")\n" * 91},
    {"source": "Net(\n (a): Conv2d(" + "(" * 100_000 + ")\n)", "format": "module_print"},
    {"source": "\n" * 1_000_000, "format": "module_print"},
    {"source": "(" * 1_000_000, "format": "module_print"},
    {"source": "Layer (type)  Output Shape  Param #\n" + _ROW * 40_000},
    {"source": "Layer (type)  Output Shape  Param #\n" + _ROW * 3_000 + "Total params: 7"},
    {"source": "Layer (type)  Output Shape  Param #\n" + " " * 1_000_000, "format": "summary"},
    {"source": "Layer (type)  Output Shape  Param #\nd (Dense)  (" + "1, " * 300_000 + ")  3", "format": "summary"},
    {"source": '{"class_name": "Sequential", "config": {"layers": ' + "[" * 900_000},
    {"source": '{"class_name": "Sequential", "config": {"layers": [' + '{"a": ' * 1_000 + "1" + "}" * 1_000 + "]}}"},
    {"source": '{"class_name": "Sequential", "config": {"layers": [' + "1," * 400_000 + "1]}}"},
    {
        "source": '{"class_name": "Functional", "config": {"input_layers": [], "output_layers": [["d0", 0, 0]], "layers": ['
        + ", ".join(_LIST % (number, number + 1) for number in range(7_000))
        + "]}}"
    },
    {"source": "{" + "'a" * 500_000, "format": "keras_config"},
)
