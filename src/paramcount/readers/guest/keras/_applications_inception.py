"""keras.applications: Inception, Inception-ResNet, Xception."""

from keras._applications import L, axis, conv, norm, plain, relu
from keras._layer import Layer

# --- Inception -------------------------------------------------------------------------------------------------------


def unit(x, filters, kernel, strides=1, padding="same", name=None):
    """A convolution without bias, a batch norm without scale, a ReLU."""
    x = conv(x, filters, kernel, name, strides=strides, padding=padding)
    return relu(norm(x, name and f"{name}_bn", scale=False), name and f"{name}_ac")


def chain(x, *units):
    """Units one after the other: (filters, kernel), and strides where they are not 1."""
    for filters, kernel, *strides in units:
        x = unit(x, filters, kernel, *strides, **({"padding": "valid"} if strides else {}))
    return x


def join(parts, name=None):
    return L.Concatenate(axis=axis() if axis() == 1 else 3, **({"name": name} if name else {}))(parts)


def average(x):
    return L.AveragePooling2D(3, strides=1, padding="same")(x)


def stem(x):
    x = chain(x, (32, 3, 2), (32, 3, 1), (64, 3))
    x = chain(L.MaxPooling2D(3, strides=2)(x), (80, 1, 1), (192, 3, 1))
    return L.MaxPooling2D(3, strides=2)(x)


def inception_v3(x, weights):
    x = stem(x)
    for number, width in enumerate((32, 64, 64)):
        parts = [chain(x, (64, 1)), chain(x, (48, 1), (64, 5)), chain(x, (64, 1), (96, 3), (96, 3))]
        x = join([*parts, unit(average(x), width, 1)], f"mixed{number}")
    parts = [chain(x, (384, 3, 2)), chain(x, (64, 1), (96, 3), (96, 3, 2))]
    x = join([*parts, L.MaxPooling2D(3, strides=2)(x)], "mixed3")
    for number, width in enumerate((128, 160, 160, 192), start=4):
        long, wide = (7, 1), (1, 7)
        parts = [
            chain(x, (192, 1)),
            chain(x, (width, 1), (width, wide), (192, long)),
            chain(x, (width, 1), (width, long), (width, wide), (width, long), (192, wide)),
        ]
        x = join([*parts, unit(average(x), 192, 1)], f"mixed{number}")
    parts = [chain(x, (192, 1), (320, 3, 2)), chain(x, (192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3, 2))]
    x = join([*parts, L.MaxPooling2D(3, strides=2)(x)], "mixed8")
    for number in range(2):
        first = chain(x, (320, 1))
        second = chain(x, (384, 1))
        second = join([unit(second, 384, (1, 3)), unit(second, 384, (3, 1))], f"mixed9_{number}")
        third = chain(x, (448, 1), (384, 3))
        third = join([unit(third, 384, (1, 3)), unit(third, 384, (3, 1))])
        x = join([first, second, third, unit(average(x), 192, 1)], f"mixed{9 + number}")
    return x


plain("InceptionV3", 299, 75, inception_v3, named=False, called="inception_v3")


class CustomScaleLayer(Layer):
    """Adds a multiple of the second tensor to the first."""

    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs):
        return inputs[0] + inputs[1] * self.scale


RESIDUAL = {
    "block35": (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))),
    "block17": (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))),
    "block8": (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1)))),
}


def scaled(x, scale, kind, number, last=False):
    name = f"{kind}_{number}"
    mixed = join([chain(x, *units) for units in RESIDUAL[kind]], f"{name}_mixed")
    up = L.Conv2D(x.shape[axis()], 1, padding="same", name=f"{name}_conv")(mixed)
    x = CustomScaleLayer(scale)([x, up])
    return x if last else relu(x, f"{name}_ac")


def inception_resnet_v2(x, weights):
    x = stem(x)
    parts = [chain(x, (96, 1)), chain(x, (48, 1), (64, 5)), chain(x, (64, 1), (96, 3), (96, 3))]
    x = join([*parts, unit(average(x), 64, 1)], "mixed_5b")
    for number in range(1, 11):
        x = scaled(x, 0.17, "block35", number)
    parts = [chain(x, (384, 3, 2)), chain(x, (256, 1), (256, 3), (384, 3, 2))]
    x = join([*parts, L.MaxPooling2D(3, strides=2)(x)], "mixed_6a")
    for number in range(1, 21):
        x = scaled(x, 0.1, "block17", number)
    parts = [
        chain(x, (256, 1), (384, 3, 2)),
        chain(x, (256, 1), (288, 3, 2)),
        chain(x, (256, 1), (288, 3), (320, 3, 2)),
    ]
    x = join([*parts, L.MaxPooling2D(3, strides=2)(x)], "mixed_7a")
    for number in range(1, 11):
        x = scaled(x, 1.0 if number == 10 else 0.2, "block8", number, last=number == 10)
    return unit(x, 1536, 1, name="conv_7b")


plain("InceptionResNetV2", 299, 75, inception_resnet_v2, named=False, called="inception_resnet_v2")


# --- Xception --------------------------------------------------------------------------------------------------------


def separable(x, filters, name):
    x = L.SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return norm(x, f"{name}_bn")


def xception(x, weights):
    x = relu(norm(conv(x, 32, 3, "block1_conv1", strides=2), "block1_conv1_bn"), "block1_conv1_act")
    x = relu(norm(conv(x, 64, 3, "block1_conv2"), "block1_conv2_bn"), "block1_conv2_act")
    for block, widths in ((2, (128, 128)), (3, (256, 256)), (4, (728, 728)), *[(n, (728,) * 3) for n in range(5, 13)],
                          (13, (728, 1024))):  # fmt: skip
        beside = x
        if len(widths) == 2:
            beside = norm(conv(x, widths[-1], 1, strides=2, padding="same"))
        for place, filters in enumerate(widths, start=1):
            if block > 2 or place > 1:
                x = relu(x, f"block{block}_sepconv{place}_act")
            x = separable(x, filters, f"block{block}_sepconv{place}")
        if len(widths) == 2:
            x = L.MaxPooling2D(3, strides=2, padding="same", name=f"block{block}_pool")(x)
        x = L.Add()([x, beside])
    for place, filters in ((1, 1536), (2, 2048)):
        x = relu(separable(x, filters, f"block14_sepconv{place}"), f"block14_sepconv{place}_act")
    return x


plain("Xception", 299, 71, xception, named=False)
