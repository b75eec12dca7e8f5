"""The rows of a summary table: what flows into each, whether its figures go with that, and what its shape may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from paramcount.readers.summary_rules import fitting, known_class
from paramcount.readers.summary_table import Row, Table
from paramcount.shapes import Shape, elements, known

INPUT_LAYER: Final = "InputLayer"

_SAME_SHAPE: Final = ("Activation", "BatchNorm", "Dropout", "LayerNorm", "LeakyReLU", "ReLU", "Softmax", "Sigmoid",
                      "Tanh", "GELU", "SiLU", "ELU", "Identity")  # fmt: skip
_JUDGED: Final = ("Activation", "Add", "Average", "BatchNorm", "Concatenate", "Conv", "Dense", "Depthwise", "Dropout",
                  "Flatten", "GRU", "Global", "LSTM", "LayerNormalization", "Linear", "Max", "ReLU", "Separable",
                  "SimpleRNN")  # fmt: skip
"""Classes of which a row's figures can be judged, by how their names begin."""
_NOT_JUDGED: Final = ("ConvLSTM", "MaxUnpool")
_JOINS: Final = ("Add", "Average", "Concatenate", "Maximum")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table, each among the others."""

    table: Table

    def inputs_of(self, index: int) -> tuple[Shape | None, ...]:
        """What flows into a row: what it is connected to, else what the row before it gives."""
        row = self.table.rows[index]
        if row.sources:
            shapes: list[Shape | None] = []
            for source in row.sources:
                named = [one for one in self.table.rows[:index] if is_named(one.name, source)]
                shapes.append(named[0].shape if len(named) == 1 else None)
            return tuple(shapes)
        before = self.before(index)
        return (None if before is None or self.table.connected else self.table.rows[before].shape,)

    def before(self, index: int) -> int | None:
        """The row before, where each reads the one before it; models that a row of Keras stands in are passed over."""
        depth = self.table.rows[index].depth if self.table.framework == "keras" else 0
        earlier = range(index - 1, -1, -1)
        return next((one for one in earlier if depth == 0 or self.table.rows[one].depth >= depth), None)

    def fits(self, index: int, row: Row | None = None) -> bool | None:
        """Whether a row agrees with what flows into it; None where nothing can be said."""
        row = row or self.table.rows[index]
        cls = known_class(row.cls, self.table.framework, cut=row.cut)
        if not cls.startswith(_JUDGED) or cls.startswith(_NOT_JUDGED):
            return None
        flowing = self.inputs_of(index)
        several = [flowing if cls in _JOINS else flowing[:1]]
        if self.table.framework == "pytorch":  # branches are not told: any shape before it may flow in
            earlier = dict.fromkeys(one.shape for one in self.table.rows[max(0, index - 40) : index])
            several = [(shape,) for shape in (*several[0], *earlier)]
            if cls == "Linear":
                several += [((elements(size),),) for size in map(known, earlier) if size is not None]
        if all(None in one for one in several) or row.shape is None or row.parameters is None:
            return None
        if self.table.framework == "pytorch" and index < 2:
            return None
        return any(fitting(cls, self.table.framework, one, row.shape, row.parameters) is not None for one in several)

    def suits_next(self, index: int, shape: Shape) -> bool:
        """Whether what comes after a row agrees with a shape for it."""
        row = self.table.rows[index]
        kept, row.shape = row.shape, shape
        users = [other for other in range(index + 1, len(self.table.rows)) if self._uses(other, index)][:4]
        suits = all(self.fits(other) is not False for other in users)
        row.shape = kept
        return suits

    def _uses(self, other: int, index: int) -> bool:
        sources = self.table.rows[other].sources
        return any(is_named(self.table.rows[index].name, one) for one in sources) if sources else other == index + 1

    def shapes(self, index: int) -> Iterator[Shape]:
        """What the shape of a row may be, by what is before and after it."""
        row, flowing = self.table.rows[index], self.inputs_of(index)
        shape = flowing[0]
        after = next(
            (self.table.rows[other] for other in range(index + 1, len(self.table.rows)) if self._uses(other, index)),
            None,
        )
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


def is_norm(row: Row) -> bool:
    """Whether a row is a batch norm of Keras."""
    return row.cls.startswith("BatchNormaliz")


def is_named(name: str, source: str) -> bool:
    """Whether a source, which may be cut off, is the layer of this name."""
    return name.startswith(source[:-1]) if source.endswith("…") else name == source
