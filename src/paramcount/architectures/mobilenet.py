"""MobileNet v2 and v3, as torchvision.models.mobilenetv2 and mobilenetv3 build them."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StrictBool

from paramcount.architectures.base import (
    Depth,
    Factor,
    Layers,
    Rate,
    Size,
    Variant,
    call,
    divisible,
    family,
    named,
    sequential,
)
from paramcount.architectures.units import classifier, conv_norm, gate, residual
from paramcount.notation import Call

_V2 = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Expansion, channels, blocks and first stride of each stage."""

type Setting = Annotated[Sequence[tuple[Size, Size, Depth, Size]], Field(min_length=1, max_length=64)]


@family("Sandler et al. 2018; torchvision.models.mobilenetv2", {"mobilenet_v2": Variant(3_504_872)})
def mobilenet_v2(
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    width_mult: Factor = 1.0,
    round_nearest: Size = 8,
    inverted_residual_setting: Setting | None = None,
    dropout: Rate = 0.2,
) -> Layers:
    """Inverted residuals: wide inside, narrow between."""
    channels = divisible(32 * width_mult, round_nearest)
    last = divisible(1280 * max(1.0, width_mult), round_nearest)
    features: list[Call] = [conv_norm(in_channels, channels, 3, 2, activation="ReLU6")]
    for expansion, width, many, stride in inverted_residual_setting or _V2:
        outs = divisible(width * width_mult, round_nearest)
        for index in range(many):
            features.append(call("InvertedResidual", channels, outs, stride if index == 0 else 1, expansion))
            channels = outs
    features.append(conv_norm(channels, last, 1, activation="ReLU6"))
    layers: Layers = [named("features", sequential(*features))]
    if include_top:
        layers += [
            named("avgpool", call("AdaptiveAvgPool2d", 1)),
            named("flatten", call("Flatten")),
            named("classifier", classifier(last, num_classes, dropout)),
        ]
    return layers


type Row = tuple[int, int, int, bool, bool, int]
"""Kernel, expanded channels, output channels, whether channels are weighed, whether hard-swish, stride."""

LARGE: tuple[Row, ...] = (
    (3, 16, 16, False, False, 1),
    (3, 64, 24, False, False, 2),
    (3, 72, 24, False, False, 1),
    (5, 72, 40, True, False, 2),
    (5, 120, 40, True, False, 1),
    (5, 120, 40, True, False, 1),
    (3, 240, 80, False, True, 2),
    (3, 200, 80, False, True, 1),
    (3, 184, 80, False, True, 1),
    (3, 184, 80, False, True, 1),
    (3, 480, 112, True, True, 1),
    (3, 672, 112, True, True, 1),
    (5, 672, 160, True, True, 2),
    (5, 960, 160, True, True, 1),
    (5, 960, 160, True, True, 1),
)
_SMALL: tuple[Row, ...] = (
    (3, 16, 16, True, False, 2),
    (3, 72, 24, False, False, 2),
    (3, 88, 24, False, False, 1),
    (5, 96, 40, True, True, 2),
    (5, 240, 40, True, True, 1),
    (5, 240, 40, True, True, 1),
    (5, 120, 48, True, True, 1),
    (5, 144, 48, True, True, 1),
    (5, 288, 96, True, True, 2),
    (5, 576, 96, True, True, 1),
    (5, 576, 96, True, True, 1),
)
_TAIL = 3
"""Last blocks, which `reduced_tail` halves and `dilated` dilates."""


@family(
    "Howard et al. 2019; torchvision.models.mobilenetv3",
    {
        "mobilenet_v3_large": Variant(5_483_032, LARGE, 1280),
        "mobilenet_v3_small": Variant(2_542_856, _SMALL, 1024),
    },
)
def mobilenet_v3(
    rows: tuple[Row, ...],
    last: int,
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    width_mult: Factor = 1.0,
    reduced_tail: StrictBool = False,
    dilated: StrictBool = False,
    dropout: Rate = 0.2,
) -> Layers:
    """Inverted residuals, some of which weigh their channels, and two dense layers."""
    divisor = 2 if reduced_tail else 1
    features = features_v3(rows, in_channels, width_mult, divisor, 2 if dilated else 1)
    layers: Layers = [named("features", sequential(*features))]
    if include_top:
        channels = 6 * divisible(rows[-1][2] // divisor * width_mult)
        hidden = divisible(last // divisor * width_mult)
        head = (call("Linear", channels, hidden), call("Hardswish"), call("Dropout", dropout))
        layers += [
            named("avgpool", call("AdaptiveAvgPool2d", 1)),
            named("flatten", call("Flatten")),
            named("classifier", sequential(*head, call("Linear", hidden, num_classes))),
        ]
    return layers


def features_v3(
    rows: tuple[Row, ...], in_channels: int, width_mult: float = 1.0, divisor: int = 1, dilation: int = 1
) -> list[Call]:
    """The blocks of MobileNet v3, the last of them narrowed by `divisor` and dilated."""

    def width(channels: int) -> int:
        return divisible(channels * width_mult)

    channels = width(16)
    features: list[Call] = [conv_norm(in_channels, channels, 3, 2, activation="Hardswish")]
    for index, (kernel, expanded, outs, weighs, hard, stride) in enumerate(rows):
        tail = index >= len(rows) - _TAIL
        first = index == len(rows) - _TAIL
        wide = width(expanded // divisor if tail and not first else expanded)
        out = width(outs // divisor if tail else outs)
        features.append(_block(channels, kernel, wide, out, weighs, hard, stride, dilation if tail else 1))
        channels = out
    return [*features, conv_norm(channels, 6 * channels, 1, activation="Hardswish")]


def _block(ins: int, kernel: int, wide: int, outs: int, weighs: bool, hard: bool, stride: int, dilation: int) -> Call:
    activation = "Hardswish" if hard else "ReLU"
    layers = [conv_norm(ins, wide, 1, activation=activation)] if wide != ins else []
    moves = 1 if dilation > 1 else stride
    layers.append(conv_norm(wide, wide, kernel, moves, groups=wide, dilation=dilation, activation=activation))
    if weighs:
        layers.append(gate(wide, divisible(wide // 4), scale="Hardsigmoid"))
    layers.append(conv_norm(wide, outs, 1, activation=None))
    return sequential(block=residual(*layers, when=stride == 1 and ins == outs))
