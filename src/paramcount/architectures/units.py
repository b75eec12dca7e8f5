"""Units that several families are built of: a convolution with its normalisation and activation, and gates."""

from paramcount.architectures.base import call, sequential
from paramcount.notation import Call


def conv_norm(
    ins: int,
    outs: int,
    kernel: int = 3,
    stride: int = 1,
    *,
    groups: int = 1,
    dilation: int = 1,
    activation: str | None = "ReLU",
    padding: int | None = None,
) -> Call:
    """torchvision.ops.Conv2dNormActivation: a convolution without bias that keeps the size, batch norm, activation."""
    options: dict[str, object] = {
        name: value
        for name, value, default in (("stride", stride, 1), ("groups", groups, 1), ("dilation", dilation, 1))
        if value != default
    }
    around = (kernel - 1) // 2 * dilation if padding is None else padding
    if around:
        options["padding"] = around
    layers = [call("Conv2d", ins, outs, kernel, bias=False, **options), call("BatchNorm2d", outs)]
    return sequential(*layers, *([call(activation)] if activation else []))


def gate(channels: int, squeezed: int, activation: str = "ReLU", scale: str = "Sigmoid") -> Call:
    """torchvision.ops.SqueezeExcitation: channels are weighed by what their means tell."""
    weights = sequential(
        avgpool=call("AdaptiveAvgPool2d", 1),
        fc1=call("Conv2d", channels, squeezed, 1),
        activation=call(activation),
        fc2=call("Conv2d", squeezed, channels, 1),
        scale_activation=call(scale),
    )
    return call("Multiply", weights, [])


def residual(*layers: Call, when: bool = True) -> Call:
    """Layers with what flows into them added, where the shapes allow it."""
    return call("Residual", *layers) if when else sequential(*layers)


def classifier(features: int, num_classes: int, dropout: float) -> Call:
    """Dropout and a dense layer."""
    return sequential(call("Dropout", dropout), call("Linear", features, num_classes))
