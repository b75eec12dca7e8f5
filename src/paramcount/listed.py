"""What was derived, as rows: put together when they are first looked at, and added up.

A summary shows no rows: its totals are known without them, and what they are the sum of is written where it is asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import overload, override

from paramcount.expression import Expression, Literal, Product, Quantity, Style, Sum
from paramcount.flow import Rounds, Run, named
from paramcount.network import called
from paramcount.passing import Passed
from paramcount.receptive import Seen
from paramcount.rows import Row


class Rows(Sequence[Row]):
    """Rows that are put together when they are first looked at: a summary shows none."""

    def __init__(self, make: Callable[[], Iterable[Row]]) -> None:
        self._make = make

    def __reduce__(self) -> tuple[object, tuple[tuple[Row, ...]]]:
        """Pickle as the rows themselves."""
        return tuple, (self._all,)

    @cached_property
    def _all(self) -> tuple[Row, ...]:
        return tuple(self._make())

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    @override
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self._all[index]

    @override
    def __iter__(self) -> Iterator[Row]:
        return iter(self._all)

    @override
    def __len__(self) -> int:
        return len(self._all)


class RowSum(Expression):
    """The sum of one figure of all rows, by its name; those where it is 0 are left out of what is written."""

    __slots__ = ("_figure", "_rows")

    def __init__(self, value: int, rows: Sequence[Row], figure: str) -> None:
        super().__init__(value)
        self._rows = rows
        self._figure = figure

    @override
    def pattern(self, style: Style, gaps: list[Quantity], least: int) -> str:
        return Sum(tuple(self._terms())).pattern(style, gaps, least)

    def _terms(self) -> Iterator[Expression]:
        for row in self._rows:
            value: int | None = getattr(row, self._figure)
            if value:
                one = Quantity(f"layer_{row.name}" if row.name[0].isdigit() else row.name, value)
                yield one if row.repeat == 1 else Product((Literal(row.repeat), one))


def rows_of(
    trace: Iterable[Run | Rounds | Passed], unused: Iterable[Run], fields: Mapping[int, Seen], *, across: bool
) -> Iterator[Row]:
    """A row for each layer, the alike ones in a row together, `across` blocks too; then those that are never run."""
    yield from _together(_flat(trace), fields, across=across)
    for row in _together(_flat(unused), fields, across=across):
        yield replace(row, unused=True)


def _flat(
    trace: Iterable[Run | Rounds | Passed], times: int = 1, loops: tuple[tuple[int, int], ...] = ()
) -> Iterator[Row]:
    """A row for each node; `loops` holds the first and the last iteration of each loop around it."""
    for part in trace:
        if isinstance(part, Passed):
            yield from _within(part.passage.trace, part.block.name)
        elif isinstance(part, Rounds):
            for one in part.rounds:
                yield from _flat(one.trace, times * one.times, (*loops, (one.start, one.start + one.times - 1)))
        elif loops:
            first = named(part.node.name, [start for start, _ in loops])
            last = named(part.node.name, [end for _, end in loops])
            shares = named(part.shares, [0 for _ in loops])
            yield Row(first, times, last, part, shares)
        else:
            yield Row(part.node.name, times, part.node.name, part, part.shares)


def _within(trace: Iterable[Run | Passed], here: str) -> list[Row]:
    """A row for each node of a block that is called so."""
    rows: list[Row] = []
    for part in trace:
        if isinstance(part, Run):
            name = called(part.node.name, here)
            rows.append(Row(name, 1, name, part))
        else:
            rows += _within(part.passage.trace, called(part.block.name, here))
    return rows


def _together(rows: Iterable[Row], fields: Mapping[int, Seen], *, across: bool) -> Iterator[Row]:
    """Put what is alike and in a row together, `across` blocks too; of receptive fields the last one's is given."""
    before: Row | None = None
    for row in rows:
        seen = fields.get(id(row.run)) if fields else None
        if before is not None and row.run.is_like(before.run) and (across or _beside(row.name, before.name)):
            before = replace(before, repeat=before.repeat + row.repeat, last=row.last, seen=seen)
            continue
        if before is not None:
            yield before
        before = row if seen is None else replace(row, seen=seen)
    if before is not None:
        yield before


def _beside(one: str, other: str) -> bool:
    """Whether two layers stand in the same block."""
    return one.rpartition(".")[0] == other.rpartition(".")[0]
