"""keras.applications, as models call them: VGG, ResNet, MobileNet, DenseNet; layers have Keras's names, which sources use.

Weights are never loaded; they change no count.
"""

from paramcount_guest.state import stop

from keras._inert import GLOBAL
from keras._input import Input
from keras._models import Functional
from keras._modules import NAMES, offer
from keras._offers.applications import correct_pad, obtain_input_shape, validate_activation
from keras._offers.functions import source_inputs
from keras._offers.layers import layers
from keras._tensor import KerasTensor

L = type("Layers", (), {name: staticmethod(one) for name, one in layers.items()})


def builder(function):
    """Offer a builder under its name, wherever Keras has it."""
    for module, names in NAMES.items():
        if module.startswith("keras.applications") and function.__name__ in names.split():
            offer(module, **{function.__name__: function})
    return function


def axis():
    """Where the channels are."""
    return 1 if GLOBAL["data_format"] == "channels_first" else -1


def norm(x, name=None, **kwargs):
    return L.BatchNormalization(axis=axis(), name=name, **kwargs)(x)


def relu(x, name=None):
    return L.Activation("relu", name=name)(x)


def conv(x, filters, kernel, name=None, **kwargs):
    return L.Conv2D(filters, kernel, use_bias=False, name=name, **kwargs)(x)


def checked(weights, include_top, classes, classifier_activation):
    """Refuse a classifier that trained weights have not."""
    if not include_top:
        return
    if weights == "imagenet" and classes != 1000:
        raise ValueError(
            f"If using `weights='imagenet'` with `include_top=True`, `classes` should be 1000. Received classes={classes}"
        )
    validate_activation(classifier_activation, weights)


def only_channels_last(name):
    """Refuse what is made for channels last, where channels come first."""
    if GLOBAL["data_format"] == "channels_first":
        raise ValueError(f"{name} does not support the `channels_first` image data format.")


def image(input_tensor, input_shape, size, least, weights, include_top):
    """What flows in: the caller's tensor, or an input of the shape that was asked for; and how many channels that has."""
    shape = obtain_input_shape(input_shape, size, least, GLOBAL["data_format"], include_top, weights)
    return Input(shape) if input_tensor is None else input_tensor, shape[0 if axis() == 1 else -1]


def pooled(x, pooling, named=True):
    """What comes out without a classifier."""
    if pooling == "avg":
        return L.GlobalAveragePooling2D(**({"name": "avg_pool"} if named else {}))(x)
    if pooling == "max":
        return L.GlobalMaxPooling2D(**({"name": "max_pool"} if named else {}))(x)
    return x


def model(input_tensor, x, out, name):
    return Functional(x if input_tensor is None else source_inputs(input_tensor), out, name=name)


def more_in_keras2(made):
    """Mark a network whose sums and products are layers in Keras 2, so that its layers have other numbers there."""
    made.__dict__["_more_in_keras2"] = True
    return made


def plain(name, size, least, body, *, named=True, top=None, called=""):
    """A builder whose classifier is one dense layer behind global pooling, unless `top` says otherwise."""
    called = called or name.lower()

    def build(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=1000,
              classifier_activation="softmax", name=called):  # fmt: skip
        checked(weights, include_top, classes, classifier_activation)
        x, _ = image(input_tensor, input_shape, size, least, weights, include_top)
        out = body(x, weights)
        if include_top:
            out = top(out) if top is not None else L.GlobalAveragePooling2D(name="avg_pool")(out)
            out = L.Dense(classes, activation=classifier_activation, name="predictions")(out)
        else:
            out = pooled(out, pooling, named)
        return model(input_tensor, x, out, name)

    build.__name__ = name
    return builder(build)


# --- VGG -------------------------------------------------------------------------------------------------------------


def vgg(depths):
    def body(x, weights):
        for block, (filters, depth) in enumerate(zip((64, 128, 256, 512, 512), depths), start=1):
            for place in range(1, depth + 1):
                x = L.Conv2D(filters, 3, activation="relu", padding="same", name=f"block{block}_conv{place}")(x)
            x = L.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
        return x

    return body


def vgg_top(x):
    x = L.Dense(4096, activation="relu", name="fc1")(L.Flatten(name="flatten")(x))
    return L.Dense(4096, activation="relu", name="fc2")(x)


for _name, _depths in (("VGG16", (2, 2, 3, 3, 3)), ("VGG19", (2, 2, 4, 4, 4))):
    plain(_name, 224, 32, vgg(_depths), named=False, top=vgg_top)


# --- ResNet ----------------------------------------------------------------------------------------------------------

EPSILON = {"epsilon": 1.001e-5}


def first_version(x, filters, stride, shortcut, name):
    if shortcut:
        beside = L.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
        beside = norm(beside, f"{name}_0_bn", **EPSILON)
    else:
        beside = x
    x = L.Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x)
    x = relu(norm(x, f"{name}_1_bn", **EPSILON), f"{name}_1_relu")
    x = L.Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = relu(norm(x, f"{name}_2_bn", **EPSILON), f"{name}_2_relu")
    x = norm(L.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x), f"{name}_3_bn", **EPSILON)
    return relu(L.Add(name=f"{name}_add")([beside, x]), f"{name}_out")


def second_version(x, filters, stride, shortcut, name):
    before = relu(norm(x, f"{name}_preact_bn", **EPSILON), f"{name}_preact_relu")
    if shortcut:
        beside = L.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(before)
    else:
        beside = L.MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = relu(norm(conv(before, filters, 1, f"{name}_1_conv"), f"{name}_1_bn", **EPSILON), f"{name}_1_relu")
    x = L.ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = conv(x, filters, 3, f"{name}_2_conv", strides=stride)
    x = relu(norm(x, f"{name}_2_bn", **EPSILON), f"{name}_2_relu")
    return L.Add(name=f"{name}_out")([beside, L.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)])


def resnet(depths, second):
    """Version 1 strides in each stack's first block, version 2 in its last; and not in the last stack."""

    def body(x, weights):
        x = L.ZeroPadding2D(3, name="conv1_pad")(x)
        x = L.Conv2D(64, 7, strides=2, name="conv1_conv")(x)
        if not second:
            x = relu(norm(x, "conv1_bn", **EPSILON), "conv1_relu")
        x = L.MaxPooling2D(3, strides=2, name="pool1_pool")(L.ZeroPadding2D(1, name="pool1_pad")(x))
        for stack, depth in enumerate(depths):
            for place in range(depth):
                name, filters = f"conv{stack + 2}_block{place + 1}", 64 * 2**stack
                if second:
                    stride = 2 if place == depth - 1 and stack < 3 else 1
                    x = second_version(x, filters, stride, place == 0, name)
                else:
                    x = first_version(x, filters, 2 if place == 0 and stack else 1, place == 0, name)
        return relu(norm(x, "post_bn", **EPSILON), "post_relu") if second else x

    return body


for _name, _depths in (("ResNet50", (3, 4, 6, 3)), ("ResNet101", (3, 4, 23, 3)), ("ResNet152", (3, 8, 36, 3))):
    plain(_name, 224, 32, resnet(_depths, False))
    plain(f"{_name}V2", 224, 32, resnet(_depths, True))


# --- DenseNet --------------------------------------------------------------------------------------------------------


def densenet(depths):
    def body(x, weights):
        x = conv(L.ZeroPadding2D(3)(x), 64, 7, "conv1_conv", strides=2)
        x = L.ZeroPadding2D(1)(relu(norm(x, "conv1_bn", **EPSILON), "conv1_relu"))
        x = L.MaxPooling2D(3, strides=2, name="pool1")(x)
        for stack, depth in enumerate(depths, start=2):
            if stack > 2:
                name = f"pool{stack - 1}"
                x = relu(norm(x, f"{name}_bn", **EPSILON), f"{name}_relu")
                x = conv(x, int(x.shape[axis()] * 0.5), 1, f"{name}_conv")
                x = L.AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)
            for place in range(1, depth + 1):
                name = f"conv{stack}_block{place}"
                y = conv(relu(norm(x, f"{name}_0_bn", **EPSILON), f"{name}_0_relu"), 128, 1, f"{name}_1_conv")
                y = relu(norm(y, f"{name}_1_bn", **EPSILON), f"{name}_1_relu")
                y = conv(y, 32, 3, f"{name}_2_conv", padding="same")
                x = L.Concatenate(axis=axis(), name=f"{name}_concat")([x, y])
        return relu(norm(x, "bn", **EPSILON), "relu")

    return body


for _name, _depths in (("DenseNet121", (6, 12, 24, 16)), ("DenseNet169", (6, 12, 32, 32)),
                       ("DenseNet201", (6, 12, 48, 32))):  # fmt: skip
    plain(_name, 224, 32, densenet(_depths))


# --- MobileNet -------------------------------------------------------------------------------------------------------


def divisible(value, divisor=8):
    """The nearest multiple that is no tenth smaller."""
    found = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return found + divisor if found < 0.9 * value else found


@builder
def MobileNet(input_shape=None, alpha=1.0, depth_multiplier=1, dropout=1e-3, include_top=True, weights="imagenet",
              input_tensor=None, pooling=None, classes=1000, classifier_activation="softmax", name=None):  # fmt: skip
    checked(weights, include_top, classes, classifier_activation)
    first = x = image(input_tensor, input_shape, 224, 32, weights, include_top)[0]
    x = conv(x, int(32 * alpha), 3, "conv1", strides=2, padding="same")
    x = L.ReLU(6.0, name="conv1_relu")(norm(x, "conv1_bn"))
    widths = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
    for place, filters in enumerate(widths, start=1):
        strides = 2 if place in (2, 4, 6, 12) else 1
        if strides == 2:
            x = L.ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{place}")(x)
        x = L.DepthwiseConv2D(3, padding="valid" if strides == 2 else "same", depth_multiplier=depth_multiplier,
                              strides=strides, use_bias=False, name=f"conv_dw_{place}")(x)  # fmt: skip
        x = L.ReLU(6.0, name=f"conv_dw_{place}_relu")(norm(x, f"conv_dw_{place}_bn"))
        x = conv(x, int(filters * alpha), 1, f"conv_pw_{place}", padding="same")
        x = L.ReLU(6.0, name=f"conv_pw_{place}_relu")(norm(x, f"conv_pw_{place}_bn"))
    if include_top:
        x = L.Dropout(dropout, name="dropout")(L.GlobalAveragePooling2D(keepdims=True)(x))
        x = L.Conv2D(classes, 1, padding="same", name="conv_preds")(x)
        x = L.Activation(classifier_activation, name="predictions")(L.Reshape((classes,), name="reshape_2")(x))
    else:
        x = pooled(x, pooling, named=False)
    rows = first.shape[2 if axis() == 1 else 1]
    return model(input_tensor, first, x, name or f"mobilenet_{alpha:0.2f}_{rows}")


@builder
def MobileNetV2(input_shape=None, alpha=1.0, include_top=True, weights="imagenet", input_tensor=None, pooling=None,
                classes=1000, classifier_activation="softmax", name=None):  # fmt: skip
    checked(weights, include_top, classes, classifier_activation)
    first = x = image(input_tensor, input_shape, 224, 32, weights, include_top)[0]
    x = conv(x, divisible(32 * alpha), 3, "Conv1", strides=2, padding="same")
    x = L.ReLU(6.0, name="Conv1_relu")(norm(x, "bn_Conv1"))
    block = 0
    for filters, depth, stride, expansion in (
        (16, 1, 1, 1), (24, 2, 2, 6), (32, 3, 2, 6), (64, 4, 2, 6), (96, 3, 1, 6), (160, 3, 2, 6), (320, 1, 1, 6),
    ):  # fmt: skip
        for place in range(depth):
            x = inverted(x, divisible(int(filters * alpha)), stride if place == 0 else 1, expansion, block)
            block += 1
    x = conv(x, divisible(1280 * alpha) if alpha > 1 else 1280, 1, "Conv_1")
    x = L.ReLU(6.0, name="out_relu")(norm(x, "Conv_1_bn"))
    if include_top:
        x = L.Dense(classes, activation=classifier_activation, name="predictions")(L.GlobalAveragePooling2D()(x))
    else:
        x = pooled(x, pooling, named=False)
    rows = first.shape[2 if axis() == 1 else 1]
    return model(input_tensor, first, x, name or f"mobilenetv2_{alpha:0.2f}_{rows}")


def inverted(inputs, filters, stride, expansion, block):
    x, prefix, channels = inputs, f"block_{block}_" if block else "expanded_conv_", inputs.shape[axis()]
    if block:
        x = norm(conv(x, expansion * channels, 1, f"{prefix}expand", padding="same"), f"{prefix}expand_BN")
        x = L.ReLU(6.0, name=f"{prefix}expand_relu")(x)
    if stride == 2:
        x = L.ZeroPadding2D(correct_pad(x, 3), name=f"{prefix}pad")(x)
    x = L.DepthwiseConv2D(3, strides=stride, use_bias=False, padding="valid" if stride == 2 else "same",
                          name=f"{prefix}depthwise")(x)  # fmt: skip
    x = L.ReLU(6.0, name=f"{prefix}depthwise_relu")(norm(x, f"{prefix}depthwise_BN"))
    x = norm(conv(x, filters, 1, f"{prefix}project", padding="same"), f"{prefix}project_BN")
    return L.Add(name=f"{prefix}add")([inputs, x]) if stride == 1 and channels == filters else x


# --- what is done to images before -----------------------------------------------------------------------------------


def preprocess_input(x, data_format=None):
    """Another scale, for tensors of a model."""
    if not isinstance(x, KerasTensor):
        raise stop("unsupported", "preprocess_input() of data is not supported: nothing is run on data here.")
    return x / 127.5 - 1


def unchanged(x, data_format=None):
    """What `preprocess_input` is where the scale is changed within the network."""
    return x


WITHIN = ("convnext", "efficientnet", "efficientnet_v2", "mobilenet_v3")
"""The modules whose networks change the scale of what flows in."""

for _module in [name for name in NAMES if name.startswith("keras.applications.")]:
    offer(_module, preprocess_input=unchanged if _module.rpartition(".")[2] in WITHIN else preprocess_input)
