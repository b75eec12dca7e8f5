"""Keras's convolutional LSTM: the products of an LSTM are convolutions.

Each of four gates has kernel × in_channels weights a filter for what flows in, kernel × filters for the state, and one
bias. What flows in is convolved with strides, padding and dilation; the state with none, and keeps its size.
Source: keras.layers.ConvLSTM2D.
"""

from collections.abc import Iterable
from typing import Final, override

from paramcount.errors import ShapeError
from paramcount.expression import Expression, Literal, Product, Quantity, Sum
from paramcount.layers.base import Derivation, Example, Kind, Step, Tensor, agreed, named_tensors
from paramcount.layers.common import KERAS_LAYER_BESIDE
from paramcount.layers.composite import part
from paramcount.layers.convolution import Convolution
from paramcount.layers.fields import ActivationName, Flag
from paramcount.shapes import Shape, elements, known, text
from paramcount.signature import Parameter, Signature, ignored

GATES: Final = 4


class ConvLSTM(Convolution):
    """A convolutional LSTM: (T, H, W, C) → (H', W', filters), (T, H', W', filters) with return_sequences."""

    recurrent_activation: ActivationName = None
    return_sequences: Flag = False
    return_state: Flag = False
    go_backwards: Flag = False

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        shape = inputs[0]
        if shape is not None and len(shape) != self.dims + 2:
            raise ShapeError(f"takes [T, {self.layout()[1:]}, batch excluded; {text(shape)} flows in.")
        time, frame = (None, None) if shape is None else (shape[0], shape[1:])
        channels, _ = self.split(frame)
        layer = self.filled(in_channels=agreed(self, "in_channels", self.in_channels, channels))
        gates = part(
            f"conv{self.dims}d",
            self,
            in_channels=layer.in_channels,
            out_channels=GATES * self.out_channels,
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            data_format=self.data_format,
            bias=False,
        ).derive((frame,))
        _, positions = self.split(gates.output_shape)
        output = self.join(self.out_channels, positions)
        total, steps = layer.count()
        macs = layer.work(time, positions)
        return Derivation(
            layer=layer,
            parameters=total,
            tensors=layer.tensors(),
            output_shape=(time, *output) if self.return_sequences else output,
            more_outputs=(output, output) if self.return_state else (),
            macs=macs,
            steps=(*steps, *(() if macs is None else (Step("MACs", macs),))),
            reach="all",
        )

    @override
    def alternatives(self, derivation: Derivation, inputs: tuple[Shape | None, ...]) -> tuple[Step, ...]:
        return ()

    def _sizes(self) -> tuple[Expression, Quantity, Quantity]:
        """The kernel's elements, the channels that flow in, and the filters."""
        kernel = Product(tuple([Quantity(f"kernel_{a}", n) for a, n in zip(self.axes, self.kernel_size, strict=True)]))
        return kernel, Quantity("in_channels", self.in_channels or 0), Quantity("filters", self.out_channels)

    def count(self) -> tuple[Expression, tuple[Step, ...]]:
        """The parameters of all gates, and their steps."""
        kernel, ins, filters = self._sizes()
        gates = Literal(GATES)
        steps = [
            Step("input weights", Product((gates, kernel, ins, filters))),
            Step("recurrent weights", Product((gates, kernel, filters, filters))),
        ]
        if self.bias:
            steps.append(Step("biases", Product((gates, filters))))
        total = Sum(
            tuple([Quantity(one.name.replace(" ", "_"), one.expression.value, one.expression) for one in steps])
        )
        return total, (*steps, Step("total", total))

    def work(self, time: int | None, positions: Iterable[int | None]) -> Expression | None:
        """Each weight, once for each output position and time step."""
        sizes = known(tuple(positions))
        if time is None or sizes is None:
            return None
        kernel, ins, filters = self._sizes()
        where = Quantity("positions", elements(sizes))
        return Product((Quantity("time_steps", time), where, Literal(GATES), kernel, filters, ins + filters))

    def tensors(self) -> tuple[Tensor, ...]:
        """Its parameters, as the cell in it names them."""
        columns = GATES * self.out_channels
        shapes: dict[str, tuple[int, ...]] = {
            "kernel": (*self.kernel_size, self.in_channels or 0, columns),
            "recurrent_kernel": (*self.kernel_size, self.out_channels, columns),
        }
        if self.bias:
            shapes["bias"] = (columns,)
        named = {f"conv_lstm_cell/{name}": shape for name, shape in shapes.items()}
        return named_tensors(named, trainable=self.trainable)


_PARTS = ("kernel", "recurrent", "bias")


def _kind(dims: int, about: str, example: Example) -> Kind:
    parameters = (
        Parameter("filters", "out_channels"),
        Parameter("kernel_size", "kernel_size"),
        Parameter("strides", "stride", 1),
        Parameter("padding", "padding", "valid"),
        Parameter("data_format", "data_format", None),
        Parameter("dilation_rate", "dilation", 1),
        Parameter("activation", "activation", None),
        Parameter("recurrent_activation", "recurrent_activation", None),
        Parameter("use_bias", "bias", True),
        *ignored(*(f"{one}_initializer" for one in _PARTS), "unit_forget_bias"),
        *ignored(*(f"{one}_regularizer" for one in _PARTS), "activity_regularizer"),
        *ignored(*(f"{one}_constraint" for one in _PARTS), "dropout", "recurrent_dropout", "seed"),
        Parameter("return_sequences", "return_sequences", False),
        Parameter("return_state", "return_state", False),
        Parameter("go_backwards", "go_backwards", False),
        *ignored("stateful"),
        *KERAS_LAYER_BESIDE,
        Parameter("in_channels", "in_channels", None, canonical_only=True),
    )
    signature = Signature((f"ConvLSTM{dims}D",), parameters)
    return Kind(f"convlstm{dims}d", about, ConvLSTM, None, signature, (example,), dims=dims, inputs=(1, 3))


_KERAS = "keras 3.15.1"

KINDS = (
    _kind(1, "A convolutional LSTM over sequences: (T, L, C) → (L', filters).",
          Example("ConvLSTM1D(4, 3)", 304, _KERAS, (3, 9, 2), (7, 4))),
    _kind(2, "A convolutional LSTM over images: (T, H, W, C) → (H', W', filters).",
          Example("ConvLSTM2D(4, 3, strides=2, use_bias=False)", 864, _KERAS, (3, 8, 8, 2), (3, 3, 4))),
    _kind(3, "A convolutional LSTM over volumes: (T, D, H, W, C) → (D', H', W', filters).",
          Example("ConvLSTM3D(4, 3)", 2608, _KERAS, (3, 4, 5, 6, 2), (2, 3, 4, 4))),
)  # fmt: skip
