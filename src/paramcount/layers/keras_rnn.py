"""Keras's RNN, which runs a cell over the time steps, or several: each then reads what the one before it gives.

Source: keras.layers.RNN, keras.layers.StackedRNNCells.
"""

from functools import cached_property
from typing import Annotated, override

from pydantic import BeforeValidator

from paramcount.errors import sequence, shown
from paramcount.expression import Quantity
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor
from paramcount.layers.common import KERAS_LAYER, keras_name
from paramcount.layers.composite import added, within
from paramcount.layers.fields import refuse
from paramcount.layers.keras_recurrent import IN_TIME, Cell, InTime, in_time, sequence_into
from paramcount.layers.recurrent import Counted
from paramcount.limits import MAX_STACKED
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature, ignored


def _cell(value: object) -> Cell:
    if not isinstance(value, Cell) or isinstance(value, InTime):
        received = value if isinstance(value, Layer) else shown(value)
        raise refuse(f"must be SimpleRNNCell, LSTMCell or GRUCell, received {received}.")
    return value


def _cells(value: object) -> tuple[Cell, ...]:
    cells = sequence(value)
    if not cells or len(cells) > MAX_STACKED:
        raise refuse(f"must be a list of 1 to {MAX_STACKED} cells, such as [LSTMCell(8), LSTMCell(8)].")
    return tuple([_cell(one) for one in cells])


class StackedCells(Cell):
    """Keras's StackedRNNCells: one time step of several cells, one after the other."""

    cells: Annotated[tuple[Cell, ...], BeforeValidator(_cells)]

    @cached_property
    @override
    def text(self) -> str:
        frozen = "" if self.trainable else ", trainable=False"
        return f"{self.signature.name}([{', '.join(map(str, self.cells))}]{frozen})"

    @property
    @override
    def width(self) -> int:
        return self.cells[-1].width

    @property
    @override
    def states(self) -> tuple[Shape, ...]:
        return tuple([state for cell in self.cells for state in cell.states])

    @override
    def count(self, ins: int, prefix: str = "") -> Counted:
        names: dict[str, int] = {}
        made: list[tuple[str, Counted]] = []
        for cell in self.cells:
            own = keras_name(cell)
            names[own] = names.get(own, 0) + 1
            name = own if names[own] == 1 else f"{own}_{names[own] - 1}"
            made.append((name, cell.count(ins, f"{prefix}{name}/")))
            ins = cell.width
        total = added([Quantity(name, one.total.value, one.total) for name, one in made])
        weights = added([Quantity(f"weights_of_{name}", one.weights.value, one.weights) for name, one in made])
        tensors: list[Tensor] = [tensor for _, one in made for tensor in one.tensors]
        steps = [Step(name.replace("_", " "), one.total) for name, one in made]
        return Counted(total, weights, within(self, "", tensors), (*steps, Step("total", total)))

    @override
    def notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(note for cell in self.cells for note in cell.notes()))


_KERAS = "keras 3.15.1"
_STACKED = Kind(
    "stackedrnncells",
    "Keras's StackedRNNCells: cells that each read what the one before gives, for one time step.",
    StackedCells,
    keras=Signature(("StackedRNNCells",), (Parameter("cells", "cells", layer=True, several=True), *KERAS_LAYER)),
    examples=(Example("StackedRNNCells([LSTMCell(5), SimpleRNNCell(3)])", 247, _KERAS, (5,), (3,)),),
    inputs=(1, 7),
)


def _one_cell(value: object) -> Cell:
    if sequence(value) is None:
        return _cell(value)
    return StackedCells(kind=_STACKED, framework="keras", cells=_cells(value))  # as Keras does with a list


class OverTime(InTime):
    """Keras's RNN: a cell, or a list of them, over the time steps."""

    cell: Annotated[Cell, BeforeValidator(_one_cell)]

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        shape, ins = sequence_into(self, inputs[0])
        return in_time(self, self.cell, self.cell.count(ins, f"{keras_name(self.cell)}/"), shape)


KINDS = (
    Kind(
        "kerasrnn",
        "Keras's RNN: a cell, or a list of them, run over the time steps.",
        OverTime,
        keras=Signature(
            ("RNN",),
            (
                Parameter("cell", "cell", layer=True, several=True),
                *IN_TIME,
                *ignored("stateful", "unroll", "zero_output_for_mask"),
                *KERAS_LAYER,
            ),
        ),
        examples=(
            Example("RNN(LSTMCell(8))", 384, _KERAS, (6, 3), (8,)),
            Example("RNN([LSTMCell(5), SimpleRNNCell(3)])", 247, _KERAS, (4, 5), (3,)),
        ),
        inputs=(1, 3),
    ),
    _STACKED,
)
