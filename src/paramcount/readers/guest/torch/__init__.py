"""A stand-in for PyTorch in which tensors have shapes and types, and numbers only where few are known.

It serves to run a model's source and to record what is built and called. Names that real torch has and this one has
no rule for stop the reading by their name when they are called; names that torch has not are `AttributeError`s.
"""

import builtins
import importlib
import math

from paramcount_guest.state import fallback, unsupported

from torch import (
    _arithmetic,
    _conversion,
    _create,
    _elementwise,
    _indexing,
    _joining,
    _order,
    _products,
    _reduce,
    _sorting,
    _splitting,
    _types,
    _views,
)
from torch._registry import FUNCTIONS, late
from torch._tensor import Tensor, are_numbers
from torch._types import (
    Generator,
    Size,
    device,
    dtype,
    finfo,
    get_default_dtype,
    iinfo,
    layout,
    memory_format,
    set_default_dtype,
)  # fmt: skip

__version__ = "2.14.1"
inf, nan, pi, e, newaxis = math.inf, math.nan, math.pi, math.e, None
for _name, _value in {**_types.DTYPES, **_types.ALIASES}.items():
    globals()[_name] = _value
for _name in ("strided", "sparse_coo", "contiguous_format", "channels_last", "channels_last_3d", "preserve_format"):
    globals()[_name] = getattr(_types, _name)

from torch import _in_place
from torch.nn import functional as _functional

globals().update(FUNCTIONS)
from torch import autograd, nn
from torch._grad import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)  # fmt: skip

_fallback = fallback("torch")
_SUBMODULES = [
    "jit",
    "fx",
    "cuda",
    "amp",
    "distributed",
    "optim",
    "onnx",
    "hub",
    "fft",
    "linalg",
    "random",
    "backends",
    "special",
    "distributions",
    "quantization",
    "ao",
    "compiler",
    "_dynamo",
    "profiler",
    "version",
    "utils",
    "autograd",
    "nn",
    "multiprocessing",
    "mps",
    "accelerator",
    "xpu",
    "overrides",
    "testing",
    "_C",
    "func",
    "export",
    "library",
    "types",
]


def __getattr__(name):
    if name in _SUBMODULES:
        return importlib.import_module(f"torch.{name}")
    if name.endswith("Tensor") and name in _TYPED:
        made = type(name, (_Typed,), {"_dtype": _TYPED[name]})
        globals()[name] = made
        return made
    if name == "GradScaler":
        return importlib.import_module("torch.amp").GradScaler
    found = late(name)
    if found is not None:
        globals()[name] = found
        return found
    return _fallback(name)


_TYPED = {
    "FloatTensor": _types.float32, "DoubleTensor": _types.float64, "HalfTensor": _types.float16,
    "LongTensor": _types.int64, "IntTensor": _types.int32, "ByteTensor": _types.uint8, "BoolTensor": _types.bool_,
    "ShortTensor": _types.int16, "CharTensor": _types.int8, "BFloat16Tensor": _types.bfloat16,
}  # fmt: skip


class _TypedMeta(type):
    def __instancecheck__(cls, one):
        return isinstance(one, Tensor) and one.dtype is cls._dtype

    def __call__(cls, *args):
        if len(args) == 1 and (are_numbers(args[0]) or isinstance(args[0], Tensor)):
            return FUNCTIONS["tensor"](args[0], dtype=cls._dtype)
        return FUNCTIONS["empty"](*args, dtype=cls._dtype)


class _Typed(metaclass=_TypedMeta):
    """The old constructors, one a type."""

    _dtype = None


def manual_seed(seed):
    return Generator()


def seed():
    raise unsupported("torch.seed")


initial_seed = seed


def is_tensor(obj):
    return isinstance(obj, Tensor)


def is_storage(obj):
    return False


def is_floating_point(input):
    return input.dtype.is_floating_point


def is_complex(input):
    return input.dtype.is_complex


def is_nonzero(input):
    return builtins.bool(input)


def numel(input):
    return input.numel()


def result_type(tensor1, tensor2):
    return _arithmetic.result_type(tensor1, tensor2)


def promote_types(type1, type2):
    return _types.promoted(type1, type2)


def get_num_threads():
    return 1


def set_num_threads(n):
    return None


set_num_interop_threads = set_num_threads


def set_printoptions(*args, **kwargs):
    return None


def set_float32_matmul_precision(precision):
    return None


def get_float32_matmul_precision():
    return "highest"


def use_deterministic_algorithms(mode, *, warn_only=False):
    return None


def are_deterministic_algorithms_enabled():
    return False


def set_default_device(device):
    return None


def set_default_tensor_type(t):
    made = getattr(t, "_dtype", None) or _TYPED[str(t).rsplit(".", 1)[-1]]
    set_default_dtype(made)


def is_autocast_enabled(device_type=None):
    return False


def is_autocast_cpu_enabled():
    return False


def get_autocast_gpu_dtype():
    return _types.float16


def is_deterministic_algorithms_warn_only_enabled():
    return False


class autocast:
    """Mixed precision, which changes no shape."""

    def __init__(self, device_type="cuda", dtype=None, enabled=True, cache_enabled=None):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None

    def __call__(self, function):
        return function


def compile(model=None, **kwargs):
    return (lambda one: one) if model is None else model


def broadcast_shapes(*shapes):
    from paramcount.operations.rules import broadcast

    return Size(broadcast(*[(one,) if isinstance(one, builtins.int) else tuple(one) for one in shapes]))


def get_rng_state():
    return FUNCTIONS["zeros"](16, dtype=_types.uint8)


def set_rng_state(state):
    return None


def vmap(*args, **kwargs):
    raise unsupported("torch.vmap")


def _assert(condition, message):
    if not condition:
        raise AssertionError(message)


def sym_int(a):
    return builtins.int(a)


def sym_not(a):
    return not a


class UntypedStorage:
    """Named in annotations only."""


Storage = TypedStorage = FloatStorage = UntypedStorage
AnyType = object
