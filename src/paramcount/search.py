"""The search for a budget: networks are derived one after the other, and the best are kept.

Every value that is answered was derived like any other network's. Where the figure cannot fall as one unknown
grows, that unknown is solved for by bisection, row by row over the others; else all are tried.
"""

from bisect import insort
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise, product
from typing import Final

from paramcount.build import network
from paramcount.errors import LayerError, LimitError, MissingError, ParamcountError
from paramcount.fit import MOST_LISTED, Fit, Problem, Solution, Values
from paramcount.flow import BYTES, Flow, Rounds, Run
from paramcount.growth import cannot_fall, is_plain
from paramcount.layers.base import Derivation
from paramcount.network import Network
from paramcount.notation import Number
from paramcount.shapes import known

MAX_TRIED: Final = 1_000_000
"""Networks that one search may derive."""

_FEW: Final = 512
"""Networks that are all tried, whatever could be spared."""

_MOST_REFUSAL: Final = 300
"""Characters of a refusal that are told."""


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
            self.bisected = self._spared()
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
            raise self._too_many(self.rows)

    def _too_many(self, networks: int) -> LimitError:
        return LimitError(
            f"{networks:,} networks would have to be tried; at most {MAX_TRIED:,} are. Give narrower ranges or wider "
            "steps."
        )

    def _by_rows(self) -> Generator[int, None, bool]:
        """Solve row by row; returns whether a figure was seen to fall after all."""
        self._check_length()
        unknowns = self.problem.unknowns
        choices = sorted(unknowns[self.bisected])
        others = [name for name in unknowns if name != self.bisected]
        for fixed in product(*(unknowns[name] for name in others)):
            held = dict(zip(others, fixed, strict=True))
            if cannot_fall(self._network, self._ordered(held, choices[0]), self._ordered(held, choices[-1])):
                row = _Row(choices, partial(self._figure_with, held))
                near = yield from row.near(self.problem, self.done)
                if row.falls():
                    return True
                for value, figure in near:
                    self._best.offer(Solution(self._ordered(held, value), figure))
            else:
                yield from self._whole_row(held, choices)
            self.done += 1
        return False

    def _whole_row(self, held: Values, choices: Sequence[Number]) -> Iterator[int]:
        """Try every value of the unknown, the others fixed."""
        for value in choices:
            yield self.done
            self._offer(self._ordered(held, value))
            if self.tried > MAX_TRIED:
                raise self._too_many(self.problem.candidates)

    def _spared(self) -> str:
        """The unknown with the most values of those by which the figure cannot fall; "" where there is none."""
        unknowns = self.problem.unknowns
        if not is_plain(self.problem):
            return ""
        least = {name: min(choices) for name, choices in unknowns.items()}
        by_length = sorted(unknowns, key=lambda name: len(unknowns[name]), reverse=True)
        growing = (one for one in by_length if cannot_fall(self._network, least, least | {one: max(unknowns[one])}))
        return next(growing, "")

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
        try:
            return _total(self._network(values), self.problem)
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
        )


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


def _total(made: Network, problem: Problem) -> int:
    """The figure of a network.

    Raises:
        MissingError: it depends on a size that was not given.
    """
    flow = Flow(made, dict(made.inputs))
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
