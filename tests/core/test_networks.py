"""Whole networks against torchvision's and the papers' figures, and what a network's report says."""

from typing import Any

import pytest

from paramcount import MissingError, NetworkReport, ShapeError, derive, network
from paramcount.build import layer_of_call
from paramcount.network import INPUT, Network, Node, loose
from tests.networks import ALEXNET, LENET5, VGG, vgg


def report_of(items: Any, shape: Any = None, **arguments: Any) -> NetworkReport:
    report = derive(network(items, input_shape=shape, **arguments))
    assert isinstance(report, NetworkReport)
    rows_add_up(report)
    return report


def rows_add_up(report: NetworkReport) -> None:
    """Printed rows sum to the printed totals."""
    answer: Any = report.to_dict("steps")
    totals, rows = answer["totals"], answer["layers"]
    for name in ("parameters", "trainable", "non_trainable", "buffers", "macs"):
        if name in totals:
            assert sum(row["repeat"] * row.get(name, 0) for row in rows) == totals[name], name
    assert totals["parameters"] == totals["trainable"] + totals["non_trainable"]
    for row in rows:
        counted = [tensor for tensor in row.get("tensors", []) if not tensor.get("buffer")]
        assert sum(tensor["count"] for tensor in counted) == row["parameters"]
    assert totals["memory_bytes"] == {
        "float32": 4 * totals["parameters"],
        "float16": 2 * totals["parameters"],
        "int8": totals["parameters"],
    }


def check_against(report: NetworkReport, figures: dict[str, Any]) -> None:
    totals: Any = report.to_dict("summary")["totals"]
    for name in ("trainable", "buffers", "macs"):
        assert totals[name] == figures[name], name
    assert totals["parameters"] == figures["total"]
    assert report.output_shape == (1000,)


def test_alexnet(torchvision: dict[str, Any]) -> None:
    check_against(report_of(ALEXNET, (3, 224, 224)), torchvision["alexnet"])


@pytest.mark.parametrize("batch_norm", [False, True], ids=["plain", "bn"])
@pytest.mark.parametrize("name", VGG)
def test_vgg(name: str, batch_norm: bool, torchvision: dict[str, Any]) -> None:
    report = report_of(vgg(name, batch_norm=batch_norm), (3, 224, 224))
    check_against(report, torchvision[f"{name}_bn" if batch_norm else name])


def test_lenet_5() -> None:
    """LeCun et al. 1998 with full connections: 61,706, and 32 × 32 comes to 10."""
    report = report_of(LENET5, (1, 32, 32))
    assert report.totals.parameters.value == 61706
    assert report.output_shape == (10,)
    assert [row.name for row in report.rows if row.parameters] == ["conv1", "conv2", "fc1", "fc2", "fc3"]
    assert report.totals.parameters.formula == "conv1 + conv2 + fc1 + fc2 + fc3"
    assert report.totals.parameters.substitution == "156 + 2416 + 48120 + 10164 + 850"


def test_the_same_network_in_every_form() -> None:
    forms: list[Any] = [
        "Conv2d(3, 8, 3), ReLU(), Conv2d(8, 8, 3)",
        ["Conv2d(3, 8, 3)", "ReLU()", "Conv2d(8, 8, 3)"],
        "nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3))",
        "[Conv2d(3, 8, 3), ReLU(), Conv2d(8, 8, 3),]",
        "Conv2d(3, 8, 3)\nReLU()  # comment\nConv2d(8, 8, 3)\n",
        [
            {"kind": "conv2d", "in_channels": 3, "out_channels": 8, "kernel_size": 3},
            "ReLU()",
            {"kind": "Conv2d", "in_channels": 8, "out_channels": 8, "kernel_size": [3, 3]},
        ],
        {"kind": "sequential", "layers": [
            {"kind": "conv2d", "in_channels": 3, "out_channels": 8, "kernel_size": 3},
            {"kind": "relu"},
            {"kind": "conv2d", "out_channels": 8, "kernel_size": 3},
        ]},
    ]  # fmt: skip
    answers = [report_of(form, (3, 9, 11)).to_dict("steps") for form in forms]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["output_shape"] == [8, 5, 7]


def test_a_list_of_one_shape_is_that_shape() -> None:
    assert report_of("Linear(3, 4)", [[3]]).to_dict() == report_of("Linear(3, 4)", [3]).to_dict()
    with pytest.raises(ValueError, match="input_shape holds 2 shapes, but the network has 1 input"):
        report_of("Linear(3, 4)", [[3], [3]])


def test_alike_layers_in_a_row_share_one_derivation() -> None:
    report = report_of("Conv2d(8, 8, 3, padding=1), " * 3 + "ReLU()", (8, 5, 7))
    assert [(row.name, row.repeat, row.last) for row in report.rows] == [("0", 3, "2"), ("3", 1, "3")]
    assert report.totals.parameters.substitution == "3 × 584"
    assert "0 … 2: Conv2d(8, 8, 3, padding=1) × 3" in report.to_text("layers")


def test_layers_whose_figures_differ_are_not_grouped() -> None:
    """Without padding the MACs of each differ; without an input size nothing does."""
    twice = "Conv2d(8, 8, 3), Conv2d(8, 8, 3)"
    assert [row.repeat for row in report_of(twice, (8, 9, 9)).rows] == [1, 1]
    assert [row.repeat for row in report_of(twice).rows] == [2]


def test_layers_of_no_work_that_meet_other_channels_are_not_grouped() -> None:
    """Keras's batch norm has 4 parameters for each channel; nothing that it is written with tells how many there are."""
    norm = layer_of_call("BatchNormalization", {}, framework="keras")
    nodes = [loose(Node(f"norm{channels}", norm, (), takes=((None, None, channels),))) for channels in (5, 5, 3)]
    report = derive(Network("keras", tuple(nodes), ((INPUT, None),), partial=True))
    assert [row.repeat for row in report.rows] == [2, 1]
    assert report.totals.parameters.value == 4 * 5 + 4 * 5 + 4 * 3


def test_channels_flow_without_an_input_size() -> None:
    report = report_of("Conv2d(3, 8, 3), BatchNorm2d(8), Conv2d(out_channels=16, kernel_size=1)")
    assert report.totals.parameters.value == 224 + 16 + 144
    assert "macs" not in report.to_dict()["totals"]
    assert any("input_shape" in note for note in report.notes)
    with pytest.raises(ShapeError, match="in_channels=7, but 8 flow in"):
        derive(network("Conv2d(3, 8, 3), Conv2d(7, 16, 3)"))


def test_what_depends_on_the_input_is_asked_for() -> None:
    with pytest.raises(MissingError, match="in_channels is not known"):
        derive(network("Conv2D(8, 3), Dense(10)"))
    with pytest.raises(MissingError, match="in_features is not known"):
        derive(network("Conv2d(3, 8, 3), Flatten(), Linear(out_features=10)"))


def test_keras_declares_its_input_in_several_ways() -> None:
    """keras.io, "Simple MNIST convnet": 34,826 parameters."""
    body = (
        "Conv2D(32, kernel_size=(3, 3), activation='relu'), MaxPooling2D(pool_size=(2, 2)), "
        "Conv2D(64, kernel_size=(3, 3), activation='relu'), MaxPooling2D(pool_size=(2, 2)), "
        "Flatten(), Dropout(0.5), Dense(10, activation='softmax')"
    )
    declared = body.replace("(32,", "(32, input_shape=(28, 28, 1),", 1)
    for items, shape in (
        (body, (28, 28, 1)),
        (f"keras.Sequential([keras.Input(shape=(28, 28, 1)), {body}])", None),
        (f"InputLayer(batch_shape=(None, 28, 28, 1)), {body}", None),
        (declared, None),
    ):
        report = report_of(items, shape)
        assert report.totals.parameters.value == 34826
        assert report.framework == "keras"
        assert report.output_shape == (10,)


def test_frozen_layers_are_counted_as_not_trainable() -> None:
    report = report_of("Dense(10, trainable=False), Dense(3)", (7,))
    assert report.to_dict()["totals"]["parameters"] == 80 + 33  # type: ignore[index]
    assert (report.totals.trainable.value, report.totals.non_trainable.value) == (33, 80)


def test_statistics_are_buffers_here_and_parameters_there() -> None:
    torch = report_of("Conv2d(64, 128, 3, padding=1, bias=False), BatchNorm2d(128), ReLU()")
    keras = report_of('Conv2D(128, 3, padding="same", use_bias=False), BatchNormalization(), ReLU()', (5, 7, 64))
    assert (torch.totals.parameters.value, torch.totals.buffers.value) == (73984, 257)
    assert (keras.totals.parameters.value, keras.totals.non_trainable.value) == (74240, 256)


def test_a_clash_names_place_rule_value_and_way_out_and_keeps_what_came_before() -> None:
    with pytest.raises(ShapeError) as caught:
        derive(
            network("Conv2d(1, 16, 5, padding=2), MaxPool2d(2), Flatten(), Linear(1050, 10)", input_shape=(1, 28, 28))
        )
    error = caught.value
    assert str(error) == ("layer 3 (Linear(1050, 10)): in_features=1050, but 3136 flow in. Linear(3136, 10) fits.")
    assert error.report is not None
    assert [row.name for row in error.report.rows] == ["0", "1", "2"]
    assert error.report.to_dict()["failed"] == {
        "at": "layer 3 (Linear(1050, 10))",
        "reason": "in_features=1050, but 3136 flow in. Linear(3136, 10) fits.",
    }
    rows_add_up(error.report)


def test_a_norm_of_other_channels_says_which_fit() -> None:
    with pytest.raises(ShapeError, match=r"num_features=32, but 64 flow in\. BatchNorm2d\(64\) fits\."):
        derive(network("Conv2d(3, 64, 3), BatchNorm2d(32)"))


JOINED = """
a = Conv2d(1, 8, 3{padding})
MaxPool2d({by})
b = ConvTranspose2d(8, 8, {by}, stride={by})
Concat()(a, b)
Flatten(), Linear(99, 10)
"""


@pytest.mark.parametrize(
    ("padding", "by", "shape", "hint"),
    [
        (", padding=1", 4, (1, 36, 42), "The input's sides should divide by 4."),
        ("", 4, (1, 36, 40), "An input of [1, 34, 38] or [1, 38, 42] would fit."),
        ("", 3, (1, 6, 6), "An input of [1, 5, 5] or [1, 8, 8] would fit."),
        ("", 4, (1, 36, 39), ""),  # no one step fits both sides
    ],
)
def test_sizes_that_would_fit_where_strides_leave_a_remainder(
    padding: str, by: int, shape: tuple[int, ...], hint: str
) -> None:
    with pytest.raises(ShapeError) as caught:
        derive(network(JOINED.format(padding=padding, by=by), input_shape=shape))
    assert str(caught.value).split("the inputs must agree. ")[1:] == ([hint] if hint else [])


def test_details() -> None:
    report = report_of("Conv2d(3, 8, 3), ReLU()", (3, 5, 7))
    summary, layers, steps = (report.to_dict(detail) for detail in ("summary", "layers", "steps"))
    assert "layers" not in summary
    assert not any({"steps", "tensors"} & set(row) for row in layers["layers"])  # type: ignore[union-attr]
    assert all("steps" in row for row in steps["layers"] if row["parameters"])  # type: ignore[union-attr]
    assert summary["totals"] == layers["totals"] == steps["totals"]
    assert len(report.to_text("summary")) < len(report.to_text("layers")) < len(report.to_text("steps"))
