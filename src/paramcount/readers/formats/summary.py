"""Summary tables: model.summary() of Keras 2 and 3, torchinfo, torchsummary.

Rows and totals check one another: the total is the sum of the rows, and the sum of what is trained and what is not;
each row's parameters and shape follow from its class and what flows into it. A number that is missing is derived
from the others; where one number is wrong and only one would make the table agree, it is found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from paramcount.build import layer_from
from paramcount.errors import NotationError
from paramcount.flow import derived
from paramcount.layers.base import Layer
from paramcount.network import INPUT, UNKNOWN, Network, Node, loose
from paramcount.notation import Call
from paramcount.readers.base import LIKELY, NO, UNMISTAKABLE, Asked, Given, Reader, Reading, inputs
from paramcount.readers.summary_rules import fitting, known_class
from paramcount.readers.summary_table import Row, Table, Total, parse
from paramcount.report import Completeness, Read
from paramcount.shapes import Shape, elements, known

_INPUT_LAYER: Final = "InputLayer"
_WITHOUT_MACS: Final = ("ZeroPadding", "Cropping", "UpSampling", "Reshape", "Permute", "RepeatVector", "Rescaling")
_SAME_SHAPE: Final = ("Activation", "BatchNorm", "Dropout", "LayerNorm", "LeakyReLU", "ReLU", "Softmax", "Sigmoid",
                      "Tanh", "GELU", "SiLU", "ELU", "Identity")  # fmt: skip
_JUDGED: Final = ("Activation", "Add", "Average", "BatchNorm", "Concatenate", "Conv", "Dense", "Depthwise", "Dropout",
                  "Flatten", "GRU", "Global", "LSTM", "LayerNormalization", "Linear", "Max", "ReLU", "Separable",
                  "SimpleRNN")  # fmt: skip
"""Classes of which a row's figures can be judged, by how their names begin."""
_NOT_JUDGED: Final = ("ConvLSTM", "MaxUnpool")
_JOINS: Final = ("Add", "Average", "Concatenate", "Maximum")
_NAMES: Final[Mapping[Total, str]] = {
    "total": "Total params",
    "trainable": "Trainable params",
    "non_trainable": "Non-trainable params",
}


def _likeness(given: Given) -> float:
    head = given.head
    if "Layer (type" not in head:
        return NO
    return UNMISTAKABLE if "Param" in head or "Output Shape" in head else LIKELY


def _read(given: Given, asked: Asked) -> Reading:
    table = parse(given.text, asked.most)
    if asked.framework is not None:
        table.framework = asked.framework
    checked = _Checked(table)
    checked.mend()
    return checked.reading(asked)


@dataclass(slots=True)
class _Checked:
    """A table while it is checked."""

    table: Table
    found: list[str] = field(default_factory=list[str])
    """What was missing or wrong, and what it is."""
    doubts: list[str] = field(default_factory=list[str])
    """What does not agree, and cannot be told."""

    @property
    def rows(self) -> list[Row]:
        """The rows, in order."""
        return self.table.rows

    def mend(self) -> None:
        """Find what is missing, then what is wrong."""
        for _ in range(3):  # what is found makes more known
            blanks = [row for row in self.rows if row.parameters is None or (row.shape is None and self._needs(row))]
            if not blanks:
                break
            for row in blanks:
                self._fill(row, alone=len(blanks) == 1)
        self._fill_totals()
        if all(row.parameters is not None for row in self.rows):
            self._check()
        for row in self.rows:
            if row.parameters is None:
                self.doubts.append(
                    f"the parameters of {row.name} ({row.cls}) are missing, and do not follow from the rest"
                )

    def _needs(self, row: Row) -> bool:
        return self.table.framework == "keras" and not row.again

    def inputs_of(self, index: int) -> tuple[Shape | None, ...]:
        """What flows into a row: what it is connected to, else what the row before it gives."""
        row = self.rows[index]
        if row.sources:
            shapes: list[Shape | None] = []
            for source in row.sources:
                named = [one for one in self.rows[:index] if _is_named(one.name, source)]
                shapes.append(named[0].shape if len(named) == 1 else None)
            return tuple(shapes)
        return (self.rows[index - 1].shape,) if index else (None,)

    def fits(self, index: int, row: Row | None = None) -> bool | None:
        """Whether a row agrees with what flows into it; None where nothing can be said."""
        row = row or self.rows[index]
        cls = known_class(row.cls, self.table.framework, cut=row.cut)
        if not cls.startswith(_JUDGED) or cls.startswith(_NOT_JUDGED):
            return None
        flowing = self.inputs_of(index)
        several = [flowing if cls in _JOINS else flowing[:1]]
        if self.table.framework == "pytorch":  # branches are not told: any shape before it may flow in
            earlier = dict.fromkeys(one.shape for one in self.rows[max(0, index - 40) : index])
            several = [(shape,) for shape in (*several[0], *earlier)]
            if cls == "Linear":
                several += [((elements(size),),) for size in map(known, earlier) if size is not None]
        if all(None in one for one in several) or row.shape is None or row.parameters is None:
            return None
        if self.table.framework == "pytorch" and index < 2:
            return None
        return any(fitting(cls, self.table.framework, one, row.shape, row.parameters) is not None for one in several)

    def _fill(self, row: Row, *, alone: bool) -> None:
        index = self.rows.index(row)
        cls = known_class(row.cls, self.table.framework, cut=row.cut)
        flowing = self.inputs_of(index)
        if row.shape is None and self._needs(row):
            for shape in self._shapes(index):
                if self.fits(index, replace(row, shape=shape)) is not False and self._suits_next(index, shape):
                    row.shape = shape
                    self.found.append(f"the shape of {row.name} was missing: {_text(shape)}")
                    break
        if row.parameters is not None:
            return
        total = self.table.totals.get("total")
        if total is None and None not in (self.table.totals.get("trainable"), self.table.totals.get("non_trainable")):
            total = (self.table.totals["trainable"] or 0) + (self.table.totals["non_trainable"] or 0)
        if alone and total is not None:
            rest = total - sum(one.parameters or 0 for one in self.rows)
            if rest >= 0:
                row.parameters = rest
                self.found.append(f"the parameters of {row.name} were missing: {rest:,}, by the total")
                return
        layer = fitting(cls, self.table.framework, flowing, row.shape, None) if cls and None not in flowing else None
        if layer is not None and "Conv" not in cls and "Embedding" not in cls:
            row.parameters = derived(layer, flowing).parameters.value
            self.found.append(f"the parameters of {row.name} were missing: {row.parameters:,}, those of {layer}")

    def _suits_next(self, index: int, shape: Shape) -> bool:
        """Whether what comes after a row agrees with a shape for it."""
        row = self.rows[index]
        kept, row.shape = row.shape, shape
        users = [other for other in range(index + 1, len(self.rows)) if self._uses(other, index)][:4]
        suits = all(self.fits(other) is not False for other in users)
        row.shape = kept
        return suits

    def _uses(self, other: int, index: int) -> bool:
        sources = self.rows[other].sources
        return any(_is_named(self.rows[index].name, one) for one in sources) if sources else other == index + 1

    def _shapes(self, index: int) -> Iterator[Shape]:
        """What the shape of a row may be, by what is before and after it."""
        row, flowing = self.rows[index], self.inputs_of(index)
        shape = flowing[0]
        after = next((self.rows[other] for other in range(index + 1, len(self.rows)) if self._uses(other, index)), None)
        yield from _plain_shapes(row, shape, after)
        widths = self._widths(row, shape, after)
        if row.cls in ("Dense", "Linear") and shape is not None:
            yield from ((*shape[:-1], width) for width in widths)
        if "Conv" in row.cls and shape is not None:
            for width in widths:
                for by, less in ((1, 0), (2, 0), (1, 2), (1, 4), (1, 6), (4, 0), (1, 1), (1, 3), (1, 10)):
                    yield (*(None if one is None else -(-(one - less) // by) for one in shape[:-1]), width)
        if "Pool" in row.cls and shape is not None:
            yield from ((*(None if one is None else one // by for one in shape[:-1]), shape[-1]) for by in (2, 3, 4))

    def _widths(self, row: Row, shape: Shape | None, after: Row | None) -> list[int]:
        """How many channels a row may give, by its own parameters and by those after it."""
        widths: list[int] = []
        channels = shape[-1] if shape else None
        if row.parameters and channels:
            for kernel in (1, 9, 25, 49, 4, 16, 3, 5, 7, 121) if "Conv" in row.cls else (1,):
                for bias in (1, 0):
                    each = channels * kernel + bias
                    if row.parameters % each == 0:
                        widths.append(row.parameters // each)
        if after is not None and after.parameters and after.shape and after.shape[-1] and after.cls == "Dense":
            widths.append(after.parameters // after.shape[-1] - 1)
        return [one for one in widths if one > 0]

    def _fill_totals(self) -> None:
        totals = self.table.totals
        rows = sum(row.parameters or 0 for row in self.rows)
        whole = all(row.parameters is not None for row in self.rows)
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
        totals, rows = self.table.totals, sum(row.parameters or 0 for row in self.rows)
        total = totals.get("total")
        trainable, fixed = totals.get("trainable"), totals.get("non_trainable")
        parts = None if trainable is None or fixed is None else trainable + fixed
        odd = [index for index in range(len(self.rows)) if self.fits(index) is False]
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
        for index in odd or range(len(self.rows)):
            row = self.rows[index]
            value = (row.parameters or 0) + change
            if value >= 0 and row.cls != _INPUT_LAYER and self.fits(index, replace(row, parameters=value)):
                candidates.append(index)
        if not candidates and len(odd) <= 1:  # of what is not known nothing says that it is right
            candidates = [
                index for index, row in enumerate(self.rows) if self.fits(index) is None and (row.parameters or 0)
            ]
        if len(candidates) != 1:
            return False
        row = self.rows[candidates[0]]
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
        return sum(2 * row.shape[-1] for row in self.rows if _is_norm(row) and row.shape and row.shape[-1])

    def _wrong_shape(self, odd: Sequence[int]) -> None:
        """Find a row whose shape makes it and what comes after it disagree."""
        for index in dict.fromkeys(one for place in odd for one in (place, place - 1) if one >= 0):
            row, said = self.rows[index], self.rows[index].shape
            if row.cls == _INPUT_LAYER or said is None:
                continue
            for shape in self._shapes(index):
                row.shape = shape
                if shape != said and all(self.fits(other) is not False for other in range(len(self.rows))):
                    self.found.append(f"the shape of {row.name} is wrong: {_text(said)} should be {_text(shape)}")
                    return
            row.shape = said
        listed = ", ".join(f"{self.rows[index].name} ({self.rows[index].cls})" for index in odd[:8])
        self.doubts.append(f"parameters or shape do not fit what flows in: {listed}")

    def reading(self, asked: Asked) -> Reading:
        """The network: layers that fit, and elsewhere what the table states."""
        nodes, sources = self._nodes()
        ordered = not any(UNKNOWN in node.inputs for node in nodes)
        known_inputs = tuple(sources) or inputs(asked)
        total = sum(row.parameters or 0 for row in self.rows)
        network = Network(self.table.framework, tuple(nodes), known_inputs, (nodes[-1].name,) if ordered else ())
        completeness: Completeness = "partial" if self.doubts else "full" if ordered else "params_only"
        notes = [f"the rows add up to {total:,} parameters.", *(f"{one}." for one in self.found)]
        read = Read(
            "summary",
            f"a summary table, {len(self.rows)} rows",
            completeness=completeness,
            not_understood=tuple(f"{one}." for one in self.doubts),
            notes=tuple(notes),
        )
        return Reading(network, read)

    def _nodes(self) -> tuple[list[Node], list[tuple[str, Shape | None]]]:
        nodes: list[Node] = []
        sources: list[tuple[str, Shape | None]] = []
        named: dict[int, str] = {}
        fixed = self._fixed()
        taken: set[str] = set()
        for index, row in enumerate(self.rows):
            name, number = row.name, 2
            while name in taken:
                name, number = f"{row.name}_{number}", number + 1
            taken.add(name)
            if row.cls == _INPUT_LAYER:
                named[index] = name if sources else INPUT
                sources.append((named[index], row.shape))
                continue
            flowing = self._flowing(index, named)
            layer = self._layer(index, row, fixed.get(index, 0), flowing)
            node = Node(name, layer, flowing)
            named[index] = name
            nodes.append(loose(node) if UNKNOWN in flowing else node)
        if not nodes:
            raise NotationError("the table holds inputs only.")
        return nodes, sources

    def _flowing(self, index: int, named: Mapping[int, str]) -> tuple[str, ...]:
        """The values that flow into a row, where the table tells them."""
        row = self.rows[index]
        if self.table.framework != "keras":
            return (UNKNOWN,)
        if row.sources:
            found: list[str] = []
            for source in row.sources:
                places = [one for one in range(index) if _is_named(self.rows[one].name, source)]
                found.append(named[places[0]] if len(places) == 1 else UNKNOWN)
            return tuple(found)
        if self.table.connected:
            return (UNKNOWN,)
        return (named[index - 1] if index else INPUT,)

    def _layer(self, index: int, row: Row, fixed: int, flowing: tuple[str, ...]) -> Layer:
        """A layer that fits a row; what the table states of it where there is none."""
        framework = self.table.framework
        cls = known_class(row.cls, framework, cut=row.cut)
        shapes = self.inputs_of(index)
        norm = _is_norm(row) and framework == "keras"
        plain = fixed == (2 * (row.shape[-1] or 0) if norm and row.shape else 0)
        if cls and plain and UNKNOWN not in flowing and None not in shapes and row.shape is not None:
            layer = fitting(cls, framework, shapes, row.shape, row.parameters)
            if layer is not None:
                return layer
        free = not row.parameters and row.cls.startswith(_WITHOUT_MACS)
        stated = {"parameters": row.parameters or 0, "non_trainable": fixed, "output_shape": row.shape}
        return layer_from(Call("Stated", (row.cls,), {**stated, "macs": 0 if free else None}), framework=framework)

    def _fixed(self) -> dict[int, int]:
        """Which parameters are not trained, by row: batch norms', and the rest where it is a row, or the first rows."""
        said = self.table.totals.get("non_trainable")
        norms = {
            index: min(2 * (row.shape[-1] or 0), row.parameters or 0)
            for index, row in enumerate(self.rows)
            if self.table.framework == "keras" and _is_norm(row) and row.shape
        }
        if said is None or said == sum(norms.values()):
            return norms
        counts = [row.parameters or 0 for row in self.rows]
        for index, count in enumerate(counts):
            if count == said:
                self.found.append(f"what is not trained is {self.rows[index].name}")
                return {index: count}
            first = dict(enumerate(counts[: index + 1]))
            rest = {place: size for place, size in norms.items() if place > index}
            if sum(first.values()) + sum(rest.values()) == said:
                self.found.append(f"what is not trained is every row up to {self.rows[index].name}")
                return first | rest
        self.doubts.append(f"{said:,} parameters are not trained; which, the table does not tell")
        return norms


def _plain_shapes(row: Row, shape: Shape | None, after: Row | None) -> Iterator[Shape]:
    """The shape of a row that keeps the one before it or the one after it, or makes one of all of it."""
    sizes = known(shape)
    if row.cls == "Flatten" and sizes is not None:
        yield (elements(sizes),)
    if row.cls.startswith("Global") and shape:
        yield (shape[-1],)
    if row.cls.startswith(_SAME_SHAPE) and shape is not None:
        yield shape
    if after is not None and after.shape is not None and after.cls.startswith(_SAME_SHAPE):
        yield after.shape


def _is_norm(row: Row) -> bool:
    return row.cls.startswith("BatchNormaliz")


def _is_named(name: str, source: str) -> bool:
    """Whether a source, which may be cut off, is the layer of this name."""
    return name.startswith(source[:-1]) if source.endswith("…") else name == source


def _text(shape: Shape) -> str:
    return f"({', '.join('None' if one is None else str(one) for one in (None, *shape))})"


READER = Reader(
    "summary",
    "a summary table of Keras, torchinfo or torchsummary",
    _likeness,
    _read,
)
