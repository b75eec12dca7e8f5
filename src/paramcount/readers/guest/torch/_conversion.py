"""Other types of numbers, and copies."""

from torch._dispatch import elementwise, run
from torch._registry import both, method
from torch._tensor import Tensor
from torch._types import ALIASES, DTYPES, as_dtype, bool_


def converted(input, dtype):
    """The same numbers in another type; the tensor itself where it has that type."""
    if dtype is None or dtype is input.dtype:
        return input
    compute = (lambda x: x) if not (dtype.order == 1 and input.dtype.order == 2) else int
    return elementwise("to", (input,), {"dtype": dtype.name}, dtype, compute)


@method()
def to(self, *args, dtype=None, device=None, copy=False, non_blocking=False, memory_format=None):
    for one in args:
        if isinstance(one, Tensor):
            dtype = one.dtype
        elif type(one).__name__ == "dtype":
            dtype = one
        elif (
            isinstance(one, str)
            or type(one).__name__ == "device"
            or (isinstance(one, int) and not isinstance(one, bool))
        ):
            pass
        elif not isinstance(one, bool) and one is not None:
            dtype = as_dtype(one)
    found = converted(self, dtype)
    return found.clone() if copy and found is self else found


@method("type")
def _type(self, dtype=None, non_blocking=False):
    if dtype is None:
        return f"torch.{ {'float32': 'Float', 'float64': 'Double', 'int64': 'Long', 'bool': 'Bool', 'int32': 'Int'}.get(self.dtype.name, self.dtype.name.title()) }Tensor"
    if isinstance(dtype, str):
        name = dtype.rsplit(".", 1)[-1].removesuffix("Tensor").lower()
        return converted(self, _BY_NAME[name])
    return converted(self, getattr(dtype, "_dtype", None) or as_dtype(dtype))


_BY_NAME = {**ALIASES, "byte": DTYPES["uint8"], "bool": bool_, "char": DTYPES["int8"], "bfloat16": DTYPES["bfloat16"]}
for _name, _dtype in _BY_NAME.items():
    method(_name)(lambda self, memory_format=None, _dtype=_dtype: converted(self, _dtype))


@method()
def type_as(self, other):
    return converted(self, other.dtype)


for _name in ("cuda", "cpu", "xpu"):
    method(_name)(lambda self, *args, **kwargs: self)


@both("clone")
def clone(input, *, memory_format=None):
    return run("clone", (input,), {}, None, lambda values: list(values))


@method()
def contiguous(self, memory_format=None):
    return self if self.is_contiguous() else run("contiguous", (self,), {}, None, lambda values: list(values))
