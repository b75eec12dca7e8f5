"""Operations that order a tensor's numbers, or look which there are."""

from paramcount_guest.state import data_dependent, unsupported

from torch._dispatch import make, run
from torch._reduce import Pair
from torch._registry import both, function, method
from torch._types import int64


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
