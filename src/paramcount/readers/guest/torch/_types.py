"""Types of numbers, devices, sizes."""

from paramcount_guest.state import unsupported


class dtype:
    """The type of a tensor's numbers."""

    def __init__(self, name, order, itemsize):
        self.name = name
        self.order = order  # bool 0, whole 1, floating 2, complex 3
        self.itemsize = itemsize

    @property
    def is_floating_point(self):
        return self.order == 2

    @property
    def is_complex(self):
        return self.order == 3

    @property
    def is_signed(self):
        return not self.name.startswith("u") and self.order > 0

    def to_real(self):
        return {"complex64": float32, "complex128": float64, "complex32": float16}.get(self.name, self)

    def to_complex(self):
        return {"float64": complex128, "float16": complex32}.get(self.name, complex64)

    def __repr__(self):
        return f"torch.{self.name}"

    def __reduce__(self):
        return (_named, (self.name,))

    def __deepcopy__(self, memo):
        return self


def _named(name):
    return DTYPES[name]


bool_ = dtype("bool", 0, 1)
uint8, int8, int16, int32, int64 = (
    dtype(name, 1, size) for name, size in (("uint8", 1), ("int8", 1), ("int16", 2), ("int32", 4), ("int64", 8))
)
uint16, uint32, uint64 = (dtype(name, 1, size) for name, size in (("uint16", 2), ("uint32", 4), ("uint64", 8)))
float16, bfloat16, float32, float64 = (
    dtype(name, 2, size) for name, size in (("float16", 2), ("bfloat16", 2), ("float32", 4), ("float64", 8))
)
complex32, complex64, complex128 = (
    dtype(name, 3, size) for name, size in (("complex32", 4), ("complex64", 8), ("complex128", 16))
)
DTYPES = {
    one.name: one
    for one in (
        bool_, uint8, int8, int16, int32, int64, uint16, uint32, uint64, float16, bfloat16, float32, float64,
        complex32, complex64, complex128,
    )
}  # fmt: skip
ALIASES = {
    "half": float16, "float": float32, "double": float64, "short": int16, "int": int32, "long": int64,
    "cfloat": complex64, "cdouble": complex128, "chalf": complex32,
}  # fmt: skip
_DEFAULT = [float32]


def get_default_dtype():
    return _DEFAULT[0]


def set_default_dtype(d):
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _DEFAULT[0] = d


def as_dtype(value):
    """A type given as such, or as Python's own; None is the default."""
    if value is None or isinstance(value, dtype):
        return value
    own = {float: float64, int: int64, bool: bool_, complex: complex128}.get(value)
    if own is None:
        raise TypeError(f"dtype must be a torch.dtype, not {type(value).__name__}")
    return own


def of_scalar(value):
    """The type that a number of Python's becomes."""
    if isinstance(value, bool):
        return bool_
    if isinstance(value, int):
        return int64
    return complex64 if isinstance(value, complex) else get_default_dtype()


def promoted(one, other):
    """The type that two types of the same weight come to."""
    if one is other:
        return one
    if one.order != other.order:
        low, high = sorted((one, other), key=lambda d: d.order)
        if high.order == 3 and low is float64:
            return complex128
        return high
    if {one, other} == {float16, bfloat16}:
        return float32
    if {one.is_signed, other.is_signed} == {True, False}:
        unsigned, signed = (one, other) if other.is_signed else (other, one)
        sizes = {1: int16, 2: int32, 4: int64}
        return signed if signed.itemsize > unsigned.itemsize else sizes.get(unsigned.itemsize, float32)
    return max(one, other, key=lambda d: d.itemsize)


class device:
    """Where a tensor would lie."""

    def __init__(self, type="cpu", index=None):
        if isinstance(type, device):
            type, index = type.type, type.index
        if isinstance(type, int):
            type, index = "cuda", type
        if not isinstance(type, str):
            raise TypeError(f"device(): argument 'type' must be str, not {type.__class__.__name__}")
        name, _, number = type.partition(":")
        self.type = name
        self.index = int(number) if number else index

    def __repr__(self):
        return f"device(type='{self.type}'" + ("" if self.index is None else f", index={self.index}") + ")"

    def __str__(self):
        return self.type + ("" if self.index is None else f":{self.index}")

    def __eq__(self, other):
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self):
        return hash((self.type, self.index))

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None


class Size(tuple):
    """The sizes of a tensor's dimensions."""

    def numel(self):
        total = 1
        for size in self:
            total *= size
        return total

    def __getitem__(self, index):
        found = tuple.__getitem__(self, index)
        return Size(found) if isinstance(index, slice) else found

    def __add__(self, other):
        return Size(tuple.__add__(self, other)) if isinstance(other, tuple) else NotImplemented

    def __repr__(self):
        return f"torch.Size([{', '.join(map(str, self))}])"


def flat(sizes):
    """Sizes given one by one or as one sequence."""
    return sizes[0] if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes


def whole(sizes):
    """Sizes as whole numbers."""
    found = []
    for size in sizes:
        if isinstance(size, bool) or not hasattr(size, "__index__"):
            raise TypeError(f"sizes must be whole numbers, not {type(size).__name__} ({size!r})")
        found.append(size.__index__())
    return found


class _Named:
    def __init__(self, name):
        self._name = name

    def __repr__(self):
        return f"torch.{self._name}"

    def __deepcopy__(self, memo):
        return self


class layout(_Named):
    pass


class memory_format(_Named):
    pass


strided, sparse_coo = layout("strided"), layout("sparse_coo")
contiguous_format, channels_last, channels_last_3d, preserve_format = (
    memory_format(name) for name in ("contiguous_format", "channels_last", "channels_last_3d", "preserve_format")
)


class finfo:
    """Limits of a floating type."""

    _LIMITS = {
        "float16": (65504.0, 2.0**-10, 2.0**-14),
        "bfloat16": (3.3895313892515355e38, 2.0**-7, 2.0**-126),
        "float32": (3.4028234663852886e38, 2.0**-23, 2.0**-126),
        "float64": (1.7976931348623157e308, 2.0**-52, 2.0**-1022),
    }

    def __init__(self, type=None):
        self.dtype = type or get_default_dtype()
        if self.dtype.name not in self._LIMITS:
            raise TypeError(f"torch.finfo() requires a floating point input type. Got {self.dtype}")
        self.max, self.eps, self.tiny = self._LIMITS[self.dtype.name]
        self.min = -self.max
        self.smallest_normal = self.tiny
        self.bits = self.dtype.itemsize * 8
        self.resolution = 10.0 ** -{"float16": 3, "bfloat16": 2, "float32": 6, "float64": 15}[self.dtype.name]


class iinfo:
    """Limits of a whole type."""

    def __init__(self, type):
        if type.order != 1:
            raise TypeError(f"torch.iinfo() requires an integer input type. Got {type}")
        self.bits = type.itemsize * 8
        signed = type.is_signed
        self.max = 2 ** (self.bits - signed) - 1
        self.min = -(2 ** (self.bits - 1)) if signed else 0


class Generator:
    """A source of random numbers, none of which is ever known here."""

    def __init__(self, device="cpu"):
        self.device = device

    def manual_seed(self, seed):
        return self

    def initial_seed(self):
        raise unsupported("torch.Generator.initial_seed")

    def seed(self):
        raise unsupported("torch.Generator.seed")
