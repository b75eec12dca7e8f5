"""Functions along axes: sums, extremes, sorting."""

import math

from keras._dispatch import run
from keras._ops.table import OPS, axes_of, ops, whole
from keras._tensor import convert


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
    ("mean", "mean", None, None), ("sum", "sum", sum, None), ("max", "amax", max, None),
    ("min", "amin", min, None), ("amax", "amax", None, None), ("amin", "amin", None, None),
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
