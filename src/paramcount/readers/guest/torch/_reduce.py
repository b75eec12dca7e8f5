"""Operations that take dimensions together, order them, or run along them."""

import math

from paramcount_guest.state import data_dependent, unsupported

from torch._arithmetic import result_type
from torch._dispatch import elementwise, make, run
from torch._registry import FUNCTIONS, both, function, method
from torch._tensor import Tensor
from torch._types import as_dtype, bool_, int64


class Pair(tuple):
    """What torch returns as a named tuple of values and indices."""

    __slots__ = ()

    values = property(lambda self: self[0])
    indices = property(lambda self: self[1])


def _dims(dim):
    """The dimensions as JSON has them: None for all."""
    if dim is None:
        return None
    return [int(one) for one in dim] if isinstance(dim, (tuple, list)) else [int(dim)]


def _groups(input, dims):
    """Numbers of a known tensor that are taken together, in the order of the results."""
    rank = len(input.shape)
    gone = range(rank) if dims is None or not dims else [dim % max(rank, 1) for dim in dims]
    groups = {}
    shape = input.shape
    for place, value in enumerate(input._list()):
        key, rest = [], place
        for axis in range(rank - 1, -1, -1):
            rest, at = divmod(rest, shape[axis])
            if axis not in gone:
                key.append(at)
        groups.setdefault(tuple(reversed(key)), []).append(value)
    return [groups[key] for key in sorted(groups)]


def _reduced(op, input, dim, keepdim, dtype, compute):
    dims = _dims(dim)
    attributes = {"dim": dims, "keepdim": bool(keepdim)}
    values = None
    if compute is not None and isinstance(input, Tensor) and input._known and input.numel():
        values = lambda _: [compute(group) for group in _groups(input, dims)]
    return run(op, (input,), attributes, dtype, values)


def _summed(dtype):
    return int64 if dtype.order < 2 else dtype


def _floating(input, op):
    if isinstance(input, Tensor) and input.dtype.order < 2:
        raise RuntimeError(
            f"{op}(): could not infer output dtype. Input dtype must be either a floating point or complex dtype."
        )
    return None


@both("sum", "nansum")
def _sum(input, dim=None, keepdim=False, *, dtype=None, out=None):
    dtype = as_dtype(dtype) or (_summed(input.dtype) if isinstance(input, Tensor) else None)
    return _reduced(
        "sum", input, dim, keepdim, dtype, lambda group: math.fsum(group) if dtype.order == 2 else sum(group)
    )


@both("mean", "nanmean")
def mean(input, dim=None, keepdim=False, *, dtype=None, out=None):
    dtype = as_dtype(dtype) or _floating(input, "mean")
    return _reduced("mean", input, dim, keepdim, dtype, lambda group: sum(group) / len(group))


@both()
def prod(input, dim=None, keepdim=False, *, dtype=None):
    return _reduced("prod", input, dim, keepdim, as_dtype(dtype) or _summed(input.dtype), math.prod)


def _spread(op, root):
    def apply(input, dim=None, unbiased=True, keepdim=False, *, correction=None, out=None):
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        less = correction if correction is not None else int(unbiased)
        _floating(input, op)

        def compute(group):
            middle = sum(group) / len(group)
            if len(group) <= less:
                return math.nan
            value = sum([(x - middle) ** 2 for x in group]) / (len(group) - less)
            return math.sqrt(value) if root else value

        return _reduced(op, input, dim, keepdim, None, compute)

    return apply


both("std")(_spread("std", True))
both("var")(_spread("var", False))


@function()
def var_mean(input, dim=None, unbiased=True, keepdim=False, *, correction=None):
    return Tensor.var(input, dim, unbiased, keepdim, correction=correction), mean(input, dim, keepdim)


@function()
def std_mean(input, dim=None, unbiased=True, keepdim=False, *, correction=None):
    return Tensor.std(input, dim, unbiased, keepdim, correction=correction), mean(input, dim, keepdim)


def _extreme(op, pick):
    def apply(input, dim=None, keepdim=False, *, other=None, out=None):
        if isinstance(dim, Tensor) or other is not None:
            return FUNCTIONS[f"{op}imum"](input, other if dim is None else dim)
        if dim is None:
            return _reduced(op, input, None, keepdim, None, pick)
        attributes = {"dim": _dims(dim), "keepdim": bool(keepdim), "indices": True}
        found = run(op, (input,), attributes)
        found[1]._dtype = int64
        if input._known and input.numel():
            groups = _groups(input, _dims(dim))
            found[0]._fill([pick(group) for group in groups])
            found[1]._fill([group.index(pick(group)) for group in groups])
        return Pair(found)

    return apply


both("max")(_extreme("max", max))
both("min")(_extreme("min", min))


@both("amax")
def amax(input, dim=(), keepdim=False, *, out=None):
    return _reduced("amax", input, dim if dim != () else None, keepdim, None, max)


@both("amin")
def amin(input, dim=(), keepdim=False, *, out=None):
    return _reduced("amin", input, dim if dim != () else None, keepdim, None, min)


@function()
def aminmax(input, *, dim=None, keepdim=False):
    return amin(input, () if dim is None else dim, keepdim), amax(input, () if dim is None else dim, keepdim)


@both()
def argmax(input, dim=None, keepdim=False):
    return _reduced("argmax", input, dim, keepdim, int64, lambda group: group.index(max(group)))


@both()
def argmin(input, dim=None, keepdim=False):
    return _reduced("argmin", input, dim, keepdim, int64, lambda group: group.index(min(group)))


@both("all")
def _all(input, dim=None, keepdim=False, *, out=None):
    return _reduced("all", input, dim, keepdim, bool_, lambda group: all(group))


@both("any")
def _any(input, dim=None, keepdim=False, *, out=None):
    return _reduced("any", input, dim, keepdim, bool_, lambda group: any(group))


@both()
def count_nonzero(input, dim=None):
    return _reduced("count_nonzero", input, dim, False, int64, lambda group: sum([x != 0 for x in group]))


@both()
def logsumexp(input, dim, keepdim=False, *, out=None):
    return _reduced("logsumexp", input, dim, keepdim, None, None)


@both("median", "nanmedian")
def median(input, dim=None, keepdim=False, *, out=None):
    if dim is None:
        return _reduced("median", input, None, False, None, lambda group: sorted(group)[(len(group) - 1) // 2])
    found = run("median", (input,), {"dim": _dims(dim), "keepdim": bool(keepdim), "indices": True})
    found[1]._dtype = int64
    return Pair(found)


@both()
def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    return _reduced(
        "norm",
        input,
        dim,
        keepdim,
        as_dtype(dtype),
        (lambda group: math.sqrt(math.fsum([x * x for x in group]))) if p in ("fro", 2, None) else None,
    )


@both()
def cumsum(input, dim, *, dtype=None, out=None):
    dtype = as_dtype(dtype) or _summed(input.dtype)
    return run(
        "cumsum", (input,), {"dim": int(dim)}, dtype, lambda values: _along(input, dim, values, lambda a, b: a + b)
    )


@both()
def cumprod(input, dim, *, dtype=None, out=None):
    dtype = as_dtype(dtype) or _summed(input.dtype)
    return run(
        "cumprod", (input,), {"dim": int(dim)}, dtype, lambda values: _along(input, dim, values, lambda a, b: a * b)
    )


def _along(input, dim, values, join):
    rank = len(input.shape)
    if not rank:
        return list(values)
    dim %= rank
    step = 1
    for size in input.shape[dim + 1 :]:
        step *= size
    found = list(values)
    for place in range(len(found)):
        if (place // step) % input.shape[dim]:
            found[place] = join(found[place - step], found[place])
    return found


@both()
def diff(input, n=1, dim=-1, prepend=None, append=None):
    if prepend is not None or append is not None:
        raise unsupported("torch.diff with prepend or append")
    for _ in range(n):
        size = input.shape[dim]
        input = input.narrow(dim, 1, size - 1) - input.narrow(dim, 0, size - 1)
    return input


@both()
def topk(input, k, dim=-1, largest=True, sorted=True, *, out=None):
    found = run("topk", (input,), {"k": int(k), "dim": int(dim)})
    found[1]._dtype = int64
    if input._known and len(input.shape) == 1:
        order = _order(input._list(), largest)[: int(k)]
        found[0]._fill([input._list()[place] for place in order])
        found[1]._fill(order)
    return Pair(found)


def _order(values, descending):
    return sorted(range(len(values)), key=lambda place: values[place], reverse=descending)


@both()
def sort(input, dim=-1, descending=False, stable=False, *, out=None):
    found = run("sort", (input,), {"dim": int(dim)})
    found[1]._dtype = int64
    if input._known and len(input.shape) == 1:
        order = _order(input._list(), descending)
        found[0]._fill([input._list()[place] for place in order])
        found[1]._fill(order)
    return Pair(found)


@both()
def argsort(input, dim=-1, descending=False, stable=False):
    return sort(input, dim, descending)[1]


@both()
def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    if dim is not None:
        raise unsupported("torch.unique along a dimension")
    if not input._known:
        raise data_dependent("torch.unique")
    given = input._list()
    values = list(dict.fromkeys(given))
    values.sort()
    found = [make((len(values),), input.dtype, values)]
    if return_inverse:
        found.append(make(input.shape, int64, [values.index(one) for one in given]))
    if return_counts:
        found.append(make((len(values),), int64, [given.count(one) for one in values]))
    return found[0] if len(found) == 1 else tuple(found)


@both()
def nonzero(input, *, as_tuple=False, out=None):
    if not input._known:
        raise data_dependent("torch.nonzero")
    places = []
    for place, value in enumerate(input._list()):
        if value:
            key, rest = [], place
            for size in reversed(input.shape):
                rest, at = divmod(rest, size)
                key.append(at)
            places.append(key[::-1])
    if as_tuple:
        return tuple([make((len(places),), int64, [key[axis] for key in places]) for axis in range(len(input.shape))])
    return make((len(places), len(input.shape)), int64, [at for key in places for at in key])


@function()
def isin(elements, test_elements):
    raise unsupported("torch.isin")


@function()
def bincount(input, weights=None, minlength=0):
    raise data_dependent("torch.bincount")


method("bincount")(bincount)


def softmax_values(input, dim):
    """The numbers of a softmax over a vector's only dimension."""
    if not (input._known and len(input.shape) == 1 and input.numel()):
        return None

    def compute(values):
        most = max(values)
        parts = [math.exp(value - most) for value in values]
        whole = sum(parts)
        return [part / whole for part in parts]

    return compute


@both()
def softmax(input, dim, dtype=None, *, _stacklevel=3, out=None):
    return run(
        "softmax",
        (input,),
        {"dim": int(dim)},
        as_dtype(dtype),
        softmax_values(input, dim) if isinstance(input, Tensor) else None,
    )


@both()
def log_softmax(input, dim, dtype=None, *, _stacklevel=3, out=None):
    return run("log_softmax", (input,), {"dim": int(dim)}, as_dtype(dtype))


@both()
def renorm(input, p, dim, maxnorm):
    return run("renorm", (input,))


@both("dist")
def dist(input, other, p=2):
    return norm(input - other)


@function("einsum")
def einsum(equation, *operands):
    if not isinstance(equation, str):
        raise unsupported("torch.einsum with sublists")
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    return run("einsum", tuple(operands), {"equation": equation})


def _product(op):
    def apply(input, other, *, out=None):
        if not (isinstance(input, Tensor) and isinstance(other, Tensor)):
            return run(op, (input, other))
        compute = None
        if len(input.shape) == len(other.shape) == 2 and input.numel() and other.shape[-1]:
            inner, wide = input.shape[-1], other.shape[-1]

            def compute(left, right):
                columns = [right[at::wide] for at in range(wide)]
                rows = [left[at : at + inner] for at in range(0, len(left), inner)]
                return [math.fsum([a * b for a, b in zip(row, column)]) for row in rows for column in columns]

        if input.dtype is not other.dtype:
            raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {input.dtype} != {other.dtype}")
        return run(op, (input, other), {}, None, compute)

    return apply


for _op in ("matmul", "mm", "bmm"):
    both(_op)(_product(_op))
both("mv", "dot", "inner", "vdot")(_product("matmul"))
Tensor.__matmul__ = Tensor.matmul
Tensor.__rmatmul__ = lambda self, other: Tensor.matmul(other, self)


@both("outer", "ger")
def outer(input, vec2, *, out=None):
    return run("outer", (input, vec2), {}, result_type(input, vec2), lambda a, b: [x * y for x in a for y in b])


@both()
def addmm(input, mat1, mat2, *, beta=1, alpha=1, out=None):
    return run("addmm", (input, mat1, mat2))


@both()
def baddbmm(input, batch1, batch2, *, beta=1, alpha=1, out=None):
    return run("baddbmm", (input, batch1, batch2))


@function()
def addbmm(input, batch1, batch2, *, beta=1, alpha=1):
    return input + FUNCTIONS["bmm"](batch1, batch2).sum(0)


@function("chain_matmul")
def chain_matmul(*matrices):
    found = matrices[0]
    for one in matrices[1:]:
        found = found @ one
    return found


@function("tensordot")
def tensordot(a, b, dims=2, out=None):
    if isinstance(dims, int):
        left, right = list(range(len(a.shape) - dims, len(a.shape))), list(range(dims))
    else:
        left, right = ([one] if isinstance(one, int) else list(one) for one in dims)
    letters = "abcdefghijklmnopqrstuvwxyz"
    first = list(letters[: len(a.shape)])
    second = list(letters[len(a.shape) : len(a.shape) + len(b.shape)])
    for one, other in zip(left, right):
        second[other] = first[one]
    out = [c for place, c in enumerate(first) if place not in [d % len(first) for d in left]]
    out += [c for place, c in enumerate(second) if place not in [d % len(second) for d in right]]
    return einsum(f"{''.join(first)},{''.join(second)}->{''.join(out)}", a, b)


@function("cdist")
def cdist(x1, x2, p=2.0, compute_mode=None):
    return run("cdist", (x1, x2))


@function("cross")
def cross(input, other, dim=None):
    return elementwise("mul", (input, other))


@function("kron")
def kron(input, other):
    shape = [a * b for a, b in zip(input.shape, other.shape)]
    return (input.flatten()[:, None] * other.flatten()[None]).reshape(shape)
