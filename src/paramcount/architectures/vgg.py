"""VGG, as torchvision.models.vgg builds it."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Rate, Size, Variant, call, family, named, sequential
from paramcount.notation import Call

_PLANS = {
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}
"""3×3 convolutions in each stage."""


@family(
    "Simonyan and Zisserman 2014; torchvision.models.vgg",
    {
        "vgg11": Variant(132_863_336, 11, False),
        "vgg11_bn": Variant(132_868_840, 11, True),
        "vgg13": Variant(133_047_848, 13, False),
        "vgg13_bn": Variant(133_053_736, 13, True),
        "vgg16": Variant(138_357_544, 16, False),
        "vgg16_bn": Variant(138_365_992, 16, True),
        "vgg19": Variant(143_667_240, 19, False),
        "vgg19_bn": Variant(143_678_248, 19, True),
    },
)
def vgg(
    depth: int,
    batch_norm: bool,
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    dropout: Rate = 0.5,
) -> Layers:
    """Five stages of 3×3 convolutions, each halved by pooling, and three dense layers."""
    features: list[Call] = []
    channels = in_channels
    for stage, many in enumerate(_PLANS[depth]):
        width = min(64 * 2**stage, 512)
        for _ in range(many):
            features.append(call("Conv2d", channels, width, 3, padding=1))
            if batch_norm:
                features.append(call("BatchNorm2d", width))
            features.append(call("ReLU"))
            channels = width
        features.append(call("MaxPool2d", 2))
    layers: Layers = [named("features", sequential(*features))]
    if include_top:
        layers += [
            named("avgpool", call("AdaptiveAvgPool2d", 7)),
            named("flatten", call("Flatten")),
            named("classifier", classifier(512 * 7 * 7, 4096, num_classes, dropout)),
        ]
    return layers


def classifier(features: int, hidden: int, num_classes: int, dropout: float) -> Call:
    """Three dense layers, two of them with ReLU and dropout."""
    return sequential(
        call("Linear", features, hidden),
        call("ReLU"),
        call("Dropout", dropout),
        call("Linear", hidden, hidden),
        call("ReLU"),
        call("Dropout", dropout),
        call("Linear", hidden, num_classes),
    )
