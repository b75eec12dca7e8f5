"""keras.applications: EfficientNet and its second version."""

import math

from keras._applications import L, axis, builder, checked, conv, divisible, image, model, norm, plain, pooled
from keras._modules import offer
from keras._offers.applications import correct_pad


def excited(x, name, filters, reduced, activation="swish"):
    """Channels weighed by what they hold on the whole: squeeze and excitation."""
    gate = L.GlobalAveragePooling2D(name=f"{name}se_squeeze")(x)
    gate = L.Reshape((filters, 1, 1) if axis() == 1 else (1, 1, filters), name=f"{name}se_reshape")(gate)
    gate = L.Conv2D(reduced, 1, padding="same", activation=activation, name=f"{name}se_reduce")(gate)
    gate = L.Conv2D(filters, 1, padding="same", activation="sigmoid", name=f"{name}se_expand")(gate)
    return L.Multiply(name=f"{name}se_excite")([x, gate])


def added(x, inputs, name, drop):
    """What flowed in, beside what a block made of it, which is dropped at times."""
    x = L.Dropout(drop, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x) if drop else x
    return L.Add(name=f"{name}add")([x, inputs])


# --- the first version -----------------------------------------------------------------------------------------------

STAGES = ((3, 1, 32, 16, 1, 1), (3, 2, 16, 24, 6, 2), (5, 2, 24, 40, 6, 2), (3, 3, 40, 80, 6, 2), (5, 3, 80, 112, 6, 1),
          (5, 4, 112, 192, 6, 2), (3, 1, 192, 320, 6, 1))  # fmt: skip
"""Kernel, blocks, channels in and out, expansion, stride."""


def efficientnet(width, depth, dropout):
    def body(x, weights):
        x = L.Normalization(axis=axis())(L.Rescaling(1.0 / 255.0)(x))
        if weights == "imagenet":
            x = L.Rescaling([2.1, 2.1, 2.1])(x)
        x = L.ZeroPadding2D(correct_pad(x, 3), name="stem_conv_pad")(x)
        x = norm(conv(x, divisible(32 * width), 3, "stem_conv", strides=2), "stem_bn")
        x = L.Activation("swish", name="stem_activation")(x)
        blocks = sum([math.ceil(depth * stage[1]) for stage in STAGES])
        block = 0
        for number, (kernel, repeats, ins, outs, expansion, stride) in enumerate(STAGES, start=1):
            for place in range(math.ceil(depth * repeats)):
                channels = divisible((outs if place else ins) * width)
                x = padded_block(x, f"block{number}{chr(97 + place)}_", kernel, channels, divisible(outs * width),
                                 expansion, 1 if place else stride, 0.2 * block / blocks)  # fmt: skip
                block += 1
        x = norm(conv(x, divisible(1280 * width), 1, "top_conv", padding="same"), "top_bn")
        return L.Activation("swish", name="top_activation")(x)

    return body, lambda x: L.Dropout(dropout, name="top_dropout")(L.GlobalAveragePooling2D(name="avg_pool")(x))


def padded_block(inputs, name, kernel, ins, outs, expansion, stride, drop):
    """An inverted residual that pads by itself before it strides."""
    x, filters = inputs, ins * expansion
    if expansion != 1:
        x = norm(conv(x, filters, 1, f"{name}expand_conv", padding="same"), f"{name}expand_bn")
        x = L.Activation("swish", name=f"{name}expand_activation")(x)
    if stride == 2:
        x = L.ZeroPadding2D(correct_pad(x, kernel), name=f"{name}dwconv_pad")(x)
    x = L.DepthwiseConv2D(kernel, strides=stride, padding="valid" if stride == 2 else "same", use_bias=False,
                          name=f"{name}dwconv")(x)  # fmt: skip
    x = L.Activation("swish", name=f"{name}activation")(norm(x, f"{name}bn"))
    x = excited(x, name, filters, max(1, int(ins * 0.25)))
    x = norm(conv(x, outs, 1, f"{name}project_conv", padding="same"), f"{name}project_bn")
    return added(x, inputs, name, drop) if stride == 1 and ins == outs else x


for _name, _width, _depth, _size, _dropout in (
    ("B0", 1.0, 1.0, 224, 0.2), ("B1", 1.0, 1.1, 240, 0.2), ("B2", 1.1, 1.2, 260, 0.3), ("B3", 1.2, 1.4, 300, 0.3),
    ("B4", 1.4, 1.8, 380, 0.4), ("B5", 1.6, 2.2, 456, 0.4), ("B6", 1.8, 2.6, 528, 0.5), ("B7", 2.0, 3.1, 600, 0.5),
):  # fmt: skip
    _body, _top = efficientnet(_width, _depth, _dropout)
    plain(f"EfficientNet{_name}", _size, 32, _body, top=_top)


# --- the second version ----------------------------------------------------------------------------------------------


def stages(*rows):
    """Stages as Keras writes them: fused or not, blocks, channels in and out, expansion, stride."""
    keys = ("conv_type", "num_repeat", "input_filters", "output_filters", "expand_ratio", "strides")
    return [{**dict(zip(keys, row)), "kernel_size": 3, "se_ratio": 0.0 if row[0] else 0.25} for row in rows]


SMALL = stages((1, 1, 32, 16, 1, 1), (1, 2, 16, 32, 4, 2), (1, 2, 32, 48, 4, 2), (0, 3, 48, 96, 4, 2),
               (0, 5, 96, 112, 6, 1), (0, 8, 112, 192, 6, 2))  # fmt: skip
STAGES_2 = {
    **{f"efficientnetv2-b{number}": SMALL for number in range(4)},
    "efficientnetv2-s": stages((1, 2, 24, 24, 1, 1), (1, 4, 24, 48, 4, 2), (1, 4, 48, 64, 4, 2), (0, 6, 64, 128, 4, 2),
                               (0, 9, 128, 160, 6, 1), (0, 15, 160, 256, 6, 2)),
    "efficientnetv2-m": stages((1, 3, 24, 24, 1, 1), (1, 5, 24, 48, 4, 2), (1, 5, 48, 80, 4, 2), (0, 7, 80, 160, 4, 2),
                               (0, 14, 160, 176, 6, 1), (0, 18, 176, 304, 6, 2), (0, 5, 304, 512, 6, 1)),
    "efficientnetv2-l": stages((1, 4, 32, 32, 1, 1), (1, 7, 32, 64, 4, 2), (1, 7, 64, 96, 4, 2), (0, 10, 96, 192, 4, 2),
                               (0, 19, 192, 224, 6, 1), (0, 25, 224, 384, 6, 2), (0, 7, 384, 640, 6, 1)),
}  # fmt: skip
"""By the name of a network: its stages."""


def EfficientNetV2(
    width_coefficient, depth_coefficient, default_size, dropout_rate=0.2, drop_connect_rate=0.2, depth_divisor=8,
    min_depth=8, bn_momentum=0.9, activation="swish", blocks_args="default", name="efficientnetv2", include_top=True,
    weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation="softmax",
    include_preprocessing=True, weights_name=None,
):  # fmt: skip
    """Stages of fused and of plain inverted residuals; Keras finds them by the network's name."""
    blocks_args = STAGES_2[name] if blocks_args == "default" else blocks_args
    checked(weights, include_top, classes, classifier_activation)
    first, channels = image(input_tensor, input_shape, default_size, 32, weights, include_top)
    x = first
    if include_preprocessing:
        x = scaled(x, channels, name)

    def wide(filters):
        return int(max(min_depth or depth_divisor,
                       int(filters * width_coefficient + depth_divisor / 2) // depth_divisor * depth_divisor))  # fmt: skip

    def unit(x, name):
        """A convolution's batch norm and activation."""
        x = L.BatchNormalization(axis=axis(), momentum=bn_momentum, name=f"{name}bn")(x)
        return L.Activation(activation, name=f"{name}activation")(x)

    x = unit(conv(x, wide(blocks_args[0]["input_filters"]), 3, "stem_conv", strides=2, padding="same"), "stem_")
    block, blocks = 0, sum([stage["num_repeat"] for stage in blocks_args])
    for number, stage in enumerate(blocks_args, start=1):
        if stage["num_repeat"] <= 0:
            raise ValueError(
                f"The number of repeats in `EfficientNetV2` must be > 0. Received: num_repeat={stage['num_repeat']}"
            )
        outs = wide(stage["output_filters"])
        for place in range(math.ceil(depth_coefficient * stage["num_repeat"])):
            ins, strides = (outs, 1) if place else (wide(stage["input_filters"]), stage["strides"])
            x = block_2(x, f"block{number}{chr(97 + place)}_", stage, ins, outs, strides, unit,
                        drop_connect_rate * block / blocks)  # fmt: skip
            block += 1
    x = unit(conv(x, wide(1280), 1, "top_conv", padding="same"), "top_")
    if include_top:
        x = L.GlobalAveragePooling2D(name="avg_pool")(x)
        x = L.Dropout(dropout_rate, name="top_dropout")(x) if dropout_rate > 0 else x
        x = L.Dense(classes, activation=classifier_activation, name="predictions")(x)
    else:
        x = pooled(x, pooling)
    return model(input_tensor, first, x, name)


def scaled(x, channels, name):
    """Pixels on the scale of the weights: the smaller networks have ImageNet's mean and variance."""
    if not name.rpartition("-")[2].startswith("b") or channels != 3:
        return L.Rescaling(1.0 / 128.0, offset=-1)(x)
    mean, variance = (0.485, 0.456, 0.406), (0.229**2, 0.224**2, 0.225**2)
    return L.Normalization(axis=axis(), mean=mean, variance=variance)(L.Rescaling(1.0 / 255)(x))


def block_2(inputs, name, stage, ins, outs, strides, unit, drop):
    """An inverted residual; where it is fused, one convolution stands for the expanding and the depthwise one."""
    x, expansion, kernel, fused = inputs, stage["expand_ratio"], stage["kernel_size"], stage["conv_type"] == 1
    filters = ins * expansion
    if expansion != 1:
        wider = {"strides": strides} if fused else {}
        x = conv(x, filters, kernel if fused else 1, f"{name}expand_conv", padding="same", **wider)
        x = unit(x, f"{name}expand_")
    if not fused:
        x = L.DepthwiseConv2D(kernel, strides=strides, padding="same", use_bias=False, name=f"{name}dwconv2")(x)
        x = unit(x, name)
    if 0 < stage["se_ratio"] <= 1:
        x = excited(x, name, filters, max(1, int(ins * stage["se_ratio"])))
    alone = fused and expansion == 1
    x = conv(x, outs, kernel if alone else 1, f"{name}project_conv", padding="same", strides=strides if alone else 1)
    x = norm(x, f"{name}project_bn") if not alone else unit(x, f"{name}project_")
    return added(x, inputs, name, drop) if strides == 1 and ins == outs else x


def efficientnet_v2(size, width, depth, usual):
    called = f"efficientnetv2-{size.lower()}"

    def build(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=1000,
              classifier_activation="softmax", include_preprocessing=True, name=called):  # fmt: skip
        return EfficientNetV2(
            width, depth, usual, name=name, include_top=include_top, weights=weights, input_tensor=input_tensor,
            input_shape=input_shape, pooling=pooling, classes=classes, classifier_activation=classifier_activation,
            include_preprocessing=include_preprocessing,
        )  # fmt: skip

    build.__name__ = f"EfficientNetV2{size}"
    return builder(build)


for _name, _width, _depth, _size in (
    ("B0", 1.0, 1.0, 224), ("B1", 1.0, 1.1, 240), ("B2", 1.1, 1.2, 260), ("B3", 1.2, 1.4, 300), ("S", 1.0, 1.0, 384),
    ("M", 1.0, 1.0, 480), ("L", 1.0, 1.0, 480),
):  # fmt: skip
    efficientnet_v2(_name, _width, _depth, _size)
offer("keras.applications.efficientnet_v2", EfficientNetV2=EfficientNetV2)
