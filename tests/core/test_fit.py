"""Budgets: what a search finds is what trying everything finds."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pytest

from paramcount import MissingError, ParamcountError, derive, network
from paramcount.fit import MODES, MOST_LISTED, QUANTITIES, Fit, Mode, Problem, Quantity
from paramcount.search import Search
from paramcount.written import Item

_TEMPLATES: tuple[str, ...] = (
    "Conv2d(3, a, 3)",
    "Conv2d(3, a, 3), BatchNorm2d(a), ReLU(), Conv2d(a, 2*a + b, 1)",
    "Conv2d(3, a // 2 + 1, 3), Conv2d(a // 2 + 1, b, 5, bias=False)",
    "Conv2d(3, 4*a, 3), Conv2d(4*a, 12, 3, groups=4), GroupNorm(3, 12), Conv2d(12, b, 1)",
    "Conv2d(3, a, 3), GroupNorm(4, a), Conv2d(a, b, 1)",
    "Conv2d(3, 8, a, stride=b)",
    "Conv2d(3, 8, 3, padding=a), Conv2d(8, b, 3)",
    "Conv2d(3, 24, 3, groups=a), Conv2d(24, b, 1)",
    "Repeat(a, Conv2d(3, 3, 3, padding=1)), Conv2d(3, b, 3)",
    "Residual(Conv2d(3, a, 3, padding=1), Conv2d(a, 3, 1)), Flatten(), Linear(675, b)",
    "Conv2d(3, 20 - a, 3), Conv2d(20 - a, b, 3)",
    "Conv2d(3, a % 5 + 1, 3), Conv2d(a % 5 + 1, b, 3)",
    "BasicBlock(3, 3), Bottleneck(3, a, downsample=Conv2d(3, 4*a, 1)), Conv2d(4*a, b, 1)",
    "Concat([Conv2d(3, a, 1)], [Conv2d(3, b, 3, padding=1)]), Conv2d(a + b, 5, 1)",
    "SqueezeExcitation(3, a), Conv2d(3, b, 3)",
    "Flatten(), Linear(675, a), ReLU(), Linear(a, b), Linear(b, 10)",
)
_SHAPE = (3, 15, 15)


def _everything(problem: Problem) -> Iterator[tuple[Mapping[str, int | float], int]]:
    """Each network by itself, written out and derived as any other."""
    for values in product(*problem.unknowns.values()):
        held = dict(zip(problem.unknowns, values, strict=True))
        try:
            report = derive(network(str(problem.layers), input_shape=_SHAPE, values=held))
        except ParamcountError:
            continue
        totals = report.totals
        assert totals.macs is not None
        figures = {
            "parameters": totals.parameters.value,
            "macs": totals.macs.value,
            "bytes": 4 * totals.parameters.value,
        }
        yield held, figures[problem.quantity]


def _found(problem: Problem, *, exhaustive: bool | None) -> tuple[Fit, Search]:
    search = Search(problem, exhaustive)
    for _ in search:
        pass
    return search.result(), search


def _solutions(
    found: Sequence[tuple[Mapping[str, int | float], int]], mode: Mode, target: int
) -> list[tuple[int, ...]]:
    """The figures of the solutions and their values, best first."""
    ranked = sorted((abs(figure - target), *values.values(), figure) for values, figure in found)
    if mode == "exactly":
        ranked = [one for one in ranked if one[0] == 0]
    elif mode == "at_most":
        ranked = [one for one in ranked if one[-1] <= target]
    else:
        ranked = [one for one in ranked if one[0] == ranked[0][0]]
    return ranked  # type: ignore[return-value]


@pytest.mark.parametrize("seed", range(240))
@pytest.mark.parametrize("exhaustive", [False, True])
def test_a_search_finds_what_trying_everything_finds(seed: int, exhaustive: bool) -> None:
    dice = random.Random(seed)  # noqa: S311 - problems, not secrets
    layers = _TEMPLATES[seed % len(_TEMPLATES)]
    ranges = [range(dice.randint(1, 4), dice.randint(5, 14), dice.choice((1, 1, 2))) for _ in "ab"]
    unknowns = {name: values for name, values in zip("ab", ranges, strict=True) if name in re.findall(r"\w+", layers)}
    quantity: Quantity = dice.choice(QUANTITIES)
    mode: Mode = dice.choice(MODES)
    everything = list(_everything(Problem(layers, unknowns, 0, quantity, mode, _SHAPE)))
    target = dice.choice(everything)[1] + dice.choice((0, 0, 1, -1, 7, -500)) if everything else 1000
    target = max(target, 0)
    problem = Problem(layers, unknowns, target, quantity, mode, _SHAPE)
    if not everything:
        with pytest.raises(ParamcountError, match="no values of the unknowns"):
            _found(problem, exhaustive=exhaustive)
        return
    fit, search = _found(problem, exhaustive=exhaustive)
    expected = _solutions(everything, mode, target)
    assert fit.complete == (len(expected) <= MOST_LISTED)
    mine = [(abs(one.figure - target), *one.values.values(), one.figure) for one in fit.solutions]
    if fit.complete:
        assert mine == expected
    assert [one[0] for one in mine] == [one[0] for one in expected[:MOST_LISTED]]
    assert set(mine) <= set(expected)
    below = max((figure for _, figure in everything if figure < target), default=None)
    above = min((figure for _, figure in everything if figure > target), default=None)
    assert (fit.below.figure if fit.below else None) == (None if expected else below)
    assert (fit.above.figure if fit.above else None) == (None if expected and mode != "at_most" else above)
    assert search.tried <= problem.candidates or search.bisected


def test_a_figure_that_cannot_fall_is_bisected() -> None:
    problem = Problem("Conv2d(3, w, 3), Conv2d(w, 2*w, 3)", {"w": range(1, 50_001)}, 18 * 1234**2 + 30 * 1234)
    fit, search = _found(problem, exhaustive=None)
    assert [one.values for one in fit.solutions] == [{"w": 1234}]
    assert search.bisected == "w"
    assert search.tried < 50


def test_whether_a_layer_was_written_before_makes_no_difference() -> None:
    layers = "Conv2d(3, w, 3), Conv2d(w, 2*w, 3)"
    derive(network("Conv2d(3, 7, 3), Conv2d(7, 2*7, 3)", input_shape=_SHAPE)).to_text()  # writes the least of w
    _, search = _found(Problem(layers, {"w": range(7, 50_001)}, 18 * 1234**2 + 30 * 1234), exhaustive=None)
    assert search.bisected == "w"


def test_one_unknown_is_bisected_for_each_value_of_another_by_which_the_figure_falls() -> None:
    layers = "Conv2d(3, w, k), Conv2d(w, 2*w, k), Conv2d(2*w, 24, 3, groups=g)"
    unknowns = {"g": (1, 2, 3, 4), "w": range(12, 5000, 12), "k": (1, 3, 5)}
    fit, search = _found(Problem(layers, unknowns, 3_000_000, "parameters", "closest"), exhaustive=None)
    every, _ = _found(Problem(layers, unknowns, 3_000_000, "parameters", "closest"), exhaustive=True)
    assert fit.solutions == every.solutions
    assert search.bisected == "w"
    assert search.tried < 12 * 20


@pytest.mark.parametrize(
    "layers",
    [
        "Conv2d(3, 600 - w, 3)",
        "Conv2d(3, w % 100 + 1, 3)",
        "Conv2d(3, 1000 // w, 3)",
        "Conv2d(3, 840, 3, groups=w)",
        "resnet18(num_classes=w)",
        "AlexNet(num_classes=w)",
        {"kind": "bottleneck", "inplanes": 3, "planes": "w", "downsample": "Conv2d(3, 4 * w, 1)"},
        "Conv2d(3, 8, w)",
    ],
)
def test_a_figure_that_may_fall_is_not(layers: Item) -> None:
    search = Search(Problem(layers, {"w": range(1, 521)}, 1), exhaustive=False)
    next(steps := iter(search))
    next(steps)
    assert search.bisected == ""


def test_there_may_be_unknowns_in_objects_and_choices_that_are_no_whole_numbers() -> None:
    layers = [{"kind": "conv2d", "in_channels": 3, "out_channels": "2*w", "kernel_size": ["k", 3]}]
    fit, _ = _found(Problem(layers, {"w": range(1, 9), "k": (1, 3)}, 280), exhaustive=None)
    assert [one.values for one in fit.solutions] == [{"w": 5, "k": 3}]
    dropped, _ = _found(Problem("Linear(10, 3), Dropout(p)", {"p": (0.5, 0.25)}, 33), exhaustive=None)
    assert [one.values for one in dropped.solutions] == [{"p": 0.25}, {"p": 0.5}]


@pytest.mark.parametrize(
    ("layers", "unknowns", "message"),
    [
        ("Conv2d(3, 8, 3)", {"w": range(3)}, "w stands nowhere in the layers"),
        ("Conv2d(3, w, 3)", {}, "one to 6 unknowns"),
        ("Conv2d(3, w, 3)", {"w": range(0)}, "w has 0 values"),
        ("Conv2d(3, w, 3)", {"w": range(10**9)}, "w has 1000000000 values"),
        ("Conv2d(3, w, 3)", {"w w": range(3)}, "is no name"),
        ("Conv2d(3, w, 3), Conv2d(4, 3, 3)", {"w": (5, 6)}, "no values of the unknowns give a network: with w=5"),
        ("resnet18(num_classes=a, in_channels=b)", {"a": range(1, 5000), "b": range(1, 5000)}, "24,990,001 networks"),
    ],
)
def test_what_cannot_be_solved_is_told(layers: str, unknowns: dict[str, range], message: str) -> None:
    with pytest.raises(ParamcountError, match=message):
        _found(Problem(layers, unknowns, 100), exhaustive=None)


def test_macs_need_an_input() -> None:
    with pytest.raises(MissingError, match="input_shape"):
        _found(Problem("Conv2d(3, w, 3)", {"w": range(1, 4)}, 100, "macs"), exhaustive=None)
