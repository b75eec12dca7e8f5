"""MNASNet, as torchvision.models.mnasnet builds it."""

from pydantic import StrictBool

from paramcount.architectures.base import (
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
from paramcount.architectures.units import classifier, residual
from paramcount.notation import Call

_STAGES = ((3, 2, 3, 24, 3), (5, 2, 3, 40, 3), (5, 2, 6, 80, 3), (3, 1, 6, 96, 2), (5, 2, 6, 192, 4), (3, 1, 6, 320, 1))
"""Kernel, first stride, expansion, channels and blocks of each stage."""


@family(
    "Tan et al. 2018; torchvision.models.mnasnet",
    {
        "mnasnet0_5": Variant(2_218_512, alpha=0.5),
        "mnasnet0_75": Variant(3_170_208, alpha=0.75),
        "mnasnet1_0": Variant(4_383_312, alpha=1.0),
        "mnasnet1_3": Variant(6_282_256, alpha=1.3),
    },
)
def mnasnet(
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    alpha: Factor = 1.0,
    dropout: Rate = 0.2,
) -> Layers:
    """Inverted residuals as a search found them."""
    stem, channels = divisible(32 * alpha), divisible(16 * alpha)
    layers = [
        *_unit(in_channels, stem, 3, 2),
        *_unit(stem, stem, 3, groups=stem),
        *_unit(stem, channels, 1)[:2],
    ]
    for kernel, stride, expansion, width, many in _STAGES:
        outs = divisible(width * alpha)
        blocks: list[Call] = []
        for index in range(many):
            blocks.append(_block(channels, outs, kernel, stride if index == 0 else 1, expansion))
            channels = outs
        layers.append(sequential(*blocks))
    layers += _unit(channels, 1280, 1)
    made: Layers = [named("layers", sequential(*layers))]
    if include_top:
        made += [named("mean", call("Mean", (2, 3))), named("classifier", classifier(1280, num_classes, dropout))]
    return made


def _unit(ins: int, outs: int, kernel: int, stride: int = 1, groups: int = 1) -> list[Call]:
    conv = call("Conv2d", ins, outs, kernel, padding=kernel // 2, stride=stride, groups=groups, bias=False)
    return [conv, call("BatchNorm2d", outs), call("ReLU")]


def _block(ins: int, outs: int, kernel: int, stride: int, expansion: int) -> Call:
    wide = ins * expansion
    layers = (*_unit(ins, wide, 1), *_unit(wide, wide, kernel, stride, wide), *_unit(wide, outs, 1)[:2])
    return sequential(layers=residual(*layers, when=stride == 1 and ins == outs))
