"""Depthwise and depthwise-separable convolutions of Keras.

A depthwise convolution has depth_multiplier filters for each channel, of kernel weights each; a separable one
puts a 1×1 convolution after them, which alone has biases. Source: keras.layers.DepthwiseConv2D, SeparableConv2D.
In PyTorch the first is Conv2d(C, C × depth_multiplier, kernel, groups=C).
"""

from collections.abc import Sequence
from typing import override

from pydantic import ValidationInfo, field_validator

from paramcount import shapes
from paramcount.errors import ShapeError, shown
from paramcount.expression import Expression, Product, Quantity, named
from paramcount.layers.base import Derivation, Example, Kind, Layer, Spatial, Step, Tensor, agreed
from paramcount.layers.common import KERAS_LAYER_BESIDE
from paramcount.layers.fields import ActivationName, DataFormat, Flag, Ints, Positive, lowered, per_dimension, refuse
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature, ignored


class Depthwise(Spatial):
    """A convolution of each channel by itself."""

    in_channels: Positive | None = None
    kernel_size: Ints
    stride: Ints = (1,)
    padding: str = "valid"
    depth_multiplier: Positive = 1
    dilation: Ints = (1,)
    bias: Flag = True
    data_format: DataFormat = None
    activation: ActivationName = None

    @field_validator("kernel_size", "stride", "dilation", mode="plain")
    @classmethod
    def _expanded(cls, value: object, info: ValidationInfo) -> Ints:
        return per_dimension(value, info.data["kind"].dims, least=1)

    @field_validator("padding", mode="plain")
    @classmethod
    def _padding(cls, value: object) -> str:
        word = lowered(value)
        if word not in ("valid", "same"):
            raise refuse(f"must be 'valid' or 'same', received {shown(value)}.")
        return str(word)

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        channels, spatial = self.split(shape)
        ins = agreed(self, "in_channels", self.in_channels, channels)
        layer = self if self.in_channels is not None else self.filled(in_channels=ins)
        sizes = shapes.known(spatial)
        outputs = None
        if sizes is not None:
            outputs = self.each(
                lambda axis: self._positions(axis, sizes), sizes, self.kernel_size, self.stride, self.dilation
            )
        return self._derived(layer, Quantity("in_channels", ins), spatial, outputs)

    def _derived(
        self, layer: Layer, ins: Quantity, spatial: Shape, outputs: tuple[Expression, ...] | None
    ) -> Derivation:
        deep, weights = self._depthwise(ins)
        tensors = [Tensor("kernel", (*self.kernel_size, ins.value, self.depth_multiplier), self.trainable)]
        steps = [Step("weights", weights)]
        total = weights
        if self.bias:
            tensors.append(Tensor("bias", (deep.value,), self.trainable, role="bias"))
            steps.append(Step("biases", deep))
            total = named("weights", weights) + deep
        macs, work = self._work(named("weights", weights), deep, outputs)
        return Derivation(
            layer=layer,
            parameters=total,
            tensors=tuple(tensors),
            output_shape=self.join(deep.value, self._sizes(spatial, outputs)),
            macs=macs,
            steps=(*steps, Step("total", total), *work),
            reach=self.windows(spatial, self.kernel_size, self.stride, self.dilation, self.padding),
        )

    def _depthwise(self, ins: Quantity) -> tuple[Quantity, Expression]:
        """The channels after the depthwise convolution, and its weights."""
        multiplier = Quantity("depth_multiplier", self.depth_multiplier)
        kernel = [Quantity(f"kernel_{axis}", size) for axis, size in zip(self.axes, self.kernel_size, strict=True)]
        deep = named("depthwise_channels", ins * multiplier)
        return deep, Product((*kernel, ins, multiplier))

    def _work(
        self, weights: Quantity, outs: Expression, outputs: tuple[Expression, ...] | None
    ) -> tuple[Expression | None, list[Step]]:
        """The output's size and the MACs: every weight once for each position of the output."""
        if outputs is None:
            return None, []
        positions = [Quantity(axis, output.value) for axis, output in zip(self.axes, outputs, strict=True)]
        macs = Product((weights, *positions))
        elements = Product((outs, *positions))
        return macs, [*self.size_steps(outputs), Step("activations", elements), Step("MACs", macs)]

    def _sizes(self, spatial: Shape, outputs: tuple[Expression, ...] | None) -> Sequence[int | None]:
        if outputs is not None:
            return [output.value for output in outputs]
        return [
            None if size is None else self._positions(axis, (size,) * self.dims).value
            for axis, size in enumerate(spatial)
        ]

    def _positions(self, axis: int, sizes: Sequence[int]) -> Expression:
        """The output's size along one dimension.

        Raises:
            ShapeError: the kernel does not fit into the input.
        """
        size = self.along("input_size", sizes, axis)
        kernel, stride = self.along("kernel_size", self.kernel_size, axis), self.along("stride", self.stride, axis)
        dilation = self.along("dilation", self.dilation, axis)
        span = shapes.extent(kernel.value, dilation.value)
        if size.value < 1 or (self.padding == "valid" and size.value < span):
            raise ShapeError(
                f"the kernel's {self.axes[axis]} {span} is larger than the input's {size.value}. It fits with a larger "
                f"input or 'same'."
            )
        if self.padding == "valid":
            return shapes.window(size, kernel, stride, Quantity("padding", 0), dilation)
        return shapes.same(size, stride)


class Separable(Depthwise):
    """A depthwise convolution and a 1×1 convolution after it."""

    out_channels: Positive

    @override
    def _derived(
        self, layer: Layer, ins: Quantity, spatial: Shape, outputs: tuple[Expression, ...] | None
    ) -> Derivation:
        deep, depthwise = self._depthwise(ins)
        outs = Quantity("filters", self.out_channels)
        pointwise = deep * outs
        weights = named("depthwise_weights", depthwise) + named("pointwise_weights", pointwise)
        tensors = [
            Tensor("depthwise_kernel", (*self.kernel_size, ins.value, self.depth_multiplier), self.trainable),
            Tensor("pointwise_kernel", (*(1,) * self.dims, deep.value, outs.value), self.trainable),
        ]
        total = weights
        steps = [Step("depthwise weights", depthwise), Step("pointwise weights", pointwise)]
        if self.bias:
            tensors.append(Tensor("bias", (outs.value,), self.trainable, role="bias"))
            steps.append(Step("biases", outs))
            total = weights + outs
        macs, work = self._work(named("weights", weights), outs, outputs)
        return Derivation(
            layer=layer,
            parameters=total,
            tensors=tuple(tensors),
            output_shape=self.join(self.out_channels, self._sizes(spatial, outputs)),
            macs=macs,
            steps=(*steps, Step("total", total), *work),
            notes=("The depthwise half has no bias.",) if self.bias else (),
            reach=self.windows(spatial, self.kernel_size, self.stride, self.dilation, self.padding),
        )


def _initial(*parts: str) -> tuple[Parameter, ...]:
    kinds = ("initializer", "regularizer", "constraint")
    names = [f"{part}_{kind}" for kind in kinds for part in (*parts, "bias")]
    names.insert(2 * (len(parts) + 1), "activity_regularizer")
    return ignored(*names)


_FORMAT = Parameter("data_format", "data_format", None)
_KERNEL = Parameter("kernel_size", "kernel_size")
_STRIDES = Parameter("strides", "stride", 1)
_PADDING = Parameter("padding", "padding", "valid")
_MULTIPLIER = Parameter("depth_multiplier", "depth_multiplier", 1)
_DILATION = Parameter("dilation_rate", "dilation", 1)
_END = (Parameter("activation", "activation", None), Parameter("use_bias", "bias", True))
_CHANNELS = Parameter("in_channels", "in_channels", None, canonical_only=True)


def _depthwise(dims: int, *examples: Example) -> Kind:
    own = (_KERNEL, _STRIDES, _PADDING, _MULTIPLIER, _FORMAT, _DILATION, *_END, *_initial("depthwise"))
    signature = Signature((f"DepthwiseConv{dims}D",), (*own, *KERAS_LAYER_BESIDE, _CHANNELS))
    about = f"A convolution of each channel of {'a sequence' if dims == 1 else 'an image'} by itself."
    return Kind(f"depthwiseconv{dims}d", about, Depthwise, keras=signature, examples=examples, dims=dims)


def _separable(dims: int, *examples: Example) -> Kind:
    own = (Parameter("filters", "out_channels"), _KERNEL, _STRIDES, _PADDING, _FORMAT, _DILATION, _MULTIPLIER, *_END)
    parameters = (*own, *_initial("depthwise", "pointwise"), *KERAS_LAYER_BESIDE, _CHANNELS)
    signature = Signature((f"SeparableConv{dims}D", f"SeparableConvolution{dims}D"), parameters)
    about = f"A convolution of each channel of {'a sequence' if dims == 1 else 'an image'}, and a 1×1 convolution."
    return Kind(f"separableconv{dims}d", about, Separable, keras=signature, examples=examples, dims=dims)


_KERAS = "keras 3.15.1"

KINDS = (
    _depthwise(1, Example('DepthwiseConv1D(3, strides=2, padding="same", use_bias=False)', 12, _KERAS, (9, 4), (5, 4))),
    _depthwise(2, Example('DepthwiseConv2D(3, padding="same")', 40, _KERAS, (9, 8, 4), (9, 8, 4))),
    _separable(1, Example('SeparableConv1D(6, 3, padding="same", depth_multiplier=2)', 78, _KERAS, (9, 4), (9, 6))),
    _separable(2, Example('SeparableConv2D(6, 3, padding="same")', 66, _KERAS, (9, 8, 4), (9, 8, 6))),
)
