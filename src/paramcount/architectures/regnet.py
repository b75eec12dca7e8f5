"""RegNet X and Y, as torchvision.models.regnet builds them."""

from collections.abc import Iterator
from itertools import groupby
from math import log

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Size, Variant, call, divisible, family, named, sequential
from paramcount.architectures.units import conv_norm, gate
from paramcount.notation import Call

_QUANTUM = 8


@family(
    "Radosavovic et al. 2020; torchvision.models.regnet",
    {
        "regnet_y_400mf": Variant(4_344_144, 16, 48, 27.89, 2.09, 8, 0.25),
        "regnet_y_800mf": Variant(6_432_512, 14, 56, 38.84, 2.4, 16, 0.25),
        "regnet_y_1_6gf": Variant(11_202_430, 27, 48, 20.71, 2.65, 24, 0.25),
        "regnet_y_3_2gf": Variant(19_436_338, 21, 80, 42.63, 2.66, 24, 0.25),
        "regnet_y_8gf": Variant(39_381_472, 17, 192, 76.82, 2.19, 56, 0.25),
        "regnet_y_16gf": Variant(83_590_140, 18, 200, 106.23, 2.48, 112, 0.25),
        "regnet_y_32gf": Variant(145_046_770, 20, 232, 115.89, 2.53, 232, 0.25),
        "regnet_y_128gf": Variant(644_812_894, 27, 456, 160.83, 2.52, 264, 0.25),
        "regnet_x_400mf": Variant(5_495_976, 22, 24, 24.48, 2.54, 16, 0.0),
        "regnet_x_800mf": Variant(7_259_656, 16, 56, 35.73, 2.28, 16, 0.0),
        "regnet_x_1_6gf": Variant(9_190_136, 18, 80, 34.01, 2.25, 24, 0.0),
        "regnet_x_3_2gf": Variant(15_296_552, 25, 88, 26.31, 2.25, 48, 0.0),
        "regnet_x_8gf": Variant(39_572_648, 23, 80, 49.56, 2.88, 120, 0.0),
        "regnet_x_16gf": Variant(54_278_536, 22, 216, 55.59, 2.1, 128, 0.0),
        "regnet_x_32gf": Variant(107_811_560, 23, 320, 69.86, 2.0, 168, 0.0),
    },
)
def regnet(
    depth: int,
    first: int,
    slope: float,
    factor: float,
    group: int,
    squeeze: float,
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    stem_width: Size = 32,
) -> Layers:
    """Bottlenecks whose widths lie on a line, rounded so that a few stages are left."""
    layers: Layers = [named("stem", conv_norm(in_channels, stem_width, 3, 2))]
    stages: list[Call] = []
    channels = stem_width
    for number, (width, many) in enumerate(_stages(depth, first, slope, factor), start=1):
        grouped = min(group, width)
        outs = divisible(width, grouped)
        blocks: dict[str, Call] = {}
        for index in range(many):
            blocks[f"block{number}-{index}"] = _block(channels, outs, 2 if index == 0 else 1, grouped, squeeze)
            channels = outs
        stages.append(sequential(**blocks))
    names = {f"block{number}": stage for number, stage in enumerate(stages, start=1)}
    layers.append(named("trunk_output", sequential(**names)))
    if include_top:
        layers += [
            named("avgpool", call("AdaptiveAvgPool2d", 1)),
            named("flatten", call("Flatten")),
            named("fc", call("Linear", channels, num_classes)),
        ]
    return layers


def _stages(depth: int, first: int, slope: float, factor: float) -> Iterator[tuple[int, int]]:
    """Width and blocks of each stage: a width for each block on a line, rounded to a power of the factor."""
    powers = [round(log((first + slope * block) / first) / log(factor)) for block in range(depth)]
    widths = [round(first * factor**power / _QUANTUM) * _QUANTUM for power in powers]
    for width, blocks in groupby(widths):
        yield width, len(list(blocks))


def _block(ins: int, outs: int, stride: int, group: int, squeeze: float) -> Call:
    weighed = {"se": gate(outs, round(squeeze * ins))} if squeeze else {}
    body = sequential(
        a=conv_norm(ins, outs, 1),
        b=conv_norm(outs, outs, 3, stride, groups=outs // group),
        **weighed,
        c=conv_norm(outs, outs, 1, activation=None),
    )
    projection = {"shortcut": conv_norm(ins, outs, 1, stride, activation=None)} if ins != outs or stride > 1 else {}
    return sequential(f=call("Residual", body, **projection), activation=call("ReLU"))
