"""Arithmetic, reductions and products of tensorflow, by those of keras.ops."""

from keras._ops import OPS
from keras._tensor import convert

from tensorflow._table import TF, tf


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
