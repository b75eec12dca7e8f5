"""Parts of a tensor, chosen by their places."""

import builtins
import math

from paramcount_guest.state import stop

from keras._dispatch import op, run
from keras._numbers import Sym, joined
from keras._ops.shapes import reshape
from keras._ops.table import OPS, ops, whole
from keras._tensor import KerasTensor, convert
from paramcount.operations.rules import axis as place_of


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
KerasTensor.__getitem__ = OPS["get_item"] = op(getitem)
