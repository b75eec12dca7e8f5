"""Arithmetic and comparison of two tensors, or of a tensor and a number, and the operators."""

import math
import operator

from paramcount_guest.state import stop

from torch._dispatch import elementwise
from torch._registry import FUNCTIONS, both, method
from torch._tensor import Tensor, tensor
from torch._types import bool_, get_default_dtype, of_scalar, promoted

NUMBERS = (int, float, complex)


def result_type(one, other):
    """The type that two operands come to: a number, and a tensor without dimensions, weigh less within a kind."""
    kinds = []
    for value in (one, other):
        if isinstance(value, Tensor):
            kinds.append((value.dtype, 2 if value.shape else 1))
        else:
            kinds.append((of_scalar(value), 0))
    (first, weight), (second, other_weight) = kinds
    if weight == other_weight:
        return promoted(first, second)
    heavy, light = (first, second) if weight > other_weight else (second, first)
    if light.order <= heavy.order:
        return heavy
    if light.order == 3:
        return heavy.to_complex() if heavy.order == 2 else light
    return get_default_dtype() if light.order == 2 and min(weight, other_weight) == 0 else light


def operand(op, value):
    """An operand as a tensor; a number becomes one without dimensions."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, NUMBERS):
        return tensor(value)
    if hasattr(value, "_array_"):
        return tensor(value)
    name = getattr(type(value), "_placeholder_", None)
    if name:
        raise stop("missing library", f"{value!r} is needed by {op}, and its library is not here.")
    raise TypeError(f"{op}(): argument 'other' must be Tensor or a number, not {type(value).__name__}")


def _binary(op, compute, kind=None):
    """A function of two operands; `kind` makes the type of the result out of the common type."""

    def apply(input, other):
        common = result_type(input, other)
        dtype = kind(common) if kind else common
        tensors, attributes = [], {}
        for _place, value in (("input", input), ("other", other)):
            if isinstance(value, Tensor):
                tensors.append(value)
            else:
                operand(op, value)
        if len(tensors) == 2:
            return elementwise(op, tensors, attributes, dtype, compute)
        if tensors and tensors[0] is input:
            attributes["other"] = plain(other)
            return elementwise(op, tensors, attributes, dtype, lambda a: compute(a, other))
        if not tensors:
            raise TypeError(f"{op}(): argument 'input' must be Tensor, not {type(input).__name__}")
        attributes["input"] = plain(input)
        return elementwise(op, tensors, attributes, dtype, lambda b: compute(input, b))

    return apply


def plain(value):
    """A number as JSON has it."""
    if isinstance(value, (bool, int)):
        return value if abs(value) < 2**53 else str(value)
    return value if isinstance(value, float) and math.isfinite(value) else str(value)


def floating(dtype):
    return dtype if dtype.order >= 2 else get_default_dtype()


def truth(dtype):
    return bool_


def _mod(a, b):
    return math.fmod(a, b) if isinstance(a, float) or isinstance(b, float) else int(math.fmod(a, b))


def _max(a, b):
    return a if a != a or a > b else b


def _min(a, b):
    return a if a != a or a < b else b


def _floordiv(a, b):
    return math.floor(a / b) if isinstance(a, float) or isinstance(b, float) else a // b


add_, sub_, mul_, div_ = (
    _binary("add", operator.add),
    _binary("sub", operator.sub),
    _binary("mul", operator.mul),
    _binary("div", operator.truediv, floating),
)
_floor_divide = _binary("floor_divide", _floordiv)
_power = _binary("pow", operator.pow)


@both()
def add(input, other, *, alpha=1, out=None):
    return add_(input, other if alpha == 1 else mul_(other, alpha) if isinstance(other, Tensor) else other * alpha)


@both("sub", "subtract")
def sub(input, other, *, alpha=1, out=None):
    if isinstance(other, (bool)) or (isinstance(other, Tensor) and other.dtype is bool_):
        raise RuntimeError("Subtraction, the `-` operator, with a bool tensor is not supported.")
    return sub_(input, other if alpha == 1 else mul_(other, alpha) if isinstance(other, Tensor) else other * alpha)


@both("mul", "multiply")
def mul(input, other, *, out=None):
    return mul_(input, other)


@both("div", "divide", "true_divide")
def div(input, other, *, rounding_mode=None, out=None):
    if rounding_mode is None:
        return div_(input, other)
    if rounding_mode == "floor":
        return _floor_divide(input, other)
    if rounding_mode != "trunc":
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    return _TRUNC(input, other)


_TRUNC = _binary(
    "div", lambda a, b: float(int(a / b)) if isinstance(a / b, float) and isinstance(a, float) else int(a / b)
)


@both()
def floor_divide(input, other, *, out=None):
    return _floor_divide(input, other)


@both()
def pow(input, exponent, *, out=None):
    return _power(input, exponent)


@both()
def rsub(input, other, *, alpha=1):
    return sub(other, input, alpha=alpha)


for _name, _compute, _kind in (
    ("remainder", operator.mod, None), ("fmod", _mod, None), ("maximum", _max, None), ("minimum", _min, None),
    ("fmax", _max, None), ("fmin", _min, None), ("atan2", math.atan2, floating), ("hypot", math.hypot, None),
    ("eq", operator.eq, truth), ("ne", operator.ne, truth), ("lt", operator.lt, truth),
    ("le", operator.le, truth), ("gt", operator.gt, truth), ("ge", operator.ge, truth),
    ("logical_and", lambda a, b: bool(a) and bool(b), truth), ("logical_or", lambda a, b: bool(a) or bool(b), truth),
    ("logical_xor", lambda a, b: bool(a) != bool(b), truth), ("bitwise_and", operator.and_, None),
    ("bitwise_or", operator.or_, None), ("bitwise_xor", operator.xor, None), ("copysign", math.copysign, floating),
    ("xlogy", lambda a, b: 0.0 if a == 0 else a * math.log(b), floating),
    ("logaddexp", lambda a, b: max(a, b) + math.log1p(math.exp(-abs(a - b))), None),
):  # fmt: skip
    both(_name)(_binary(_name, _compute, _kind))
for _name, _other in (
    ("greater", "gt"), ("greater_equal", "ge"), ("less", "lt"), ("less_equal", "le"), ("not_equal", "ne"),
    ("arctan2", "atan2"), ("__and__", "bitwise_and"), ("__or__", "bitwise_or"), ("__xor__", "bitwise_xor"),
):  # fmt: skip
    (method if _name.startswith("__") else both)(_name)(FUNCTIONS[_other])


def _operator(name, apply, reflected=None):
    """An operator of tensors, in both directions."""

    def forward(self, other):
        if not isinstance(other, (Tensor, *NUMBERS)) and not hasattr(other, "_array_"):
            operand(name, other) if hasattr(type(other), "_placeholder_") else None
            return NotImplemented
        return apply(self, other)

    def backward(self, other):
        if not isinstance(other, (Tensor, *NUMBERS)) and not hasattr(other, "_array_"):
            operand(name, other) if hasattr(type(other), "_placeholder_") else None
            return NotImplemented
        return apply(other if isinstance(other, NUMBERS) else operand(name, other), self)

    setattr(Tensor, f"__{name}__", forward)
    if reflected is not False:
        setattr(Tensor, f"__r{name}__", backward)


for _name, _apply in (("add", add), ("sub", sub), ("mul", mul), ("truediv", div), ("floordiv", floor_divide),
                      ("pow", pow), ("mod", FUNCTIONS["remainder"])):  # fmt: skip
    _operator(_name, _apply)
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    _operator(_name, FUNCTIONS[_name], False)
Tensor.__rand__, Tensor.__ror__, Tensor.__rxor__ = Tensor.__and__, Tensor.__or__, Tensor.__xor__
