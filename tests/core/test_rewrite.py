"""A network that is written and read again is the same: totals, shapes and MACs."""

from typing import Any

import pytest

from paramcount import Network, derive, network
from paramcount.architectures import catalogue
from paramcount.report import NetworkReport
from paramcount.rewrite import write
from tests.core.test_torch_networks import NETWORKS, graph


def figures(made: Network) -> tuple[Any, ...]:
    """What must stay: totals, and every layer's parameters, shape and MACs in order."""
    report: NetworkReport = derive(made)
    rows = [
        (row.written, row.output_shape, row.parameters, row.buffers, row.trainable, row.macs, row.unused)
        for row in report.rows
        for _ in range(row.repeat)
    ]
    totals = report.totals
    macs = None if totals.macs is None else totals.macs.value
    counts = (totals.parameters.value, totals.trainable.value, totals.buffers.value, macs)
    return counts, report.output_shapes, rows


def again(made: Network) -> Network:
    shapes = [shape for _, shape in made.inputs]
    asked = None if None in shapes else [list(shape) for shape in shapes if shape is not None]
    return network(write(made), input_shape=asked, framework=made.framework)


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_networks_of_the_catalogue(name: str) -> None:
    made = network(f"{name}()", input_shape=catalogue()[name].input_shape)
    assert figures(again(made)) == figures(made)


@pytest.mark.parametrize("case", NETWORKS, ids=[case["id"] for case in NETWORKS])
def test_networks_that_torch_ran(case: dict[str, Any]) -> None:
    objects, shape = graph(case)
    made = network(objects, input_shape=shape, framework="pytorch")
    assert figures(again(made)) == figures(made)


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("Conv2d(3, 8, 3), ReLU(), Flatten(), Linear(288, 2)", (3, 8, 8)),
        ("a = Input((3, 8, 8)), b = Input((3, 8, 8)), Add()(a, b), c = Conv2d(3, 4, 3), Outputs(c, a)", None),
        ("c = Conv2d(3, 3, 3, padding=1), y = c(), Add()(y, input), c()", (3, 8, 8)),
        ("Frozen(Conv2d(3, 3, 3, padding=1)), c = Frozen(Conv2d(3, 3, 1))(input), c()", (3, 8, 8)),
        ("Repeat(3, Residual(Conv2d(3, 3, 3, padding=1), ReLU())), ReLU()", (3, 8, 8)),
        ("Repeat(2, Conv2d(3, 3, 3), Repeat(2, Concat([], [ReLU()]), Conv2d(6, 3, 1)), shared=True)", (3, 12, 12)),
        ("Repeat(3, Concat([], [Conv2d(4, 4, 1)]), Conv2d(8, 4, 1)), Conv2d(4, 2, 1)", (4, 5, 5)),
        ("e = Embedding(9, 4), h = Linear(4, 9), Tie('h.weight', 'e.weight')", (5,)),
        ("Unordered([Linear(4, 2), a = Conv2d(3, 8, 3), Flatten = ReLU(), Parameter((7, 7))])", None),
        (
            "Unordered([e = Embedding(9, 4), Frozen(Linear(4, 9, bias=False)), h = Linear(4, 9), Tie(h.weight, e.weight)])",
            None,
        ),
        ("Conv2d(3, 8, 3), Unused([aux = Linear(4, 2), Conv2d(3, 8, 3)])", (3, 8, 8)),
        ("p = Parameter((3, 1, 1)), Multiply()(input, p), BatchNorm2d(3), Multiply(p, [])", (3, 8, 8)),
        ("x = Conv2d(3, 4, 1), Flatten = Conv2d(4, 4, 1), resnet50 = Conv2d(4, 4, 1), Add()(x, resnet50)", (3, 8, 8)),
        ("LayerNorm((8, 8)), Parameter((8, 8)), ZeroPad2d((1, 1, 1, 1)), AdaptiveAvgPool2d((2, 2))", (3, 8, 8)),
    ],
)
def test_what_the_notation_has_words_for(written: str, shape: Any) -> None:
    made = network(written, input_shape=shape)
    assert figures(again(made)) == figures(made)


def test_names_stay_where_they_can() -> None:
    made = network("features = Sequential(Conv2d(3, 8, 3), ReLU()), Conv2d(8, 4, 1), head = Conv2d(4, 2, 1)")
    text = "features.0 = Conv2d(3, 8, 3)\nfeatures.1 = ReLU()\n_1 = Conv2d(8, 4, 1)\nhead = Conv2d(4, 2, 1)"
    assert write(made) == text
    assert write(network("Conv2d(3, 8, 3), ReLU(), Conv2d(8, 4, 1)")) == "Conv2d(3, 8, 3)\nReLU()\nConv2d(8, 4, 1)"
