"""A stand-in for numpy: small arrays with their numbers, over the tensors of the stand-in for torch.

Random numbers, and those of arrays above 4,096, are not known: what needs them stops the reading.
"""

import importlib
import math

from paramcount_guest.state import Unsupported

from numpy._array import array, asanyarray, asarray, ascontiguousarray, ndarray
from numpy._creation import (
    arange,
    empty,
    eye,
    full,
    identity,
    linspace,
    logspace,
    meshgrid,
    mgrid,
    ogrid,
    ones,
    ones_like,
    zeros,
    zeros_like,
)
from numpy._functions import NAMES, allclose, array_equal, clip, cumprod, cumsum, diff, einsum, where
from numpy._shapes import (
    append,
    argsort,
    concatenate,
    expand_dims,
    fill_diagonal,
    hstack,
    insert,
    isscalar,
    ndim,
    repeat,
    reshape,
    shape,
    size,
    sort,
    squeeze,
    stack,
    tile,
    transpose,
    tril,
    triu,
    unique,
    vstack,
)
from numpy._types import (
    bool_,
    double,
    dtype,
    finfo,
    float16,
    float32,
    float64,
    float_,
    floating,
    generic,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    int_,
    integer,
    intp,
    longlong,
    number,
    uint8,
)

__version__ = "2.3.0"
pi, e, inf, nan, newaxis = math.pi, math.e, math.inf, math.nan, None
globals().update(NAMES)


def seterr(**kwargs):
    return {}


def set_printoptions(**kwargs):
    return None


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    if name in ("random", "linalg", "typing"):
        return importlib.import_module(f"numpy.{name}")
    if name in ("int", "float", "bool", "object", "str", "complex"):
        raise AttributeError(f"module 'numpy' has no attribute '{name}'")
    return Unsupported(name, (), {"__qualified__": f"numpy.{name}"})
