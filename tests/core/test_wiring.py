"""How layers are wired: names, sharing, ties, what is frozen or never run, several inputs and outputs."""

from typing import Any

import pytest

from paramcount import ParamcountError, derive, network
from paramcount.limits import MAX_UNROLLED
from paramcount.modules import EVERY_BLOCK
from paramcount.report import NetworkReport
from tests.conftest import table

GRAPHS = [
    pytest.param(framework, case, id=f"{framework} {name}")
    for framework, made in table("graphs.json").items()
    for name, case in made["networks"].items()
]


def report_of(items: Any, shape: Any = None, **asked: Any) -> NetworkReport:
    return derive(network(items, input_shape=shape), **asked)


@pytest.mark.parametrize(("framework", "case"), GRAPHS)
def test_graphs_as_the_frameworks_count_them(framework: Any, case: dict[str, Any]) -> None:
    report = derive(network(case["network"], input_shape=case["input"], framework=framework))
    assert report.totals.parameters.value == case["parameters"]
    assert report.totals.trainable.value == case["trainable"]
    assert [list(one or ()) for one in report.output_shapes] == case["output"]
    if framework == "pytorch":
        assert report.totals.buffers.value == case["buffers"]
        assert report.totals.macs is not None
        assert report.totals.macs.value == case["macs"]


@pytest.mark.parametrize("name", EVERY_BLOCK)
def test_examples_of_blocks(name: str) -> None:
    block = EVERY_BLOCK[name]
    example = block.example
    assert name in example.call
    assert block.signature.startswith(name)
    report = report_of(example.call, example.input_shape)
    assert report.totals.parameters.value == example.parameters
    assert report.output_shape == example.output_shape


def names(report: NetworkReport) -> list[str]:
    return [row.name for row in report.rows]


def test_layers_are_called_as_they_are_named_and_placed() -> None:
    report = report_of(
        "stem = Conv2d(3, 5, 3), body = [Conv2d(5, 5, 1), deep = ReLU()], Residual(Conv2d(5, 5, 1)), "
        "Sequential(Conv2d(5, 2, 1), head = Flatten())",
        (3, 7, 7),
    )
    assert names(report) == ["stem", "body.0", "body.deep", "2.0", "2", "3.0", "3.head"]


def test_an_earlier_value_by_its_name() -> None:
    skip = "down = Conv2d(3, 5, 3, stride=2, padding=1), up = ConvTranspose2d(5, 5, 2, stride=2), Concat()(up, input)"
    assert report_of(skip, (3, 8, 8)).output_shape == (8, 8, 8)
    branches = "a = Conv2d(3, 5, 3), Conv2d(5, 7, 1), Concat([a], [Conv2d(7, 2, 1)], dim=1)"
    assert report_of(branches, (3, 8, 8)).output_shape == (7, 6, 6)


def test_a_name_in_a_block_goes_before_one_outside() -> None:
    text = "a = Conv2d(3, 5, 1), [a = Conv2d(5, 7, 1), b = ReLU(), Add()(a, b)], Conv2d(7, 2, 1)"
    assert report_of(text, (3, 4, 4)).output_shape == (2, 4, 4)


def test_the_same_layer_twice_has_its_parameters_once_and_its_work_twice() -> None:
    report = report_of("conv = Conv2d(4, 4, 3, padding=1), conv()", (4, 5, 5))
    first, second = report.rows
    assert (first.derivation.parameters.value, second.derivation.parameters.value) == (148, 0)
    assert first.derivation.macs is not None
    assert second.derivation.macs is not None
    assert first.derivation.macs.value == second.derivation.macs.value == 3600
    rows = report.to_dict("steps")["layers"]
    assert isinstance(rows, list)
    assert rows[1]["shares"] == "conv"
    assert "tensors" not in rows[1]


def test_a_block_twice() -> None:
    report = report_of("b = [Conv2d(4, 4, 3, padding=1), ReLU()], b()", (4, 5, 5))
    assert report.totals.parameters.value == 148
    assert report.totals.macs is not None
    assert report.totals.macs.value == 2 * 3600


def test_what_is_never_run_is_counted_and_named() -> None:
    report = report_of("Conv2d(3, 7, 3), Unused(aux = Linear(5, 2))", (3, 9, 9))
    answer = report.to_dict("layers")
    assert answer["unused"]
    assert "aux" in str(answer["unused"])
    assert report.totals.parameters.value == 196 + 12
    assert "never run" in report.to_text("layers")


def test_a_clash_names_both_ends_and_the_report_goes_as_far_as_it_got() -> None:
    unet = (
        "encoder = [Conv2d(1, 4, 3, padding=1), skip = ReLU()], down = MaxPool2d(2), mid = Conv2d(4, 4, 3, padding=1), "
        "up = ConvTranspose2d(4, 4, 2, stride=2), Concat()(encoder, up), Conv2d(8, 2, 1)"
    )
    assert report_of(unet, (1, 48, 48)).output_shape == (2, 48, 48)
    with pytest.raises(ParamcountError) as raised:
        report_of(unet, (1, 49, 49))
    reason = str(raised.value)
    for part in ("[4, 49, 49]", "[4, 48, 48]", "encoder", "up", "divide by 2"):
        assert part in reason, reason
    report = raised.value.report
    assert isinstance(report, NetworkReport)
    assert len(report.rows) == 5
    assert report.totals.parameters.value == 40 + 148 + 68


def test_keras_names_of_layers() -> None:
    report = report_of('Conv2D(4, 3, name="stem"), Dense(2, name="head")', (9, 9, 3))
    assert names(report) == ["stem", "head"]


def test_json_graph() -> None:
    objects = [
        {"kind": "conv2d", "in_channels": 3, "out_channels": 5, "kernel_size": 1, "name": "a"},
        {"kind": "relu", "name": "b"},
        {"kind": "concatenate", "inputs": ["a", "b"]},
        {"kind": "sequential", "layers": [{"kind": "conv2d", "in_channels": 10, "out_channels": 2, "kernel_size": 1}]},
        {"kind": "reuse", "layer": "b"},
    ]
    report = report_of(objects, (3, 4, 4))
    assert report.totals.parameters.value == 20 + 22
    assert report.output_shape == (2, 4, 4)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Conv2d(3, 5, 1), Add()(nothing, input)", "nothing"),
        ("a = Conv2d(3, 5, 1), a = Conv2d(5, 5, 1)", "taken"),
        ("Repeat(-1, ReLU())", "from 0 to"),
        ("Repeat(2.5, ReLU())", "2.5"),
        ("Tie('a.weight')", "two parameters"),
        ("a = Linear(3, 4), b = Linear(4, 5), Tie('b.weight', 'a.weight')", "shapes differ"),
        ("a = Linear(3, 4), b = Linear(4, 5), Tie('b.weigth', 'a.weight')", "weigth"),
        ("Residual(Conv2d(3, 5, 1))", "Add joins"),
        ("BasicBlock(64)", "planes must be given"),
        ("MBConv(6, 5, 1, 40, -1)", "-1"),
        ("Outputs(3)", "names of values"),
        ("a = Input((3, 4, 4)), b = Input((3, 4, 4)), Add()(a, b)", "1 shape"),
        ("DenseBlock(100000, 64, 4, 32)", "at most"),
    ],
)
def test_mistakes_in_the_wiring(written: str, said: str) -> None:
    shape = (3, 4, 4) if "Linear" not in written else (3,)
    with pytest.raises(ParamcountError) as raised:
        report_of(written, shape)
    assert said in str(raised.value)


def test_repetition_is_derived_once() -> None:
    report = report_of("Repeat(1000000, Conv2d(8, 8, 3, padding=1), ReLU())", (8, 5, 5))
    assert report.totals.parameters.value == 584 * 10**6
    assert len(report.rows) < 5
    assert sum(row.repeat for row in report.rows) == 2 * 10**6


def test_slips_are_named_through_repetition() -> None:
    answer = report_of("Repeat(500000, Conv2d(8, 8, 3, padding=1))", (8, 5, 5), expected=576 * 500_000).to_dict()
    assert "the 4,000,000 biases are missing" in str(answer["expected"])


def test_repetition_that_changes_shapes_is_bounded() -> None:
    made = network(f"Repeat({MAX_UNROLLED * 2}, Conv1d(1, 1, 2))", input_shape=(1, 10 * MAX_UNROLLED))
    with pytest.raises(ParamcountError, match=f"at most {MAX_UNROLLED}"):
        derive(made)


def test_what_calls_itself_cannot_grow_without_bound() -> None:
    """Each block runs the one before twice: 2^40 layers, if they were made."""
    text = "b0 = [ReLU()], " + ", ".join(f"b{i} = [b{i - 1}(), b{i - 1}()]" for i in range(1, 41))
    with pytest.raises(ParamcountError, match="at most"):
        network(text)


def test_memory_of_a_residual_network_by_liveness() -> None:
    """Of each sample what flows in, the branch and the next output are held: 3 × 64 numbers of 4 bytes."""
    report = report_of("Residual(Conv2d(4, 4, 1), ReLU())", (4, 4, 4), batch_size=3)
    memory = report.memory
    assert memory is not None
    assert memory.parameters == 4 * 20
    assert memory.activations == 4 * 3 * 3 * 64
    assert memory.inference_peak == 4 * (20 + 3 * 3 * 64)
    assert memory.training["adam"] == 4 * (4 * 20 + 3 * 3 * 64)
    assert memory.model_states == {"sgd": 4 * 2 * 20, "momentum": 4 * 3 * 20, "adam": 4 * 4 * 20}


def test_sparsity_leaves_the_count_alone() -> None:
    report = report_of("Linear(10, 10, bias=False)", (10,), sparsity=0.9)
    answer = report.to_dict()
    assert answer["totals"]["parameters"] == 100  # type: ignore[index]
    assert answer["nonzero_parameters"]["value"] == 10  # type: ignore[index]


def test_a_name_stays_that_of_the_first_run():
    again = derive(network("a = Conv2d(4, 4, 3)\na_2 = a()\nMaxPool2d(1)(a)", input_shape=(4, 9, 9)))
    assert again.output_shape == (4, 7, 7)  # torch 2.14.1: of the first run, not of (4, 5, 5)
    tied = 'a = Conv2d(4, 4, 3)\na_2 = a()\nb = Conv2d(4, 4, 3)\nTie("b.weight", "a.weight")'
    assert derive(network(tied, input_shape=(4, 9, 9))).totals.parameters.value == 152  # torch 2.14.1
