"""Functions on tensors, by their names in keras.ops."""

import builtins
import math
import operator

from paramcount_guest.state import stop
from paramcount_guest.values import LIMIT

from keras._dispatch import elementwise, op, run
from keras._inert import GLOBAL
from keras._numbers import RUNS, Sym, joined, lifted
from keras._tensor import KerasTensor, as_dtype, convert, fixed, make, opened, placeholder
from keras._variable import Variable
from paramcount.operations.rules import axis as place_of

OPS = {}
"""The functions of keras.ops that have a rule."""


def ops(*names):
    """Offer a function under its name, or these."""

    def put(function):
        made = op(function)
        for name in names or (function.__name__,):
            OPS[name] = made
        return made

    return put


def whole(value, what="a size"):
    """A whole number, which may differ between the runs."""
    if isinstance(value, KerasTensor):
        value = value._item(f"A tensor as {what}")
    if isinstance(value, Sym):
        return value
    if placeholder(value):
        raise stop("missing library", f"{value!r} is needed as {what}, and its library is not here.")
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value.__index__()


def axes_of(axis):
    if axis is None:
        return None
    if isinstance(axis, KerasTensor):
        axis = axis.numpy_list() if False else list(axis._list("A tensor as axis"))
    return [whole(one, "an axis") for one in axis] if isinstance(axis, (list, tuple)) else [whole(axis, "an axis")]


# --- numbers ---------------------------------------------------------------------------------------------------------


def _erf(value):
    return math.erf(value)


UNARY = {
    "abs": ("abs", builtins.abs), "absolute": ("abs", builtins.abs), "negative": ("neg", operator.neg), "floor": ("floor", math.floor),
    "ceil": ("ceil", math.ceil), "round": ("round", None), "sqrt": ("sqrt", math.sqrt), "rsqrt": ("rsqrt", lambda x: 1 / math.sqrt(x)),
    "square": ("square", lambda x: x * x), "exp": ("exp", math.exp), "expm1": ("expm1", math.expm1), "log": ("log", math.log),
    "log1p": ("log1p", math.log1p), "log2": ("log2", math.log2), "log10": ("log10", math.log10), "sin": ("sin", math.sin),
    "cos": ("cos", math.cos), "tan": ("tan", math.tan), "arctan": ("atan", math.atan), "arcsin": ("asin", math.asin),
    "arccos": ("acos", math.acos), "sinh": ("sinh", math.sinh), "cosh": ("cosh", math.cosh), "tanh": ("tanh", math.tanh),
    "sign": ("sign", None), "reciprocal": ("reciprocal", lambda x: 1 / x), "erf": ("erf", _erf), "isnan": ("isnan", None),
    "isinf": ("isinf", None), "isfinite": ("isfinite", None), "logical_not": ("logical_not", operator.not_),
    "relu": ("relu", None), "relu6": ("relu6", None), "sigmoid": ("sigmoid", None), "silu": ("silu", None), "swish": ("silu", None),
    "softplus": ("softplus", None), "softsign": ("softsign", None), "log_sigmoid": ("logsigmoid", None),
    "hard_sigmoid": ("hardsigmoid", None), "hard_silu": ("hardswish", None), "hard_swish": ("hardswish", None),
    "mish": ("mish", None), "hard_tanh": ("hardtanh", None), "tanh_shrink": ("tanhshrink", None),
    "stop_gradient": ("detach", None), "trunc": ("trunc", None), "real": ("real", None), "imag": ("imag", None),
    "soft_shrink": ("softshrink", None), "hard_shrink": ("hardshrink", None), "squareplus": ("softplus", None),
    "nan_to_num": ("nan_to_num", None), "sinc": ("sinc", None), "squareplus_": ("softplus", None),
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
    "mod": ("remainder", operator.mod), "power": ("pow", operator.pow), "maximum": ("maximum", builtins.max),
    "minimum": ("minimum", builtins.min), "equal": ("eq", operator.eq), "not_equal": ("ne", operator.ne),
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


def convert_to_numpy(x):
    return convert(x).numpy()


@ops("identity_")
def identity_(x):
    return run("identity", [convert(x)], {}, None, lambda values: list(values))


# --- activations -----------------------------------------------------------------------------------------------------


def _activation(name, target):
    def apply(x, *args, **kwargs):
        return elementwise(target, [x])

    apply.__name__ = apply.__qualname__ = name
    return apply


@ops()
def leaky_relu(x, negative_slope=0.2):
    return elementwise("leaky_relu", [x])


@ops()
def elu(x, alpha=1.0):
    return elementwise("elu", [x])


@ops()
def selu(x):
    return elementwise("selu", [x])


@ops()
def celu(x, alpha=1.0):
    return elementwise("celu", [x])


@ops()
def gelu(x, approximate=True):
    return elementwise("gelu", [x])


@ops()
def softmax(x, axis=-1):
    x = convert(x)
    for one in axes_of(axis):
        place_of(one, len(x.shape))
    return run("softmax", [x], {"dim": axes_of(axis)})


@ops()
def log_softmax(x, axis=-1):
    return run("log_softmax", [convert(x)], {"dim": axes_of(axis)})


@ops()
def normalize(x, axis=-1, order=2, epsilon=None):
    return run("normalize", [convert(x)], {"dim": axes_of(axis)})


@ops()
def glu(x, axis=-1):
    x = convert(x)
    one, other = split(x, 2, axis)
    return one * OPS["sigmoid"](other)


ACTIVATIONS = {}
for _name, _given in {
    "linear": "identity", "relu": "relu", "relu6": "relu6", "leaky_relu": "leaky_relu", "elu": "elu", "selu": "selu",
    "celu": "celu", "gelu": "gelu", "softmax": "softmax", "log_softmax": "log_softmax", "sigmoid": "sigmoid",
    "tanh": "tanh", "silu": "silu", "softplus": "softplus", "softsign": "softsign", "exponential": "exp",
    "hard_sigmoid": "hardsigmoid", "hard_silu": "hardswish", "mish": "mish", "log_sigmoid": "logsigmoid",
    "hard_tanh": "hardtanh", "hard_shrink": "hardshrink", "soft_shrink": "softshrink", "tanh_shrink": "tanhshrink",
    "threshold": "threshold", "squareplus": "softplus", "sparse_plus": "softplus", "sparse_sigmoid": "sigmoid",
    "sparsemax": "softmax",
}.items():  # fmt: skip
    ACTIVATIONS[_name] = op(_activation(_name, _given))
ACTIVATIONS["glu"] = OPS["glu"]
for _name in ("sparse_plus", "sparse_sigmoid", "sparsemax", "threshold"):
    OPS[_name] = ACTIVATIONS[_name]


# --- reductions ------------------------------------------------------------------------------------------------------


def _reduction(name, target, compute=None, kind=None):
    def apply(x, axis=None, keepdims=False, *args, **kwargs):
        x = convert(x)
        attributes = {"keepdim": bool(keepdims)}
        if axis is not None and axis != [] and axis != ():
            attributes["dim"] = axes_of(axis)
        elif axis is not None:
            return x
        every = compute if axis is None and not keepdims and x._values is not None else None
        return run(target, [x], attributes, kind or x.dtype, every and (lambda values: [every(values)]))

    apply.__name__ = apply.__qualname__ = name
    return apply


for _name, _target, _compute, _kind in (
    ("mean", "mean", None, None), ("sum", "sum", builtins.sum, None), ("max", "amax", builtins.max, None),
    ("min", "amin", builtins.min, None), ("amax", "amax", None, None), ("amin", "amin", None, None),
    ("prod", "prod", math.prod, None), ("std", "std", None, None), ("var", "var", None, None), ("any", "any", None, "bool"),
    ("all", "all", None, "bool"), ("logsumexp", "logsumexp", None, None), ("count_nonzero", "count_nonzero", None, "int32"),
    ("median", "median", None, None),
):  # fmt: skip
    ops(_name)(_reduction(_name, _target, _compute, _kind))


@ops()
def argmax(x, axis=None, keepdims=False):
    return run(
        "argmax", [convert(x)], {"keepdim": keepdims, **({} if axis is None else {"dim": axes_of(axis)})}, "int32"
    )


@ops()
def argmin(x, axis=None, keepdims=False):
    return run(
        "argmin", [convert(x)], {"keepdim": keepdims, **({} if axis is None else {"dim": axes_of(axis)})}, "int32"
    )


@ops()
def norm(x, ord=None, axis=None, keepdims=False):
    return run("norm", [convert(x)], {"keepdim": keepdims, **({} if axis is None else {"dim": axes_of(axis)})})


@ops()
def moments(x, axes, keepdims=False, synchronized=False):
    return OPS["mean"](x, axes, keepdims), OPS["var"](x, axes, keepdims)


@ops()
def cumsum(x, axis=None, dtype=None):
    x = convert(x)
    known = x._values is not None and len(x.shape) == 1

    def compute(values):
        total, found = 0, []
        for one in values:
            total = total + one
            found.append(total)
        return found

    return run("cumsum", [x], {"dim": axes_of(0 if axis is None else axis)}, None, compute if known else None)


@ops()
def top_k(x, k, sorted=True):
    return tuple(run("topk", [convert(x)], {"k": whole(k), "dim": -1}))


@ops()
def sort(x, axis=-1):
    return run("sort", [convert(x)], {"dim": axes_of(axis)[0]})[0]


@ops()
def argsort(x, axis=-1):
    return run("sort", [convert(x)], {"dim": axes_of(axis)[0]}, "int32")[1]


# --- shapes ----------------------------------------------------------------------------------------------------------


def shape(x):
    """The sizes; inside a layer one that is not known is a number all the same."""
    from keras._dispatch import DEPTH

    x = convert(x)
    if not DEPTH.calls:
        return tuple(x.shape)
    return tuple([joined([one[place] for one in x._runs]) for place in range(len(x.shape))])


def ndim(x):
    return len(convert(x).shape)


def size(x):
    x = convert(x)
    return joined([math.prod(sizes) for sizes in x._runs])


def target(x, newshape):
    """A wanted shape: None stands for the batch, or where there is none free, for what is left over."""
    if isinstance(newshape, KerasTensor):
        newshape = list(newshape._list("A tensor as a shape"))
    items = list(newshape) if isinstance(newshape, (list, tuple)) else [newshape]
    found = []
    for one in items:
        if one is None:
            found.append(None)
        else:
            found.append(whole(one))
    if None in found:
        place = found.index(None)
        free = -1 in [one for one in found if isinstance(one, int)]
        if found.count(None) > 1:
            raise ValueError(f"A shape may leave one size open, received {newshape}")
        found[place] = joined([sizes[0] for sizes in x._runs]) if free else -1
    return found


@ops()
def reshape(x, newshape):
    x = convert(x)
    return run("reshape", [x], {"shape": target(x, newshape)}, None, lambda values: list(values))


@ops()
def ravel(x):
    return reshape(x, (-1,))


def _permuted(x, dims):
    def compute(values):
        sizes = tuple(x.shape)
        steps = [math.prod(sizes[place + 1 :]) for place in range(len(sizes))]
        places = [0]
        for dim in dims:
            places = [base + one * steps[dim] for base in places for one in range(sizes[dim])]
        return [values[place] for place in places]

    return run("permute", [x], {"dims": dims}, None, compute if x._values is not None and None not in x.shape else None)


@ops()
def transpose(x, axes=None):
    x = convert(x)
    rank = len(x.shape)
    return _permuted(x, list(range(rank))[::-1] if axes is None else [one % rank for one in axes_of(axes)])


@ops()
def swapaxes(x, axis1, axis2):
    x = convert(x)
    dims = list(range(len(x.shape)))
    dims[axis1], dims[axis2] = dims[axis2], dims[axis1]
    return _permuted(x, dims)


@ops()
def moveaxis(x, source, destination):
    x = convert(x)
    rank = len(x.shape)
    moved = dict(zip([one % rank for one in axes_of(destination)], [one % rank for one in axes_of(source)]))
    rest = iter([one for one in range(rank) if one not in moved.values()])
    return _permuted(x, [moved[place] if place in moved else next(rest) for place in range(rank)])


@ops()
def expand_dims(x, axis):
    x = convert(x)
    for one in axes_of(axis):
        x = run("unsqueeze", [x], {"dim": one}, None, lambda values: list(values))
    return x


@ops()
def squeeze(x, axis=None):
    x = convert(x)
    if axis is None:
        places = [place for place, one in enumerate(x.shape) if one == 1]
    else:
        places = [place_of(one, len(x.shape)) for one in axes_of(axis)]
        if any([x.shape[place] not in (1, None) for place in places]):
            raise ValueError(f"Cannot squeeze axis={axis}, because the dimension is not 1: {tuple(x.shape)}")
    return run("squeeze", [x], {"dim": places}, None, lambda values: list(values)) if places else x


@ops()
def concatenate(xs, axis=0):
    tensors = [convert(one) for one in xs]
    known = all([one._values is not None and len(one.shape) == 1 for one in tensors])
    return run(
        "cat",
        tensors,
        {"dim": whole(axis)},
        None,
        (lambda *lists: [one for each in lists for one in each]) if known else None,
    )


@ops()
def stack(x, axis=0):
    tensors = [convert(one) for one in x]
    known = whole(axis) == 0 and all([one._values is not None for one in tensors])
    return run(
        "stack",
        tensors,
        {"dim": whole(axis)},
        None,
        (lambda *lists: [one for each in lists for one in each]) if known else None,
    )


@ops()
def split(x, indices_or_sections, axis=0):
    x = convert(x)
    place = place_of(whole(axis), len(x.shape))
    total = joined([sizes[place] for sizes in x._runs])
    if isinstance(indices_or_sections, (list, tuple)):
        edges = [0, *[whole(one) for one in indices_or_sections], total]
        sizes = [edges[at + 1] - edges[at] for at in range(len(edges) - 1)]
    else:
        count = whole(indices_or_sections)
        if not isinstance(total, Sym) and total % count:
            raise ValueError(f"x.shape[axis] must be divisible by indices_or_sections: {total} and {count}")
        sizes = [total // count] * count
    found = run("split", [x], {"sizes": sizes, "dim": place})
    return found if isinstance(found, list) else [found]


@ops()
def unstack(x, num=None, axis=0):
    x = convert(x)
    place = place_of(whole(axis), len(x.shape))
    if x.shape[place] is None:
        raise ValueError("Cannot infer argument `num` from shape")
    found = run("unbind", [x], {"dim": place})
    return found if isinstance(found, list) else [found]


@ops()
def tile(x, repeats):
    x = convert(x)
    times = [
        whole(one)
        for one in (
            repeats._list("tile()")
            if isinstance(repeats, KerasTensor)
            else repeats
            if isinstance(repeats, (list, tuple))
            else [repeats]
        )
    ]
    times = [1] * (len(x.shape) - len(times)) + times
    return run("repeat", [x], {"repeats": times})


@ops()
def repeat(x, repeats, axis=None):
    return run(
        "repeat_interleave", [convert(x)], {"repeats": whole(repeats), "dim": None if axis is None else whole(axis)}
    )


@ops()
def broadcast_to(x, shape):
    return run("expand", [convert(x)], {"sizes": target(convert(x), shape)})


@ops()
def flip(x, axis=None):
    return run("flip", [convert(x)], {})


@ops()
def roll(x, shift, axis=None):
    return run("roll", [convert(x)], {})


@ops()
def tril(x, k=0):
    return run("tril", [convert(x)], {})


@ops()
def triu(x, k=0):
    return run("triu", [convert(x)], {})


@ops()
def pad(x, pad_width, mode="constant", constant_values=None):
    x = convert(x)
    if isinstance(pad_width, KerasTensor):
        flat = pad_width._list("pad()")
        pad_width = [flat[at : at + 2] for at in range(0, len(flat), 2)]
    if isinstance(pad_width, int):
        pad_width = (pad_width, pad_width)
    if isinstance(pad_width[0], int):
        pad_width = [tuple(pad_width)] * len(x.shape)
    if len(pad_width) != len(x.shape):
        raise ValueError(f"`pad_width` must have {len(x.shape)} pairs, received {pad_width}")
    wide = [whole(one) for pair in reversed(pad_width) for one in pair]
    if any([not isinstance(one, Sym) and one < 0 for one in wide]):
        raise ValueError(f"`pad_width` must not be negative, received {pad_width}")
    return run("pad", [x], {"pad": wide})


@ops()
def take(x, indices, axis=None):
    x, indices = convert(x), convert(indices)
    if axis is None:
        x, axis = reshape(x, (-1,)), 0
    place = place_of(whole(axis), len(x.shape))
    index = [[None, None, None]] * place + [{"shape": [joined(sizes) for sizes in zip(*indices._runs)]}]
    known = place == 0 and len(x.shape) == 1 and indices._values is not None
    return run(
        "getitem",
        [x],
        {"index": index},
        None,
        (lambda values: [values[one] for one in indices._values]) if known else None,
    )


@ops()
def take_along_axis(x, indices, axis=None):
    return run("gather", [convert(x), convert(indices)], {})


@ops()
def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    if axis != -1:
        raise stop("unsupported", "one_hot() along another axis than the last is not supported.")
    return run("one_hot", [convert(x)], {"num_classes": whole(num_classes)}, dtype or "float32")


@ops()
def slice(inputs, start_indices, shape):
    x = convert(inputs)
    index = []
    for start, length in zip(start_indices, shape):
        start, length = whole(start), whole(length)
        index.append([start, None if length == -1 else start + length, None])
    return run("getitem", [x], {"index": index})


# --- making ----------------------------------------------------------------------------------------------------------


def _made(shape, dtype, value=None):
    if isinstance(shape, KerasTensor):
        shape = shape._list("A tensor as a shape")
    sizes = list(shape) if isinstance(shape, (list, tuple)) else [shape]
    runs = opened(sizes)
    total = math.prod(runs[0])
    same = all([one == runs[0] for one in runs])
    return make(runs, dtype, [value] * total if value is not None and same and total <= LIMIT else None)


def zeros(shape, dtype=None):
    return _made(shape, dtype or GLOBAL["floatx"], 0)


def ones(shape, dtype=None):
    return _made(shape, dtype or GLOBAL["floatx"], 1)


def full(shape, fill_value, dtype=None):
    value = convert(fill_value)
    return _made(shape, dtype or value.dtype, value._values[0] if value._values else None)


def empty(shape, dtype=None):
    return _made(shape, dtype or GLOBAL["floatx"])


def eye(N, M=None, k=0, dtype=None):
    rows, columns = whole(N), whole(N if M is None else M)
    found = fixed((rows, columns), dtype or GLOBAL["floatx"])
    if rows * columns <= LIMIT:
        found._values = [float(j - i == k) for i in range(rows) for j in range(columns)]
    return found


def arange(start, stop=None, step=None, dtype=None):
    start, stop = (0, start) if stop is None else (start, stop)
    first, last, by = (
        one if isinstance(one, float) else whole(one) for one in (start, stop, 1 if step is None else step)
    )
    if any([isinstance(one, Sym) for one in (first, last, by)]):
        length = lifted(lambda a, b, c: builtins.max(0, -(-(b - a) // c)))(first, last, by)
        return make(opened([length]), dtype or "int32")
    length = builtins.max(0, math.ceil((last - first) / by))
    kind = dtype or ("float32" if any([isinstance(one, float) for one in (first, last, by)]) else "int32")
    return fixed((length,), kind, [first + at * by for at in range(length)] if length <= LIMIT else None)


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    first, last, count = float(start), float(stop), whole(num)
    steps = builtins.max(count - 1 if endpoint else count, 1)
    return fixed(
        (count,),
        dtype or "float32",
        [first + (last - first) * at / steps for at in range(count)] if count <= LIMIT else None,
    )


@ops()
def zeros_like(x, dtype=None):
    return run("zeros_like", [convert(x)], {}, dtype)


@ops()
def ones_like(x, dtype=None):
    return run("ones_like", [convert(x)], {}, dtype)


@ops()
def full_like(x, fill_value, dtype=None):
    return run("full_like", [convert(x)], {}, dtype)


def meshgrid(*x, indexing="xy"):
    tensors = [convert(one) for one in x]
    found = run("meshgrid", tensors, {"indexing": indexing})
    found = found if isinstance(found, list) else [found]
    if all([one._values is not None for one in tensors]) and len(tensors) == 2 and None not in found[0].shape:
        rows, columns = found[0].shape
        one, other = tensors[0]._values, tensors[1]._values
        if rows * columns <= LIMIT:
            pairs = [
                (one[j], other[i]) if indexing == "xy" else (one[i], other[j])
                for i in range(rows)
                for j in range(columns)
            ]
            found[0]._values, found[1]._values = ([pair[at] for pair in pairs] for at in (0, 1))
    return found


# --- products --------------------------------------------------------------------------------------------------------


@ops()
def matmul(x1, x2):
    return run("matmul", [convert(x1), convert(x2)])


@ops()
def dot(x1, x2):
    one, other = convert(x1), convert(x2)
    if len(other.shape) > 2:
        raise stop("unsupported", "dot() of a tensor of more than two dimensions is not supported.")
    return run("matmul", [one, other])


@ops()
def tensordot(x1, x2, axes=2):
    one, other = convert(x1), convert(x2)
    letters = [chr(code) for code in range(97, 123)]
    left = letters[: len(one.shape)]
    right = letters[len(left) : len(left) + len(other.shape)]
    if isinstance(axes, int):
        pairs = zip(range(len(left) - axes, len(left)), range(axes))
    else:
        pairs = zip(axes_of(axes[0]), axes_of(axes[1]))
    gone = set()
    for a, b in pairs:
        right[b] = left[a]
        gone.add(left[a])
    out = [one for one in left if one not in gone] + [one for one in right if one not in gone]
    return run("einsum", [one, other], {"equation": f"{''.join(left)},{''.join(right)}->{''.join(out)}"})


@ops()
def einsum(subscripts, *operands):
    return run("einsum", [convert(one) for one in operands], {"equation": subscripts})


@ops()
def outer(x1, x2):
    return run("outer", [convert(x1), convert(x2)])


@ops()
def cross(x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None):
    raise stop("unsupported", "cross() is not supported.")


@ops()
def dot_product_attention(
    query,
    key,
    value,
    bias=None,
    mask=None,
    scale=None,
    is_causal=False,
    flash_attention=None,
    attn_logits_soft_cap=None,
):
    heads = [_permuted(convert(one), [0, 2, 1, 3]) for one in (query, key, value)]
    return _permuted(run("scaled_dot_product_attention", heads, {}), [0, 2, 1, 3])


# --- windows ---------------------------------------------------------------------------------------------------------


def _window(x, strides, padding, data_format, dilation=1, dims=None):
    if not isinstance(padding, str) or padding.lower() not in ("same", "valid"):
        raise stop("unsupported", f"padding={padding!r} of a function is not supported: only 'same' and 'valid'.")
    data_format = data_format or GLOBAL["data_format"]
    data_format = {
        "NHWC": "channels_last",
        "NCHW": "channels_first",
        "NWC": "channels_last",
        "NDHWC": "channels_last",
    }.get(data_format, data_format)
    dims = len(x.shape) - 2 if dims is None else dims

    def each(value):
        value = list(value) if isinstance(value, (list, tuple)) else [value] * dims
        return value[1:-1] if len(value) == dims + 2 else value * dims if len(value) == 1 else value

    return {
        "strides": each(strides),
        "padding": padding.lower(),
        "data_format": data_format,
        "dilation": each(dilation),
    }


@ops()
def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    x = convert(inputs)
    return run("keras_conv", [x, convert(kernel)], _window(x, strides, padding, data_format, dilation_rate))


@ops()
def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    x = convert(inputs)
    return run("keras_depthwise_conv", [x, convert(kernel)], _window(x, strides, padding, data_format, dilation_rate))


@ops()
def separable_conv(
    inputs, depthwise_kernel, pointwise_kernel, strides=1, padding="valid", data_format=None, dilation_rate=1
):
    x = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(x, pointwise_kernel, 1, "valid", data_format, 1)


@ops()
def conv_transpose(inputs, kernel, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1):
    if output_padding is not None or dilation_rate != 1:
        raise stop("unsupported", "conv_transpose() with output_padding or dilation_rate is not supported.")
    x = convert(inputs)
    return run("keras_conv_transpose", [x, convert(kernel)], _window(x, strides, padding, data_format))


def _pool(inputs, pool_size, strides, padding, data_format):
    x = convert(inputs)
    found = _window(x, pool_size if strides is None else strides, padding, data_format)
    return run("keras_pool", [x], {**found, "size": _window(x, pool_size, padding, data_format)["strides"]})


@ops()
def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    return _pool(inputs, pool_size, strides, padding, data_format)


@ops()
def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    return _pool(inputs, pool_size, strides, padding, data_format)


@ops()
def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=0.001):
    return run("identity", [convert(x)], {})


@ops()
def layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None, **kwargs):
    return run("identity", [convert(x)], {})


def resize(
    images,
    size,
    interpolation="bilinear",
    antialias=False,
    crop_to_aspect_ratio=False,
    pad_to_aspect_ratio=False,
    fill_mode="constant",
    fill_value=0.0,
    data_format=None,
):
    x = convert(images)
    wanted = [whole(one) for one in (size._list("resize()") if isinstance(size, KerasTensor) else size)]
    return run("resize_images", [x], {"size": wanted, "data_format": data_format or GLOBAL["data_format"]}, "float32")


def extract_patches(images, size, strides=None, dilation_rate=1, padding="valid", data_format=None):
    """Windows of an image, each as the channels of one place: (batch, rows, columns, kernel × channels)."""
    x = convert(images)
    kernel = [size, size] if isinstance(size, int) else list(size)
    found = _window(x, kernel if strides is None else strides, padding, data_format, dilation_rate, 2)
    last = found["data_format"] == "channels_last"
    spans = [(one - 1) * step + 1 for one, step in zip(kernel, found["dilation"])]
    sizes = [joined([sizes[place] for sizes in x._runs]) for place in ((1, 2) if last else (2, 3))]
    if found["padding"] == "same":
        over = [
            lifted(lambda n, step, span: max((-(-n // step) - 1) * step + span - n, 0))(*one)
            for one in zip(sizes, found["strides"], spans)
        ]
        sizes = [one + more for one, more in zip(sizes, over)]
        wide = [(more // 2, more - more // 2) for more in over]
        x = OPS["pad"](x, [(0, 0), *wide, (0, 0)] if last else [(0, 0), (0, 0), *wide])
    x = OPS["transpose"](x, (0, 3, 1, 2)) if last else x
    given = {"kernel_size": kernel, "stride": found["strides"], "dilation": found["dilation"], "padding": [0, 0]}
    places = [(one - span) // step + 1 for one, span, step in zip(sizes, spans, found["strides"])]
    x = OPS["reshape"](run("unfold", [x], given), (-1, x.shape[1] * kernel[0] * kernel[1], *places))
    return OPS["transpose"](x, (0, 2, 3, 1)) if last else x


IMAGE = {"resize": op(resize), "extract_patches": op(extract_patches)}


# --- indexing --------------------------------------------------------------------------------------------------------


def _index(item):
    if item is None or item is Ellipsis:
        return "..." if item is Ellipsis else None
    if isinstance(item, builtins.slice):
        return [None if one is None else whole(one) for one in (item.start, item.stop, item.step)]
    if isinstance(item, (KerasTensor, list)):
        found = convert(item)
        if found.dtype == "bool":
            raise stop("data-dependent", "Indexing by a mask needs the values of a tensor; only shapes are known here.")
        if not found.shape and found._values is not None:
            return whole(found._values[0])
        return {"shape": [joined(sizes) for sizes in zip(*found._runs)]}
    return whole(item, "an index")


def getitem(x, key):
    items = [_index(one) for one in (key if isinstance(key, tuple) else (key,))]
    simple = all([isinstance(one, (int, list)) and not isinstance(one, bool) for one in items])
    known = x._values is not None and simple and None not in x.shape

    def compute(values):
        sizes = tuple(x.shape)
        places = [0]
        for at, size in enumerate(sizes):
            step = math.prod(sizes[at + 1 :])
            item = items[at] if at < len(items) else [None, None, None]
            chosen = [item % size] if isinstance(item, int) else range(*builtins.slice(*item).indices(size))
            places = [base + one * step for base in places for one in chosen]
        return [values[place] for place in places]

    for item in items:
        if isinstance(item, list) and any([isinstance(one, Sym) for one in item]):
            known = False
    return run("getitem", [x], {"index": items}, None, compute if known else None)


getitem.__name__ = "get_item"
KerasTensor.__getitem__ = op(getitem)


# --- the rest --------------------------------------------------------------------------------------------------------


def cond(pred, true_fn, false_fn):
    raise stop("data-dependent", "cond() needs the values of a tensor; only shapes are known here.")


def is_tensor(x):
    return isinstance(x, KerasTensor)


def vectorized_map(function, elements):
    raise stop("unsupported", "vectorized_map() is not supported.")


for _name, _function in {
    "shape": shape, "ndim": ndim, "size": size, "zeros": zeros, "ones": ones, "full": full, "empty": empty, "eye": eye,
    "arange": arange, "linspace": linspace, "meshgrid": meshgrid, "convert_to_numpy": convert_to_numpy,
    "is_tensor": is_tensor, "cond": cond,
}.items():  # fmt: skip
    OPS[_name] = _function
OPS.pop("identity_")
OPS.pop("squareplus_")
OPS["array"] = OPS["convert_to_tensor"]
OPS["get_item"] = KerasTensor.__getitem__
OPS["resize"] = IMAGE["resize"]
IDENTITY = op(identity_)
RANDOM = {
    name: (lambda shape=(), *args, dtype=None, **kwargs: _made(shape, dtype or "float32"))
    for name in ("normal", "uniform", "truncated_normal", "gamma", "binomial", "beta", "randint")
}
RANDOM["dropout"] = op(lambda inputs, rate, noise_shape=None, seed=None: run("dropout", [convert(inputs)], {}))
RANDOM["shuffle"] = op(lambda x, axis=0, seed=None: run("identity", [convert(x)], {}))
__all__ = ["ACTIVATIONS", "IMAGE", "OPS", "RANDOM", "RUNS", "Variable"]
