"""Operations that take dimensions together, or run along them."""

import math

from paramcount_guest.state import unsupported

from torch._dispatch import run
from torch._registry import FUNCTIONS, both, function
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
