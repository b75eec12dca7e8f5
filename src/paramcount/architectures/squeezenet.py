"""SqueezeNet, as torchvision.models.squeezenet builds it."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Rate, Size, Variant, call, family, named, sequential
from paramcount.notation import Call

_STEMS = {"1_0": (96, 7), "1_1": (64, 3)}
_FIRES = {"1_0": ((16, 16, 32), (32, 48, 48, 64), (64,)), "1_1": ((16, 16), (32, 32), (48, 48, 64, 64))}
"""Squeezed channels of the fire modules between the poolings."""


@family(
    "Iandola et al. 2016; torchvision.models.squeezenet",
    {"squeezenet1_0": Variant(1_248_424, "1_0"), "squeezenet1_1": Variant(1_235_496, "1_1")},
)
def squeezenet(
    version: str,
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    dropout: Rate = 0.5,
) -> Layers:
    """Fire modules, which squeeze the channels before they filter them, and a classifier that is a convolution."""
    channels, kernel = _STEMS[version]
    features: list[Call] = [call("Conv2d", in_channels, channels, kernel, stride=2), call("ReLU")]
    for stage in _FIRES[version]:
        features.append(call("MaxPool2d", 3, stride=2, ceil_mode=True))
        for squeezed in stage:
            features.append(call("Fire", channels, squeezed, 4 * squeezed, 4 * squeezed))
            channels = 8 * squeezed
    layers: Layers = [named("features", sequential(*features))]
    if include_top:
        head = (call("Dropout", dropout), call("Conv2d", channels, num_classes, 1), call("ReLU"))
        layers += [
            named("classifier", sequential(*head, call("AdaptiveAvgPool2d", 1))),
            named("flatten", call("Flatten")),
        ]
    return layers
