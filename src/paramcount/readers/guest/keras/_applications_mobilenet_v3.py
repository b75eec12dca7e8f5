"""keras.applications: MobileNet v3, small and large."""

from keras._applications import L, axis, builder, checked, conv, divisible, model, more_in_keras2, norm, pooled
from keras._inert import GLOBAL
from keras._input import Input
from keras._modules import offer
from keras._offers.applications import correct_pad
from keras._tensor import KerasTensor

SMALL = ((1, 16, 3, 2, True, False), (72 / 16, 24, 3, 2, False, False), (88 / 24, 24, 3, 1, False, False),
         (4, 40, 5, 2, True, True), (6, 40, 5, 1, True, True), (6, 40, 5, 1, True, True), (3, 48, 5, 1, True, True),
         (3, 48, 5, 1, True, True), (6, 96, 5, 2, True, True), (6, 96, 5, 1, True, True), (6, 96, 5, 1, True, True))  # fmt: skip
LARGE = ((1, 16, 3, 1, False, False), (4, 24, 3, 2, False, False), (3, 24, 3, 1, False, False), (3, 40, 5, 2, True, False),
         (3, 40, 5, 1, True, False), (3, 40, 5, 1, True, False), (6, 80, 3, 2, False, True), (2.5, 80, 3, 1, False, True),
         (2.3, 80, 3, 1, False, True), (2.3, 80, 3, 1, False, True), (6, 112, 3, 1, True, True),
         (6, 112, 3, 1, True, True), (6, 160, 5, 2, True, True), (6, 160, 5, 1, True, True), (6, 160, 5, 1, True, True))  # fmt: skip
"""Expansion, channels, kernel, stride; whether channels are weighed, and whether the activation is a hard swish."""


def rectified(x):
    return L.ReLU()(x)


def hard_swish(x):
    return L.Activation("hard_swish")(x)


def sized(input_tensor, input_shape):
    """The shape of the image: sizes stay open where nothing tells them, even in front of the classifier."""
    first = GLOBAL["data_format"] == "channels_first"
    if input_tensor is not None and not isinstance(input_tensor, KerasTensor):
        raise ValueError(f"input_tensor specified: {input_tensor} is not a keras tensor")
    if input_shape is None:
        sizes = (None, None) if input_tensor is None else tuple(input_tensor.shape)[2 if first else 1 :][:2][::-1]
        input_shape = (3, *sizes) if first else (*sizes, 3)
    elif input_tensor is not None and input_tensor.shape[1 if first else 2] != input_shape[1]:
        raise ValueError(
            f"input_shape[1] must equal input_tensor.shape[{1 if first else 2}]. Received input_shape={input_shape}, input_tensor.shape={input_tensor.shape}"
        )
    rows, columns = input_shape[1:3] if first else input_shape[:2]
    if rows and columns and (rows < 32 or columns < 32):
        raise ValueError(f"Input size must be at least 32x32; Received `input_shape={input_shape}`")
    return input_shape


def steady(x, name):
    """A batch norm whose statistics move slowly."""
    return norm(x, name, epsilon=1e-3, momentum=0.999)


def inverted(inputs, expansion, filters, kernel, stride, weighed, activation, block):
    x, ins = inputs, inputs.shape[axis()]
    prefix, wide = f"expanded_conv_{block}_" if block else "expanded_conv_", divisible(ins * expansion)
    if block:
        x = steady(conv(x, wide, 1, f"{prefix}expand", padding="same"), f"{prefix}expand_bn")
        x = activation(x)
    if stride == 2:
        x = L.ZeroPadding2D(correct_pad(x, kernel), name=f"{prefix}depthwise_pad")(x)
    x = L.DepthwiseConv2D(kernel, strides=stride, padding="same" if stride == 1 else "valid", use_bias=False,
                          name=f"{prefix}depthwise")(x)  # fmt: skip
    x = activation(steady(x, f"{prefix}depthwise_bn"))
    if weighed:
        x = excited(x, f"{prefix}squeeze_excite_", wide)
    x = steady(conv(x, filters, 1, f"{prefix}project", padding="same"), f"{prefix}project_bn")
    return L.Add(name=f"{prefix}add")([inputs, x]) if stride == 1 and ins == filters else x


def excited(x, prefix, filters):
    """Squeeze and excitation behind a hard sigmoid, which Keras writes out."""
    gate = L.GlobalAveragePooling2D(keepdims=True, name=f"{prefix}avg_pool")(x)
    gate = L.Conv2D(divisible(filters * 0.25), 1, padding="same", name=f"{prefix}conv")(gate)
    gate = L.ReLU(name=f"{prefix}relu")(gate)
    gate = L.Conv2D(filters, 1, padding="same", name=f"{prefix}conv_1")(gate)
    return L.Multiply(name=f"{prefix}mul")([x, L.ReLU(6.0)(gate + 3.0) * (1.0 / 6.0)])


def mobilenet_v3(name, blocks, last):
    def build(input_shape=None, alpha=1.0, minimalistic=False, include_top=True, weights="imagenet", input_tensor=None,
              classes=1000, pooling=None, dropout_rate=0.2, classifier_activation="softmax", include_preprocessing=True,
              name=name):  # fmt: skip
        checked(weights, include_top, classes, classifier_activation)
        shape = sized(input_tensor, input_shape)
        if weights == "imagenet" and alpha not in ((1.0,) if minimalistic else (0.75, 1.0)):
            raise ValueError(
                f"If imagenet weights are being loaded, alpha can be one of `0.75`, `1.0` for non minimalistic or `1.0` for minimalistic only. Received alpha={alpha}"
            )
        x = first = Input(shape) if input_tensor is None else input_tensor
        activation = rectified if minimalistic else hard_swish
        if include_preprocessing:
            x = L.Rescaling(1.0 / 127.5, offset=-1.0)(x)
        x = activation(steady(conv(x, 16, 3, "conv", strides=2, padding="same"), "conv_bn"))
        for block, (expansion, filters, kernel, stride, weighed, swish) in enumerate(blocks):
            x = inverted(x, expansion, divisible(filters * alpha), 3 if minimalistic else kernel, stride,
                         weighed and not minimalistic, activation if swish else rectified, block)  # fmt: skip
        x = conv(x, divisible(x.shape[axis()] * 6), 1, "conv_1", padding="same")
        x = activation(steady(x, "conv_1_bn"))
        if include_top:
            x = L.GlobalAveragePooling2D(keepdims=True)(x)
            wide = divisible(last * alpha) if alpha > 1.0 else last
            x = activation(L.Conv2D(wide, 1, padding="same", name="conv_2")(x))
            x = L.Dropout(dropout_rate)(x) if dropout_rate > 0 else x
            x = L.Flatten()(L.Conv2D(classes, 1, padding="same", name="logits")(x))
            x = L.Activation(classifier_activation, name="predictions")(x)
        else:
            x = pooled(x, pooling)
        return more_in_keras2(model(input_tensor, first, x, name))

    build.__name__ = name
    return builder(build)


offer(
    "keras.src.applications.mobilenet_v3",
    MobileNetV3Small=mobilenet_v3("MobileNetV3Small", SMALL, 1024),
    MobileNetV3Large=mobilenet_v3("MobileNetV3Large", LARGE, 1280),
)
