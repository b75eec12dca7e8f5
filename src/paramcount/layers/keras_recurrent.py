"""Keras's recurrent layers: SimpleRNN, LSTM and GRU, and their cells.

A cell has gates × units × (features + units) weights, used once in each time step, and one bias vector for each gate;
a GRU with reset_after has two.
Source: keras.layers.LSTM, keras.layers.GRU.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Final, override

from paramcount.errors import ShapeError
from paramcount.expression import Expression, Literal, Product, Quantity, named
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor, agreed
from paramcount.layers.common import KERAS_LAYER, KERAS_LAYER_BESIDE, keras_name
from paramcount.layers.composite import within
from paramcount.layers.fields import ActivationName, Flag, Positive
from paramcount.layers.recurrent import Counted, gates_of
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored

_KERAS: Final = "keras 3.15.1"


class Cell(Layer):
    """What runs one time step: a cell, or several stacked."""

    @property
    @abstractmethod
    def width(self) -> int:
        """How many numbers it gives in each time step."""

    @property
    @abstractmethod
    def states(self) -> tuple[Shape, ...]:
        """What it hands to the next time step."""

    @abstractmethod
    def count(self, ins: int, prefix: str = "") -> Counted:
        """Its parameters for `ins` features."""

    @abstractmethod
    def notes(self) -> tuple[str, ...]:
        """What surprises."""

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        shape = inputs[0]
        if shape is not None and len(shape) != 1:
            raise ShapeError(f"takes the features of one time step; {text(shape)} flows in.")
        made = self.count(agreed(self, "features", None, shape[0] if shape else None))
        return Derivation(
            layer=self,
            parameters=made.total,
            tensors=made.tensors,
            output_shape=(self.width,),
            more_outputs=self.states,
            macs=made.weights,
            steps=made.steps,
            notes=self.notes(),
            reach="all",
        )


class KerasCell(Cell):
    """Keras's SimpleRNNCell, LSTMCell and GRUCell: one time step."""

    units: Positive
    activation: ActivationName = None
    recurrent_activation: ActivationName = None
    bias: Flag = True
    reset_after: Flag = True

    @property
    @override
    def width(self) -> int:
        return self.units

    @override
    def count(self, ins: int, prefix: str = "") -> Counted:
        gates, units = Quantity("gates", gates_of(self.kind)), Quantity("units", self.units)
        weights: Expression = Product((gates, units, Quantity("features", ins) + units))
        columns = gates.value * self.units
        tensors = [
            Tensor(f"{prefix}kernel", (ins, columns), self.trainable),
            Tensor(f"{prefix}recurrent_kernel", (self.units, columns), self.trainable),
        ]
        steps = [Step("weights", weights)]
        total = weights
        if self.bias:
            twice = self.kind.name.startswith("kerasgru") and self.reset_after
            biases = Product((Literal(2), gates, units)) if twice else gates * units
            total = weights + biases
            shape = (2, columns) if twice else (columns,)
            tensors.append(Tensor(f"{prefix}bias", shape, self.trainable, role="bias"))
            steps.append(Step("biases", biases))
        return Counted(total, weights, tuple(tensors), (*steps, Step("total", total)))

    @property
    @override
    def states(self) -> tuple[Shape, ...]:
        return ((self.units,),) * (2 if gates_of(self.kind) == 4 else 1)

    @override
    def notes(self) -> tuple[str, ...]:
        if not self.bias:
            return ()
        if self.kind.name.startswith("kerasgru"):
            if self.reset_after:
                return (
                    "reset_after=True (the default) has two bias vectors for each gate; reset_after=False has one.",
                )
            return ("reset_after=False has one bias vector for each gate; the default has two.",)
        return ("Keras has one bias vector for each gate, PyTorch two.",)


class InTime(Layer):
    """What a layer that runs a cell over the time steps gives."""

    return_sequences: Flag = False
    return_state: Flag = False
    go_backwards: Flag = False


class KerasRecurrent(KerasCell, InTime):
    """Keras's SimpleRNN, LSTM and GRU: (T, features) → (units), or (T, units) with return_sequences."""

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        shape, ins = sequence_into(self, inputs[0])
        made = self.count(ins, f"{keras_name(self)}_cell/")
        return in_time(self, self, made, shape)


def sequence_into(layer: Layer, shape: Shape | None) -> tuple[Shape | None, int]:
    """What flows in, and how many features it has.

    Raises:
        ShapeError: it is no sequence.
    """
    if shape is not None and len(shape) != 2:
        raise ShapeError(f"takes [time steps, features] without the batch; {text(shape)} flows in.")
    return shape, agreed(layer, "features", None, shape[1] if shape else None)


def in_time(layer: InTime, cell: Cell, made: Counted, shape: Shape | None) -> Derivation:
    """Run a cell over the time steps."""
    steps_in_time = shape[0] if shape else None
    macs = None
    if steps_in_time is not None:
        macs = Product((Quantity("time_steps", steps_in_time), named("weights", made.weights)))
    return Derivation(
        layer=layer,
        parameters=made.total,
        tensors=within(layer, "", made.tensors),
        output_shape=(steps_in_time, cell.width) if layer.return_sequences else (cell.width,),
        more_outputs=cell.states if layer.return_state else (),
        macs=macs,
        steps=(*made.steps, *(() if macs is None else (Step("MACs", macs),))),
        notes=cell.notes(),
        reach="all",
    )


IN_TIME: Final = (
    Parameter("return_sequences", "return_sequences", False),
    Parameter("return_state", "return_state", False),
    Parameter("go_backwards", "go_backwards", False),
)
"""What Keras's constructors take of what a layer gives."""


def _regular(names: Sequence[str], *, activity: bool) -> tuple[Parameter, ...]:
    regularizers = [f"{name}_regularizer" for name in names] + (["activity_regularizer"] if activity else [])
    return ignored(*regularizers, *(f"{name}_constraint" for name in names))


def _keras_fields(name: str, *, cell: bool) -> tuple[Parameter, ...]:
    parts = ("kernel", "recurrent", "bias")
    gated = name != "SimpleRNN"
    activations = ("activation", "recurrent_activation") if gated else ("activation",)
    forget = ("unit_forget_bias",) if name == "LSTM" else ()
    ways = () if cell else (
        *IN_TIME,
        *ignored("stateful", "unroll"),
    )  # fmt: skip
    seed = ignored("seed")
    reset = (Parameter("reset_after", "reset_after", True),) if name == "GRU" else ()
    dropped = ignored("dropout", "recurrent_dropout")
    end = (*dropped, *reset, *seed) if cell else (*dropped, *seed, *ways, *reset) if gated else (*dropped, *ways, *seed)
    return (
        Parameter("units", "units"),
        *(Parameter(one, one, None) for one in activations),
        Parameter("use_bias", "bias", True),
        *ignored(*(f"{part}_initializer" for part in parts), *forget),
        *_regular(parts, activity=not cell),
        *end,
        *(ignored("use_cudnn") if gated and not cell else ()),
        *(KERAS_LAYER if cell else KERAS_LAYER_BESIDE),
    )


def _keras(name: str, about: str, *examples: Example) -> tuple[Kind, Kind]:
    sequence = Signature((name,), _keras_fields(name, cell=False))
    cell = Signature((f"{name}Cell",), _keras_fields(name, cell=True))
    lower = f"keras{name.lower()}"
    whole, single = examples
    return (
        Kind(
            lower,
            f"{about} over a sequence, as Keras counts it.",
            KerasRecurrent,
            None,
            sequence,
            (whole,),
            inputs=(1, 3),
        ),
        Kind(
            f"{lower}cell",
            f"{about} for one time step, as Keras counts it.",
            KerasCell,
            None,
            cell,
            (single,),
            inputs=(1, 3),
        ),
    )


KINDS = (
    *_keras("SimpleRNN", "A recurrent layer", Example("SimpleRNN(5)", 45, _KERAS, (6, 3), (5,)),
            Example("SimpleRNNCell(5)", 45, _KERAS, (3,), (5,))),
    *_keras("LSTM", "Long short-term memory", Example("LSTM(8)", 384, _KERAS, (6, 3), (8,)),
            Example("LSTMCell(8)", 384, _KERAS, (3,), (8,))),
    *_keras("GRU", "Gated recurrent units",
            Example("GRU(5, return_sequences=True)", 165, _KERAS, (6, 4), (6, 5)),
            Example("GRUCell(5, reset_after=False)", 150, _KERAS, (4,), (5,))),
)  # fmt: skip
