"""Arrays that are made: of one number, of a range, of a grid."""

import math

import torch
from torch import _types

from numpy._array import asarray, known, sizes, to_torch, wrap
from numpy._shapes import stack
from numpy._types import as_dtype


def zeros(shape, dtype=float, order="C"):
    return wrap(torch.zeros(*sizes(shape), dtype=as_dtype(dtype)))


def ones(shape, dtype=float, order="C"):
    return wrap(torch.ones(*sizes(shape), dtype=as_dtype(dtype)))


def empty(shape, dtype=float, order="C"):
    return wrap(torch.empty(*sizes(shape), dtype=as_dtype(dtype)))


def full(shape, fill_value, dtype=None, order="C"):
    return wrap(torch.full(sizes(shape), fill_value, dtype=as_dtype(dtype or type(fill_value))))


def zeros_like(a, dtype=None):
    return wrap(torch.zeros_like(to_torch(asarray(a)), dtype=as_dtype(dtype)))


def ones_like(a, dtype=None):
    return wrap(torch.ones_like(to_torch(asarray(a)), dtype=as_dtype(dtype)))


def eye(N, M=None, dtype=float):
    return wrap(torch.eye(N, M, dtype=as_dtype(dtype)))


identity = eye


def arange(*args, dtype=None):
    kind = as_dtype(dtype) or (_types.float64 if any(isinstance(one, float) for one in args) else _types.int64)
    return wrap(torch.arange(*args, dtype=kind))


def linspace(start, stop, num=50, endpoint=True, dtype=None):
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts > 0 else math.nan
    values = [start + place * step if place else start for place in range(num)]
    if endpoint and num > 1:
        values[-1] = stop
    return known(values, (num,), "float64").astype(dtype or float)


def logspace(start, stop, num=50, endpoint=True, base=10.0):
    return known([base**x for x in linspace(start, stop, num, endpoint).tolist()], (num,), "float64")


def meshgrid(*arrays, indexing="xy"):
    return [wrap(one) for one in torch.meshgrid(*[to_torch(asarray(one)) for one in arrays], indexing=indexing)]


class _Grid:
    """`ogrid` and `mgrid`, for slices of whole numbers."""

    def __init__(self, whole):
        self.whole = whole

    def __getitem__(self, slices):
        slices = slices if isinstance(slices, tuple) else (slices,)
        vectors = [arange(one.start or 0, one.stop, one.step or 1) for one in slices]
        if self.whole:
            return stack(meshgrid(*vectors, indexing="ij"))
        rank = len(vectors)
        return [one.reshape(*[-1 if axis == place else 1 for axis in range(rank)]) for place, one in enumerate(vectors)]


ogrid, mgrid = _Grid(False), _Grid(True)
