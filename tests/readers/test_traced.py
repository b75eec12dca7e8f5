"""A trace is recomputed: what agrees becomes a network, what does not rejects the whole of it."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from paramcount import LimitError, NotationError, ParamcountError, derive, network
from paramcount.readers.trace import parse
from paramcount.report import NetworkReport
from tests.readers.traces import (
    Json,
    answered,
    attention,
    conv,
    folded,
    linear,
    module,
    norm,
    operation,
    ran,
    small,
    trace,
)


def figures(report: NetworkReport) -> tuple[int, int, int | None]:
    totals = report.totals
    return totals.parameters.value, totals.buffers.value, None if totals.macs is None else totals.macs.value


@pytest.mark.parametrize(
    ("made", "shape", "expected", "outputs"),
    [  # torch 2.14.1: numel of parameters and buffers, half of FlopCounterMode's total; an LSTM of 4 steps has 4 × 336
        (small, (3, 32, 32), (987, 17, 811_088), [[10]]),
        (attention, (4, 8), (320, 0, 1_280), [[4, 8]]),
        (folded, (12, 4, 4), (668, 16, 2_672 + 4 * 336), [[6], [3, 1, 6]]),
    ],
)
def test_a_trace_comes_to_what_torch_counts(
    made: Callable[[], Json], shape: tuple[int, ...], expected: tuple[int, ...], outputs: list[list[int]]
) -> None:
    report = answered(made(), *shape).report(as_layers=True)
    assert figures(report) == expected
    assert [list(one or ()) for one in report.output_shapes] == outputs
    again = derive(network(report.notation, input_shape=shape))
    assert figures(again) == expected
    assert again.output_shapes == report.output_shapes


def test_the_users_own_paths_name_the_rows() -> None:
    report = answered(small(), 3, 32, 32).report()
    rows = {row.name: row for row in report.rows}
    assert rows["block.conv"].written == "Conv2d(8, 8, 3, padding=1)"
    assert rows["relu"].written == "ReLU()"
    assert rows["block.relu_2"].output_shape == (8, 32, 32)
    assert report.unused == ("aux",)
    assert not any(row.shares for row in report.rows)


def test_a_large_model_is_shown_by_its_modules() -> None:
    maps = [1, 8, 9, 9]
    modules = [module("", "Net"), module("stages", "Sequential")]
    calls = []
    for index in range(30):
        modules += [
            module(f"stages.{index}", "Stage"),
            conv(f"stages.{index}.conv", 8, 8, 3, 1),
            norm(f"stages.{index}.bn", 8),
        ]
        calls += [ran(f"stages.{index}.conv", 2 * index, (2 * index + 1, maps)), ran(f"stages.{index}.bn", 2 * index + 1, (2 * index + 2, maps))]  # fmt: skip
    report = answered(trace(modules, calls, [60]), 8, 9, 9).report()
    (row,) = report.to_dict("layers")["layers"]  # type: ignore[misc]
    assert (row["name"], row["layer"], row["repeat"]) == ("stages.0", "Stage", 30)


def test_weights_that_are_one_are_counted_once() -> None:
    made = trace([module("", "Net"), linear("a", 8, 8), linear("b", 8, 8)], [ran("a", 0, (1, [1, 8])), ran("b", 1, (2, [1, 8]))], [2])  # fmt: skip
    made["modules"][2]["parameters"][0]["shared_with"] = "a.weight"
    report = answered(made, 8).report(as_layers=True)
    assert figures(report) == (80, 0, 128)
    assert figures(derive(network(report.notation, input_shape=(8,)))) == (80, 0, 128)


def test_a_module_under_two_names_is_one() -> None:
    made = trace([module("", "Net"), linear("a", 8, 8)], [ran("a", 0, (1, [1, 8])), ran("b", 1, (2, [1, 8]))], [2])
    made["modules"].append({**module("b", "Linear"), "same_as": "a"})
    assert figures(answered(made, 8).report()) == (72, 0, 128)


def test_what_is_not_trained_is_told_apart() -> None:
    made = small()
    for one in made["modules"][1]["parameters"] + made["modules"][4]["parameters"][1:]:
        one["trainable"] = False
    totals = answered(made, 3, 32, 32).report().totals
    assert (totals.trainable.value, totals.non_trainable.value) == (987 - 216 - 8, 216 + 8)


def test_an_unused_twin_of_a_weight_is_not_counted_again() -> None:
    made = trace([module("", "Net"), linear("a", 8, 8), linear("b", 8, 8)], [ran("a", 0, (1, [1, 8]))], [1])
    made["modules"][2]["parameters"][0]["shared_with"] = "a.weight"
    report = answered(made, 8).report()
    assert figures(report) == (80, 0, 64)
    assert report.unused == ("b.bias",)


def test_attention_has_its_projection_within() -> None:
    fields = {"embed_dim": 8, "num_heads": 2, "dropout": 0.0, "bias": True, "batch_first": True, "kdim": 8, "vdim": 8}
    modules = [module("", "Net"), module("attn", "MultiheadAttention", "MultiheadAttention", fields, in_proj_weight=[24, 8], in_proj_bias=[24]), linear("attn.out_proj", 8, 8)]  # fmt: skip
    call = {**operation("module", [0, 0, 0], (1, [1, 5, 8]), (2, [1, 5, 5])), "module": "attn"}
    report = answered(trace(modules, [call], [1]), 5, 8).report()
    assert figures(report)[0] == 288  # torch 2.14.1
    assert not report.unused


def test_parameters_stand_where_the_run_stopped() -> None:
    stopped = {"stage": "forward", "class": "user error", "reason": "mat1 and mat2", "module": "fc", "kind": "Linear",
               "input_shape": [[1, 8, 32, 32]], "file": "model.py", "line": 12, "text": "x = self.fc(x)"}  # fmt: skip
    made = small()
    made = {**made, "completeness": "params_only", "calls": made["calls"][:2], "outputs": [], "stopped": stopped}
    report = answered(made, 3, 32, 32).report()
    assert figures(report) == (987, 17, None)
    assert report.rows[1].output_shape == (8, 32, 32)
    assert report.to_dict()["read"]["stopped"]["line"] == 12  # type: ignore[index]
    text = report.to_text("layers")
    assert "x = self.fc(x)" in text
    assert "parameters only" in text


def test_without_an_input_parameters_are_exact() -> None:
    made = small() | {"completeness": "params_only", "calls": [], "inputs": [], "outputs": []}
    report = answered(made).report()
    assert figures(report) == (987, 17, None)
    assert "Give input_shape" in report.to_text()


def changed(made: Json, *path: Any, to: Any) -> Json:
    """A copy of a trace with one place changed."""
    made = copy.deepcopy(made)
    place = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return made


LIES = {
    "shrunken weight": (("modules", 1, "parameters", 0, "shape"), [2, 3, 3, 3], "conv1.weight is recorded as"),
    "grown weight": (("modules", 6, "parameters", 0, "shape"), [10, 80], "fc.weight is recorded as"),
    "a bias that is not there": (("modules", 1, "hyper", "bias"), True, "conv1.bias is not there"),
    "a buffer as a parameter": (("modules", 2, "buffers"), [], "running_mean is not there"),
    "hyperparameters that cannot be": (("modules", 1, "hyper", "groups"), 2, "groups=2 does not divide"),
    "hyperparameters that do not exist": (("modules", 1, "hyper", "magic"), 1, "magic"),
    "another output of a layer": (("calls", 0, "outputs", 0, "shape"), [1, 8, 16, 16], "conv1 (Conv2d"),
    "another output of an operation": (("calls", 5, "outputs", 0, "shape"), [1, 9, 32, 32], "add in the model (line 7"),
    "an operation that its rule refuses": (("calls", 8, "attributes", "start_dim"), 9, "refused by its rule"),
    "arguments of another type": (("calls", 7, "attributes", "output_size"), {"a": []}, "refused by its rule"),
    "a value from nowhere": (("calls", 1, "inputs", 0, "value"), 77, "value 77 flows before it is made"),
    "a value made twice": (("calls", 1, "outputs", 0, "value"), 1, "value 1 is recorded twice"),
    "a parameter from nowhere": (("calls", 5, "inputs", 1), {"parameter": "x.y"}, "'x.y' is used, and no module has it"),
    "an input that is nothing": (("calls", 5, "inputs", 1), {}, "an input that is nothing"),
    "an output from nowhere": (("outputs",), [99], "value 99"),
    "more inputs than were given": (("inputs",), [0, 50], "1 inputs were given"),
    "a module listed twice": (("modules", 7, "path"), "fc", "'fc' is listed twice"),
    "a module that is another": (("modules", 7, "same_as"), "nowhere", "does not come before it"),
    "a weight that is another": (("modules", 6, "parameters", 0, "shared_with"), "conv1.weight", "another tensor"),
    "a weight that is one from nowhere": (("modules", 6, "parameters", 0, "shared_with"), "x.y", "does not come before it"),
    "nothing comes out": (("calls", 0, "outputs"), [], "nothing came out"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_rejects_the_trace(lie: str) -> None:
    path, value, words = LIES[lie]
    with pytest.raises(NotationError) as caught:
        answered(changed(small(), *path, to=value), 3, 32, 32).report()
    assert "nothing of it is believed" in str(caught.value)
    assert words in str(caught.value)


BROKEN = [
    b"",
    b"{",
    b"[" * 100_000,
    b"null",
    b"\xff\xfe",
    b'{"version": 2}',
    b"1" * 100_000,
    json.dumps(small() | {"more": 1}).encode(),
    json.dumps(small() | {"framework": "jax"}).encode(),
    json.dumps(small() | {"outputs": ["1"]}).encode(),
    json.dumps(small() | {"outputs": [-1]}).encode(),
    json.dumps(changed(small(), "modules", 1, "parameters", 0, "shape", to=[True])).encode(),
    json.dumps(changed(small(), "modules", 1, "parameters", 0, "shape", to=[1.5])).encode(),
    json.dumps(changed(small(), "modules", 1, "hyper", to={"a": float("nan")})).encode()[:-1],
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_trace_is_refused(text: bytes) -> None:
    with pytest.raises(NotationError, match="is no trace"):
        parse(text)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("modules", 1, "parameters", 0, "shape"), [2**31]),
        (("modules", 1, "parameters", 0, "shape"), [1] * 13),
        (("modules", 1, "path"), "x" * 1_000),
        (("outputs",), [0] * 10_001),
        (("warnings",), ["x"] * 201),
    ],
)
def test_what_is_too_large_is_refused(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(LimitError, match="too large"):
        parse(json.dumps(changed(small(), *path, to=value)).encode())


def test_totals_beyond_json_are_refused() -> None:
    made = trace([module("", "Net", w=[2**31 - 1, 2**31 - 1])], [], [0])
    with pytest.raises(LimitError, match="2\\^53"):
        answered(made, 3).report()


def test_a_bomb_of_outputs_is_refused_before_it_is_made() -> None:
    made = trace([module("", "Net")], [operation("unbind", [0], (1, [1]), dim=1)], [1])
    with pytest.raises(ParamcountError):
        answered(made, 2**31 - 1).report()


def test_names_cannot_break_the_answer() -> None:
    made = trace([module("", "Net"), linear("a\n\u202e*?", 8, 8)], [ran("a\n\u202e*?", 0, (1, [1, 8]))], [1])
    report = answered(made, 8).report(as_layers=True)
    assert report.rows[0].name.isprintable()
    assert figures(derive(network(report.notation, input_shape=(8,)))) == (72, 0, 64)


def test_an_operation_without_a_rule_leaves_the_work_unknown() -> None:
    made = trace([module("", "Net")], [operation("mystery", [0], (1, [1, 8]))], [1])
    report = answered(made, 8).report()
    assert report.totals.macs is None
    assert "mystery has no rule" in report.to_text()


def test_what_runs_outside_the_tree_rejects_the_trace() -> None:
    made = trace([module("", "Net")], [ran("loose", 0, (1, [1, 8]))], [1])
    with pytest.raises(NotationError, match="'loose' ran, and is not among the modules"):
        answered(made, 8)


def test_a_failure_names_the_line_and_the_candidates() -> None:
    made = small() | {"completeness": "failed", "modules": [], "calls": [], "entry": None}
    made["candidates"] = [{"call": "Net(width)", "requires": ["width"]}, {"call": "tiny()", "requires": []}]
    with pytest.raises(NotationError, match=r"Net\(width\) \(needs width\); tiny\(\)"):
        answered(made)
    made["candidates"] = []
    with pytest.raises(NotationError, match="no model was found"):
        answered(made)
    made["stopped"] = {"stage": "import", "class": "user error", "reason": "SyntaxError: invalid", "file": "model.py",
                       "line": 3, "text": "def ("}  # fmt: skip
    with pytest.raises(NotationError, match=r"model.py, line 3 \('def \('\), while .*: SyntaxError: invalid"):
        answered(made)
