"""Operations number by number: arithmetic, comparison, functions."""

import math
import operator

from paramcount_guest.state import stop

from torch import _dispatch
from torch._dispatch import elementwise, make, run, write
from torch._registry import FUNCTIONS, both, function, method
from torch._tensor import Tensor, tensor
from torch._types import ALIASES, DTYPES, as_dtype, bool_, get_default_dtype, of_scalar, promoted

_NUMBERS = (int, float, complex)


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
    if isinstance(value, _NUMBERS):
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
            attributes["other"] = _plain(other)
            return elementwise(op, tensors, attributes, dtype, lambda a: compute(a, other))
        if not tensors:
            raise TypeError(f"{op}(): argument 'input' must be Tensor, not {type(input).__name__}")
        attributes["input"] = _plain(input)
        return elementwise(op, tensors, attributes, dtype, lambda b: compute(input, b))

    return apply


def _plain(value):
    """A number as JSON has it."""
    if isinstance(value, (bool, int)):
        return value if abs(value) < 2**53 else str(value)
    return value if isinstance(value, float) and math.isfinite(value) else str(value)


def _floating(dtype):
    return dtype if dtype.order >= 2 else get_default_dtype()


def _truth(dtype):
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
    _binary("div", operator.truediv, _floating),
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
    ("fmax", _max, None), ("fmin", _min, None), ("atan2", math.atan2, _floating), ("hypot", math.hypot, None),
    ("eq", operator.eq, _truth), ("ne", operator.ne, _truth), ("lt", operator.lt, _truth),
    ("le", operator.le, _truth), ("gt", operator.gt, _truth), ("ge", operator.ge, _truth),
    ("logical_and", lambda a, b: bool(a) and bool(b), _truth), ("logical_or", lambda a, b: bool(a) or bool(b), _truth),
    ("logical_xor", lambda a, b: bool(a) != bool(b), _truth), ("bitwise_and", operator.and_, None),
    ("bitwise_or", operator.or_, None), ("bitwise_xor", operator.xor, None), ("copysign", math.copysign, _floating),
    ("xlogy", lambda a, b: 0.0 if a == 0 else a * math.log(b), _floating),
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
        if not isinstance(other, (Tensor, *_NUMBERS)) and not hasattr(other, "_array_"):
            operand(name, other) if hasattr(type(other), "_placeholder_") else None
            return NotImplemented
        return apply(self, other)

    def backward(self, other):
        if not isinstance(other, (Tensor, *_NUMBERS)) and not hasattr(other, "_array_"):
            operand(name, other) if hasattr(type(other), "_placeholder_") else None
            return NotImplemented
        return apply(other if isinstance(other, _NUMBERS) else operand(name, other), self)

    setattr(Tensor, f"__{name}__", forward)
    if reflected is not False:
        setattr(Tensor, f"__r{name}__", backward)


for _name, _apply in (("add", add), ("sub", sub), ("mul", mul), ("truediv", div), ("floordiv", floor_divide),
                      ("pow", pow), ("mod", FUNCTIONS["remainder"])):  # fmt: skip
    _operator(_name, _apply)
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    _operator(_name, FUNCTIONS[_name], False)
Tensor.__rand__, Tensor.__ror__, Tensor.__rxor__ = Tensor.__and__, Tensor.__or__, Tensor.__xor__


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
    (_FLOATING, _floating), (_SAME, None), (_TRUTHS, _truth),
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
    return value if isinstance(value, (Tensor, *_NUMBERS)) or value is None else operand("clamp", value)


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
    attributes = {key: _plain(one) for key, one in (("min", low), ("max", high)) if isinstance(one, _NUMBERS)}

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
    return elementwise("lerp", (input, end), {"weight": _plain(weight)}, None, lambda a, b: a + weight * (b - a))


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
    return elementwise("where", (mask, input), {"other": _plain(value)}, input.dtype, lambda m, x: value if m else x)


@both()
def nan_to_num(input, nan=0.0, posinf=None, neginf=None, *, out=None):
    return elementwise("nan_to_num", (input,), {}, None, lambda x: nan if x != x else x)


@both()
def logit(input, eps=None, *, out=None):
    return elementwise("logit", (input,), {}, _floating(input.dtype), lambda x: math.log(x / (1 - x)))


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


# --- types ----------------------------------------------------------------------------------------------------


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


# --- in place -------------------------------------------------------------------------------------------------


def in_place(name, function):
    """The form of an operation that writes into its first operand."""

    def apply(self, *args, **kwargs):
        _dispatch.mutable(self)
        return write(self, function(self, *args, **kwargs))

    apply.__name__ = name
    return apply


def _filled(self, values):
    """Write numbers, or None for numbers that are not known."""
    _dispatch.mutable(self)
    if values is None:
        self._storage.data = None
    elif self._strides is None and self._offset == 0 and (not self._known or len(self._storage.data) == self.numel()):
        if self.numel() <= _dispatch.LIMIT:
            self._fill(values(self.numel()))
        else:
            self._storage.data = None
    elif self._known:
        _dispatch.store(self, _dispatch.positions(self.shape, self._steps, self._offset), values(self.numel()))
    return self


@method()
def fill_(self, value):
    if isinstance(value, Tensor):
        if not value._known:
            return _filled(self, None)
        value = value.item()
    return _filled(self, lambda count: [value] * count)


@method()
def zero_(self):
    return fill_(self, 0)


@method()
def fill_diagonal_(self, fill_value, wrap=False):
    return _filled(self, None)


for _name in ("normal_", "uniform_", "bernoulli_", "exponential_", "random_", "cauchy_", "geometric_", "log_normal_"):
    method(_name)(lambda self, *args, **kwargs: _filled(self, None))


@method()
def copy_(self, src, non_blocking=False):
    if not isinstance(src, Tensor):
        _dispatch.refuse("copy_", src)
    _dispatch.mutable(self)
    copied = run("copy", (self, src), {}, self.dtype) if src._id or self._id else make(self.shape, self.dtype)
    from paramcount.operations.rules import OperationError, broadcast

    try:
        fits = broadcast(tuple(self.shape), tuple(src.shape)) == tuple(self.shape)
    except OperationError:
        fits = False
    if not fits:
        raise RuntimeError(f"The size of tensor a {list(self.shape)} must match the size of tensor b {list(src.shape)}")
    if _dispatch.GRAD[0] and src._requires_grad and not self._requires_grad:
        self._requires_grad, self._leaf = True, False
    if (
        src._known
        and self.numel() <= _dispatch.LIMIT
        and (self._known or (self._strides is None and self._offset == 0))
    ):
        values = src._list_as(self.shape)
        _filled(self, lambda count: values)
    else:
        self._storage.data = None
    self._id = copied._id
    return self


@method()
def set_(self, source=None):
    self.data = source
    return self
