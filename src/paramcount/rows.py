"""Rows of a report: layers, the alike ones in a row together; and blocks, where there are many layers.

A layer's name says in which blocks it stands: `layer1.0.conv1`. Of a large network of the catalogue the deepest
blocks are shown that are few enough to be read: what a person reads of a ResNet.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Literal, override

from paramcount.flow import Run
from paramcount.layers.base import Derivation, Step
from paramcount.passing import Sums
from paramcount.receptive import Seen
from paramcount.shapes import Shape, known

type Detail = Literal["summary", "layers", "steps"]

MOST_ROWS = 40
"""Rows that are read at a glance; a network of the catalogue with more is shown by its blocks."""

MOST_BLOCKS = 30
"""Rows of blocks, which say more than layers: as many as are read at a glance."""

_MOST_TERMS = 12
"""Terms of a sum that is shown."""


class Line(ABC):
    """`repeat` layers or blocks alike in a row; the figures are those of one."""

    name: str
    repeat: int
    last: str
    unused: bool

    @property
    @abstractmethod
    def written(self) -> str:
        """How it is written."""

    @property
    @abstractmethod
    def output_shape(self) -> Shape | None:
        """What comes out."""

    @property
    @abstractmethod
    def parameters(self) -> int:
        """Parameters of one, trainable or not."""

    @property
    @abstractmethod
    def trainable(self) -> int:
        """Those that are trained."""

    @property
    @abstractmethod
    def buffers(self) -> int:
        """Numbers in buffers."""

    @property
    @abstractmethod
    def macs(self) -> int | None:
        """Multiply-accumulates of one, None where they are not known."""

    @property
    @abstractmethod
    def weighs(self) -> bool:
        """Whether it has parameters or buffers of its own, if only 0 of them."""

    @abstractmethod
    def marks(self) -> dict[str, object]:
        """What is to be said beside the numbers."""

    @property
    def non_trainable(self) -> int:
        """Parameters that are not trained."""
        return self.parameters - self.trainable

    def to_dict(self, detail: Detail) -> dict[str, object]:  # noqa: ARG002 - what is shown of a layer depends on it
        """One element of `layers`."""
        row: dict[str, object] = {"name": self.name, "layer": self.written, "repeat": self.repeat}
        output = known(self.output_shape)
        if output is not None:
            row["output_shape"] = list(output)
        row["parameters"] = self.parameters
        row |= split(self)
        row |= self.marks()
        if self.macs:
            row["macs"] = self.macs
        return row


@dataclass(frozen=True, slots=True)
class Row(Line):
    """`repeat` layers alike in a row; the figures are those of one."""

    name: str
    repeat: int
    last: str
    """The name of the last of them."""
    run: Run
    shares: str = ""
    """The layer whose parameters it uses, where it has none of its own."""
    unused: bool = False
    """Whether it is never run."""
    seen: Seen | None = None
    """The receptive field, of the last of them, where it was asked for."""

    @property
    def derivation(self) -> Derivation:
        """What the layer comes to."""
        return self.run.made

    @property
    @override
    def written(self) -> str:
        return str(self.run.made.layer)

    @property
    @override
    def output_shape(self) -> Shape | None:
        return self.run.made.output_shape

    @property
    @override
    def parameters(self) -> int:
        return self.run.made.parameters.value

    @property
    @override
    def trainable(self) -> int:
        return self.run.made.trainable

    @property
    @override
    def buffers(self) -> int:
        return self.run.made.buffers

    @property
    @override
    def macs(self) -> int | None:
        return None if self.run.made.macs is None else self.run.made.macs.value

    @property
    @override
    def weighs(self) -> bool:
        return bool(self.run.made.tensors)

    @override
    def marks(self) -> dict[str, object]:
        marks: dict[str, object] = {}
        if self.shares:
            marks["shares"] = self.shares
        if self.run.tied:
            marks["tied"] = dict(self.run.tied)
        if self.run.node.frozen and self.derivation.tensors:
            marks["frozen"] = True
        if self.unused:
            marks["unused"] = True
        if self.seen is not None and self.seen.field not in ("unknown", "none"):
            marks["receptive_field"] = self.seen.to_dict()
        return marks

    @property
    def steps(self) -> tuple[Step, ...]:
        """The derivation, with the receptive field's where it was asked for."""
        return self.run.made.steps if self.seen is None else (*self.run.made.steps, *self.seen.steps)

    @override
    def to_dict(self, detail: Detail) -> dict[str, object]:
        row = Line.to_dict(self, detail)
        if detail == "steps":
            if self.steps:
                row["steps"] = [step_dict(step) for step in self.steps]
            if self.derivation.tensors:
                row["tensors"] = tensor_dicts(self.derivation)
        return row


@dataclass(frozen=True)
class Group(Line):
    """`repeat` blocks alike in a row; the figures are those of one."""

    name: str
    repeat: int
    last: str
    block: str
    """The block as it is written, without the layers in it; "" where it has no name."""
    rows: tuple[Row, ...]
    unused: bool = False

    @cached_property
    def holds(self) -> int:
        """Layers in one."""
        return sum(row.repeat for row in self.rows)

    @cached_property
    def _sums(self) -> Sums:
        sums = Sums()
        for row in self.rows:
            sums.add_layer(row.derivation, row.repeat)
        return sums

    @property
    def working(self) -> str:
        """The parameters as the sum of the layers' own, where it is short enough to be read."""
        terms = [
            f"{row.repeat} × {row.parameters}" if row.repeat > 1 else str(row.parameters)
            for row in self.rows
            if row.parameters
        ]
        return " + ".join(terms) if len(terms) <= _MOST_TERMS else str(self.parameters)

    @property
    @override
    def written(self) -> str:
        return self.block or f"{self.holds} layers"

    @property
    @override
    def output_shape(self) -> Shape | None:
        return self.rows[-1].output_shape

    @property
    @override
    def parameters(self) -> int:
        return self._sums.parameters

    @property
    @override
    def trainable(self) -> int:
        return self._sums.trainable

    @property
    @override
    def buffers(self) -> int:
        return self._sums.buffers

    @property
    @override
    def macs(self) -> int | None:
        return self._sums.macs

    @property
    @override
    def weighs(self) -> bool:
        return any(row.weighs for row in self.rows)

    @override
    def marks(self) -> dict[str, object]:
        marks: dict[str, object] = {"holds": self.holds} if self.block else {}
        last = self.rows[-1].marks()
        return marks | {name: last[name] for name in ("unused", "receptive_field") if name in last}

    def is_like(self, other: "Group") -> bool:
        """Whether every figure is the same."""
        if self.block != other.block or len(self.rows) != len(other.rows) or self.unused != other.unused:
            return False
        pairs = zip(self.rows, other.rows, strict=True)
        return all(one.repeat == two.repeat and one.run.is_like(two.run) for one, two in pairs)


def outlined(rows: Sequence[Row], catalogued: Iterable[str], blocks: Mapping[str, str]) -> Sequence[Row | Group]:
    """Put the rows of networks of the catalogue together by their blocks, as deep as can still be read."""
    prefixes = sorted(catalogued, key=len, reverse=True)
    if not prefixes or len(rows) <= MOST_ROWS:
        return rows
    places = [_place(row.name, prefixes) for row in rows]
    lines: Sequence[Row | Group] = rows
    for depth in range(max(len(rest) for _, rest in places) - 1, 0, -1):
        keys = [".".join((*start, *rest[:depth])) for start, rest in places]
        many = Counter(keys)
        alone = sum(row.name == key and many[key] == 1 for row, key in zip(rows, keys, strict=True))
        if depth > 1 and alone > MOST_BLOCKS:
            continue  # these are lines by themselves, and too many
        lines = list(_alike(_grouped(rows, keys, blocks)))
        if len(lines) <= MOST_BLOCKS:
            break
    return lines


def _place(name: str, prefixes: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A row's name: what comes before the network of the catalogue that it is in, and what comes in it."""
    for prefix in prefixes:
        if not prefix or name.startswith(f"{prefix}."):
            return ((prefix,), tuple(name[len(prefix) + 1 :].split("."))) if prefix else ((), tuple(name.split(".")))
    return (name,), ()


def _grouped(rows: Sequence[Row], keys: Sequence[str], blocks: Mapping[str, str]) -> Iterator[Row | Group]:
    pairs = zip(keys, rows, strict=True)
    for (key, _), several in groupby(pairs, lambda pair: (pair[0], pair[1].unused)):
        held = tuple([row for _, row in several])
        yield (
            held[0]
            if held[0].name == key and len(held) == 1
            else Group(key, 1, key, blocks.get(key, ""), held, held[0].unused)
        )


def _alike(lines: Iterable[Row | Group]) -> Iterator[Row | Group]:
    before: Row | Group | None = None
    for line in lines:
        if isinstance(line, Group) and isinstance(before, Group) and before.is_like(line):
            before = replace(before, repeat=before.repeat + 1, last=line.last)
            continue
        if before is not None:
            yield before
        before = line
    if before is not None:
        yield before


def split(made: Line | Derivation) -> dict[str, object]:
    """How the parameters divide, where there are any: trainable, not trainable, and buffers beside them."""
    if not (made.tensors if isinstance(made, Derivation) else made.weighs):
        return {}
    answer: dict[str, object] = {"trainable": made.trainable}
    if made.non_trainable:
        answer["non_trainable"] = made.non_trainable
    if made.buffers:
        answer["buffers"] = made.buffers
    return answer


def step_dict(step: Step) -> dict[str, object]:
    """One element of `steps`."""
    formula, substitution = step.expression.texts
    return {"name": step.name, "formula": formula, "substitution": substitution, "value": step.expression.value}


def tensor_dicts(made: Derivation) -> list[dict[str, object]]:
    """The field `tensors`: name, shape and count; what is not learnt is marked."""
    answer: list[dict[str, object]] = []
    for tensor in made.tensors:
        one: dict[str, object] = {"name": tensor.name, "shape": list(tensor.shape), "count": tensor.count}
        if tensor.buffer:
            one["buffer"] = True
        elif not tensor.trainable:
            one["trainable"] = False
        answer.append(one)
    return answer
