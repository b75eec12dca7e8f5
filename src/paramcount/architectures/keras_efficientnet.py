"""EfficientNet v1 and v2, as keras.applications builds them."""

from math import ceil

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Rate, Size, Variant, call, divisible, family, named, sequential
from paramcount.architectures.keras_units import Pooling, conv_bn, depthwise_bn, gate, residual, top
from paramcount.notation import Call

type Stage = tuple[int, int, int, int, int]
"""Expansion (negative where the depthwise and the pointwise convolution are one), kernel, strides, filters, blocks."""

_V1: tuple[Stage, ...] = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)


def _sized(total: int, width: float, depth: float, size: int, dropout: float) -> Variant:
    return Variant(total, width, depth, dropout, input_shape=(size, size, 3))


@family(
    "Tan and Le 2019; keras.applications",
    {
        "EfficientNetB0": _sized(5_330_571, 1.0, 1.0, 224, 0.2),
        "EfficientNetB1": _sized(7_856_239, 1.0, 1.1, 240, 0.2),
        "EfficientNetB2": _sized(9_177_569, 1.1, 1.2, 260, 0.3),
        "EfficientNetB3": _sized(12_320_535, 1.2, 1.4, 300, 0.3),
        "EfficientNetB4": _sized(19_466_823, 1.4, 1.8, 380, 0.4),
        "EfficientNetB5": _sized(30_562_527, 1.6, 2.2, 456, 0.4),
        "EfficientNetB6": _sized(43_265_143, 1.8, 2.6, 528, 0.5),
        "EfficientNetB7": _sized(66_658_687, 2.0, 3.1, 600, 0.5),
    },
    framework="keras",
)
def keras_efficientnet(
    width: float,
    depth: float,
    dropout: Rate,
    *,
    num_classes: Size = 1000,
    include_top: StrictBool = True,
    pooling: Pooling = None,
) -> Layers:
    """Inverted residuals that weigh their channels, widened and deepened together; it normalises its input itself."""
    channels = divisible(32 * width)
    layers: Layers = [
        named("rescaling", call("Rescaling", 1 / 255)),
        named("normalization", call("Normalization")),
        named("stem", conv_bn(channels, 3, 2, activation="swish")),
    ]
    for number, (expansion, kernel, first, filters, many) in enumerate(_V1, start=1):
        outs = divisible(filters * width)
        for index in range(ceil(many * depth)):
            block = _mbconv(channels, outs, expansion, kernel, first if index == 0 else 1)
            layers.append(named(f"block{number}_{index + 1}", block))
            channels = outs
    layers.append(named("top", conv_bn(divisible(1280 * width), activation="swish")))
    return [*layers, *top(num_classes, include_top, pooling, dropout)]


_V2_B: tuple[Stage, ...] = (
    (-1, 3, 1, 16, 1),
    (-4, 3, 2, 32, 2),
    (-4, 3, 2, 48, 2),
    (4, 3, 2, 96, 3),
    (6, 3, 1, 112, 5),
    (6, 3, 2, 192, 8),
)
_V2_S: tuple[Stage, ...] = (
    (-1, 3, 1, 24, 2),
    (-4, 3, 2, 48, 4),
    (-4, 3, 2, 64, 4),
    (4, 3, 2, 128, 6),
    (6, 3, 1, 160, 9),
    (6, 3, 2, 256, 15),
)
_V2_M: tuple[Stage, ...] = (
    (-1, 3, 1, 24, 3),
    (-4, 3, 2, 48, 5),
    (-4, 3, 2, 80, 5),
    (4, 3, 2, 160, 7),
    (6, 3, 1, 176, 14),
    (6, 3, 2, 304, 18),
    (6, 3, 1, 512, 5),
)
_V2_L: tuple[Stage, ...] = (
    (-1, 3, 1, 32, 4),
    (-4, 3, 2, 64, 7),
    (-4, 3, 2, 96, 7),
    (4, 3, 2, 192, 10),
    (6, 3, 1, 224, 19),
    (6, 3, 2, 384, 25),
    (6, 3, 1, 640, 7),
)


def _second(
    total: int, stages: tuple[Stage, ...], stem: int, size: int, width: float = 1.0, depth: float = 1.0
) -> Variant:
    return Variant(total, stages, stem, width, depth, input_shape=(size, size, 3))


@family(
    "Tan and Le 2021; keras.applications",
    {
        "EfficientNetV2B0": _second(7_200_312, _V2_B, 32, 224),
        "EfficientNetV2B1": _second(8_212_124, _V2_B, 32, 240, 1.0, 1.1),
        "EfficientNetV2B2": _second(10_178_374, _V2_B, 32, 260, 1.1, 1.2),
        "EfficientNetV2B3": _second(14_467_622, _V2_B, 32, 300, 1.2, 1.4),
        "EfficientNetV2S": _second(21_612_360, _V2_S, 24, 384),
        "EfficientNetV2M": _second(54_431_388, _V2_M, 24, 480),
        "EfficientNetV2L": _second(119_027_848, _V2_L, 32, 480),
    },
    framework="keras",
)
def keras_efficientnet_v2(
    stages: tuple[Stage, ...],
    stem: int,
    width: float,
    depth: float,
    *,
    num_classes: Size = 1000,
    include_top: StrictBool = True,
    pooling: Pooling = None,
    include_preprocessing: StrictBool = True,
) -> Layers:
    """Its first stages filter without depthwise convolutions."""
    channels = _nearest(stem * width)
    layers: Layers = [named("rescaling", call("Rescaling", 1 / 128, offset=-1))] if include_preprocessing else []
    layers.append(named("stem", conv_bn(channels, 3, 2, activation="swish")))
    for number, (expansion, kernel, first, filters, many) in enumerate(stages, start=1):
        outs = _nearest(filters * width)
        for index in range(ceil(many * depth)):
            make = _mbconv if expansion > 0 else _fused
            block = make(channels, outs, abs(expansion), kernel, first if index == 0 else 1)
            layers.append(named(f"block{number}_{index + 1}", block))
            channels = outs
    layers.append(named("top", conv_bn(_nearest(1280 * width), activation="swish")))
    return [*layers, *top(num_classes, include_top, pooling, 0.2)]


def _nearest(filters: float) -> int:
    """The nearest multiple of 8."""
    return max(8, int(filters + 4) // 8 * 8)


def _mbconv(ins: int, outs: int, expansion: int, kernel: int, strides: int) -> Call:
    wide = expansion * ins
    expand = [conv_bn(wide, activation="swish")] if expansion != 1 else []
    return residual(
        *expand,
        depthwise_bn(kernel, strides, activation="swish"),
        gate(wide, max(1, ins // 4), "swish"),
        conv_bn(outs, activation=None),
        when=strides == 1 and ins == outs,
    )


def _fused(ins: int, outs: int, expansion: int, kernel: int, strides: int) -> Call:
    if expansion == 1:
        parts = [conv_bn(outs, kernel, strides, activation="swish")]
    else:
        parts = [conv_bn(expansion * ins, kernel, strides, activation="swish"), conv_bn(outs, activation=None)]
    return sequential(block=residual(*parts, when=strides == 1 and ins == outs))
