"""Arrays: tensors of the stand-in for torch, as numpy shows them."""

import torch
from paramcount_guest.state import data_dependent
from torch import _dispatch, _types
from torch._tensor import Tensor

from numpy._types import as_dtype, dtype, scalar


class ndarray:
    """An array."""

    _array_ = True
    __array_priority__ = 0

    def __init__(self, shape, dtype=float, buffer=None):
        self._t = _dispatch.make(shape, as_dtype(dtype))

    shape = property(lambda self: tuple(self._t.shape))
    ndim = property(lambda self: len(self._t.shape))
    size = property(lambda self: self._t.numel())
    T = property(lambda self: wrap(self._t.T))
    flat = property(lambda self: iter(self.ravel()))

    @property
    def dtype(self):
        return dtype(self._t.dtype.name)

    @property
    def _known(self):
        return self._t._known

    def _list(self):
        return self._t._needed("A numpy array")

    def item(self, *index):
        return (self._t[index] if index else self._t).item()

    def tolist(self):
        return self._t.tolist()

    def astype(self, dtype, copy=True):
        return wrap(self._t.to(as_dtype(dtype)).clone())

    def copy(self):
        return wrap(self._t.clone())

    def reshape(self, *shape, order="C"):
        return wrap(self._t.reshape(*shape))

    def transpose(self, *axes):
        return wrap(self._t.permute(*axes) if axes else self._t.T)

    def flatten(self):
        return wrap(self._t.flatten().clone())

    def ravel(self):
        return wrap(self._t.flatten())

    def squeeze(self, axis=None):
        return wrap(self._t.squeeze(axis))

    def repeat(self, repeats, axis=None):
        return wrap(self._t.repeat_interleave(repeats, axis))

    def fill(self, value):
        self._t.fill_(value)

    def __getitem__(self, index):
        return from_torch(self._t[_index(index)])

    def __setitem__(self, index, value):
        self._t[_index(index)] = to_torch(value)

    def __len__(self):
        return len(self._t)

    def __iter__(self):
        return iter([from_torch(one) for one in self._t])

    def __bool__(self):
        return bool(self._t)

    def __int__(self):
        return int(self._t)

    def __float__(self):
        return float(self._t)

    def __index__(self):
        return self._t.__index__()

    def __repr__(self):
        return f"array({self._t.tolist() if self._t._known else '...'})"

    def __neg__(self):
        return from_torch(-self._t)

    def __abs__(self):
        return from_torch(abs(self._t))

    def __invert__(self):
        return from_torch(~self._t)

    __hash__ = None


def _index(index):
    if isinstance(index, tuple):
        return tuple([one._t if isinstance(one, ndarray) else one for one in index])
    return index._t if isinstance(index, ndarray) else index


def wrap(tensor):
    made = ndarray.__new__(ndarray)
    made._t = tensor
    return made


def from_torch(tensor):
    """An array, or a scalar where there are no dimensions."""
    if tensor.shape:
        return wrap(tensor)
    if not tensor._known:
        raise data_dependent("A number that numpy gives")
    return scalar(tensor.item(), tensor.dtype)


def to_torch(value):
    """Torch's tensor of an array; Python's numbers and lists as numpy reads them."""
    if isinstance(value, ndarray):
        return value._t
    if isinstance(value, Tensor):
        return value
    if isinstance(value, (int, float)):
        return value
    return array(value)._t


def known(values, shape, name):
    """An array of known numbers."""
    return wrap(_dispatch.make(shape, _types.DTYPES[name], values))


def array(object, dtype=None, copy=True, ndmin=0):
    if isinstance(object, (ndarray, Tensor)):
        made = to_torch(object).clone()
    else:
        before = _types.get_default_dtype()
        _types.set_default_dtype(_types.float64)
        try:
            made = torch.tensor(object)
        finally:
            _types.set_default_dtype(before)
    if dtype is not None:
        made = made.to(as_dtype(dtype))
    while made.dim() < ndmin:
        made = made[None]
    return wrap(made)


def asarray(a, dtype=None):
    return a if isinstance(a, ndarray) and dtype is None else array(a, dtype)


ascontiguousarray = asanyarray = asarray


def sizes(shape):
    return (shape,) if isinstance(shape, int) else tuple(shape)


def _binary(name, reflected):
    def forward(self, other):
        if isinstance(other, Tensor):
            return getattr(self._t, name)(other)
        return from_torch(getattr(self._t, name)(to_torch(other)))

    setattr(ndarray, name, forward)
    if reflected:
        backward_name = "__r" + name[2:]
        setattr(
            ndarray, backward_name, lambda self, other: from_torch(getattr(self._t, backward_name)(to_torch(other)))
        )


for _name in ["add", "sub", "mul", "truediv", "floordiv", "pow", "mod", "matmul", "and", "or", "xor"]:
    _binary(f"__{_name}__", _name not in ("matmul",))
for _name in ["eq", "ne", "lt", "le", "gt", "ge"]:
    _binary(f"__{_name}__", False)
