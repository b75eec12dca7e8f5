"""A stand-in for numpy: small arrays with their numbers, over the tensors of the stand-in for torch.

Random numbers, and those of arrays above 4,096, are not known: what needs them stops the reading.
"""

import builtins
import contextlib
import math

import torch
from paramcount_guest.state import Unsupported, data_dependent, stop
from torch import _dispatch, _types
from torch._registry import FUNCTIONS
from torch._tensor import Tensor

__version__ = "2.3.0"
pi, e, inf, nan, newaxis = math.pi, math.e, math.inf, math.nan, None


class _Scalar:
    """What the scalars have beside being Python's numbers."""

    shape, ndim, size = (), 0, 1

    def item(self):
        return self.__class__.__mro__[-2](self)

    def astype(self, dtype):
        return _scalar(self, _dtype(dtype))

    def tolist(self):
        return self.item()


def _scalar_class(name, base):
    return type(name, (base, _Scalar), {"item": lambda self: base(self), "dtype": property(lambda self: dtype(name))})


float64, float32, float16 = (_scalar_class(name, float) for name in ("float64", "float32", "float16"))
int64, int32, int16, int8, uint8 = (_scalar_class(name, int) for name in ("int64", "int32", "int16", "int8", "uint8"))
bool_ = builtins.bool
double, float_, int_, intp, longlong = float64, float64, int64, int64, int64
integer, floating, number, generic = int64, float64, _Scalar, _Scalar
_SCALARS = {"float64": float64, "float32": float32, "float16": float16, "int64": int64, "int32": int32, "int16": int16,
            "int8": int8, "uint8": uint8, "bool": builtins.bool}  # fmt: skip


class dtype:
    """The type of an array's numbers."""

    def __init__(self, name):
        self.name = _dtype(name).name if not isinstance(name, str) or name not in _types.DTYPES else name

    @property
    def type(self):
        return _SCALARS[self.name]

    @property
    def itemsize(self):
        return _types.DTYPES[self.name].itemsize

    @property
    def kind(self):
        return "biufc"[{"bool": 0, "uint8": 2}.get(self.name, 3 if "float" in self.name else 1)]

    def __eq__(self, other):
        try:
            return self.name == _dtype(other).name
        except TypeError:
            return False

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return f"dtype('{self.name}')"

    __str__ = lambda self: self.name


def _dtype(value):
    """Torch's type for a type in any of numpy's spellings."""
    if value is None or isinstance(value, _types.dtype):
        return value
    if isinstance(value, dtype):
        return _types.DTYPES[value.name]
    for name, cls in _SCALARS.items():
        if value is cls:
            return _types.DTYPES[name]
    if isinstance(value, str) and value in (*_types.DTYPES, "int", "float"):
        return _types.DTYPES[{"int": "int64", "float": "float64"}.get(value, value)]
    return _types.as_dtype(value)


def _scalar(value, kind):
    return _SCALARS[kind.name](value)


class ndarray:
    """An array."""

    _array_ = True
    __array_priority__ = 0

    def __init__(self, shape, dtype=float, buffer=None):
        self._t = _dispatch.make(shape, _dtype(dtype))

    shape = property(lambda self: tuple(self._t.shape))
    ndim = property(lambda self: len(self._t.shape))
    size = property(lambda self: self._t.numel())
    T = property(lambda self: _wrap(self._t.T))
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
        return _wrap(self._t.to(_dtype(dtype)).clone())

    def copy(self):
        return _wrap(self._t.clone())

    def reshape(self, *shape, order="C"):
        return _wrap(self._t.reshape(*shape))

    def transpose(self, *axes):
        return _wrap(self._t.permute(*axes) if axes else self._t.T)

    def flatten(self):
        return _wrap(self._t.flatten().clone())

    def ravel(self):
        return _wrap(self._t.flatten())

    def squeeze(self, axis=None):
        return _wrap(self._t.squeeze(axis))

    def repeat(self, repeats, axis=None):
        return _wrap(self._t.repeat_interleave(repeats, axis))

    def fill(self, value):
        self._t.fill_(value)

    def __getitem__(self, index):
        return _out(self._t[_index(index)])

    def __setitem__(self, index, value):
        self._t[_index(index)] = _in(value)

    def __len__(self):
        return len(self._t)

    def __iter__(self):
        return builtins.iter([_out(one) for one in self._t])

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
        return _out(-self._t)

    def __abs__(self):
        return _out(abs(self._t))

    def __invert__(self):
        return _out(~self._t)

    __hash__ = None


def _index(index):
    if isinstance(index, tuple):
        return tuple([one._t if isinstance(one, ndarray) else one for one in index])
    return index._t if isinstance(index, ndarray) else index


def _wrap(tensor):
    made = ndarray.__new__(ndarray)
    made._t = tensor
    return made


def _out(tensor):
    """An array, or a scalar where there are no dimensions."""
    if tensor.shape:
        return _wrap(tensor)
    if not tensor._known:
        raise data_dependent("A number that numpy gives")
    return _scalar(tensor.item(), tensor.dtype)


def _in(value):
    """Torch's tensor of an array; Python's numbers and lists as numpy reads them."""
    if isinstance(value, ndarray):
        return value._t
    if isinstance(value, Tensor):
        return value
    if isinstance(value, (int, float)):
        return value
    return array(value)._t


def _of(values, shape, name):
    """An array of known numbers."""
    return _wrap(_dispatch.make(shape, _types.DTYPES[name], values))


def array(object, dtype=None, copy=True, ndmin=0):
    if isinstance(object, (ndarray, Tensor)):
        made = _in(object).clone()
    else:
        before = _types.get_default_dtype()
        _types.set_default_dtype(_types.float64)
        try:
            made = torch.tensor(object)
        finally:
            _types.set_default_dtype(before)
    if dtype is not None:
        made = made.to(_dtype(dtype))
    while made.dim() < ndmin:
        made = made[None]
    return _wrap(made)


def asarray(a, dtype=None):
    return a if isinstance(a, ndarray) and dtype is None else array(a, dtype)


ascontiguousarray = asanyarray = asarray


def _binary(name, reflected):
    def forward(self, other):
        if isinstance(other, Tensor):
            return getattr(self._t, name)(other)
        return _out(getattr(self._t, name)(_in(other)))

    setattr(ndarray, name, forward)
    if reflected:
        backward_name = "__r" + name[2:]
        setattr(ndarray, backward_name, lambda self, other: _out(getattr(self._t, backward_name)(_in(other))))


for _name in ["add", "sub", "mul", "truediv", "floordiv", "pow", "mod", "matmul", "and", "or", "xor"]:
    _binary(f"__{_name}__", _name not in ("matmul",))
for _name in ["eq", "ne", "lt", "le", "gt", "ge"]:
    _binary(f"__{_name}__", False)


_PLAIN = {
    one: getattr(math, one) for one in ("sqrt", "exp", "log", "log2", "log10", "sin", "cos", "tan", "tanh", "pow")
}
"""What gives a float of single numbers; a power does unless both are whole."""


def _function(name, wanted=None):
    """A function of numbers: of Python's by themselves, of arrays by torch's."""
    wanted = wanted or name

    plain = _PLAIN.get(wanted)

    def apply(x, *args, out=None, dtype=None, **kwargs):
        kinds = {type(one) for one in (x, *args)}
        if plain is not None and dtype is None and kinds <= {int, float, float64} and (kinds != {int} or not args):
            with contextlib.suppress(ArithmeticError, ValueError):  # else as torch has it: nan, or inf
                return float64(plain(x, *args))
        x = _in(x)
        if not isinstance(x, Tensor):
            x = array(x)._t
        if x.dtype.order < 2 and wanted in _FLOATING:
            x = x.double()
        return _out(FUNCTIONS[wanted](x, *[_in(one) for one in args], **kwargs))

    apply.__name__ = name
    globals()[name] = apply


_FLOATING = [
    "sqrt",
    "exp",
    "log",
    "log2",
    "log10",
    "log1p",
    "expm1",
    "sin",
    "cos",
    "tan",
    "tanh",
    "arctan",
    "floor",
    "ceil",
]
for _name in [
    "sqrt",
    "exp",
    "log",
    "log2",
    "log10",
    "log1p",
    "expm1",
    "sin",
    "cos",
    "tan",
    "tanh",
    "floor",
    "ceil",
    "trunc",
    "abs",
    "square",
    "sign",
    "isnan",
    "isinf",
    "isfinite",
    "maximum",
    "minimum",
    "logical_and",
    "logical_or",
    "logical_not",
]:
    _function(_name)
for _name, _other in (("arctan", "atan"), ("absolute", "abs"), ("add", "add"), ("subtract", "sub"), ("multiply", "mul"),
                      ("divide", "div"), ("power", "pow"), ("mod", "remainder"), ("floor_divide", "floor_divide"),
                      ("round", "round"), ("around", "round"), ("rint", "round"), ("outer", "outer"), ("dot", "matmul"),
                      ("matmul", "matmul"), ("remainder", "remainder")):  # fmt: skip
    _function(_name, _other)


def _reduction(name, wanted=None):
    wanted = wanted or name

    def apply(a, axis=None, dtype=None, out=None, keepdims=False, **kwargs):
        t = array(a)._t if not isinstance(a, (ndarray, Tensor)) else _in(a)
        if wanted in ("mean", "std", "var") and t.dtype.order < 2:
            t = t.double()
        if wanted in ("std", "var"):
            kwargs["correction"] = kwargs.pop("ddof", 0)
        if wanted in ("amax", "amin") and axis is None:
            axis = ()
        return _out(getattr(t, wanted)(axis, keepdim=keepdims, **kwargs))

    apply.__name__ = name
    globals()[name] = apply
    setattr(ndarray, name, apply)


for _name in ["sum", "mean", "prod", "std", "var", "all", "any", "argmax", "argmin"]:
    _reduction(_name)
for _name, _other in (("max", "amax"), ("min", "amin"), ("amax", "amax"), ("amin", "amin")):
    _reduction(_name, _other)


def cumsum(a, axis=None, dtype=None):
    t = _in(array(a))
    return _wrap(t.flatten().cumsum(0) if axis is None else t.cumsum(axis))


def cumprod(a, axis=None, dtype=None):
    t = _in(array(a))
    return _wrap(t.flatten().cumprod(0) if axis is None else t.cumprod(axis))


def _sizes(shape):
    return (shape,) if isinstance(shape, int) else tuple(shape)


def zeros(shape, dtype=float, order="C"):
    return _wrap(torch.zeros(*_sizes(shape), dtype=_dtype(dtype)))


def ones(shape, dtype=float, order="C"):
    return _wrap(torch.ones(*_sizes(shape), dtype=_dtype(dtype)))


def empty(shape, dtype=float, order="C"):
    return _wrap(torch.empty(*_sizes(shape), dtype=_dtype(dtype)))


def full(shape, fill_value, dtype=None, order="C"):
    return _wrap(torch.full(_sizes(shape), fill_value, dtype=_dtype(dtype or type(fill_value))))


def zeros_like(a, dtype=None):
    return _wrap(torch.zeros_like(_in(asarray(a)), dtype=_dtype(dtype)))


def ones_like(a, dtype=None):
    return _wrap(torch.ones_like(_in(asarray(a)), dtype=_dtype(dtype)))


def eye(N, M=None, dtype=float):
    return _wrap(torch.eye(N, M, dtype=_dtype(dtype)))


identity = eye


def arange(*args, dtype=None):
    kind = _dtype(dtype) or (_types.float64 if builtins.any(isinstance(one, float) for one in args) else _types.int64)
    return _wrap(torch.arange(*args, dtype=kind))


def linspace(start, stop, num=50, endpoint=True, dtype=None):
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts > 0 else math.nan
    values = [start + place * step if place else start for place in range(num)]
    if endpoint and num > 1:
        values[-1] = stop
    return _of(values, (num,), "float64").astype(dtype or float)


def logspace(start, stop, num=50, endpoint=True, base=10.0):
    return _of([base**x for x in linspace(start, stop, num, endpoint).tolist()], (num,), "float64")


def concatenate(arrays, axis=0):
    return _wrap(torch.cat([_in(asarray(one)) for one in arrays], axis))


def append(arr, values, axis=None):
    one, other = asarray(arr), asarray(values)
    return concatenate([one.reshape(-1), other.reshape(-1)] if axis is None else [one, other], axis or 0)


def insert(arr, obj, values, axis=None):
    whole = asarray(arr)
    if axis is not None or not isinstance(obj, int):
        raise stop("unsupported", "numpy.insert is supported with one place and no axis only.")
    flat = whole.reshape(-1)
    place = obj if obj >= 0 else flat.shape[0] + obj
    return concatenate([flat[:place], asarray(values).reshape(-1), flat[place:]]).astype(whole.dtype)


def stack(arrays, axis=0):
    return _wrap(torch.stack([_in(asarray(one)) for one in arrays], axis))


def hstack(arrays):
    return _wrap(torch.hstack([_in(asarray(one)) for one in arrays]))


def vstack(arrays):
    return _wrap(torch.vstack([_in(asarray(one)) for one in arrays]))


def einsum(subscripts, *operands):
    tensors = [_in(asarray(one)) for one in operands]
    kind = tensors[0].dtype
    for one in tensors[1:]:
        kind = _types.promoted(kind, one.dtype)
    return _out(torch.einsum(subscripts, *[one.to(kind) for one in tensors]))


def meshgrid(*arrays, indexing="xy"):
    return [_wrap(one) for one in torch.meshgrid(*[_in(asarray(one)) for one in arrays], indexing=indexing)]


def where(condition, x=None, y=None):
    if x is None:
        return tuple([_wrap(one) for one in _in(asarray(condition)).nonzero(as_tuple=True)])
    return _out(torch.where(_in(asarray(condition)), _in(x), _in(y)))


def clip(a, a_min, a_max):
    return _out(_in(array(a)).clamp(a_min, a_max))


ndarray.clip = clip


def reshape(a, shape):
    return asarray(a).reshape(shape)


def transpose(a, axes=None):
    return asarray(a).transpose(*(axes or ()))


def expand_dims(a, axis):
    return _wrap(_in(asarray(a)).unsqueeze(axis))


def squeeze(a, axis=None):
    return asarray(a).squeeze(axis)


def tile(A, reps):
    return _wrap(_in(asarray(A)).tile(*_sizes(reps)))


def repeat(a, repeats, axis=None):
    return asarray(a).repeat(repeats, axis)


def unique(ar):
    return _wrap(_in(array(ar)).unique())


def sort(a, axis=-1):
    return _wrap(_in(array(a)).sort(axis)[0])


def argsort(a, axis=-1):
    return _wrap(_in(array(a)).argsort(axis))


def triu(m, k=0):
    return _wrap(_in(asarray(m)).triu(k))


def tril(m, k=0):
    return _wrap(_in(asarray(m)).tril(k))


def fill_diagonal(a, val, wrap=False):
    for place in range(builtins.min(a.shape)):
        a[(place,) * a.ndim] = val


def diff(a, n=1, axis=-1):
    return _wrap(_in(array(a)).diff(n, axis))


def isscalar(element):
    return isinstance(element, (int, float, complex, str))


def ndim(a):
    return asarray(a).ndim


def shape(a):
    return asarray(a).shape


def size(a, axis=None):
    return asarray(a).size if axis is None else asarray(a).shape[axis]


def allclose(a, b, rtol=1e-05, atol=1e-08):
    return bool(torch.allclose(_in(array(a)).double(), _in(array(b)).double(), rtol, atol))


def array_equal(a1, a2):
    return torch.equal(_in(asarray(a1)), _in(asarray(a2)))


def finfo(dtype):
    return _types.finfo(_dtype(dtype))


def iinfo(dtype):
    return _types.iinfo(_dtype(dtype))


def seterr(**kwargs):
    return {}


def set_printoptions(**kwargs):
    return None


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    if name in ("random", "linalg", "typing"):
        import importlib

        return importlib.import_module(f"numpy.{name}")
    if name in ("int", "float", "bool", "object", "str", "complex"):
        raise AttributeError(f"module 'numpy' has no attribute '{name}'")

    return Unsupported(name, (), {"__qualified__": f"numpy.{name}"})


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
