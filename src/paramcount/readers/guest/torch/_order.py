"""Operations that put a tensor's numbers elsewhere in the same shape, or leave some out."""

from paramcount_guest.values import contiguous

from torch._dispatch import run
from torch._registry import both, function, method
from torch._types import flat, whole
from torch._views import transpose


def _moved(op, input, attributes, place):
    """An operation whose numbers come from elsewhere in the same shape; `place` tells from where."""

    def compute(values):
        shape, steps = tuple(input.shape), contiguous(input.shape)
        found = []
        for at in range(len(values)):
            key, rest = [], at
            for step in steps:
                here, rest = divmod(rest, step)
                key.append(here)
            found.append(values[sum([k * s for k, s in zip(place(key, shape), steps)])])
        return found

    return run(op, (input,), attributes, None, compute)


@both()
def roll(input, shifts, dims=None):
    if dims is None:
        return roll(input.flatten(), shifts, 0).reshape(input.shape)
    shifts = whole(shifts) if isinstance(shifts, (tuple, list)) else [int(shifts)]
    dims = whole(dims) if isinstance(dims, (tuple, list)) else [int(dims)]
    if len(shifts) != len(dims):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")

    def place(key, shape):
        key = list(key)
        for shift, dim in zip(shifts, dims):
            key[dim] = (key[dim] - shift) % shape[dim]
        return key

    return _moved("roll", input, {"shifts": shifts, "dim": dims}, place)


@method("flip")
def _flip(self, *given, dims=None):
    return flip(self, flat(given) if dims is None else dims)


@function()
def flip(input, dims):
    dims = whole(dims)

    def place(key, shape):
        key = list(key)
        for dim in dims:
            key[dim] = shape[dim] - 1 - key[dim]
        return key

    return _moved("flip", input, {"dim": dims}, place)


@both("fliplr")
def fliplr(input):
    return flip(input, [1])


@both("flipud")
def flipud(input):
    return flip(input, [0])


@both()
def rot90(input, k=1, dims=(0, 1)):
    found = input
    for _ in range(k % 4):
        found = flip(transpose(found, *dims), [dims[0]])
    return found


def _triangle(op, keep):
    def apply(input, diagonal=0, *, out=None):
        rows, columns = input.shape[-2:]

        def compute(values):
            return [
                value if keep(at // columns % rows, at % columns, diagonal) else value * 0
                for at, value in enumerate(values)
            ]

        return run(op, (input,), {}, None, compute)

    return apply


both("tril")(_triangle("tril", lambda row, column, diagonal: column - row <= diagonal))
both("triu")(_triangle("triu", lambda row, column, diagonal: column - row >= diagonal))
method("unfold")(
    lambda self, dimension, size, step: run(
        "unfold_dimension", (self,), {"dimension": int(dimension), "size": int(size), "step": int(step)}
    )
)
