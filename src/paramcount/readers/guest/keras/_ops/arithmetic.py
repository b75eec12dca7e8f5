"""Functions of one number or of two, each by itself, and the operators of tensors."""

import math
import operator

from paramcount_guest.state import stop

from keras._dispatch import elementwise, op, run
from keras._numbers import Sym, lifted
from keras._ops.table import OPS, ops, unrecorded
from keras._tensor import KerasTensor, as_dtype, convert

UNARY = {
    "abs": ("abs", abs), "absolute": ("abs", abs), "negative": ("neg", operator.neg), "floor": ("floor", math.floor),
    "ceil": ("ceil", math.ceil), "round": ("round", None), "sqrt": ("sqrt", math.sqrt), "rsqrt": ("rsqrt", lambda x: 1 / math.sqrt(x)),
    "square": ("square", lambda x: x * x), "exp": ("exp", math.exp), "expm1": ("expm1", math.expm1), "log": ("log", math.log),
    "log1p": ("log1p", math.log1p), "log2": ("log2", math.log2), "log10": ("log10", math.log10), "sin": ("sin", math.sin),
    "cos": ("cos", math.cos), "tan": ("tan", math.tan), "arctan": ("atan", math.atan), "arcsin": ("asin", math.asin),
    "arccos": ("acos", math.acos), "sinh": ("sinh", math.sinh), "cosh": ("cosh", math.cosh), "tanh": ("tanh", math.tanh),
    "sign": ("sign", None), "reciprocal": ("reciprocal", lambda x: 1 / x), "erf": ("erf", math.erf), "isnan": ("isnan", None),
    "isinf": ("isinf", None), "isfinite": ("isfinite", None), "logical_not": ("logical_not", operator.not_),
    "relu": ("relu", None), "relu6": ("relu6", None), "sigmoid": ("sigmoid", None), "silu": ("silu", None), "swish": ("silu", None),
    "softplus": ("softplus", None), "softsign": ("softsign", None), "log_sigmoid": ("logsigmoid", None),
    "hard_sigmoid": ("hardsigmoid", None), "hard_silu": ("hardswish", None), "hard_swish": ("hardswish", None),
    "mish": ("mish", None), "hard_tanh": ("hardtanh", None), "tanh_shrink": ("tanhshrink", None),
    "stop_gradient": ("detach", None), "trunc": ("trunc", None), "real": ("real", None), "imag": ("imag", None),
    "soft_shrink": ("softshrink", None), "hard_shrink": ("hardshrink", None), "squareplus": ("softplus", None),
    "nan_to_num": ("nan_to_num", None), "sinc": ("sinc", None),
}  # fmt: skip


def _unary(name, target, compute):
    def apply(x):
        kind = None
        if name in ("isnan", "isinf", "isfinite", "logical_not"):
            kind = "bool"
        return elementwise(target, [x], compute, kind)

    apply.__name__ = apply.__qualname__ = name
    return apply


for _name, (_target, _compute) in UNARY.items():
    ops(_name)(_unary(_name, _target, _compute))

BINARY = {
    "add": ("add", operator.add), "subtract": ("sub", operator.sub), "multiply": ("mul", operator.mul),
    "divide": ("div", operator.truediv), "true_divide": ("div", operator.truediv), "floor_divide": ("floor_divide", operator.floordiv),
    "mod": ("remainder", operator.mod), "power": ("pow", operator.pow), "maximum": ("maximum", max),
    "minimum": ("minimum", min), "equal": ("eq", operator.eq), "not_equal": ("ne", operator.ne),
    "less": ("lt", operator.lt), "less_equal": ("le", operator.le), "greater": ("gt", operator.gt),
    "greater_equal": ("ge", operator.ge), "logical_and": ("logical_and", lambda a, b: bool(a) and bool(b)),
    "logical_or": ("logical_or", lambda a, b: bool(a) or bool(b)), "logical_xor": ("logical_xor", lambda a, b: bool(a) != bool(b)),
    "arctan2": ("atan2", math.atan2), "hypot": ("hypot", math.hypot), "bitwise_and": ("bitwise_and", operator.and_),
    "bitwise_or": ("bitwise_or", operator.or_),
}  # fmt: skip
_TRUTH = (
    "equal",
    "not_equal",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "logical_and",
    "logical_or",
    "logical_xor",
)


def _binary(name, target, compute):
    def apply(x1, x2):
        kind = "bool" if name in _TRUTH else None
        found = elementwise(target, [x1, x2], compute, kind)
        if name in ("divide", "true_divide") and "float" not in found.dtype:
            found.dtype = as_dtype("float32")
        return found

    apply.__name__ = apply.__qualname__ = name
    return apply


for _name, (_target, _compute) in BINARY.items():
    ops(_name)(_binary(_name, _target, _compute))


def _operator(name, swapped=False):
    function = OPS[name]

    def apply(self, other):
        if isinstance(other, str) or other is None:
            return NotImplemented
        return function(other, self) if swapped else function(self, other)

    return apply


for _method, _name in (
    ("add", "add"), ("sub", "subtract"), ("mul", "multiply"), ("truediv", "divide"), ("floordiv", "floor_divide"),
    ("mod", "mod"), ("pow", "power"), ("and", "logical_and"), ("or", "logical_or"),
):  # fmt: skip
    setattr(KerasTensor, f"__{_method}__", _operator(_name))
    setattr(KerasTensor, f"__r{_method}__", _operator(_name, True))
for _method, _name in (("lt", "less"), ("le", "less_equal"), ("gt", "greater"), ("ge", "greater_equal")):
    setattr(KerasTensor, f"__{_method}__", _operator(_name))
KerasTensor.__neg__ = lambda self: OPS["negative"](self)
KerasTensor.__abs__ = lambda self: OPS["abs"](self)
KerasTensor.__invert__ = lambda self: OPS["logical_not"](self)
KerasTensor.__matmul__ = lambda self, other: OPS["matmul"](self, other)
KerasTensor.__rmatmul__ = lambda self, other: OPS["matmul"](other, self)


def _eq(self, other):
    if isinstance(other, (KerasTensor, int, float)) and not isinstance(other, bool):
        return OPS["equal"](self, other)
    return self is other


KerasTensor.__eq__ = _eq
KerasTensor.__ne__ = lambda self, other: (
    OPS["not_equal"](self, other) if isinstance(other, (KerasTensor, int, float)) else self is not other
)


@ops()
def clip(x, x_min, x_max):
    return elementwise("clamp", [x], None)


@ops()
def where(condition, x1=None, x2=None):
    if x1 is None or x2 is None:
        raise stop(
            "data-dependent", "where() with a condition alone needs the values of a tensor; only shapes are known here."
        )
    tensors = [convert(condition), convert(x1), convert(x2)]
    return elementwise("where", tensors, lambda c, a, b: a if c else b, tensors[1].dtype)


@ops()
def cast(x, dtype):
    x, dtype = convert(x), as_dtype(dtype)
    kind = int if "int" in dtype else float if "float" in dtype else bool if dtype == "bool" else None
    if kind is int:
        kind = lifted(lambda value: int(value))
    return run(
        "to",
        [x],
        {},
        dtype,
        None if kind is None else lambda values: [one if isinstance(one, Sym) else kind(one) for one in values],
    )


@ops()
def convert_to_tensor(x, dtype=None, sparse=None, ragged=None):
    found = convert(x, as_dtype(dtype) if dtype is not None else None)
    return cast(found, dtype) if dtype is not None and found.dtype != as_dtype(dtype) else found


OPS["array"] = convert_to_tensor


@unrecorded
def convert_to_numpy(x):
    return convert(x).numpy()


@unrecorded
def is_tensor(x):
    return isinstance(x, KerasTensor)


@unrecorded
def cond(pred, true_fn, false_fn):
    raise stop("data-dependent", "cond() needs the values of a tensor; only shapes are known here.")


@op
def identity_(x):
    return run("identity", [convert(x)], {}, None, lambda values: list(values))
