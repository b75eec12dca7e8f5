"""MobileNet v1, v2 and v3, as keras.applications builds them."""

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
from paramcount.architectures.keras_units import Pooling, conv_bn, depthwise_bn, gate, residual, top

_V1 = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *((512, 1),) * 5, (1024, 2), (1024, 1))
"""Filters and strides of each block."""


@family("Howard et al. 2017; keras.applications", {"MobileNet": Variant(4_253_864)}, framework="keras")
def keras_mobilenet(
    *,
    num_classes: Size = 1000,
    include_top: StrictBool = True,
    pooling: Pooling = None,
    alpha: Factor = 1.0,
    depth_multiplier: Size = 1,
    dropout: Rate = 0.001,
) -> Layers:
    """Depthwise-separable convolutions, one after the other."""
    layers: Layers = [named("conv1", conv_bn(int(32 * alpha), 3, 2, activation="relu6"))]
    for index, (filters, strides) in enumerate(_V1, start=1):
        pad = [call("ZeroPadding2D", ((0, 1), (0, 1)))] if strides == 2 else []
        padding = "valid" if strides == 2 else "same"
        deep = depthwise_bn(3, strides, padding=padding, activation="relu6", depth_multiplier=depth_multiplier)
        block = sequential(*pad, deep, conv_bn(int(filters * alpha), activation="relu6"))
        layers.append(named(f"block{index}", block))
    if not include_top:
        return [*layers, *top(num_classes, False, pooling)]
    return [
        *layers,
        named("global_average_pooling2d", call("GlobalAveragePooling2D", keepdims=True)),
        named("dropout", call("Dropout", dropout)),
        named("conv_preds", call("Conv2D", num_classes, 1, padding="same")),
        named("reshape_2", call("Reshape", (num_classes,))),
        named("predictions", call("Activation", "softmax")),
    ]


_V2 = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Expansion, filters, blocks and first strides of each stage."""


@family("Sandler et al. 2018; keras.applications", {"MobileNetV2": Variant(3_538_984)}, framework="keras")
def keras_mobilenet_v2(
    *,
    num_classes: Size = 1000,
    include_top: StrictBool = True,
    pooling: Pooling = None,
    alpha: Factor = 1.0,
) -> Layers:
    """Inverted residuals: wide inside, narrow between."""
    channels = divisible(32 * alpha)
    layers: Layers = [named("Conv1", conv_bn(channels, 3, 2, activation="relu6"))]
    number = 0
    for expansion, filters, many, first in _V2:
        outs = divisible(int(filters * alpha))
        for index in range(many):
            strides = first if index == 0 else 1
            wide = [conv_bn(expansion * channels, activation="relu6")] if number else []
            parts = (*wide, depthwise_bn(3, strides, activation="relu6"), conv_bn(outs, activation=None))
            block = residual(*parts, when=strides == 1 and channels == outs)
            layers.append(named(f"block_{number}", block))
            channels, number = outs, number + 1
    last = divisible(1280 * alpha) if alpha > 1 else 1280
    return [*layers, named("Conv_1", conv_bn(last, activation="relu6")), *top(num_classes, include_top, pooling)]


type Row = tuple[float, int, int, int, bool, bool]
"""Expansion, filters, kernel (5 unless minimalistic), strides, whether channels are weighed, whether hard-swish."""

_SMALL: tuple[Row, ...] = (
    (1, 16, 3, 2, True, False),
    (72 / 16, 24, 3, 2, False, False),
    (88 / 24, 24, 3, 1, False, False),
    (4, 40, 5, 2, True, True),
    *((6, 40, 5, 1, True, True),) * 2,
    *((3, 48, 5, 1, True, True),) * 2,
    (6, 96, 5, 2, True, True),
    *((6, 96, 5, 1, True, True),) * 2,
)
_LARGE: tuple[Row, ...] = (
    (1, 16, 3, 1, False, False),
    (4, 24, 3, 2, False, False),
    (3, 24, 3, 1, False, False),
    (3, 40, 5, 2, True, False),
    *((3, 40, 5, 1, True, False),) * 2,
    (6, 80, 3, 2, False, True),
    (2.5, 80, 3, 1, False, True),
    *((2.3, 80, 3, 1, False, True),) * 2,
    *((6, 112, 3, 1, True, True),) * 2,
    (6, 160, 5, 2, True, True),
    *((6, 160, 5, 1, True, True),) * 2,
)


@family(
    "Howard et al. 2019; keras.applications",
    {"MobileNetV3Small": Variant(2_554_968, _SMALL, 1024), "MobileNetV3Large": Variant(5_507_432, _LARGE, 1280)},
    framework="keras",
)
def keras_mobilenet_v3(
    rows: tuple[Row, ...],
    last: int,
    *,
    num_classes: Size = 1000,
    include_top: StrictBool = True,
    pooling: Pooling = None,
    alpha: Factor = 1.0,
    minimalistic: StrictBool = False,
    dropout_rate: Rate = 0.2,
    include_preprocessing: StrictBool = True,
) -> Layers:
    """Inverted residuals, some of which weigh their channels, and two layers of 1×1 convolutions."""
    swish = "relu" if minimalistic else "hard_swish"
    layers: Layers = [named("rescaling", call("Rescaling", 1 / 127.5, offset=-1.0))] if include_preprocessing else []
    layers.append(named("conv", conv_bn(16, 3, 2, activation=swish)))
    channels = 16
    for index, (expansion, filters, kernel, strides, weighs, hard) in enumerate(rows):
        outs, wide = divisible(filters * alpha), divisible(channels * expansion)
        activation = swish if hard else "relu"
        parts = [conv_bn(wide, activation=activation)] if index else []
        parts.append(depthwise_bn(3 if minimalistic else kernel, strides, activation=activation))
        if weighs and not minimalistic:
            parts.append(gate(wide, divisible(wide * 0.25), "relu", "hard_sigmoid"))
        parts.append(conv_bn(outs, activation=None))
        block = residual(*parts, when=strides == 1 and channels == outs)
        layers.append(named("expanded_conv" + (f"_{index}" if index else ""), block))
        channels = outs
    layers.append(named("conv_1", conv_bn(divisible(6 * channels), activation=swish)))
    if not include_top:
        return [*layers, *top(num_classes, False, pooling)]
    hidden = divisible(last * alpha) if alpha > 1 else last
    return [
        *layers,
        named("global_average_pooling2d", call("GlobalAveragePooling2D", keepdims=True)),
        named("conv_2", sequential(call("Conv2D", hidden, 1), call("Activation", swish))),
        *([named("dropout", call("Dropout", dropout_rate))] if dropout_rate else []),
        named("logits", call("Conv2D", num_classes, 1, padding="same")),
        named("flatten", call("Flatten")),
        named("predictions", call("Activation", "softmax")),
    ]
