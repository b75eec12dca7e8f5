"""EfficientNet v1 and v2, as torchvision.models.efficientnet builds them."""

from math import ceil

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Rate, Size, Variant, call, divisible, family, named, sequential
from paramcount.architectures.units import classifier, conv_norm, residual
from paramcount.notation import Call

type Stage = tuple[int, int, int, int, int, int]
"""Expansion (negative where the depthwise and the pointwise convolution are one), kernel, stride, channels in and
out, blocks."""

_V1: tuple[Stage, ...] = (
    (1, 3, 1, 32, 16, 1),
    (6, 3, 2, 16, 24, 2),
    (6, 5, 2, 24, 40, 2),
    (6, 3, 2, 40, 80, 3),
    (6, 5, 1, 80, 112, 3),
    (6, 5, 2, 112, 192, 4),
    (6, 3, 1, 192, 320, 1),
)
_V2_S: tuple[Stage, ...] = (
    (-1, 3, 1, 24, 24, 2),
    (-4, 3, 2, 24, 48, 4),
    (-4, 3, 2, 48, 64, 4),
    (4, 3, 2, 64, 128, 6),
    (6, 3, 1, 128, 160, 9),
    (6, 3, 2, 160, 256, 15),
)
_V2_M: tuple[Stage, ...] = (
    (-1, 3, 1, 24, 24, 3),
    (-4, 3, 2, 24, 48, 5),
    (-4, 3, 2, 48, 80, 5),
    (4, 3, 2, 80, 160, 7),
    (6, 3, 1, 160, 176, 14),
    (6, 3, 2, 176, 304, 18),
    (6, 3, 1, 304, 512, 5),
)
_V2_L: tuple[Stage, ...] = (
    (-1, 3, 1, 32, 32, 4),
    (-4, 3, 2, 32, 64, 7),
    (-4, 3, 2, 64, 96, 7),
    (4, 3, 2, 96, 192, 10),
    (6, 3, 1, 192, 224, 19),
    (6, 3, 2, 224, 384, 25),
    (6, 3, 1, 384, 640, 7),
)


def _v1(total: int, width: float, depth: float, size: int, dropout: float) -> Variant:
    return Variant(total, _V1, width, depth, None, input_shape=(3, size, size), dropout=dropout)


def _v2(total: int, stages: tuple[Stage, ...], size: int, dropout: float) -> Variant:
    return Variant(total, stages, 1.0, 1.0, 1280, input_shape=(3, size, size), dropout=dropout)


@family(
    "Tan and Le 2019 and 2021; torchvision.models.efficientnet",
    {
        "efficientnet_b0": _v1(5_288_548, 1.0, 1.0, 224, 0.2),
        "efficientnet_b1": _v1(7_794_184, 1.0, 1.1, 240, 0.2),
        "efficientnet_b2": _v1(9_109_994, 1.1, 1.2, 288, 0.3),
        "efficientnet_b3": _v1(12_233_232, 1.2, 1.4, 300, 0.3),
        "efficientnet_b4": _v1(19_341_616, 1.4, 1.8, 380, 0.4),
        "efficientnet_b5": _v1(30_389_784, 1.6, 2.2, 456, 0.4),
        "efficientnet_b6": _v1(43_040_704, 1.8, 2.6, 528, 0.5),
        "efficientnet_b7": _v1(66_347_960, 2.0, 3.1, 600, 0.5),
        "efficientnet_v2_s": _v2(21_458_488, _V2_S, 384, 0.2),
        "efficientnet_v2_m": _v2(54_139_356, _V2_M, 480, 0.3),
        "efficientnet_v2_l": _v2(118_515_272, _V2_L, 480, 0.4),
    },
)
def efficientnet(
    stages: tuple[Stage, ...],
    width: float,
    depth: float,
    last: int | None,
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    dropout: Rate = 0.2,
    stochastic_depth_prob: Rate = 0.2,  # noqa: ARG001 - the builder's, and no matter to the counts
) -> Layers:
    """Inverted residuals that weigh their channels, widened and deepened together."""
    channels = divisible(stages[0][3] * width)
    features: list[Call] = [conv_norm(in_channels, channels, 3, 2, activation="SiLU")]
    for expansion, kernel, stride, _, wide, many in stages:
        outs = divisible(wide * width)
        blocks: list[Call] = []
        for index in range(ceil(many * depth)):
            moves = stride if index == 0 else 1
            if expansion > 0:
                blocks.append(call("MBConv", expansion, kernel, moves, channels, outs))
            else:
                blocks.append(_fused(-expansion, kernel, moves, channels, outs))
            channels = outs
        features.append(sequential(*blocks))
    final = last or 4 * channels
    features.append(conv_norm(channels, final, 1, activation="SiLU"))
    layers: Layers = [named("features", sequential(*features))]
    if include_top:
        layers += [
            named("avgpool", call("AdaptiveAvgPool2d", 1)),
            named("flatten", call("Flatten")),
            named("classifier", classifier(final, num_classes, dropout)),
        ]
    return layers


def _fused(expansion: int, kernel: int, stride: int, ins: int, outs: int) -> Call:
    """torchvision.models.efficientnet.FusedMBConv."""
    wide = divisible(ins * expansion)
    if wide == ins:
        layers = [conv_norm(ins, outs, kernel, stride, activation="SiLU")]
    else:
        narrow = conv_norm(wide, outs, 1, activation=None)
        layers = [conv_norm(ins, wide, kernel, stride, activation="SiLU"), narrow]
    return sequential(block=residual(*layers, when=stride == 1 and ins == outs))
