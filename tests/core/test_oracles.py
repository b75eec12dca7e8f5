"""Every case of the frameworks' own tables, for every layer kind that is known.

Run `python -m tests.core.test_oracles` to print how many agree, by kind.
"""

import re
from collections import Counter
from math import prod
from typing import Any

import pytest

from paramcount import ParamcountError, derive, layer
from paramcount.layers.base import Layer
from paramcount.notation import Call, read
from paramcount.report import LayerReport
from tests.conftest import table

# The cases in which paramcount answers and PyTorch refuses, each with why.
TRAINING_ONLY = "refused in training only, for a batch of one: shapes leave the batch out, and a note says so"
KNOWN = {
    "t2462": TRAINING_ONLY,
    "t2463": TRAINING_ONLY,
    "t1693": "the inputs have batches of 5 and 7: shapes leave the batch out",
    "t2485": "indices are given as floats: a shape has no dtype",
}


TORCH = table("torch_layers.json")["cases"]
KERAS = table("keras_layers.json")["cases"]
JUDGED = table("judged_layers.json")


# What the counter does not see into on a CPU: the fused LSTM, and the product of two inputs.
UNSEEN = ("lstm", "bilinear")

# Layers whose batch is the second dimension unless they are told otherwise.
BATCH_SECOND = ("rnn", "lstm", "gru", "multiheadattention", "transformer")


def _written(case: dict[str, Any]) -> Any:
    """The case as paramcount is asked: wrappers as calls, a size given when the layer was called as an argument."""
    if "wrap" in case:
        return f"{case['wrap']}({case['ctor']})"
    if "call" not in case:
        return case["ctor"]
    (call,) = read(case["ctor"])
    assert isinstance(call, Call)
    return {"kind": call.name.removeprefix("nn."), **call.kwargs, **case["call"]}


def _batch_dimension(made: Layer, case: dict[str, Any]) -> int | None:
    """Where the batch stands in the first input; None where there is none."""
    name, rank = made.kind.name, len(case["input"][0])
    if name.startswith(BATCH_SECOND) and not name.endswith("cell"):
        if rank == 2:
            return None
        return 0 if "batch_first=True" in case["ctor"] else 1
    if name.startswith(("adaptive", "zeropad")) and rank == made.kind.dims:
        return None
    unbatched = bool(made.kind.dims) and rank == made.kind.dims + 1
    unbatched |= name.startswith("instancenorm") and rank in made.kind.ranks
    return None if unbatched or (name == "linear" and rank == 1) else 0


def _one_sample(shape: list[int], batch: int | None) -> list[int]:
    return shape if batch is None else [*shape[:batch], *shape[batch + 1 :]]


def _torch_report(case: dict[str, Any]) -> tuple[LayerReport, int | None]:
    """Derive a case; the second is where the batch stands."""
    made = layer(_written(case), framework="pytorch")
    batch = _batch_dimension(made, case)
    report = derive(made, [_one_sample(shape, batch) for shape in case["input"]])
    assert isinstance(report, LayerReport)
    return report, batch


@pytest.mark.parametrize("case", TORCH, ids=[f"{case['id']} {case['ctor'].split('(')[0]}" for case in TORCH])
def test_torch(case: dict[str, Any]) -> None:
    check_torch(case)


def check_torch(case: dict[str, Any]) -> None:
    if case["id"] in KNOWN:
        notes = _torch_report(case)[0].derivation.notes
        assert KNOWN[case["id"]] != TRAINING_ONLY or any("In training PyTorch refuses" in note for note in notes)
        return
    if not case["ok"]:
        with pytest.raises(ParamcountError):
            _torch_report(case)
        return
    report, batch = _torch_report(case)
    made = report.derivation
    assert {tensor.name: list(tensor.shape) for tensor in made.tensors if not tensor.buffer} == case.get("params", {})
    assert {tensor.name: list(tensor.shape) for tensor in made.tensors if tensor.buffer} == case.get("buffers", {})
    assert report.total == case["total"]
    output = case["output"][0] if isinstance(case["output"][0], list) else case["output"]
    assert made.output_shape is not None
    assert list(made.output_shape) == _one_sample(output, batch)
    assert made.macs is not None
    samples = 1 if batch is None else case["input"][0][batch]
    if case["flops"] or not any(one in case["ctor"].lower() for one in UNSEEN):
        assert 2 * samples * (made.macs.value - _fused(case, batch)) == case["flops"] - _once(case)


def _once(case: dict[str, Any]) -> int:
    """What an orthogonal weight takes in each call, whatever the batch: a square matrix, times the weight."""
    if case.get("wrap") != "parametrizations.orthogonal":
        return 0
    side = case["buffers"]["parametrizations.weight.0.base"][0]
    weight = case["params"]["parametrizations.weight.original"]
    return 2 * side * prod(weight)


def _fused(case: dict[str, Any], batch: int | None) -> int:
    """The products of queries with keys and of weights with values in transformer layers: the counter does not see
    into the fused function that has them. Two for each pair of positions, width and attention."""
    if "Transformer" not in case["ctor"]:
        return 0
    lengths = [_one_sample(shape, batch)[0] for shape in case["input"]]
    width = case["input"][0][-1]
    if "TransformerEncoderLayer" in case["ctor"]:
        return 2 * lengths[0] ** 2 * width
    if "TransformerDecoderLayer" in case["ctor"]:
        return 2 * lengths[0] * sum(lengths) * width
    source, target = lengths  # two encoder layers, one decoder layer: the only case there is
    return 2 * (2 * source**2 + target * (target + source)) * width


@pytest.mark.parametrize("case", KERAS, ids=[f"{case['id']} {case['ctor'].split('(')[0]}" for case in KERAS])
def test_keras(case: dict[str, Any]) -> None:
    check_keras(case)


def check_keras(case: dict[str, Any]) -> None:
    if not case["ok"]:
        with pytest.raises(ParamcountError):
            derive(layer(case["ctor"], framework="keras"), [shape[1:] for shape in case["input"]])
        return
    report = derive(layer(case["ctor"], framework="keras"), [shape[1:] for shape in case["input"]])
    assert isinstance(report, LayerReport)
    made = report.derivation
    weights = [[_without_numbers(name), shape, trainable] for name, shape, trainable in case["weights"]]
    held = [[_without_numbers(one.name), list(one.shape), one.trainable] for one in made.tensors]
    assert held == weights
    assert report.total == case["total"]
    assert report.to_dict().get("non_trainable", 0) == case["non_trainable"]
    assert made.output_shape is not None
    several = isinstance(case["output"][0], list)  # these hold the batch
    assert list(made.output_shape) == (case["output"][0][1:] if several else case["output"])


def _without_numbers(name: str) -> str:
    """The name of a weight without what tells one layer of a kind from the next: lstm_2/lstm_cell/kernel."""
    return re.sub(r"_\d+(?=/)", "", name)


@pytest.mark.parametrize("case", JUDGED["torch"] + JUDGED["keras"], ids=lambda case: case["ctor"])
def test_what_random_calls_told_apart(case: dict[str, Any]) -> None:
    (check_torch if case["ctor"].startswith("nn.") else check_keras)(case)


def test_tables_hold_what_they_held() -> None:
    """A table that lost its cases would agree with anything."""
    assert (len(TORCH), len(KERAS)) == (1296, 539)
    assert sum(not case["ok"] for case in TORCH) >= 100
    assert sum(not case["ok"] for case in KERAS) >= 30
    assert len(KNOWN) < 0.005 * (1296 + 539)


def main() -> None:
    """Print agree and disagree by constructor."""
    for name, cases, check in (("torch", TORCH, check_torch), ("keras", KERAS, check_keras)):
        agree: Counter[str] = Counter()
        disagree: Counter[str] = Counter()
        for case in cases:
            constructor = case["ctor"].split("(")[0]
            if case["id"] in KNOWN:
                disagree[constructor] += 1
                print(f"{case['id']} differs: {case['ctor']} on {case['input']}: {KNOWN[case['id']]}")
                continue
            try:
                check(case)
                agree[constructor] += 1
            except (AssertionError, pytest.fail.Exception, ParamcountError):
                disagree[constructor] += 1
                print(f"{case['id']} disagrees: {case['ctor']} on {case['input']}")
        for constructor in sorted(agree | disagree):
            print(f"{name:6}{constructor:34}{agree[constructor]:5} agree{disagree[constructor]:5} disagree")
        print(f"{name:6}{'all':34}{agree.total():5} agree{disagree.total():5} disagree")


if __name__ == "__main__":
    main()
