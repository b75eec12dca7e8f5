"""What each module of TensorFlow offers here, in TensorFlow's names and orders of parameters."""

import contextlib
import math

from paramcount_guest.state import stop

from keras._dispatch import op, run
from keras._inert import inert
from keras._modules import NAMES, OFFERED, offer, unsupported_function
from keras._numbers import Sym, joined
from keras._offers import map_structure, name_scope
from keras._ops import IMAGE, OPS, RANDOM, identity_, made, whole, window
from keras._tensor import DTYPES, KerasTensor, Shape, as_dtype, convert, fixed
from keras._variable import Variable


def _named(function):
    """An operation as TensorFlow writes it: each takes a name, which changes nothing."""
    made = op(function)
    made.__name__ = function.__name__
    return made


TF = {}


def tf(*names):
    """Offer a function of TensorFlow under its name, or these."""

    def put(function):
        made = _named(function)
        for name in names or (function.__name__,):
            TF[name] = made
        return made

    return put


def _as(target_name):
    """A function of one tensor, or of two, that Keras has too."""
    function = OPS[target_name]

    def apply(x, y=None, name=None):
        return function(x) if y is None else function(x, y)

    return apply


for _theirs, _own in {
    "abs": "abs", "acos": "arccos", "add": "add", "asin": "arcsin", "atan": "arctan", "atan2": "arctan2", "ceil": "ceil",
    "cos": "cos", "cosh": "cosh", "divide": "divide", "equal": "equal", "erf": "erf", "exp": "exp", "expm1": "expm1",
    "floor": "floor", "floordiv": "floor_divide", "floormod": "mod", "greater": "greater", "greater_equal": "greater_equal", "less": "less",
    "less_equal": "less_equal", "log": "log", "log1p": "log1p", "log_sigmoid": "log_sigmoid", "logical_and": "logical_and", "logical_not": "logical_not",
    "logical_or": "logical_or", "logical_xor": "logical_xor", "maximum": "maximum", "minimum": "minimum", "mod": "mod",
    "multiply": "multiply", "negative": "negative", "not_equal": "not_equal", "pow": "power", "reciprocal": "reciprocal", "round": "round",
    "rsqrt": "rsqrt", "sigmoid": "sigmoid", "sign": "sign", "sin": "sin", "sinh": "sinh", "softplus": "softplus",
    "softsign": "softsign", "sqrt": "sqrt", "square": "square", "subtract": "subtract", "tan": "tan", "tanh": "tanh",
    "truediv": "divide", "relu": "relu", "relu6": "relu6", "selu": "selu", "is_nan": "isnan", "is_inf": "isinf", "is_finite": "isfinite",
    "stop_gradient": "stop_gradient", "divide_no_nan": "divide", "swish": "silu", "silu": "silu", "squared_difference": "subtract",
    "real": "real", "imag": "imag",
}.items():  # fmt: skip
    TF[_theirs] = _as(_own)


def _reduce(name):
    function = OPS[name]

    def apply(input_tensor, axis=None, keepdims=False, name=None):
        return function(input_tensor, axis, keepdims)

    return apply


for _name in ("mean", "sum", "max", "min", "prod", "any", "all", "logsumexp", "std", "var"):
    TF[{"std": "reduce_std", "var": "reduce_variance"}.get(_name, f"reduce_{_name}")] = _reduce(_name)


def _sizes(x):
    """The sizes as a tensor of numbers."""
    x = convert(x)
    return fixed((len(x.shape),), "int32", [joined([one[place] for one in x._runs]) for place in range(len(x.shape))])


def shape(input, out_type=None, name=None):
    return _sizes(input)


def size(input, out_type=None, name=None):
    x = convert(input)
    return fixed((), "int32", [joined([math.prod(sizes) for sizes in x._runs])])


def rank(input, name=None):
    return fixed((), "int32", [len(convert(input).shape)])


def constant(value, dtype=None, shape=None, name="Const"):
    found = convert(value, as_dtype(dtype) if dtype is not None else None)
    return (
        found
        if shape is None
        else OPS["broadcast_to"](found, shape)
        if found.shape == ()
        else OPS["reshape"](found, shape)
    )


def convert_to_tensor(value, dtype=None, dtype_hint=None, name=None):
    return OPS["convert_to_tensor"](value, dtype)


@tf()
def cast(x, dtype, name=None):
    return OPS["cast"](x, dtype)


@tf()
def identity(input, name=None):
    return identity_(input)


@tf()
def reshape(tensor, shape, name=None):
    return OPS["reshape"](tensor, shape)


@tf()
def transpose(a, perm=None, conjugate=False, name="transpose"):
    return OPS["transpose"](a, perm)


@tf()
def concat(values, axis, name="concat"):
    return OPS["concatenate"](values if isinstance(values, (list, tuple)) else [values], whole(axis))


@tf()
def stack(values, axis=0, name="stack"):
    return OPS["stack"](list(values), axis)


@tf()
def unstack(value, num=None, axis=0, name="unstack"):
    return OPS["unstack"](value, num, axis)


@tf()
def split(value, num_or_size_splits, axis=0, num=None, name="split"):
    if isinstance(num_or_size_splits, KerasTensor) and num_or_size_splits.shape:
        num_or_size_splits = num_or_size_splits._list("split()")
    if isinstance(num_or_size_splits, (list, tuple)):
        sizes = [whole(one) for one in num_or_size_splits]
        x = convert(value)
        if -1 in sizes:
            total = joined([one[axis] for one in x._runs])
            sizes[sizes.index(-1)] = total - sum([one for one in sizes if one != -1])
        found = run("split", [x], {"sizes": sizes, "dim": axis})
        return found if isinstance(found, list) else [found]
    return OPS["split"](value, num_or_size_splits, axis)


@tf()
def expand_dims(input, axis, name=None):
    return OPS["expand_dims"](input, axis)


@tf()
def squeeze(input, axis=None, name=None):
    return OPS["squeeze"](input, axis)


@tf()
def tile(input, multiples, name=None):
    return OPS["tile"](input, multiples)


@tf()
def repeat(input, repeats, axis=None, name=None):
    return OPS["repeat"](input, repeats, axis)


@tf()
def broadcast_to(input, shape, name=None):
    return OPS["broadcast_to"](input, shape)


@tf()
def pad(tensor, paddings, mode="CONSTANT", constant_values=0, name=None):
    return OPS["pad"](tensor, paddings)


@tf()
def reverse(tensor, axis, name=None):
    return OPS["flip"](tensor, axis)


@tf()
def roll(input, shift, axis, name=None):
    return OPS["roll"](input, shift, axis)


@tf()
def gather(params, indices, validate_indices=None, axis=None, batch_dims=0, name=None):
    if batch_dims:
        raise stop("unsupported", "tf.gather with batch_dims is not supported.")
    return OPS["take"](params, indices, 0 if axis is None else axis)


@tf()
def one_hot(indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None):
    return OPS["one_hot"](indices, depth, -1 if axis is None else axis, dtype)


@tf()
def where(condition, x=None, y=None, name=None):
    return OPS["where"](condition, x, y)


@tf()
def clip_by_value(t, clip_value_min, clip_value_max, name=None):
    return OPS["clip"](t, clip_value_min, clip_value_max)


@tf()
def matmul(a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, name=None, **kwargs):
    a, b = convert(a), convert(b)
    a = OPS["swapaxes"](a, -2, -1) if transpose_a else a
    b = OPS["swapaxes"](b, -2, -1) if transpose_b else b
    return OPS["matmul"](a, b)


@tf()
def tensordot(a, b, axes, name=None):
    return OPS["tensordot"](a, b, axes)


def einsum(equation, *inputs, **kwargs):
    return OPS["einsum"](equation, *inputs)


@tf()
def norm(tensor, ord="euclidean", axis=None, keepdims=None, name=None):
    return OPS["norm"](tensor, None, axis, bool(keepdims))


@tf()
def argmax(input, axis=None, output_type=None, name=None):
    return OPS["argmax"](input, 0 if axis is None else axis)


@tf()
def argmin(input, axis=None, output_type=None, name=None):
    return OPS["argmin"](input, 0 if axis is None else axis)


@tf()
def cumsum(x, axis=0, exclusive=False, reverse=False, name=None):
    return OPS["cumsum"](x, axis)


@tf()
def add_n(inputs, name=None):
    total = inputs[0]
    for one in inputs[1:]:
        total = total + one
    return total


@tf()
def zeros_like(input, dtype=None, name=None, layout=None):
    return OPS["zeros_like"](input, dtype)


@tf()
def ones_like(input, dtype=None, name=None, layout=None):
    return OPS["ones_like"](input, dtype)


def zeros(shape, dtype="float32", name=None, layout=None):
    return OPS["zeros"](shape, dtype)


def ones(shape, dtype="float32", name=None, layout=None):
    return OPS["ones"](shape, dtype)


def fill(dims, value, name=None, layout=None):
    return OPS["full"](dims, value)


def eye(num_rows, num_columns=None, batch_shape=None, dtype="float32", name=None):
    return OPS["eye"](num_rows, num_columns, 0, dtype)


def range_(start, limit=None, delta=1, dtype=None, name="range"):
    return OPS["arange"](
        *(_number(one) for one in ((start, limit) if limit is not None else (0, start))), _number(delta), dtype
    )


def _number(value):
    return value._item("range()") if isinstance(value, KerasTensor) else value


def linspace(start, stop, num, name=None, axis=0):
    return OPS["linspace"](start, stop, num)


def meshgrid(*args, indexing="xy", name=None):
    return OPS["meshgrid"](*args, indexing=indexing)


def random_(shape, *args, dtype=None, **kwargs):
    return made(shape, as_dtype(dtype))


def variable(initial_value=None, trainable=None, validate_shape=True, caching_device=None, name=None, variable_def=None,
             dtype=None, import_scope=None, constraint=None, synchronization=None, aggregation=None, shape=None, **kwargs):  # fmt: skip
    if callable(initial_value) and not isinstance(initial_value, KerasTensor):
        initial_value = initial_value()
    return Variable(initial_value, dtype=dtype, trainable=True if trainable is None else trainable, name=name)


class VariableMeta(type):
    def __instancecheck__(cls, one):
        return isinstance(one, Variable)

    def __call__(cls, *args, **kwargs):
        return variable(*args, **kwargs)


class TFVariable(metaclass=VariableMeta):
    """tf.Variable: what it makes is a variable of Keras's."""


def function(func=None, *args, **kwargs):
    return func if callable(func) else lambda one: one


def cond(pred, true_fn=None, false_fn=None, name=None):
    found = convert(pred)
    if found._values is not None:
        return true_fn() if found._item("A condition") else false_fn()
    raise stop("data-dependent", "tf.cond needs the values of a tensor; only shapes are known here.")


@contextlib.contextmanager
def nothing(*args, **kwargs):
    yield


class TensorShape(Shape):
    """tf.TensorShape."""

    def __new__(cls, dims=()):
        return tuple.__new__(cls, [None if one is None else int(one) for one in (dims or ())])


def static_value(tensor, partial=False):
    if not isinstance(tensor, KerasTensor):
        return tensor
    if tensor._values is None or any([isinstance(one, Sym) for one in tensor._values]):
        return None
    return tensor.numpy()


TF |= {
    "shape": shape, "size": size, "rank": rank, "constant": constant, "convert_to_tensor": convert_to_tensor,
    "einsum": einsum, "zeros": zeros, "ones": ones, "fill": fill, "eye": eye, "range": range_, "linspace": linspace,
    "meshgrid": meshgrid, "Variable": TFVariable, "function": function, "cond": cond, "name_scope": name_scope,
    "TensorShape": TensorShape, "Tensor": KerasTensor, "get_static_value": static_value, "newaxis": None,
    "is_tensor": OPS["is_tensor"], "device": nothing, "control_dependencies": nothing, "init_scope": nothing,
    "executing_eagerly": lambda: False, "custom_gradient": lambda one: one, "recompute_grad": lambda one: one,
    "no_op": lambda *args, **kwargs: None, "print": lambda *args, **kwargs: None, "group": lambda *args, **kwargs: None,
    "ensure_shape": lambda x, shape, name=None: x, "as_dtype": as_dtype, "Module": object, "nest": None,
    "zeros_initializer": inert("keras.initializers", "Zeros"), "ones_initializer": inert("keras.initializers", "Ones"),
    "constant_initializer": inert("keras.initializers", "Constant"),
    "random_normal_initializer": inert("keras.initializers", "RandomNormal"),
    "random_uniform_initializer": inert("keras.initializers", "RandomUniform"),
    "assert_equal": lambda *args, **kwargs: None, "assert_rank": lambda *args, **kwargs: None,
    "GradientTape": inert("tensorflow", "GradientTape"), "TensorSpec": inert("tensorflow", "TensorSpec"), "float": None,
    **DTYPES, "half": DTYPES["float16"], "double": DTYPES["float64"],
    "DType": type(DTYPES["float32"]), "sort": lambda values, axis=-1, direction="ASCENDING", name=None: OPS["sort"](values, axis),
    "version": None, "space_to_batch": unsupported_function("tensorflow.space_to_batch"),
}  # fmt: skip
for _name in ("float", "nest", "version", "Module"):
    TF.pop(_name)

# --- tf.nn -----------------------------------------------------------------------------------------------------------

NN = {
    name: TF[name]
    for name in ("relu", "relu6", "selu", "sigmoid", "softplus", "softsign", "tanh", "swish", "silu", "log_sigmoid")
    if name in TF
}


def nn(*names):
    def put(function):
        made = _named(function)
        for name in names or (function.__name__,):
            NN[name] = made
        return made

    return put


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


# --- tf.image and the rest -------------------------------------------------------------------------------------------


def resize(images, size, method="bilinear", preserve_aspect_ratio=False, antialias=False, name=None):
    if preserve_aspect_ratio:
        raise stop("unsupported", "tf.image.resize with preserve_aspect_ratio is not supported.")
    x = convert(images)
    wanted = [whole(one) for one in (size._list("resize()") if isinstance(size, KerasTensor) else size)]
    return run("resize_images", [x], {"size": wanted, "data_format": "channels_last"}, "float32")


RESIZE = op(resize)


def older_resize(
    images, size, method="bilinear", align_corners=False, preserve_aspect_ratio=False, name=None, **kwargs
):
    """tf.compat.v1's: where the corners lie changes no size."""
    return resize(images, size, "bilinear", preserve_aspect_ratio)


@_named
def extract_patches(images, sizes, strides, rates, padding, name=None):
    return IMAGE["extract_patches"](images, sizes[1:3], strides[1:3], rates[1:3], padding, "channels_last")


MATH = {name: value for name, value in TF.items() if name in NAMES["tensorflow.math"].split()}
MATH |= {
    name: NN[name]
    for name in ("sigmoid", "softmax", "log_softmax", "softplus", "tanh", "l2_normalize")
    if name in NAMES["tensorflow.math"].split()
}
offer("tensorflow", **TF)
offer("tensorflow.math", **MATH)
offer("tensorflow.nn", **NN)
offer("tensorflow.image", resize=RESIZE, extract_patches=extract_patches, ResizeMethod=type("ResizeMethod", (), {
    name: name.lower().replace("_", "") for name in ("BILINEAR", "NEAREST_NEIGHBOR", "BICUBIC", "AREA", "LANCZOS3", "LANCZOS5")
}))  # fmt: skip
offer(
    "tensorflow.linalg",
    matmul=TF["matmul"],
    norm=TF["norm"],
    eye=eye,
    einsum=einsum,
    l2_normalize=NN["l2_normalize"],
    tensordot=TF["tensordot"],
)
offer("tensorflow.random", normal=random_, uniform=random_, truncated_normal=random_, set_seed=lambda seed: None)
offer("tensorflow.config", run_functions_eagerly=lambda value: None, list_physical_devices=lambda *args: [],
      set_visible_devices=lambda *args: None, get_visible_devices=lambda *args: [], list_logical_devices=lambda *args: [])  # fmt: skip
offer("tensorflow.config.experimental", list_physical_devices=lambda *args: [], set_memory_growth=lambda *args: None)
offer(
    "tensorflow.nest",
    map_structure=map_structure,
    flatten=lambda value: list(map(None, value)) if False else __import__("keras").tree.flatten(value),
)
offer("tensorflow.compat.v1.image", **{
    name: op(older_resize) for name in ("resize", "resize_images", "resize_bilinear", "resize_nearest_neighbor", "resize_bicubic")
})  # fmt: skip
offer("tensorflow.initializers", **OFFERED["keras.initializers"])
offer("tensorflow.python.tf2", enabled=lambda: True)
offer("tensorflow.compat.v1", disable_eager_execution=lambda: None, disable_v2_behavior=lambda: None, set_random_seed=lambda seed: None,
      logging=inert("tensorflow.compat.v1", "logging"))  # fmt: skip
offer("tensorflow.dtypes", cast=TF["cast"], **DTYPES)
