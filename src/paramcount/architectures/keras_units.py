"""Units that Keras's networks are built of. What comes in gives the channels, as in Keras."""

from typing import Literal

from paramcount.architectures.base import Layers, call, named, sequential
from paramcount.notation import Call

type Pooling = Literal["avg", "max"] | None
"""What becomes of the positions where the classifier is left out."""

type Kernel = int | tuple[int, int]


def conv_bn(
    filters: int,
    kernel: Kernel = 1,
    strides: int = 1,
    *,
    padding: str = "same",
    activation: str | None = "relu",
    **options: object,
) -> Call:
    """A convolution without bias, batch normalisation, and an activation."""
    moves: dict[str, object] = {"strides": strides} if strides > 1 else {}
    conv = call("Conv2D", filters, kernel, padding=padding, use_bias=False, **moves)
    return sequential(conv=conv, bn=call("BatchNormalization", **options), **_activation(activation))


def depthwise_bn(
    kernel: int, strides: int = 1, *, padding: str = "same", activation: str | None = "relu", **options: object
) -> Call:
    """A depthwise convolution without bias, batch normalisation, and an activation."""
    moves: dict[str, object] = {"strides": strides} if strides > 1 else {}
    conv = call("DepthwiseConv2D", kernel, padding=padding, use_bias=False, **moves, **options)
    return sequential(conv=conv, bn=call("BatchNormalization"), **_activation(activation))


def _activation(name: str | None) -> dict[str, Call]:
    return {} if name is None else {"activation": call("Activation", name)}


def gate(channels: int, squeezed: int, activation: str, scale: str = "sigmoid") -> Call:
    """Channels are weighed by what their means tell."""
    weights = sequential(
        call("GlobalAveragePooling2D", keepdims=True),
        call("Conv2D", squeezed, 1, activation=activation),
        call("Conv2D", channels, 1, activation=scale),
    )
    return call("Multiply", weights, [])


def residual(*layers: Call, when: bool = True, **shortcut: Call) -> Call:
    """Layers with what flows into them added, where the shapes allow it."""
    return call("Residual", *layers, **shortcut) if when else sequential(*layers)


def top(num_classes: int, include_top: bool, pooling: Pooling, dropout: float = 0.0) -> Layers:
    """The mean of each channel and a dense layer; without them, the pooling that was asked for."""
    if include_top:
        drop = [named("top_dropout", call("Dropout", dropout))] if dropout else []
        mean = named("avg_pool", call("GlobalAveragePooling2D"))
        return [mean, *drop, named("predictions", call("Dense", num_classes))]
    if pooling is None:
        return []
    kinds = {"avg": "GlobalAveragePooling2D", "max": "GlobalMaxPooling2D"}
    return [named(f"{pooling}_pool", call(kinds[pooling]))]
