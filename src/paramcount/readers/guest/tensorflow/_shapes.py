"""Functions of tensorflow that change a shape, choose from one, or tell it."""

import math

from keras._dispatch import run
from keras._numbers import joined
from keras._ops import OPS, identity_, whole
from keras._tensor import KerasTensor, Shape, convert, fixed
from paramcount_guest.state import stop

from tensorflow._table import tf


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


class TensorShape(Shape):
    """tf.TensorShape."""

    def __new__(cls, dims=()):
        return tuple.__new__(cls, [None if one is None else int(one) for one in (dims or ())])


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
