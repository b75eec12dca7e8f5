"""A budget: which values of unknown numbers give a network of so many parameters, MACs or bytes, and what was found.

The unknowns are names in the notation, `Conv2d(3, w, 3)`, each with the values that it may have.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final, Literal, cast, override

from paramcount.declared import InputShape
from paramcount.errors import LayerError, LimitError, sequence, shown
from paramcount.limits import MAX_EXACT, MAX_LAYERS, MAX_NAME
from paramcount.notation import Number
from paramcount.report import Report
from paramcount.rows import Detail
from paramcount.signature import Framework
from paramcount.written import Item

type Quantity = Literal["parameters", "macs", "bytes"]
type Mode = Literal["exactly", "at_most", "closest"]
type Values = dict[str, Number]

QUANTITIES: Final[tuple[Quantity, ...]] = ("parameters", "macs", "bytes")
MODES: Final[tuple[Mode, ...]] = ("exactly", "at_most", "closest")

MAX_UNKNOWNS: Final = 6
"""Unknowns of one search."""

MAX_CHOICES: Final = 100_000
"""Values that one unknown may have."""

MOST_LISTED: Final = 10
"""Solutions that are listed."""

WORD: Final = re.compile(r"[A-Za-z_]\w*")


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
            if not WORD.fullmatch(name) or len(name) > MAX_NAME:
                raise LayerError(f"unknowns: {shown(name)} is no name.")
            if not 1 <= len(choices) <= MAX_CHOICES:
                raise LimitError(f"{name} has {len(choices)} values; one to {MAX_CHOICES} are tried.")
            if not re.search(rf"\b{name}\b", " ".join(texts(self.layers))):
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


def texts(layers: object) -> Iterator[str]:
    """Every text in what a caller gives."""
    if isinstance(layers, str):
        yield layers
    elif isinstance(layers, Mapping):
        yield from texts(list(cast("Mapping[str, object]", layers).values()))
    else:
        for one in sequence(layers) or ():
            yield from texts(one)
