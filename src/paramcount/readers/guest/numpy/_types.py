"""Types of numbers, in numpy's spellings, and single numbers."""

from torch import _types


class _Scalar:
    """What the scalars have beside being Python's numbers."""

    shape, ndim, size = (), 0, 1

    def item(self):
        return self.__class__.__mro__[-2](self)

    def astype(self, dtype):
        return scalar(self, as_dtype(dtype))

    def tolist(self):
        return self.item()


def _scalar_class(name, base):
    return type(name, (base, _Scalar), {"item": lambda self: base(self), "dtype": property(lambda self: dtype(name))})


float64, float32, float16 = (_scalar_class(name, float) for name in ("float64", "float32", "float16"))
int64, int32, int16, int8, uint8 = (_scalar_class(name, int) for name in ("int64", "int32", "int16", "int8", "uint8"))
bool_ = bool
double, float_, int_, intp, longlong = float64, float64, int64, int64, int64
integer, floating, number, generic = int64, float64, _Scalar, _Scalar
SCALARS = {"float64": float64, "float32": float32, "float16": float16, "int64": int64, "int32": int32, "int16": int16,
            "int8": int8, "uint8": uint8, "bool": bool}  # fmt: skip


class dtype:
    """The type of an array's numbers."""

    def __init__(self, name):
        self.name = as_dtype(name).name if not isinstance(name, str) or name not in _types.DTYPES else name

    @property
    def type(self):
        return SCALARS[self.name]

    @property
    def itemsize(self):
        return _types.DTYPES[self.name].itemsize

    @property
    def kind(self):
        return "biufc"[{"bool": 0, "uint8": 2}.get(self.name, 3 if "float" in self.name else 1)]

    def __eq__(self, other):
        try:
            return self.name == as_dtype(other).name
        except TypeError:
            return False

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return f"dtype('{self.name}')"

    __str__ = lambda self: self.name


def as_dtype(value):
    """Torch's type for a type in any of numpy's spellings."""
    if value is None or isinstance(value, _types.dtype):
        return value
    if isinstance(value, dtype):
        return _types.DTYPES[value.name]
    for name, cls in SCALARS.items():
        if value is cls:
            return _types.DTYPES[name]
    if isinstance(value, str) and value in (*_types.DTYPES, "int", "float"):
        return _types.DTYPES[{"int": "int64", "float": "float64"}.get(value, value)]
    return _types.as_dtype(value)


def scalar(value, kind):
    return SCALARS[kind.name](value)


def finfo(dtype):
    return _types.finfo(as_dtype(dtype))


def iinfo(dtype):
    return _types.iinfo(as_dtype(dtype))
