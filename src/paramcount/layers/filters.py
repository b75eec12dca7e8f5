"""What convolutions and transposed convolutions share: filters, their derivation and its comparisons.

This module holds no layer kind of its own.
"""

from dataclasses import dataclass
from math import gcd
from typing import override

from pydantic import ValidationInfo, field_validator

from paramcount import shapes
from paramcount.errors import ShapeError
from paramcount.expression import Expression, Literal, Product, Quantity, Sum, exact_div, named
from paramcount.layers.base import Derivation, Spatial, Step, Tensor, agreed
from paramcount.layers.fields import ActivationName, DataFormat, Flag, Ints, Positive, per_dimension, refuse
from paramcount.limits import MAX_EXACT
from paramcount.shapes import Shape


class Filters(Spatial):
    """The fields of a layer that moves filters over its input."""

    in_channels: Positive | None = None
    out_channels: Positive
    kernel_size: Ints
    stride: Ints
    dilation: Ints
    bias: Flag = True
    groups: Positive = 1
    data_format: DataFormat = None
    activation: ActivationName = None

    @field_validator("kernel_size", "stride", "dilation", mode="plain")
    @classmethod
    def _expanded(cls, value: object, info: ValidationInfo) -> Ints:
        one_for_all = info.field_name != "kernel_size" and info.data.get("framework") == "pytorch"
        return per_dimension(value, info.data["kind"].dims, least=1, one_for_all=one_for_all)

    @override
    def alternatives(self, derivation: Derivation, inputs: tuple[Shape | None, ...]) -> tuple[Step, ...]:
        """What a dense layer, and a depthwise-separable one, would need in the layer's place."""
        return instead(self, derivation, inputs)


def check_groups(layer: Filters, error: type[ShapeError] | None = None) -> None:
    """`groups` must divide the channels on both sides.

    Raises:
        ShapeError: where `error` is it, because the input's channels were inferred.
        PydanticCustomError: otherwise, while the layer is being made.
    """
    groups, ins, outs = layer.groups, layer.in_channels, layer.out_channels
    if groups == 1:
        return
    names = layer.signature.shown_as
    culprits = [
        f"{names(name)}={channels}"
        for name, channels in (("in_channels", ins), ("out_channels", outs))
        if channels is not None and channels % groups
    ]
    if not culprits:
        return
    common = outs if ins is None else gcd(ins, outs)
    divisors = [str(divisor) for divisor in range(1, min(common, 4096) + 1) if common % divisor == 0]
    message = (
        f"groups={groups} does not divide {' nor '.join(culprits)}. Common divisors of the channels: "
        f"{', '.join(divisors[:12])}{', …' if len(divisors) > 12 else ''}."
    )
    raise error(message) if error else refuse(message)


def channel_hint(layer: Spatial, shape: Shape | None) -> str:
    """Say so where the channels stand at the other end of the shape that flows in."""
    own = getattr(layer, "in_channels", None)
    if shape is None or own is None:
        return f" Shapes are {layer.layout()} for {layer.framework}."
    first, last = (-1, 0) if layer.channels_last else (0, -1)
    if shape[last] == own and shape[first] != own:
        turned = (*shape[1:], shape[0]) if layer.channels_last else (shape[-1], *shape[:-1])
        return f" Shapes are {layer.layout()} for {layer.framework}: {shapes.text(turned)}?"
    return ""


def taken[L: Filters](layer: L, shape: Shape | None) -> tuple[L, int, Shape]:
    """Take a shape that flows in: the layer with `in_channels` filled in, their number, and the spatial sizes.

    Raises:
        ShapeError: the shape does not fit the layer, or `groups` does not divide the channels that flow in.
        MissingError: the channels are not known.
    """
    channels, spatial = layer.split(shape)
    in_channels = agreed(layer, "in_channels", layer.in_channels, channels, channel_hint(layer, shape))
    if layer.in_channels is not None:
        return layer, in_channels, spatial
    filled = layer.filled(in_channels=in_channels)
    check_groups(filled, ShapeError)
    return filled, in_channels, spatial


@dataclass(frozen=True, slots=True)
class PerFilter:
    """The figures of one filter."""

    weights: Quantity
    filters: Quantity
    figures: tuple[tuple[str, Expression], ...]


def filter_steps(layer: Filters, in_channels: int) -> tuple[PerFilter, list[Step]]:
    """Derive the parameters: weights per filter, bias per filter, parameters per filter, total."""
    kernel = tuple([Quantity(f"kernel_{axis}", size) for axis, size in zip(layer.axes, layer.kernel_size, strict=True)])
    product: Expression = Product((*kernel, Quantity("in_channels", in_channels)))
    if layer.groups > 1:
        product = exact_div(product, Quantity("groups", layer.groups))
    weights = named("weights", product)
    bias_of_one = Literal(1 if layer.bias else 0)
    bias = named("bias", bias_of_one)
    of_one = Sum((weights, bias))
    per_filter = named("per_filter", of_one)
    filters = Quantity("filters", layer.out_channels)
    total = Product((per_filter, filters))
    steps = [
        Step("weights per filter", product),
        Step("bias per filter", bias_of_one),
        Step("parameters per filter", of_one),
        Step("total", total),
    ]
    figures = (
        ("weights_per_filter", weights),
        ("bias_per_filter", bias),
        ("parameters_per_filter", per_filter),
        ("filters", filters),
    )
    return PerFilter(weights, filters, figures), steps


def weight_and_bias(layer: Filters, weight: tuple[int, ...]) -> tuple[Tensor, ...]:
    """The two tensors of a layer with filters, named as its framework names them."""
    tensor = Tensor("kernel" if layer.framework == "keras" else "weight", weight, layer.trainable)
    if not layer.bias:
        return (tensor,)
    return (tensor, Tensor("bias", (layer.out_channels,), layer.trainable, role="bias"))


def work_steps(
    layer: Filters,
    per_filter: PerFilter,
    outputs: tuple[Expression, ...] | None,
    positions: tuple[Quantity, ...] | None = None,
) -> tuple[Expression | None, list[Step]]:
    """Derive the output's size, its elements and the MACs, where the sizes are known.

    Each filter's weights are applied once for each element of the output; those of a transposed
    convolution once for each position of the input, which is what `positions` holds.
    """
    if outputs is None:
        return None, []
    sizes = [Quantity(axis, output.value) for axis, output in zip(layer.axes, outputs, strict=True)]
    elements = Product((per_filter.filters, *sizes))
    if positions is None:
        macs = Product((per_filter.weights, named("activations", elements)))
    else:
        macs = Product((per_filter.weights, per_filter.filters, named("input_positions", Product(positions))))
    return macs, [*layer.size_steps(outputs), Step("activations", elements), Step("MACs", macs)]


def instead(layer: Filters, derivation: Derivation, inputs: tuple[Shape | None, ...]) -> tuple[Step, ...]:
    """What a dense layer, and a depthwise-separable one, would need in the layer's place.

    Weight sharing is why the first is so large; a filter for each channel and a 1×1 convolution are
    why the second is so small. The separable form has a bias after the 1×1 convolution only, as
    Keras's SeparableConv2D has.
    """
    steps: list[Step] = []
    source, target = shapes.known(inputs[0]), shapes.known(derivation.output_shape)
    if source is not None and target is not None:
        into: Expression = Quantity("inputs", shapes.elements(source))
        out = Quantity("activations", shapes.elements(target))
        steps.append(Step("dense", Product((into + 1 if layer.bias else into, out))))
    made = derivation.layer
    if isinstance(made, Filters) and made.in_channels is not None and made.groups == 1:
        ins, filters = Quantity("in_channels", made.in_channels), Quantity("filters", made.out_channels)
        depthwise = dict(derivation.figures)["weights_per_filter"]  # one filter's weights, split over the channels
        separable = depthwise + ins * filters
        steps.append(Step("depthwise_separable", separable + filters if layer.bias else separable))
    return tuple([step for step in steps if step.expression.value <= MAX_EXACT])
