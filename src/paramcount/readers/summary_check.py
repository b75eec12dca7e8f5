"""A summary table, checked: its rows and totals tell what is missing in it, and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from paramcount.flow import derived
from paramcount.readers.summary_rows import INPUT_LAYER, Rows, is_norm
from paramcount.readers.summary_rules import fitting, known_class
from paramcount.readers.summary_table import Row, Table, Total
from paramcount.shapes import Shape

_NAMES: Final[Mapping[Total, str]] = {
    "total": "Total params",
    "trainable": "Trainable params",
    "non_trainable": "Non-trainable params",
}


@dataclass(slots=True)
class Checked:
    """A table while it is checked."""

    rows: Rows
    found: list[str] = field(default_factory=list[str])
    """What was missing or wrong, and what it is."""
    doubts: list[str] = field(default_factory=list[str])
    """What does not agree, and cannot be told."""

    @property
    def table(self) -> Table:
        """The table."""
        return self.rows.table

    def mend(self) -> None:
        """Find what is missing, then what is wrong."""
        if self.table.framework == "keras":
            self._unfold()
        for _ in range(3):  # what is found makes more known
            blanks = [
                row for row in self.table.rows if row.parameters is None or (row.shape is None and self._needs(row))
            ]
            if not blanks:
                break
            for row in blanks:
                self._fill(row, alone=len(blanks) == 1)
        self._fill_totals()
        if all(row.parameters is not None for row in self.table.rows):
            self._check()
        for row in self.table.rows:
            if row.parameters is None:
                self.doubts.append(
                    f"the parameters of {row.name} ({row.cls}) are missing, and do not follow from the rest"
                )

    def _unfold(self) -> None:
        """Leave to a model whose layers follow it what they do not have themselves: expand_nested=True shows both."""
        said = [row.parameters for row in self.table.rows]
        for index, row in enumerate(self.table.rows):
            depths = [other.depth for other in self.table.rows[index + 1 :]]
            end = next((place for place, depth in enumerate(depths) if depth <= row.depth), len(depths))
            held = [said[index + 1 + place] for place in range(end) if depths[place] == depths[0]]
            known = [one for one in held if one is not None]
            if not held or len(known) != len(held):
                continue
            inside = sum(known)
            if row.parameters is not None and row.parameters < inside:
                self.doubts.append(f"the layers of {row.name} add up to {inside:,}, its row says {row.parameters:,}")
            row.parameters = max(0, (row.parameters or 0) - inside)

    def _needs(self, row: Row) -> bool:
        return self.table.framework == "keras" and not row.again

    def _fill(self, row: Row, *, alone: bool) -> None:
        index = self.table.rows.index(row)
        cls = known_class(row.cls, self.table.framework, cut=row.cut)
        flowing = self.rows.inputs_of(index)
        if row.shape is None and self._needs(row):
            for shape in self.rows.shapes(index):
                if self.rows.fits(index, replace(row, shape=shape)) is not False and self.rows.suits_next(index, shape):
                    row.shape = shape
                    self.found.append(f"the shape of {row.name} was missing: {_text(shape)}")
                    break
        if row.parameters is not None:
            return
        total = self.table.totals.get("total")
        if total is None and None not in (self.table.totals.get("trainable"), self.table.totals.get("non_trainable")):
            total = (self.table.totals["trainable"] or 0) + (self.table.totals["non_trainable"] or 0)
        if alone and total is not None:
            rest = total - sum(one.parameters or 0 for one in self.table.rows)
            if rest >= 0:
                row.parameters = rest
                self.found.append(f"the parameters of {row.name} were missing: {rest:,}, by the total")
                return
        layer = fitting(cls, self.table.framework, flowing, row.shape, None) if cls and None not in flowing else None
        if layer is not None and "Conv" not in cls and "Embedding" not in cls:
            row.parameters = derived(layer, flowing).parameters.value
            self.found.append(f"the parameters of {row.name} were missing: {row.parameters:,}, those of {layer}")

    def _fill_totals(self) -> None:
        totals = self.table.totals
        rows = sum(row.parameters or 0 for row in self.table.rows)
        whole = all(row.parameters is not None for row in self.table.rows)
        parts = [totals.get("trainable"), totals.get("non_trainable")]
        if "total" in totals and totals["total"] is None and whole:
            totals["total"] = rows
            self.found.append(f"Total params was missing: {rows:,}, the sum of the rows")
        if "total" not in totals and None in parts:
            self.doubts.append("The table shows no total: rows that were left out, and what is frozen, cannot be told")
        total = totals.get("total")
        for name, other in (("trainable", parts[1]), ("non_trainable", parts[0])):
            if name in totals and totals[name] is None and total is not None and other is not None and total >= other:
                totals[name] = total - other
                self.found.append(f"{_NAMES[name]} was missing: {total - other:,}, the total less the other")

    def _check(self) -> None:
        """Find the one number that is wrong, where rows and totals do not agree."""
        totals, rows = self.table.totals, sum(row.parameters or 0 for row in self.table.rows)
        total = totals.get("total")
        trainable, fixed = totals.get("trainable"), totals.get("non_trainable")
        parts = None if trainable is None or fixed is None else trainable + fixed
        odd = [index for index in range(len(self.table.rows)) if self.rows.fits(index) is False]
        if total is not None and rows != total and (parts is None or parts == total):
            if self._wrong_row(odd, total - rows):
                return
            if parts is None and not odd:
                self._wrong_total("total", total, rows)
                return
            self.doubts.append(f"the rows add up to {rows:,}, the total says {total:,}")
        elif total is not None and parts is not None and total != parts:
            if rows == parts:
                self._wrong_total("total", total, rows)
            elif rows == total and trainable is not None and fixed is not None:
                self._wrong_part(total, trainable, fixed)
            else:
                self.doubts.append(f"the rows add up to {rows:,}, the parts to {parts:,}, the total says {total:,}")
        elif odd and self.table.framework == "keras":  # elsewhere branches are not told
            self._wrong_shape(odd)

    def _wrong_row(self, odd: Sequence[int], change: int) -> bool:
        """Whether one row with other parameters makes everything agree."""
        candidates: list[int] = []
        for index in odd or range(len(self.table.rows)):
            row = self.table.rows[index]
            value = (row.parameters or 0) + change
            if value >= 0 and row.cls != INPUT_LAYER and self.rows.fits(index, replace(row, parameters=value)):
                candidates.append(index)
        if not candidates and len(odd) <= 1:  # of what is not known nothing says that it is right
            candidates = [
                index
                for index, row in enumerate(self.table.rows)
                if self.rows.fits(index) is None and (row.parameters or 0)
            ]
        if len(candidates) != 1:
            return False
        row = self.table.rows[candidates[0]]
        value = (row.parameters or 0) + change
        self.found.append(f"the parameters of {row.name} are wrong: {row.parameters or 0:,} should be {value:,}")
        row.parameters = value
        return True

    def _wrong_total(self, name: Total, said: int, right: int) -> None:
        self.table.totals[name] = right
        self.found.append(f"{_NAMES[name]} is wrong: {said:,} should be {right:,}, the sum of the rows")

    def _wrong_part(self, total: int, trainable: int, fixed: int) -> None:
        """One of the two parts is wrong: batch norms tell which."""
        norms = self._statistics()
        if fixed == norms:
            self._say_part("trainable", trainable, total - fixed)
        elif total - trainable == norms:
            self._say_part("non_trainable", fixed, norms)
        else:
            self.doubts.append(f"{trainable:,} and {fixed:,} do not add up to {total:,}")

    def _say_part(self, name: Total, said: int, right: int) -> None:
        self.table.totals[name] = right
        self.found.append(f"{_NAMES[name]} is wrong: {said:,} should be {right:,}")

    def _statistics(self) -> int:
        """The parameters that batch norms of Keras do not train."""
        if self.table.framework != "keras":
            return 0
        return sum(2 * row.shape[-1] for row in self.table.rows if is_norm(row) and row.shape and row.shape[-1])

    def _wrong_shape(self, odd: Sequence[int]) -> None:
        """Find a row whose shape makes it and what comes after it disagree."""
        for index in dict.fromkeys(one for place in odd for one in (place, place - 1) if one >= 0):
            row, said = self.table.rows[index], self.table.rows[index].shape
            if row.cls == INPUT_LAYER or said is None:
                continue
            for shape in self.rows.shapes(index):
                row.shape = shape
                if shape != said and all(self.rows.fits(other) is not False for other in range(len(self.table.rows))):
                    self.found.append(f"the shape of {row.name} is wrong: {_text(said)} should be {_text(shape)}")
                    return
            row.shape = said
        listed = ", ".join(f"{self.table.rows[index].name} ({self.table.rows[index].cls})" for index in odd[:8])
        self.doubts.append(f"parameters or shape do not fit what flows in: {listed}")


def _text(shape: Shape) -> str:
    return f"({', '.join('None' if one is None else str(one) for one in (None, *shape))})"
