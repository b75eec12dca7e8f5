"""Activations of torch.nn.functional."""

import math

from torch import _dispatch
from torch._dispatch import elementwise, run, write
from torch._in_place import in_place
from torch._reduce import log_softmax as _log_softmax
from torch._reduce import softmax as _softmax
from torch._registry import FUNCTIONAL, FUNCTIONS, functional, method
from torch._tensor import Tensor


def _plain_activation(name, compute=None):
    """An activation of no arguments but `inplace`."""

    def apply(input, inplace=False):
        if not isinstance(input, Tensor):
            _dispatch.refuse(name, input)
        found = elementwise(name, (input,), {}, None, compute)
        return write(input, found) if inplace else found

    apply.__name__ = name
    return apply


def _sigmoid_of(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def _with(name, *names):
    """An activation with arguments, which change no shape."""

    def apply(input, *args, **kwargs):
        given = dict(zip([*names, "inplace"], args))
        if len(args) > len(names) + 1:
            raise TypeError(f"{name}() takes at most {len(names) + 2} arguments")
        for key, value in kwargs.items():
            if key in given or key not in (*names, "inplace", "training"):
                raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")
            given[key] = value
        if not isinstance(input, Tensor):
            _dispatch.refuse(name, input)
        found = elementwise(name, (input,))
        return write(input, found) if given.get("inplace") else found

    apply.__name__ = name
    return apply


for _name, _compute in {
    "relu": lambda x: x if x > 0 else x * 0, "relu6": lambda x: min(max(x, 0), 6), "silu": lambda x: x * _sigmoid_of(x),
    "mish": None, "hardswish": lambda x: x * min(max(x + 3, 0), 6) / 6, "hardsigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
    "selu": None,
}.items():  # fmt: skip
    functional(_name)(_plain_activation(_name, _compute))
for _name, *_names in (
    ("elu", "alpha"), ("celu", "alpha"), ("leaky_relu", "negative_slope"), ("hardtanh", "min_val", "max_val"),
    ("threshold", "threshold", "value"), ("rrelu", "lower", "upper", "training"), ("softplus", "beta", "threshold"),
    ("hardshrink", "lambd"), ("softshrink", "lambd"), ("softsign",), ("tanhshrink",), ("logsigmoid",),
):  # fmt: skip
    functional(_name)(_with(_name, *_names))
for _name in ("relu", "elu", "leaky_relu", "hardtanh", "celu", "selu", "rrelu", "threshold"):
    functional(f"{_name}_")(in_place(f"{_name}_", FUNCTIONAL[_name]))


@functional()
def gelu(input, approximate="none"):
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    return elementwise("gelu", (input,), {}, None, lambda x: 0.5 * x * (1 + math.erf(x / math.sqrt(2))))


@functional()
def sigmoid(input):
    return FUNCTIONS["sigmoid"](input)


@functional()
def tanh(input):
    return FUNCTIONS["tanh"](input)


@functional()
def glu(input, dim=-1):
    size = input.shape[dim]
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim} is size {size}")
    one, other = FUNCTIONS["chunk"](input, 2, dim)
    return one * sigmoid(other)


@functional()
def prelu(input, weight):
    if isinstance(weight, Tensor) and weight.numel() != 1 and len(input.shape) > 1 and weight.numel() != input.shape[1]:
        raise RuntimeError(
            f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {weight.numel()} and "
            f"channel size = {input.shape[1]}."
        )
    return run("prelu", (input, weight))


def _default_dim(input):
    return 0 if len(input.shape) in (0, 1, 3) else 1


@functional()
def softmax(input, dim=None, _stacklevel=3, dtype=None):
    if not isinstance(input, Tensor):
        _dispatch.refuse("softmax", input)
    return _softmax(input, _default_dim(input) if dim is None else dim, dtype)


@functional()
def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    return _log_softmax(input, _default_dim(input) if dim is None else dim, dtype)


@functional()
def softmin(input, dim=None, _stacklevel=3, dtype=None):
    return run("softmin", (input,), {"dim": _default_dim(input) if dim is None else dim})


@functional()
def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    return run("gumbel_softmax", (logits,), {"dim": dim})


method()(prelu)
method("hardshrink")(FUNCTIONAL["hardshrink"])
