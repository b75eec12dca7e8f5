"""Convolutions and pooling, and normalisation by given statistics."""

from paramcount_guest.state import stop

from keras._dispatch import run
from keras._inert import GLOBAL
from keras._ops.table import ops
from keras._tensor import convert


def window(x, strides, padding, data_format, dilation=1, dims=None):
    """The arguments of a window as the rules take them."""
    if not isinstance(padding, str) or padding.lower() not in ("same", "valid"):
        raise stop("unsupported", f"padding={padding!r} of a function is not supported: only 'same' and 'valid'.")
    data_format = data_format or GLOBAL["data_format"]
    data_format = {
        "NHWC": "channels_last",
        "NCHW": "channels_first",
        "NWC": "channels_last",
        "NDHWC": "channels_last",
    }.get(data_format, data_format)
    dims = len(x.shape) - 2 if dims is None else dims

    def each(value):
        value = list(value) if isinstance(value, (list, tuple)) else [value] * dims
        return value[1:-1] if len(value) == dims + 2 else value * dims if len(value) == 1 else value

    return {
        "strides": each(strides),
        "padding": padding.lower(),
        "data_format": data_format,
        "dilation": each(dilation),
    }


@ops()
def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    x = convert(inputs)
    return run("keras_conv", [x, convert(kernel)], window(x, strides, padding, data_format, dilation_rate))


@ops()
def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    x = convert(inputs)
    return run("keras_depthwise_conv", [x, convert(kernel)], window(x, strides, padding, data_format, dilation_rate))


@ops()
def separable_conv(
    inputs, depthwise_kernel, pointwise_kernel, strides=1, padding="valid", data_format=None, dilation_rate=1
):
    x = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(x, pointwise_kernel, 1, "valid", data_format, 1)


@ops()
def conv_transpose(inputs, kernel, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1):
    if output_padding is not None or dilation_rate != 1:
        raise stop("unsupported", "conv_transpose() with output_padding or dilation_rate is not supported.")
    x = convert(inputs)
    return run("keras_conv_transpose", [x, convert(kernel)], window(x, strides, padding, data_format))


def _pool(inputs, pool_size, strides, padding, data_format):
    x = convert(inputs)
    found = window(x, pool_size if strides is None else strides, padding, data_format)
    return run("keras_pool", [x], {**found, "size": window(x, pool_size, padding, data_format)["strides"]})


@ops()
def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    return _pool(inputs, pool_size, strides, padding, data_format)


@ops()
def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    return _pool(inputs, pool_size, strides, padding, data_format)


@ops()
def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=0.001):
    return run("identity", [convert(x)], {})


@ops()
def layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None, **kwargs):
    return run("identity", [convert(x)], {})
