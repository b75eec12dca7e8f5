"""Functions of numbers and arrays, each by itself or along axes."""

import contextlib
import math

import torch
from torch import _types
from torch._registry import FUNCTIONS
from torch._tensor import Tensor

from numpy._array import array, asarray, from_torch, ndarray, to_torch, wrap
from numpy._types import float64

NAMES = {}
"""The functions that are made of a table, by name."""

_FLOATING = {
    **{name: name for name in (
        "sqrt", "exp", "log", "log2", "log10", "log1p", "expm1", "sin", "cos", "tan", "tanh", "floor", "ceil",
    )},
    "arctan": "atan",
}  # fmt: skip
"""Functions whose numbers are floating-point ones, and what torch and Python's math call them."""

_OTHER = {
    **{name: name for name in (
        "trunc", "abs", "square", "sign", "isnan", "isinf", "isfinite", "maximum", "minimum", "logical_and", "logical_or",
        "logical_not", "add", "floor_divide", "round", "outer", "matmul", "remainder",
    )},
    "absolute": "abs", "subtract": "sub", "multiply": "mul", "divide": "div", "power": "pow", "mod": "remainder",
    "around": "round", "rint": "round", "dot": "matmul",
}  # fmt: skip
"""The other functions, and what torch calls them."""


def _function(name, wanted):
    """A function of numbers: of Python's by themselves, of arrays by torch's."""
    floating = name in _FLOATING
    plain = getattr(math, wanted) if floating or wanted == "pow" else None

    def apply(x, *args, out=None, dtype=None, **kwargs):
        kinds = {type(one) for one in (x, *args)}
        if plain is not None and dtype is None and kinds <= {int, float, float64} and (kinds != {int} or not args):
            with contextlib.suppress(ArithmeticError, ValueError):  # else as torch has it: nan, or inf
                return float64(plain(x, *args))
        x = to_torch(x)
        if not isinstance(x, Tensor):
            x = array(x)._t
        if floating and x.dtype.order < 2:
            x = x.double()
        return from_torch(FUNCTIONS[wanted](x, *[to_torch(one) for one in args], **kwargs))

    apply.__name__ = name
    NAMES[name] = apply


for _name, _wanted in (_FLOATING | _OTHER).items():
    _function(_name, _wanted)


def _reduction(name, wanted):
    """A function along axes, which is a method of arrays too."""

    def apply(a, axis=None, dtype=None, out=None, keepdims=False, **kwargs):
        t = array(a)._t if not isinstance(a, (ndarray, Tensor)) else to_torch(a)
        if wanted in ("mean", "std", "var") and t.dtype.order < 2:
            t = t.double()
        if wanted in ("std", "var"):
            kwargs["correction"] = kwargs.pop("ddof", 0)
        if wanted in ("amax", "amin") and axis is None:
            axis = ()
        return from_torch(getattr(t, wanted)(axis, keepdim=keepdims, **kwargs))

    apply.__name__ = name
    NAMES[name] = apply
    setattr(ndarray, name, apply)


for _name, _wanted in {
    **{name: name for name in ("sum", "mean", "prod", "std", "var", "all", "any", "argmax", "argmin", "amax", "amin")},
    "max": "amax", "min": "amin",
}.items():  # fmt: skip
    _reduction(_name, _wanted)


def cumsum(a, axis=None, dtype=None):
    t = to_torch(array(a))
    return wrap(t.flatten().cumsum(0) if axis is None else t.cumsum(axis))


def cumprod(a, axis=None, dtype=None):
    t = to_torch(array(a))
    return wrap(t.flatten().cumprod(0) if axis is None else t.cumprod(axis))


def einsum(subscripts, *operands):
    tensors = [to_torch(asarray(one)) for one in operands]
    kind = tensors[0].dtype
    for one in tensors[1:]:
        kind = _types.promoted(kind, one.dtype)
    return from_torch(torch.einsum(subscripts, *[one.to(kind) for one in tensors]))


def where(condition, x=None, y=None):
    if x is None:
        return tuple([wrap(one) for one in to_torch(asarray(condition)).nonzero(as_tuple=True)])
    return from_torch(torch.where(to_torch(asarray(condition)), to_torch(x), to_torch(y)))


def clip(a, a_min, a_max):
    return from_torch(to_torch(array(a)).clamp(a_min, a_max))


ndarray.clip = clip


def diff(a, n=1, axis=-1):
    return wrap(to_torch(array(a)).diff(n, axis))


def allclose(a, b, rtol=1e-05, atol=1e-08):
    return bool(torch.allclose(to_torch(array(a)).double(), to_torch(array(b)).double(), rtol, atol))


def array_equal(a1, a2):
    return torch.equal(to_torch(asarray(a1)), to_torch(asarray(a2)))
