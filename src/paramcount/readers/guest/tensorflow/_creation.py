"""Tensors and variables that tensorflow makes."""

from keras._numbers import Sym
from keras._ops import OPS, made
from keras._tensor import KerasTensor, as_dtype, convert
from keras._variable import Variable

from tensorflow._table import tf


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


def static_value(tensor, partial=False):
    if not isinstance(tensor, KerasTensor):
        return tensor
    if tensor._values is None or any([isinstance(one, Sym) for one in tensor._values]):
        return None
    return tensor.numpy()
