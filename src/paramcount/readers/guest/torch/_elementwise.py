"""Functions of each number by itself, and of several tensors number by number."""

import math
import operator

from torch import _dispatch
from torch._arithmetic import NUMBERS, floating, operand, plain, result_type, truth
from torch._dispatch import elementwise, run
from torch._registry import FUNCTIONS, both, function, method
from torch._tensor import Tensor
from torch._types import bool_, promoted


def _unary(compute, kind=None):
    def make_one(op):
        def apply(input, *, out=None):
            if not isinstance(input, Tensor):
                _dispatch.refuse(op, input)
            return elementwise(op, (input,), {}, kind(input.dtype) if kind else input.dtype, compute)

        apply.__name__ = op
        return apply

    return make_one


def _sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def _kept(function):
    """Whole numbers stay as they are."""
    return lambda x: x if isinstance(x, int) else float(function(x)) if math.isfinite(x) else x


_FLOATING = {
    "exp": math.exp, "exp2": lambda x: 2.0**x, "expm1": math.expm1, "log": math.log, "log2": math.log2,
    "log10": math.log10, "log1p": math.log1p, "sqrt": math.sqrt, "rsqrt": lambda x: 1 / math.sqrt(x),
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "asin": math.asin, "acos": math.acos, "atan": math.atan,
    "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "asinh": math.asinh, "acosh": math.acosh,
    "atanh": math.atanh, "sigmoid": _sigmoid, "erf": math.erf, "erfc": math.erfc, "erfinv": None,
    "reciprocal": lambda x: 1 / x, "lgamma": math.lgamma, "digamma": None, "deg2rad": math.radians,
    "rad2deg": math.degrees, "sinc": lambda x: 1.0 if x == 0 else math.sin(math.pi * x) / (math.pi * x),
}  # fmt: skip
_SAME = {
    "neg": operator.neg, "positive": operator.pos, "square": lambda x: x * x, "floor": _kept(math.floor),
    "ceil": _kept(math.ceil), "trunc": _kept(math.trunc), "fix": _kept(math.trunc), "frac": lambda x: x - math.trunc(x),
    "sign": lambda x: (x > 0) - (x < 0), "sgn": lambda x: (x > 0) - (x < 0), "relu": lambda x: x if x > 0 else x * 0,
    "bitwise_not": lambda x: (not x) if isinstance(x, bool) else ~x, "conj": lambda x: x.conjugate(),
}  # fmt: skip
_TRUTHS = {
    "isnan": lambda x: x != x, "isinf": lambda x: x in (math.inf, -math.inf), "isfinite": math.isfinite,
    "logical_not": operator.not_,
}  # fmt: skip
_SIZES = {"abs": abs, "angle": None}
for _table, _kind in (
    (_FLOATING, floating), (_SAME, None), (_TRUTHS, truth),
    (_SIZES, lambda dtype: dtype.to_real() if dtype.is_complex else dtype),
):  # fmt: skip
    for _name, _compute in _table.items():
        both(_name)(_unary(_compute, _kind)(_name))
for _name, _other in (("absolute", "abs"), ("negative", "neg"), ("arctan", "atan"), ("arcsin", "asin"),
                      ("arccos", "acos"), ("conj_physical", "conj"), ("resolve_conj", "conj")):  # fmt: skip
    both(_name)(FUNCTIONS[_other])
Tensor.__neg__, Tensor.__pos__, Tensor.__abs__ = Tensor.neg, Tensor.positive, Tensor.abs
Tensor.__invert__ = Tensor.bitwise_not


@both("round")
def _round(input, *, decimals=0, out=None):
    compute = (lambda x: x if isinstance(x, int) else float(round(x, decimals))) if decimals else _kept(round)
    return elementwise("round", (input,), {}, None, compute)


@both("real")
def real(input):
    return elementwise("real", (input,), {}, input.dtype.to_real(), lambda x: x.real)


@both("imag")
def imag(input):
    return elementwise("imag", (input,), {}, input.dtype.to_real(), lambda x: x.imag)


Tensor.real, Tensor.imag = property(real), property(imag)


def _bound(value):
    return value if isinstance(value, (Tensor, *NUMBERS)) or value is None else operand("clamp", value)


@both("clamp", "clip")
def clamp(input, min=None, max=None, *, out=None):
    low, high = _bound(min), _bound(max)
    if low is None and high is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    tensors = [input] + [one for one in (low, high) if isinstance(one, Tensor)]
    dtype = input.dtype
    for one in (low, high):
        if one is not None:
            dtype = promoted(dtype, result_type(input, one))
    attributes = {key: plain(one) for key, one in (("min", low), ("max", high)) if isinstance(one, NUMBERS)}

    def compute(x, *bounds):
        bounds = iter(bounds)
        least = next(bounds) if isinstance(low, Tensor) else low
        most = next(bounds) if isinstance(high, Tensor) else high
        x = least if least is not None and x < least else x
        return most if most is not None and x > most else x

    return elementwise("clamp", tensors, attributes, dtype, compute)


@both()
def clamp_min(input, min, *, out=None):
    return clamp(input, min=min)


@both()
def clamp_max(input, max, *, out=None):
    return clamp(input, max=max)


@function()
def where(condition, input=None, other=None, *, out=None):
    if input is None:
        return condition.nonzero(as_tuple=True)
    one, two = operand("where", input), operand("where", other)
    return elementwise(
        "where", (operand("where", condition), one, two), {}, result_type(input, other), lambda c, a, b: a if c else b
    )


@method("where")
def _where(self, condition, other):
    return where(condition, self, other)


@both()
def lerp(input, end, weight, *, out=None):
    if isinstance(weight, Tensor):
        return elementwise("lerp", (input, end, weight), {}, None, lambda a, b, w: a + w * (b - a))
    return elementwise("lerp", (input, end), {"weight": plain(weight)}, None, lambda a, b: a + weight * (b - a))


@both()
def addcmul(input, tensor1, tensor2, *, value=1, out=None):
    return elementwise("addcmul", (input, tensor1, tensor2), {}, None, lambda a, b, c: a + value * b * c)


@both()
def addcdiv(input, tensor1, tensor2, *, value=1, out=None):
    return elementwise("addcdiv", (input, tensor1, tensor2), {}, None, lambda a, b, c: a + value * b / c)


@both()
def masked_fill(input, mask, value):
    if isinstance(mask, Tensor) and mask.dtype is not bool_:
        raise RuntimeError("masked_fill_ only supports boolean masks, but got mask with dtype " + str(mask.dtype))
    if isinstance(value, Tensor):
        return elementwise("where", (mask, value, input), {}, input.dtype, lambda m, v, x: v if m else x)
    return elementwise("where", (mask, input), {"other": plain(value)}, input.dtype, lambda m, x: value if m else x)


@both()
def nan_to_num(input, nan=0.0, posinf=None, neginf=None, *, out=None):
    return elementwise("nan_to_num", (input,), {}, None, lambda x: nan if x != x else x)


@both()
def logit(input, eps=None, *, out=None):
    return elementwise("logit", (input,), {}, floating(input.dtype), lambda x: math.log(x / (1 - x)))


@both()
def bernoulli(input, p=None, *, generator=None, out=None):
    return run("bernoulli", (input,))


@function()
def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    return elementwise("isclose", (input, other), {}, bool_, lambda a, b: abs(a - b) <= atol + rtol * abs(b))


@both()
def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    return bool(isclose(input, other, rtol, atol).all())


@both()
def equal(input, other):
    if tuple(input.shape) != tuple(other.shape):
        return False
    return bool((input == other).all())


@both()
def polar(abs, angle, *, out=None):
    return elementwise(
        "polar", (abs, angle), {}, abs.dtype.to_complex(), lambda r, t: complex(r * math.cos(t), r * math.sin(t))
    )


@function("complex")
def _complex(real, imag):
    return elementwise("complex", (real, imag), {}, real.dtype.to_complex(), lambda a, b: complex(a, b))
