"""Printed PyTorch modules: exact, or marked for what the text does not show."""

import math
import re
from collections import Counter
from typing import Any

import pytest

from paramcount import ParamcountError
from paramcount.flow import derived
from paramcount.network import Node
from paramcount.readers import Asked, Given, read
from paramcount.rewrite import write
from tests.core.test_torch_networks import NETWORKS
from tests.readers.tables import packed, report

PRINTED = packed("printed_models.json.xz")["models"]
TEXTS = {one["id"]: one for one in packed("printed_networks.json.xz")["networks"]}


@pytest.mark.parametrize("case", NETWORKS, ids=[case["id"] for case in NETWORKS])
def test_every_module_of_a_network(case: dict[str, Any]) -> None:
    reading = read(Given(TEXTS[case["id"]]["print"]))
    found = reading.report()
    assert found.totals.parameters.value == case["total"] - sum(map(math.prod, case["raw"].values()))
    assert found.totals.buffers.value == case["buffers"]
    nodes = [node for node in reading.network.nodes if isinstance(node, Node)]
    assert {node.name for node in nodes} >= set(case["modules"])
    for node in nodes:
        expected = case["modules"].get(node.name, {"params": {}, "buffers": {}})
        tensors = derived(node.layer, (None,) * node.layer.kind.inputs[0]).tensors
        assert {one.name: list(one.shape) for one in tensors if not one.buffer} == expected["params"]
        assert {one.name: list(one.shape) for one in tensors if one.buffer} == expected["buffers"]
    assert found.read is not None
    assert any(one.endswith("on top: Net.") for one in found.read.not_understood)


SEQUENTIAL = [case for case in NETWORKS if TEXTS[case["id"]]["sequential"].count("\n)") == 1]


@pytest.mark.parametrize("case", SEQUENTIAL, ids=[case["id"] for case in SEQUENTIAL])
def test_a_printed_sequential_runs_in_order(case: dict[str, Any]) -> None:
    found = report(TEXTS[case["id"]]["sequential"], case["nodes"][0]["output"][1:])
    assert found.totals.parameters.value == case["total"]
    assert found.totals.macs is not None
    assert found.totals.macs.value == case["macs"]
    assert found.output_shape is not None
    assert list(found.output_shape) == case["nodes"][-1]["output"][1:]
    assert found.read is not None
    assert found.read.completeness == "full"


def test_there_are_enough_of_them() -> None:
    assert len(NETWORKS) == 57
    assert len(SEQUENTIAL) >= 20
    assert len(PRINTED) == 120


@pytest.mark.parametrize("case", PRINTED, ids=[case["id"] for case in PRINTED])
def test_real_models_are_exact_or_marked(case: dict[str, Any]) -> None:
    assert judged(case) != "wrong"


def judged(case: dict[str, Any]) -> str:
    found = report(case["text"])
    assert found.read is not None
    exact = found.totals.parameters.value == case["parameters"] and found.totals.buffers.value == case["buffers"]
    assert found.totals.macs is None
    assert all(row.output_shape is None for row in found.rows)
    if found.read.completeness == "partial":
        return "exact, marked" if exact else "marked"
    return "exact" if exact else "wrong"


def test_most_real_models_are_exact() -> None:
    assert Counter(map(judged, PRINTED))["exact"] >= 85


def test_what_pooling_does_not_print_is_said() -> None:
    found = report("Sequential(\n  (0): AvgPool2d(kernel_size=2, stride=2, padding=0)\n)", (3, 7, 7))
    assert found.output_shape == (3, 3, 3)
    assert found.read is not None
    assert found.read.not_understood == ("AvgPool2d at 0 does not print ceil_mode, which is taken as False.",)


@pytest.mark.parametrize(
    ("text", "parameters", "said"),
    [
        ("Net(\n  (a): ModuleList(\n    (0-3): 4 x Linear(in_features=2, out_features=3, bias=True)\n  )\n)", 36, "Net"),
        ("(conv): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=same)\n(bn): BatchNorm2d(8, eps=1e-05, "
         "momentum=0.1, affine=True, track_running_stats=True)", 240, ""),
        (">>> print(model)\nNet(\n(a): Linear(in_features=2, out_features=3, bias=False)\n(act): ReLU(inplace)\n)\n>>> ", 6, "Net"),
        ("N(\n  (attn): MultiheadAttention(\n    (out_proj): NonDynamicallyQuantizableLinear(in_features=8, "
         "out_features=8, bias=True)\n  )\n)", 4 * 8 * 8 + 4 * 8, "kdim"),
        ("N(\n  (w): ParametrizedConv2d(\n    3, 8, kernel_size=(3, 3), stride=(1, 1)\n    (parametrizations): "
         "ModuleDict(\n      (weight): ParametrizationList(\n        (0): _WeightNorm()\n      )\n    )\n  )\n)", 224 + 8, "dim"),
        ("N(\n  (c): ScaledStdConv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))\n)", 224, "ScaledStdConv2d as Conv2d"),
        ("N(\n  (c): Conv3dThing(3, 8, kernel_size=(1, 3, 3), stride=(1, 1, 1), bias=False)\n)", 216, "as Conv3d"),
        ("N(\n  (t): Bias()\n  (l): Linear(in_features=2, out_features=3, bias=True)\n)", 9, "Bias() at t: not known"),
        ("N(\n  (p): ParameterList(\n      (0): Parameter containing: [torch.float32 of size 3x4]\n  )\n)", 12, "N"),
        ("N(\n  (l): LSTM(4, 5, num_layers=2, batch_first=True, bidirectional=True)\n  (e): Embedding(9, 4, padding_idx=0)\n)",
         4 * 5 * (4 + 5 + 2) * 2 + 4 * 5 * (10 + 5 + 2) * 2 + 36, "N"),
    ],
)  # fmt: skip
def test_what_is_printed_in_odd_ways(text: str, parameters: int, said: str) -> None:
    found = report(text)
    assert found.totals.parameters.value == parameters
    assert found.read is not None
    assert found.read.format == "module_print"
    assert said in " ".join(found.read.not_understood)


def test_a_layer_that_is_not_known_stops_the_order() -> None:
    text = "Sequential(\n (0): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))\n (1): Odd()\n (2): Conv2d(8, 4, kernel_size=(1, 1), stride=(1, 1))\n)"
    found = report(text, (3, 9, 9))
    assert [row.output_shape for row in found.rows] == [(8, 7, 7), None]
    assert found.totals.macs is None
    assert found.read is not None
    assert found.read.completeness == "partial"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Net(\n  (a): ReLU()\n", "the text ends within Net, which opens in line 1"),
        ("Net(\n  (a): Linear(in_features=2\n)", "line 2: 'Linear(in_features=2' is no module: its brackets do not close"),
        ("Net(\n  (0-3): 5 x ReLU()\n)", "line 2: (0-3) does not count 5 modules"),
        ("Net(\n  (a): hello\n)", "line 2: 'hello' is no module"),
        ("Net(\n  (a): ModuleList()\n)", "no layer of torch.nn is printed here"),
        ("Net(\n" + "(a): B(\n" * 200, "line 101: more than 100 modules are nested"),
        ("Net(\n (0-999999998): 999999999 x ReLU()\n)", "999999999 modules; at most"),
        ("Net(\n (0-999): 1000 x B(\n (0-999): 1000 x ReLU()\n)\n)", "modules; at most 200000"),
        ("Net(\n" + "(a): ReLU()\n" * 300_000 + ")", "more than 200000 modules are printed"),
        ("Net(\n(a): B(\n" + "shown\n" * 5000 + ")\n)", "shows more than 10000 characters"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, said: str) -> None:
    with pytest.raises(ParamcountError, match=re.escape(said)):
        read(Given(text), format="module_print")


def test_it_can_be_asked_again() -> None:
    text = TEXTS["net004"]["print"]
    reading = read(Given(text), Asked())
    assert "features.0 = BatchNorm2d(2)" in write(reading.network)


if __name__ == "__main__":
    for one in PRINTED:
        print(f"{one['id']}: {judged(one)}")
    print(dict(Counter(map(judged, PRINTED))))


_SHORTENED = """Net(
  (features): Sequential(
    (0): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))
    {}
    (3): Conv2d(8, 8, kernel_size=(3, 3), stride=(1, 1))
  )
  (head): Linear(in_features=8, out_features=2, bias=True)
)"""


@pytest.mark.parametrize(
    "line",
    [
        "...",
        "…",
        "# ... 2 more layers",
        "(...)",
        "[...]",
        "(1): Sequential(...)",
        "(1): Sequential(\n...\n)",
        "(2): ReLU()",
    ],
)
def test_a_print_that_was_shortened_is_marked(line):
    """8 x 3 x 9 + 8, 8 x 8 x 9 + 8 and 8 x 2 + 2 parameters are printed; of what was left out nothing is known."""
    read = report(_SHORTENED.format(line)).to_dict()["read"]
    assert report(_SHORTENED.format(line)).totals.parameters.value == 224 + 584 + 18
    assert read["completeness"] == "partial"
    assert any("left out" in one for one in read["not_understood"])


def test_dots_after_a_print_are_no_part_of_it():
    whole = _SHORTENED.format("(1): ReLU()\n(2): ReLU()")
    assert report(whole + "\n>>> ...\n...").to_dict()["read"]["completeness"] == "params_only"


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_print_that_a_terminal_wrapped_is_the_same_print(width: int) -> None:
    whole = (
        "Net(\n"
        "  (0): Conv2d(3, 7, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)\n"
        "  (1): BatchNorm2d(7, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
        ")"
    )
    lines = [line[start : start + width] for line in whole.splitlines() for start in range(0, len(line), width)]
    found, same = report("\n".join(lines)), report(whole)
    assert found.totals.parameters.value == same.totals.parameters.value == 203
    assert found.totals.buffers.value == same.totals.buffers.value
    assert found.to_dict("steps")["layers"] == same.to_dict("steps")["layers"]
