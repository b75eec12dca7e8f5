"""Tensors that are made: of one number, of a range, of chance."""

import math

from paramcount_guest.values import LIMIT

from keras._dispatch import op, run
from keras._inert import GLOBAL
from keras._numbers import Sym, lifted
from keras._ops.table import ops, unrecorded, whole
from keras._tensor import KerasTensor, convert, fixed, make, opened


def made(shape, dtype, value=None):
    """A tensor of a shape, whose sizes may differ between the runs, with one number everywhere."""
    if isinstance(shape, KerasTensor):
        shape = shape._list("A tensor as a shape")
    sizes = list(shape) if isinstance(shape, (list, tuple)) else [shape]
    runs = opened(sizes)
    total = math.prod(runs[0])
    same = all([one == runs[0] for one in runs])
    return make(runs, dtype, [value] * total if value is not None and same and total <= LIMIT else None)


@unrecorded
def zeros(shape, dtype=None):
    return made(shape, dtype or GLOBAL["floatx"], 0)


@unrecorded
def ones(shape, dtype=None):
    return made(shape, dtype or GLOBAL["floatx"], 1)


@unrecorded
def full(shape, fill_value, dtype=None):
    value = convert(fill_value)
    return made(shape, dtype or value.dtype, value._values[0] if value._values else None)


@unrecorded
def empty(shape, dtype=None):
    return made(shape, dtype or GLOBAL["floatx"])


@unrecorded
def eye(N, M=None, k=0, dtype=None):
    rows, columns = whole(N), whole(N if M is None else M)
    found = fixed((rows, columns), dtype or GLOBAL["floatx"])
    if rows * columns <= LIMIT:
        found._values = [float(j - i == k) for i in range(rows) for j in range(columns)]
    return found


@unrecorded
def arange(start, stop=None, step=None, dtype=None):
    start, stop = (0, start) if stop is None else (start, stop)
    first, last, by = (
        one if isinstance(one, float) else whole(one) for one in (start, stop, 1 if step is None else step)
    )
    if any([isinstance(one, Sym) for one in (first, last, by)]):
        length = lifted(lambda a, b, c: max(0, -(-(b - a) // c)))(first, last, by)
        return make(opened([length]), dtype or "int32")
    length = max(0, math.ceil((last - first) / by))
    kind = dtype or ("float32" if any([isinstance(one, float) for one in (first, last, by)]) else "int32")
    return fixed((length,), kind, [first + at * by for at in range(length)] if length <= LIMIT else None)


@unrecorded
def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    first, last, count = float(start), float(stop), whole(num)
    steps = max(count - 1 if endpoint else count, 1)
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


@unrecorded
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


RANDOM = {
    name: (lambda shape=(), *args, dtype=None, **kwargs: made(shape, dtype or "float32"))
    for name in ("normal", "uniform", "truncated_normal", "gamma", "binomial", "beta", "randint")
}
"""The functions of keras.random."""
RANDOM["dropout"] = op(lambda inputs, rate, noise_shape=None, seed=None: run("dropout", [convert(inputs)], {}))
RANDOM["shuffle"] = op(lambda x, axis=0, seed=None: run("identity", [convert(x)], {}))
