"""What Keras 2 has and Keras 3 has no more, where it is clear what it means: names in modules that are gone.

Semantics are Keras 3's throughout; where Keras 2 makes other weights of the same line, the answer says so.
"""

from keras._dispatch import op
from keras._inert import GLOBAL
from keras._input import Input, InputLayer
from keras._layer import Layer
from keras._models import Functional, Model
from keras._modules import offer
from keras._offers.applications import obtain_input_shape
from keras._offers.functions import source_inputs
from keras._offers.layers import InputSpec
from keras._ops import OPS
from keras._sequential import Sequential
from keras._tensor import convert

offer(
    "keras.engine", Layer=Layer, InputSpec=InputSpec, Input=Input, InputLayer=InputLayer,
    Model=Model, Network=Model, Container=Model, Functional=Functional,
    Sequential=Sequential, get_source_inputs=source_inputs,
)  # fmt: skip


def same(*args, **kwargs):
    """A decorator that changes nothing, with arguments or without."""
    return args[0] if len(args) == 1 and callable(args[0]) and not kwargs else same


offer("keras.legacy.interfaces", **{
    f"legacy_{name}_support": same for name in (
        "add_weight", "dense", "dropout", "embedding", "pooling1d", "pooling2d", "pooling3d", "prelu", "recurrent",
        "gaussiannoise", "lambda", "upsampling1d", "upsampling2d", "upsampling3d", "conv1d", "conv2d", "conv3d",
        "separable_conv2d", "deconv2d", "batchnorm", "zeropadding2d", "zeropadding3d", "cropping2d", "cropping3d",
        "global_pooling", "spatialdropout1d", "spatialdropoutNd", "input", "model_constructor", "get_updates_call",
        "generator_methods", "gaussiandropout",
    )
})  # fmt: skip
offer("tensorflow.python.util.tf_export", keras_export=same, tf_export=same)


# --- keras.backend ---------------------------------------------------------------------------------------------------


def _convolution(name):
    function = OPS[name]

    def apply(x, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
        return function(x, kernel, strides, padding, data_format, dilation_rate)

    return apply


def bias_add(x, bias, data_format=None):
    one = convert(bias)
    if normalize_data_format(data_format) == "channels_first" and len(one.shape) == 1:
        one = OPS["reshape"](one, (-1,) + (1,) * (len(convert(x).shape) - 2))
    return convert(x) + one


def pool(x, pool_size, strides=1, padding="valid", data_format=None, pool_mode="max"):
    return OPS["max_pool" if pool_mode == "max" else "average_pool"](x, pool_size, strides, padding, data_format)


offer(
    "keras.backend", bias_add=op(bias_add), pool2d=op(pool), pool3d=op(pool),
    depthwise_conv2d=op(_convolution("depthwise_conv")),
    **{f"conv{dims}d": op(_convolution("conv")) for dims in (1, 2, 3)},
)  # fmt: skip


# --- keras.utils: conv_utils, layer_utils, generic_utils -------------------------------------------------------------


def normalize_data_format(value):
    found = (value or GLOBAL["data_format"]).lower()
    if found not in ("channels_first", "channels_last"):
        raise ValueError(
            f"The `data_format` argument must be one of 'channels_first', 'channels_last'. Received: {value}"
        )
    return found


def normalize_tuple(value, n, name, **kwargs):
    found = (value,) * n if isinstance(value, int) else tuple(value)
    if len(found) != n or not all([isinstance(one, int) for one in found]):
        raise ValueError(f"The `{name}` argument must be a tuple of {n} integers. Received: {value}")
    return found


def normalize_padding(value):
    found = value.lower()
    if found not in ("valid", "same", "causal"):
        raise ValueError(f"The `padding` argument must be one of 'valid', 'same', 'causal'. Received: {value}")
    return found


def conv_output_length(input_length, filter_size, padding, stride, dilation=1):
    if input_length is None:
        return None
    span = filter_size + (filter_size - 1) * (dilation - 1)
    length = input_length
    if padding == "valid":
        length = input_length - span + 1
    elif padding == "full":
        length = input_length + span - 1
    return (length + stride - 1) // stride


def deconv_length(dim_size, stride_size, kernel_size, padding, output_padding=None, dilation=1):
    if dim_size is None:
        return None
    span = kernel_size + (kernel_size - 1) * (dilation - 1)
    if output_padding is not None:
        pad = {"same": span // 2, "valid": 0, "full": span - 1}[padding]
        return (dim_size - 1) * stride_size + span - 2 * pad + output_padding
    if padding == "valid":
        return dim_size * stride_size + max(span - stride_size, 0)
    return dim_size * stride_size - (0 if padding == "same" else stride_size + span - 2)


def count_params(weights):
    return sum([one.shape.num_elements() for one in {id(one): one for one in weights}.values()])


offer(
    "keras.utils", normalize_data_format=normalize_data_format, normalize_tuple=normalize_tuple,
    normalize_padding=normalize_padding, conv_output_length=conv_output_length, deconv_length=deconv_length,
    deconv_output_length=deconv_length, count_params=count_params,
    convert_all_kernels_in_model=lambda model: None,
    convert_dense_weights_data_format=lambda *args, **kwargs: None,
    to_list=lambda x, allow_tuple=False: x if isinstance(x, list) else list(x) if allow_tuple and isinstance(x, tuple) else [x],
    is_tensor_or_tensor_list=lambda x: isinstance(x, (list, tuple)) or hasattr(x, "_runs"),
    smart_cond=lambda pred, true_fn=None, false_fn=None, name=None: true_fn() if pred else false_fn(),
    print_summary=lambda *args, **kwargs: None,
)  # fmt: skip
offer(
    "keras.backend",
    normalize_data_format=normalize_data_format,
    count_params=lambda x: convert(x).shape.num_elements(),
)


# --- keras.applications as a package of its own ----------------------------------------------------------------------


def _obtain_input_shape(
    input_shape, default_size, min_size, data_format, require_flatten=True, weights=None, include_top=None
):
    """`obtain_input_shape` under its older name; the first releases of Keras 2 call its fifth argument include_top."""
    wanted = require_flatten if include_top is None else include_top
    return obtain_input_shape(input_shape, default_size, min_size, data_format, wanted, weights)


offer("keras.applications.imagenet_utils", _obtain_input_shape=_obtain_input_shape)
