"""The contract of an answer: names that scripts depend on, to the letter."""

import pickle

import pytest

from paramcount import LayerReport, calculate_conv_layer_params, derive, layer, network
from paramcount.render import table
from paramcount.render.text import latex


def test_a_convolution_answers_as_documented() -> None:
    report = derive(layer("Conv2d(3, 32, 3)"), (3, 224, 224), expected=864)
    answer = report.to_dict()
    steps = answer.pop("steps")
    assert answer == {
        "layer": "Conv2d(3, 32, 3)",
        "framework": "pytorch",
        "weights_per_filter": 27,
        "bias_per_filter": 1,
        "parameters_per_filter": 28,
        "filters": 32,
        "total": 896,
        "tensors": [
            {"name": "weight", "shape": [32, 3, 3, 3], "count": 864},
            {"name": "bias", "shape": [32], "count": 32},
        ],
        "output_shape": [32, 222, 222],
        "macs": 42581376,
        "flops": 85162752,
        "instead": {"dense": 237397479552, "depthwise_separable": 155},
        "memory_bytes": {"float32": 3584, "float16": 1792, "int8": 896},
        "expected": {"value": 864, "match": False, "slip": "weights only: the 32 biases are missing"},
    }
    assert isinstance(steps, list)
    assert steps[0] == {
        "name": "weights per filter",
        "formula": "kernel_height × kernel_width × in_channels",
        "substitution": "3 × 3 × 3",
        "value": 27,
    }
    assert [step["name"] for step in steps] == [
        "weights per filter",
        "bias per filter",
        "parameters per filter",
        "total",
        "output height and width",
        "activations",
        "MACs",
    ]


def test_rectangles_have_a_step_for_each_dimension() -> None:
    report = derive(layer("Conv2d(4, 6, (3, 5), stride=(2, 1), padding=(1, 0), groups=2)"), (4, 11, 13))
    steps = {step["name"]: step for step in report.to_dict()["steps"]}  # type: ignore[union-attr]
    assert steps["weights per filter"]["formula"] == "kernel_height × kernel_width × in_channels ÷ groups"
    assert steps["weights per filter"]["substitution"] == "3 × 5 × 4 ÷ 2"
    assert steps["output height"]["substitution"] == "⌊(11 + 2 × 1 − 3) ÷ 2⌋ + 1"
    assert steps["output width"]["substitution"] == "13 − 5 + 1"
    assert "depthwise_separable" not in report.to_dict()["instead"], "a grouped layer is no plain convolution"  # type: ignore[operator]


def test_weight_sharing_and_separable_form_of_the_mobilenet_kind() -> None:
    """Howard et al. 2017: 3 × 3 over 256 channels, 589,824 against 67,840."""
    report = derive(layer("Conv2d(256, 256, 3, padding=1, bias=False)"), (256, 14, 14))
    assert report.total == 589824
    assert report.to_dict()["instead"] == {"dense": (256 * 14 * 14) ** 2, "depthwise_separable": 67840}
    assert "depthwise-separable 67,840 parameters" in report.to_text()
    assert "weights + in_channels × filters = 2304 + 256 × 256 " in table.render(report, "steps")


def test_fields_that_do_not_apply_are_left_out() -> None:
    answer = derive(layer("Conv2d(3, 32, 3)")).to_dict()
    assert not {"output_shape", "macs", "flops", "expected", "notes"} & set(answer)
    assert None not in answer.values()


@pytest.mark.parametrize(
    ("k", "f", "c", "total"), [(32, 3, 3, 896), (64, 5, 3, 4864), (192, (1, 7), 192, 258240), (1, (5, 3), 1, 16)]
)
def test_the_guides_formula(k: int, f: int | tuple[int, int], c: int, total: int) -> None:
    assert calculate_conv_layer_params(k, f, c) == total


@pytest.mark.parametrize("arguments", [(0, 3, 3), (32, 0, 3), (32, 3, -1), (32, (3, 3, 3), 3), (True, 3, 3)])
def test_the_guides_formula_refuses(arguments: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        calculate_conv_layer_params(*arguments)


def test_latex_and_table_are_views_of_the_same_steps() -> None:
    report = derive(layer("Conv2d(3, 32, 3)"), (3, 8, 8))
    assert isinstance(report, LayerReport)
    assert r"\text{weights per filter} &= \text{kernel\_height} \times" in latex(report)
    lines = table.render(report, "steps").splitlines()
    assert any(line.startswith("total ") and line.endswith(" 896") for line in lines)
    assert any(line.startswith("bias per filter ") and line.endswith(" 1") for line in lines)


def test_a_table_lines_up() -> None:
    report = derive(network("Conv2d(3, 8, 3, padding=1), ReLU(), ReLU(), Flatten(), Linear(8 * 25, 10)"), (3, 5, 5))
    lines = table.render(report, "layers").splitlines()
    rule = lines[1]
    assert set(rule) == {"─"}
    body = lines[2 : lines.index(rule, 2)]
    assert len(body) == 4, "the two ReLUs share a row"
    column = lines[0].index("parameters") + len("parameters")
    assert [line[:column].split()[-1] for line in (body[0], body[-1])] == ["224", "2,010"]


def test_layers_networks_and_reports_travel_between_processes() -> None:
    made = network("Conv2d(3, 8, 3), ReLU()", input_shape=(3, 9, 9))
    again = pickle.loads(pickle.dumps(made))  # noqa: S301 - what was pickled a line above
    assert derive(again).to_dict() == derive(made).to_dict()
    report = pickle.loads(pickle.dumps(derive(made)))  # noqa: S301 - what was pickled a line above
    assert report.to_dict() == derive(made).to_dict()
