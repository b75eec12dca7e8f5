"""Shapes of the tensors of a structure."""

from keras._numbers import Sym
from keras._tensor import KerasTensor, make, opened


def shapes(value):
    """The shapes of the tensors of a structure, in its place."""
    if isinstance(value, KerasTensor):
        return tuple(value.shape)
    if isinstance(value, dict):
        return {key: shapes(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return (
            type(value)([shapes(one) for one in value])
            if type(value) in (list, tuple)
            else [shapes(one) for one in value]
        )
    return None


def is_shape(value):
    """Whether it is one shape, and not several."""
    return isinstance(value, (list, tuple)) and all([one is None or isinstance(one, (int, Sym)) for one in value])


def from_shapes(value):
    """Tensors of these shapes, the first size being the batch."""
    if is_shape(value):
        return make(opened(value))
    if isinstance(value, dict):
        return {key: from_shapes(one) for key, one in value.items()}
    return type(value)([from_shapes(one) for one in value])
