"""ResNet for CIFAR-10: He et al. 2015, section 4.2. Shortcuts across stages have no parameters (option A)."""

from typing import Literal

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Size, Variant, call, family, named, sequential
from paramcount.notation import Call


@family(
    "He et al. 2015, section 4.2; the paper",
    {
        "resnet20": Variant(269_722, 3),
        "resnet32": Variant(464_154, 5),
        "resnet44": Variant(658_586, 7),
        "resnet56": Variant(853_018, 9),
        "resnet110": Variant(1_727_962, 18),
        "resnet1202": Variant(19_421_274, 200),
    },
    input_shape=(3, 32, 32),
)
def resnet_cifar(
    depth: int,
    *,
    num_classes: Size = 10,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    option: Literal["A", "B"] = "A",
) -> Layers:
    """Three stages of basic blocks, 16, 32 and 64 channels wide."""
    channels = 16
    layers: Layers = [
        named("conv1", call("Conv2d", in_channels, channels, 3, padding=1, bias=False)),
        named("bn1", call("BatchNorm2d", channels)),
        named("relu", call("ReLU")),
    ]
    for stage, width in enumerate((16, 32, 64), start=1):
        blocks: list[Call] = []
        for index in range(depth):
            if index == 0 and stage > 1:
                shortcut = _padded(width - channels) if option == "A" else _projected(channels, width)
                blocks.append(call("BasicBlock", channels, width, stride=2, downsample=shortcut))
            else:
                blocks.append(call("BasicBlock", channels, width))
            channels = width
        layers.append(named(f"layer{stage}", sequential(*blocks)))
    if include_top:
        layers += [
            named("avgpool", call("AdaptiveAvgPool2d", 1)),
            named("flatten", call("Flatten")),
            named("fc", call("Linear", channels, num_classes)),
        ]
    return layers


def _padded(more: int) -> Call:
    """Every second position, and channels of zeros."""
    zeros = call("Slice", 1, start=0, end=more)
    return sequential(call("MaxPool2d", 1, stride=2), call("Concat", [], zeros))


def _projected(ins: int, outs: int) -> Call:
    return sequential(call("Conv2d", ins, outs, 1, stride=2, bias=False), call("BatchNorm2d", outs))
