"""Functions that change a shape, and those that tell it."""

import math

from keras._dispatch import DEPTH, run
from keras._numbers import Sym, joined
from keras._ops.table import axes_of, ops, unrecorded, whole
from keras._tensor import KerasTensor, convert
from paramcount.operations.rules import axis as place_of


@unrecorded
def shape(x):
    """The sizes; inside a layer one that is not known is a number all the same."""
    x = convert(x)
    if not DEPTH.calls:
        return tuple(x.shape)
    return tuple([joined([one[place] for one in x._runs]) for place in range(len(x.shape))])


@unrecorded
def ndim(x):
    return len(convert(x).shape)


@unrecorded
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


def permuted(x, dims):
    """A tensor with its dimensions in this order."""

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
    return permuted(x, list(range(rank))[::-1] if axes is None else [one % rank for one in axes_of(axes)])


@ops()
def swapaxes(x, axis1, axis2):
    x = convert(x)
    dims = list(range(len(x.shape)))
    dims[axis1], dims[axis2] = dims[axis2], dims[axis1]
    return permuted(x, dims)


@ops()
def moveaxis(x, source, destination):
    x = convert(x)
    rank = len(x.shape)
    moved = dict(zip([one % rank for one in axes_of(destination)], [one % rank for one in axes_of(source)]))
    rest = iter([one for one in range(rank) if one not in moved.values()])
    return permuted(x, [moved[place] if place in moved else next(rest) for place in range(rank)])


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
