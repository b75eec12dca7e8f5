"""The functions of tensorflow.nn."""

from keras._dispatch import op, run
from keras._modules import unsupported_function
from keras._ops import OPS, RANDOM, whole, window
from keras._tensor import convert

from tensorflow._math import TF
from tensorflow._table import NN, nn

NN |= {
    name: TF[name]
    for name in ("relu", "relu6", "selu", "sigmoid", "softplus", "softsign", "tanh", "swish", "silu", "log_sigmoid")
}


@nn()
def softmax(logits, axis=None, name=None):
    return OPS["softmax"](logits, -1 if axis is None else axis)


@nn()
def log_softmax(logits, axis=None, name=None):
    return OPS["log_softmax"](logits, -1 if axis is None else axis)


@nn()
def gelu(features, approximate=False, name=None):
    return OPS["gelu"](features)


@nn()
def elu(features, name=None):
    return OPS["elu"](features)


@nn()
def leaky_relu(features, alpha=0.2, name=None):
    return OPS["leaky_relu"](features)


@nn()
def bias_add(value, bias, data_format=None, name=None):
    return convert(value) + bias


@nn()
def l2_normalize(x, axis=None, epsilon=1e-12, name=None):
    return OPS["normalize"](x, -1 if axis is None else axis)


@nn()
def dropout(x, rate, noise_shape=None, seed=None, name=None):
    return RANDOM["dropout"](x, rate)


@nn()
def moments(x, axes, shift=None, keepdims=False, name=None):
    return OPS["moments"](x, axes, keepdims)


@nn()
def batch_normalization(x, mean, variance, offset, scale, variance_epsilon, name=None):
    return OPS["batch_normalization"](x, mean, variance, -1)


@nn("conv2d")
def conv2d(input, filters, strides, padding, data_format="NHWC", dilations=None, name=None):
    return OPS["conv"](input, filters, _plain(strides), padding, data_format, _plain(dilations))


@nn("conv1d")
def conv1d(input, filters, stride, padding, data_format="NWC", dilations=None, name=None):
    return OPS["conv"](input, filters, _plain(stride), padding, data_format, _plain(dilations))


@nn("conv3d")
def conv3d(input, filters, strides, padding, data_format="NDHWC", dilations=None, name=None):
    return OPS["conv"](input, filters, _plain(strides), padding, data_format, _plain(dilations))


@nn("depthwise_conv2d")
def depthwise_conv2d(input, filter, strides, padding, data_format=None, dilations=None, name=None):
    return OPS["depthwise_conv"](input, filter, _plain(strides), padding, data_format or "NHWC", _plain(dilations))


def _plain(value):
    return 1 if value is None else value


def _pool(function):
    def apply(input, ksize, strides, padding, data_format="NHWC", name=None):
        x = convert(input)
        found = window(x, strides, padding, data_format)
        return function(x, window(x, ksize, padding, data_format)["strides"], found["strides"], padding, data_format)

    return apply


for _name, _function in (("max_pool2d", "max_pool"), ("max_pool", "max_pool"), ("avg_pool2d", "average_pool"),
                         ("avg_pool", "average_pool"), ("max_pool1d", "max_pool"), ("max_pool3d", "max_pool"),
                         ("avg_pool1d", "average_pool"), ("avg_pool3d", "average_pool")):  # fmt: skip
    NN[_name] = op(_pool(OPS[_function]))


@nn()
def depth_to_space(input, block_size, data_format="NHWC", name=None):
    return run(
        "depth_to_space", [convert(input)], {"block_size": whole(block_size), "data_format": _format(data_format)}
    )


@nn()
def space_to_depth(input, block_size, data_format="NHWC", name=None):
    return run(
        "space_to_depth", [convert(input)], {"block_size": whole(block_size), "data_format": _format(data_format)}
    )


def _format(data_format):
    return "channels_first" if data_format == "NCHW" else "channels_last"


NN |= {
    "embedding_lookup": lambda params, ids, **kwargs: OPS["take"](params, ids, 0),
    "crelu": unsupported_function("tensorflow.nn.crelu"),
}
