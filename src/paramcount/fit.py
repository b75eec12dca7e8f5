"""Solve for a budget: which values of unknown numbers give a network of so many parameters, MACs or bytes.

The unknowns are names in the notation, `Conv2d(3, w, 3)`, each with the values that it may have. Every value that
is answered was derived like any other network's. Where the figure cannot fall as one unknown grows, that unknown is
solved for by bisection, row by row over the others; else all are tried.
"""

import re
from bisect import insort
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise, product
from math import prod
from typing import Final, Literal, cast, override

from paramcount.architectures import catalogue
from paramcount.build import network
from paramcount.errors import LayerError, LimitError, MissingError, ParamcountError, sequence, shown
from paramcount.flow import BYTES, Flow, Rounds, Run
from paramcount.layers.base import Derivation, Layer
from paramcount.limits import MAX_EXACT, MAX_LAYERS, MAX_NAME
from paramcount.modules import MODULES
from paramcount.network import Loop, Network, Node
from paramcount.notation import Number
from paramcount.report import Report
from paramcount.rows import Detail
from paramcount.shapes import known
from paramcount.signature import Framework
from paramcount.written import InputShape, Item

type Quantity = Literal["parameters", "macs", "bytes"]
type Mode = Literal["exactly", "at_most", "closest"]
type Values = dict[str, Number]

QUANTITIES: Final[tuple[Quantity, ...]] = ("parameters", "macs", "bytes")
MODES: Final[tuple[Mode, ...]] = ("exactly", "at_most", "closest")

MAX_UNKNOWNS: Final = 6
"""Unknowns of one search."""

MAX_CHOICES: Final = 100_000
"""Values that one unknown may have."""

MAX_TRIED: Final = 1_000_000
"""Networks that one search may derive."""

MOST_LISTED: Final = 10
"""Solutions that are listed."""

_FEW: Final = 512
"""Networks that are all tried, whatever could be spared."""

_MOST_KEPT: Final = 50_000
"""Layers that are kept to be used again."""

_WIDTHS: Final = frozenset(
    (
        *("in_channels", "out_channels", "num_features", "num_channels", "normalized_shape", "in_features"),
        *("out_features", "in1_features", "in2_features", "num_embeddings", "embedding_dim", "input_size"),
        *("hidden_size", "units", "filters"),
    )
)
"""Fields by which neither parameters nor MACs of a layer can fall as they grow."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is asked for."""

    layers: Item | Sequence[Item]
    unknowns: Mapping[str, Sequence[Number]]
    """The values that each name may have."""
    target: int
    quantity: Quantity = "parameters"
    mode: Mode = "exactly"
    input_shape: InputShape | None = None
    framework: Framework | None = None
    most: int = MAX_LAYERS
    """How many layers the network may have."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.unknowns) <= MAX_UNKNOWNS:
            raise LimitError(f"one to {MAX_UNKNOWNS} unknowns are solved for, received {len(self.unknowns)}.")
        for name, choices in self.unknowns.items():
            if not _WORD.fullmatch(name) or len(name) > MAX_NAME:
                raise LayerError(f"unknowns: {shown(name)} is no name.")
            if not 1 <= len(choices) <= MAX_CHOICES:
                raise LimitError(f"{name} has {len(choices)} values; one to {MAX_CHOICES} are tried.")
            if not re.search(rf"\b{name}\b", " ".join(_texts(self.layers))):
                raise LayerError(
                    f"{name} stands nowhere in the layers. Write it where the number stands: Conv2d(3, w, 3)."
                )
        if type(self.target) is not int or not 0 <= self.target <= MAX_EXACT:
            raise LayerError(f"target must be a whole number from 0 to 2^53 - 1, received {shown(self.target)}.")

    @property
    def candidates(self) -> int:
        """How many networks there are to choose from."""
        return prod(map(len, self.unknowns.values()))


@dataclass(frozen=True, slots=True)
class Solution:
    """Values of the unknowns, and the figure that they give."""

    values: Values
    figure: int

    def to_dict(self, target: int) -> dict[str, object]:
        """One element of `solutions`."""
        answer: dict[str, object] = {"values": dict(self.values), "value": self.figure}
        if self.figure != target:
            answer["difference"] = self.figure - target
        return answer


@dataclass(frozen=True, slots=True)
class Fit(Report):
    """What a search found."""

    problem: Problem
    solutions: tuple[Solution, ...]
    """The best, at most `MOST_LISTED`; where there are no more, all of them."""
    complete: bool
    """Whether all solutions are listed."""
    below: Solution | None
    """The nearest below the target, where there is none."""
    above: Solution | None
    """The nearest above the target, where there is none, or where there may be none."""
    tried: int
    bisected: str
    """The unknown that was solved for by bisection; "" where all were tried."""
    refused: int
    """How many of those tried are no network."""
    refusal: str

    @override
    def to_dict(self, detail: Detail = "summary") -> dict[str, object]:
        problem = self.problem
        answer: dict[str, object] = {
            "target": {"quantity": problem.quantity, "mode": problem.mode, "value": problem.target},
            "found": len(self.solutions),
            "complete": self.complete,
            "solutions": [one.to_dict(problem.target) for one in self.solutions],
        }
        for name, near in (("nearest_below", self.below), ("nearest_above", self.above)):
            if near is not None:
                answer[name] = near.to_dict(problem.target)
        answer |= {"tried": self.tried, "candidates": problem.candidates}
        if self.bisected:
            answer["bisected"] = self.bisected
        notes = list(self.notes)
        if notes:
            answer["notes"] = notes
        return answer

    @override
    def to_text(self, detail: Detail = "summary") -> str:
        from paramcount.render.fit import render  # the renderer reads what is here

        return render(self)

    @property
    def notes(self) -> Iterator[str]:
        """What is to be said beside the solutions."""
        if self.refused:
            yield f"{self.refused:,} of those tried are no network, such as: {self.refusal}"
        if self.bisected:
            yield f"The figure cannot fall as {self.bisected} grows, so that not all were tried."


@dataclass(slots=True)
class Search:
    """A search under way: iterating over it tries one network after another, and yields how many rows are done."""

    problem: Problem
    exhaustive: bool | None = None
    """Whether to try all; left out, what can be spared is."""
    tried: int = 0
    done: int = 0
    bisected: str = ""
    """The unknown that is solved for by bisection, a row of its values at a time."""
    _best: "_Best" = field(init=False)
    _refused: int = 0
    _refusal: str = ""
    _layers: dict[tuple[object, ...], Layer] = field(default_factory=dict[tuple[object, ...], Layer])
    _derived: dict[tuple[object, ...], Derivation] = field(default_factory=dict[tuple[object, ...], Derivation])

    def __post_init__(self) -> None:
        self._best = _Best(self.problem)

    @property
    def rows(self) -> int:
        """How many rows there are; where nothing is bisected, each network is one."""
        spared = len(self.problem.unknowns[self.bisected]) if self.bisected else 1
        return self.problem.candidates // spared

    def __iter__(self) -> Iterator[int]:
        """Go through all rows.

        Raises:
            LimitError: the search is too long.
        """
        if self.exhaustive is False or (self.exhaustive is None and self.problem.candidates > _FEW):
            yield 0
            self.bisected = self._growing()
        if self.bisected:
            falls = yield from self._by_rows()
            if not falls:
                return
            self.bisected, self.done, self._best = "", 0, _Best(self.problem)
        self._check_length()
        unknowns = self.problem.unknowns
        for values in product(*unknowns.values()):
            yield self.done
            self._offer(dict(zip(unknowns, values, strict=True)))
            self.done += 1

    def result(self) -> Fit:
        """What was found.

        Raises:
            LayerError: no value of the unknowns gives a network.
        """
        if self.tried == self._refused:
            raise LayerError(f"no values of the unknowns give a network: {self._refusal}")
        solutions, complete = self._best.solutions()
        return Fit(
            problem=self.problem,
            solutions=solutions,
            complete=complete,
            below=None if solutions else self._best.below,
            above=None if solutions and self.problem.mode != "at_most" else self._best.above,
            tried=self.tried,
            bisected=self.bisected,
            refused=self._refused,
            refusal=self._refusal,
        )

    def _check_length(self) -> None:
        if self.rows > MAX_TRIED:
            raise LimitError(
                f"{self.rows:,} networks would have to be tried; at most {MAX_TRIED:,} are. Give narrower ranges or "
                "wider steps."
            )

    def _by_rows(self) -> Generator[int, None, bool]:
        """Solve row by row; returns whether a figure was seen to fall after all."""
        self._check_length()
        unknowns = self.problem.unknowns
        choices = sorted(unknowns[self.bisected])
        others = [name for name in unknowns if name != self.bisected]
        for fixed in product(*(unknowns[name] for name in others)):
            held = dict(zip(others, fixed, strict=True))
            row = _Row(choices, partial(self._figure_with, held))
            near = yield from row.near(self.problem, self.done)
            if row.falls():
                return True
            for value, figure in near:
                self._best.offer(Solution(self._ordered(held, value), figure))
            self.done += 1
        return False

    def _ordered(self, others: Values, value: Number) -> Values:
        """The values of all unknowns, in the order in which they were given."""
        return {name: others.get(name, value) for name in self.problem.unknowns}

    def _figure_with(self, others: Values, value: Number) -> int | None:
        return self._figure(self._ordered(others, value))

    def _offer(self, values: Values) -> None:
        figure = self._figure(values)
        if figure is not None:
            self._best.offer(Solution(values, figure))

    def _figure(self, values: Values) -> int | None:
        """The figure that is asked for; None where the values give no network."""
        self.tried += 1
        if max(len(self._layers), len(self._derived)) > _MOST_KEPT:
            self._layers.clear()
            self._derived.clear()
        try:
            return _total(self._network(values), self.problem, self._derived)
        except MissingError:
            raise
        except ParamcountError as error:
            self._refused += 1
            if not self._refusal:
                written = ", ".join(f"{name}={value}" for name, value in values.items())
                self._refusal = f"with {written}, {str(error)[:_MOST_REFUSAL]}"
            return None

    def _network(self, values: Values) -> Network:
        asked = self.problem
        return network(
            asked.layers,
            input_shape=asked.input_shape,
            framework=asked.framework,
            most=asked.most,
            values=values,
            made=self._layers,
        )

    def _growing(self) -> str:
        """The unknown with the most values, where the figure cannot fall as any of them grows; else "".

        It cannot where unknowns stand for widths alone, by themselves or in sums, products and whole quotients by
        numbers, in layers that stand in the notation themselves.
        """
        unknowns = self.problem.unknowns
        texts = " ".join(_texts(self.problem.layers)).replace("->", " ")
        words = set(_WORD.findall(texts))
        if _MAY_FALL.search(texts) or any(min(choices) < 0 for choices in unknowns.values()):
            return ""
        if not words.isdisjoint(MODULES) or not words.isdisjoint(catalogue()):
            return ""
        least = {name: min(choices) for name, choices in unknowns.items()}
        most = {name: max(choices) for name, choices in unknowns.items()}
        try:
            widens = _widens(self._network(least), self._network(most))
        except ParamcountError:
            return ""
        return max(unknowns, key=lambda name: len(unknowns[name])) if widens else ""


@dataclass(slots=True)
class _Row:
    """The values of one unknown, the others fixed, where the figure does not fall as it grows."""

    choices: Sequence[Number]
    derive: Callable[[Number], int | None]
    figures: dict[int, int | None] = field(default_factory=dict[int, "int | None"])

    def near(self, problem: Problem, done: int) -> Generator[int, None, list[tuple[Number, int]]]:
        """The values next to the target, with their figures: as many as may be listed."""
        low, high = 0, len(self.choices)
        while low < high:  # find the first position after which no figure is at the target or below it
            middle = (low + high) // 2
            at = middle
            while at < high and (yield from self._at(at, done)) is None:
                at += 1
            figure = self.figures[at] if at < high else None
            if figure is None or figure > problem.target:
                high = middle
            else:
                low = at + 1
        down = yield from self._gather(range(low - 1, -1, -1), done, alike=problem.mode != "at_most")
        up = yield from self._gather(range(low, len(self.choices)), done, alike=True)
        return [(self.choices[at], figure) for at, figure in (*down, *up)]

    def falls(self) -> bool:
        """Whether a figure fell as the unknown grew, against what was expected."""
        seen = [figure for _, figure in sorted(self.figures.items()) if figure is not None]
        return any(after < before for before, after in pairwise(seen))

    def _at(self, position: int, done: int) -> Generator[int, None, int | None]:
        if position not in self.figures:
            yield done
            self.figures[position] = self.derive(self.choices[position])
        return self.figures[position]

    def _gather(
        self, positions: Iterable[int], done: int, *, alike: bool
    ) -> Generator[int, None, list[tuple[int, int]]]:
        """Positions that are networks, in this order; with `alike`, those whose figure is the first one's."""
        found: list[tuple[int, int]] = []
        for at in positions:
            figure = yield from self._at(at, done)
            if figure is None:
                continue
            if len(found) > MOST_LISTED or (alike and found and figure != found[0][1]):
                found.append((at, figure))
                break
            found.append((at, figure))
        return found


@dataclass(slots=True)
class _Best:
    """The best solutions so far, and what is nearest to the target on either side."""

    problem: Problem
    below: Solution | None = None
    above: Solution | None = None
    _kept: list[tuple[int, tuple[Number, ...], Solution]] = field(
        default_factory=list[tuple[int, tuple[Number, ...], Solution]]
    )

    def offer(self, one: Solution) -> None:
        """Take a solution in, if it is one, and if it is among the best."""
        far = one.figure - self.problem.target
        if far < 0 and (self.below is None or one.figure > self.below.figure):
            self.below = one
        if far > 0 and (self.above is None or one.figure < self.above.figure):
            self.above = one
        rank = abs(far)
        if (self.problem.mode == "exactly" and far) or (self.problem.mode == "at_most" and far > 0):
            return
        if self.problem.mode == "closest" and self._kept and rank != self._kept[0][0]:
            if rank > self._kept[0][0]:
                return
            self._kept.clear()
        insort(self._kept, (rank, tuple(one.values.values()), one), key=lambda kept: kept[:2])
        del self._kept[MOST_LISTED + 1 :]

    def solutions(self) -> tuple[tuple[Solution, ...], bool]:
        """The best solutions, and whether these are all."""
        return tuple([one for _, _, one in self._kept[:MOST_LISTED]]), len(self._kept) <= MOST_LISTED


def _total(made: Network, problem: Problem, derived: dict[tuple[object, ...], Derivation]) -> int:
    """The figure of a network.

    Raises:
        MissingError: it depends on a size that was not given.
    """
    flow = Flow(made, dict(made.inputs), derived=derived)
    flow.run()
    trace = (*flow.trace, *flow.unused())
    if problem.quantity == "macs":
        sized = all(known(shape) is not None for _, shape in made.inputs)
        macs = _sum(trace, lambda one: None if one.macs is None else one.macs.value) if sized else None
        if macs is None:
            raise MissingError("MACs depend on input_shape, which was not given. Give the shape of one sample.")
        return macs
    parameters = _sum(trace, lambda one: one.parameters.value) or 0
    return BYTES["float32"] * parameters if problem.quantity == "bytes" else parameters


def _sum(trace: Sequence[Run | Rounds], figure: Callable[[Derivation], int | None]) -> int | None:
    total = 0
    for part in trace:
        if isinstance(part, Run):
            parts = [(1, figure(part.made))]
        else:
            parts = [(one.times, _sum(one.trace, figure)) for one in part.rounds]
        for times, value in parts:
            if value is None:
                return None
            total += times * value
    return total


def _widens(narrow: Network, wide: Network) -> bool:
    """Whether two networks differ in nothing but widths, which are nowhere less in the second."""
    return (
        (narrow.framework, narrow.inputs, narrow.outputs, narrow.ties)
        == (wide.framework, wide.inputs, wide.outputs, wide.ties)
        and _all_widen(narrow.nodes, wide.nodes)
        and _all_widen(narrow.unused, wide.unused)
    )


def _all_widen(narrow: Sequence[Node | Loop], wide: Sequence[Node | Loop]) -> bool:
    return len(narrow) == len(wide) and all(_one_widens(one, two) for one, two in zip(narrow, wide, strict=True))


def _one_widens(one: Node | Loop, two: Node | Loop) -> bool:
    if isinstance(one, Loop) or isinstance(two, Loop):
        return (
            isinstance(one, Loop)
            and isinstance(two, Loop)
            and replace(one, nodes=()) == replace(two, nodes=())
            and _all_widen(one.nodes, two.nodes)
        )
    if replace(one, layer=two.layer) != two or type(one.layer) is not type(two.layer):
        return False
    return all(
        value == (after := getattr(two.layer, name)) or (name in _WIDTHS and _grows(value, after))
        for name, value in one.layer
    )


def _grows(value: object, after: object) -> bool:
    before, later = sequence(value) or (value,), sequence(after) or (after,)
    return len(before) == len(later) and all(
        isinstance(a, int) and isinstance(b, int) and a <= b for a, b in zip(before, later, strict=True)
    )


def _texts(layers: object) -> Iterator[str]:
    """Every text in what a caller gives."""
    if isinstance(layers, str):
        yield layers
    elif isinstance(layers, Mapping):
        yield from _texts(list(cast("Mapping[str, object]", layers).values()))
    else:
        for one in sequence(layers) or ():
            yield from _texts(one)


_WORD = re.compile(r"[A-Za-z_]\w*")
_MAY_FALL = re.compile(r"[-%]|//\s*[^\s\d]")
"""What may make a number smaller as an unknown grows: differences, remainders, quotients by something unknown."""
_MOST_REFUSAL = 300
