"""PyTorch's recurrent layers: RNN, LSTM, GRU and their cells.

For each direction and layer a cell has gates × H × i input weights and gates × H × H recurrent ones, used once in each
time step, and two bias vectors for each gate. A projection of width P replaces H by P in what flows on.
Source: torch.nn.LSTM, torch.nn.GRU.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import ShapeError, shown
from paramcount.expression import Expression, Literal, Product, Quantity, Sum, named
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor, agreed, named_tensors
from paramcount.layers.fields import Flag, Natural, Positive, Probability, Stacked, refuse
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored

_GATES: Final = {"rnn": 1, "simplernn": 1, "lstm": 4, "gru": 3}


def _strict(value: object) -> bool:
    if type(value) is not bool:
        raise refuse(f"must be True or False, received {shown(value)}.")
    return value


Strict = Annotated[bool, BeforeValidator(_strict)]
"""True or False: PyTorch's recurrent layers take nothing else for it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one or more cells come to: parameters, and the weights that are used in each time step."""

    total: Expression
    weights: Expression
    tensors: tuple[Tensor, ...]
    steps: tuple[Step, ...]


def gates_of(kind: Kind) -> int:
    """How many gates a kind of recurrent layer has."""
    return next(gates for name, gates in _GATES.items() if kind.name.removeprefix("keras").startswith(name))


class Recurrent(Layer):
    """PyTorch's RNN, LSTM and GRU: (L, input_size) → (L, directions × hidden_size)."""

    input_size: Positive | None = None
    hidden_size: Positive
    num_layers: Stacked = 1
    nonlinearity: str = "tanh"
    bias: Strict = True
    batch_first: Strict = False
    dropout: Probability = 0.0
    bidirectional: Strict = False
    proj_size: Natural = 0

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.nonlinearity not in ("tanh", "relu"):
            raise refuse(f"nonlinearity must be 'tanh' or 'relu', received {shown(self.nonlinearity)}.")
        if self.proj_size >= self.hidden_size:
            raise refuse(f"proj_size={self.proj_size} must be below hidden_size={self.hidden_size}.")
        return self

    @property
    def width(self) -> int:
        """What flows on in one direction."""
        return self.proj_size or self.hidden_size

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        shape = inputs[0]
        if shape is not None and len(shape) != 2:
            raise ShapeError(f"takes [time steps, features] without the batch; {text(shape)} flows in.")
        ins = agreed(self, "input_size", self.input_size, shape[1] if shape else None)
        layer = self if self.input_size is not None else self.filled(input_size=ins)
        directions = 2 if self.bidirectional else 1
        made = self._count(ins, directions)
        steps_in_time = shape[0] if shape else None
        macs = (
            None
            if steps_in_time is None
            else Product((Quantity("time_steps", steps_in_time), named("weights", made.weights)))
        )
        work = () if macs is None else (Step("weights", made.weights), Step("MACs", macs))
        states: tuple[Shape, ...] = ((directions * self.num_layers, self.width),)
        if self.kind.name == "lstm":
            states = (*states, (directions * self.num_layers, self.hidden_size))
        return Derivation(
            layer=layer,
            parameters=made.total,
            tensors=made.tensors,
            output_shape=(steps_in_time, directions * self.width),
            more_outputs=states,
            macs=macs,
            steps=(*made.steps, *work),
            notes=("PyTorch has two bias vectors for each gate, Keras one.",) if self.bias else (),
            reach="all",
        )

    def _count(self, ins: int, directions: int) -> Counted:
        """One cell for each layer and direction; those above the first read what all directions give."""
        first = self._cell(ins)
        if self.num_layers == 1 and directions == 1:
            single = (Step("total", first.total),)
            return Counted(first.total, first.weights, self._tensors(ins, directions), single)
        above = self._cell(directions * self.width)
        both, rest = Literal(directions), Literal(self.num_layers - 1)
        parts = [("first_layer", first, both)]
        if self.num_layers > 1:
            parts.append(("each_further_layer", above, both))
        sums: list[Expression] = []
        weights: list[Expression] = []
        steps: list[Step] = []
        for name, cell, times in parts:
            factors = (times,) if name == "first_layer" else (times, rest)
            sums.append(Product((*factors, named(name, cell.total))))
            weights.append(Product((*factors, Quantity(f"weights_of_{name}", cell.weights.value))))
            steps += [Step(f"{name.replace('_', ' ')}, one direction", cell.total)]
        total = Sum(tuple(sums)) if len(sums) > 1 else sums[0]
        used = Sum(tuple(weights)) if len(weights) > 1 else weights[0]
        return Counted(total, used, self._tensors(ins, directions), (*steps, Step("total", total)))

    def _cell(self, ins: int) -> Counted:
        gates, hidden = Quantity("gates", gates_of(self.kind)), Quantity("hidden_size", self.hidden_size)
        flowing, back = Quantity("input_size", ins), Quantity("output_size", self.width)
        weights: Expression = Product((gates, hidden, flowing + back))
        total = weights
        if self.bias:
            total = total + Product((Literal(2), gates, hidden))
        if self.proj_size:
            weights = weights + back * hidden
            total = total + back * hidden
        return Counted(total, weights, (), ())

    def _tensors(self, ins: int, directions: int) -> tuple[Tensor, ...]:
        rows = gates_of(self.kind) * self.hidden_size
        found: list[Tensor] = []
        for index in range(self.num_layers):
            width = ins if index == 0 else directions * self.width
            for end in ("", "_reverse")[:directions]:
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, width), "weight_hh": (rows, self.width)}
                if self.bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                if self.proj_size:
                    shapes["weight_hr"] = (self.proj_size, self.hidden_size)
                found += named_tensors(
                    {f"{name}_l{index}{end}": shape for name, shape in shapes.items()}, trainable=self.trainable
                )
        return tuple(found)


class Cell(Layer):
    """PyTorch's RNNCell, LSTMCell and GRUCell: one time step."""

    input_size: Natural | None = None
    hidden_size: Natural
    bias: Flag = True
    nonlinearity: str = "tanh"

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        shape = inputs[0]
        if shape is not None and len(shape) != 1:
            raise ShapeError(f"takes the features of one time step; {text(shape)} flows in.")
        if self.nonlinearity not in ("tanh", "relu"):
            raise ShapeError(f"nonlinearity must be 'tanh' or 'relu', received {shown(self.nonlinearity)}.")
        ins = agreed(self, "input_size", self.input_size, shape[0] if shape else None)
        gates, hidden = Quantity("gates", gates_of(self.kind)), Quantity("hidden_size", self.hidden_size)
        weights: Expression = Product((gates, hidden, Quantity("input_size", ins) + hidden))
        biases = Product((Literal(2), gates, hidden))
        total = weights + biases if self.bias else weights
        rows = gates.value * self.hidden_size
        shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, ins), "weight_hh": (rows, self.hidden_size)}
        if self.bias:
            shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
        output = (self.hidden_size,)
        return Derivation(
            layer=self if self.input_size is not None else self.filled(input_size=ins),
            parameters=total,
            tensors=named_tensors(shapes, trainable=self.trainable),
            output_shape=output,
            more_outputs=(output,) if self.kind.name == "lstmcell" else (),
            macs=weights,
            steps=(Step("weights", weights), *((Step("biases", biases),) if self.bias else ()), Step("total", total)),
            notes=("PyTorch has two bias vectors for each gate, Keras one.",) if self.bias else (),
            reach="all",
        )


_TORCH = "torch 2.14.1"
_SIZES = (Parameter("input_size", "input_size", inferred=True), Parameter("hidden_size", "hidden_size"))
_DEVICE = ignored("device", "dtype")


def _torch(name: str, about: str, *examples: Example) -> Kind:
    wave = (Parameter("nonlinearity", "nonlinearity", "tanh"),) if name == "RNN" else ()
    parameters = (
        *_SIZES,
        Parameter("num_layers", "num_layers", 1),
        *wave,
        Parameter("bias", "bias", True),
        Parameter("batch_first", "batch_first", False),
        Parameter("dropout", "dropout", 0.0),
        Parameter("bidirectional", "bidirectional", False),
        *((Parameter("proj_size", "proj_size", 0),) if name == "LSTM" else ()),
        *_DEVICE,
    )
    return Kind(name.lower(), about, Recurrent, Signature((name,), parameters), examples=examples, inputs=(1, 3))


def _torch_cell(name: str, about: str, *examples: Example) -> Kind:
    wave = (Parameter("nonlinearity", "nonlinearity", "tanh"),) if name == "RNNCell" else ()
    parameters = (*_SIZES, Parameter("bias", "bias", True), *wave, *_DEVICE)
    return Kind(name.lower(), about, Cell, Signature((name,), parameters), examples=examples, inputs=(1, 3))


KINDS = (
    _torch("RNN", "A recurrent layer over a sequence: (L, features) → (L, hidden_size).",
           Example("RNN(3, 5)", 50, _TORCH, (4, 3), (4, 5))),
    _torch("LSTM", "Long short-term memory over a sequence: (L, features) → (L, hidden_size).",
           Example("LSTM(3, 5, bidirectional=True)", 400, _TORCH, (4, 3), (4, 10)),
           Example("LSTM(6, 8, bias=False, proj_size=4)", 352, _TORCH, (5, 6), (5, 4))),
    _torch("GRU", "Gated recurrent units over a sequence: (L, features) → (L, hidden_size).",
           Example("GRU(4, 5)", 165, _TORCH, (6, 4), (6, 5))),
    _torch_cell("RNNCell", "A recurrent layer for one time step.", Example("RNNCell(7, 9)", 162, _TORCH, (7,), (9,))),
    _torch_cell("LSTMCell", "Long short-term memory for one time step.",
                Example("LSTMCell(7, 9)", 648, _TORCH, (7,), (9,))),
    _torch_cell("GRUCell", "Gated recurrent units for one time step.",
                Example("GRUCell(7, 9)", 486, _TORCH, (7,), (9,))),
)  # fmt: skip
