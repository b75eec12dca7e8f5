"""Operations that join tensors, and repeat one."""

from paramcount_guest.values import contiguous

from torch import _dispatch
from torch._dispatch import run
from torch._registry import both, function, method, worded
from torch._tensor import Tensor
from torch._types import flat, promoted, whole


def _list_of(op, tensors):
    if isinstance(tensors, Tensor):
        raise TypeError(f"{op}(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor")
    tensors = tuple(tensors)
    _dispatch.checked(op, tensors)
    return tensors


def _dtype_of(tensors):
    found = tensors[0].dtype
    for one in tensors[1:]:
        found = promoted(found, one.dtype)
    return found


@function("cat", "concat", "concatenate")
def cat(tensors, dim=0, *, axis=None, out=None):
    tensors = _list_of("cat", tensors)
    if not tensors:
        raise RuntimeError("torch.cat(): expected a non-empty list of Tensors")
    dim = int(dim if axis is None else axis)

    def compute(*lists):
        if len(tensors[0].shape) == 1 or dim == 0:
            return [value for one in lists for value in one]
        rank = len(tensors[0].shape)
        inner = [len(one) // max(slices_before(t, dim % rank), 1) for one, t in zip(lists, tensors)]
        return [
            v
            for at in range(slices_before(tensors[0], dim % rank))
            for one, n in zip(lists, inner)
            for v in one[at * n : (at + 1) * n]
        ]

    return run("cat", tensors, {"dim": dim}, _dtype_of(tensors), compute)


def slices_before(one, dim):
    """How many slices lie before a dimension."""
    total = 1
    for size in one.shape[:dim]:
        total *= size
    return total


@function()
def stack(tensors, dim=0, *, out=None):
    tensors = _list_of("stack", tensors)
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")

    def compute(*lists):
        rank = len(tensors[0].shape) + 1
        outer = slices_before(tensors[0], dim % rank)
        n = len(lists[0]) // max(outer, 1)
        return [v for at in range(outer) for one in lists for v in one[at * n : (at + 1) * n]]

    return run("stack", tensors, {"dim": int(dim)}, _dtype_of(tensors), compute)


@function("hstack")
def hstack(tensors):
    tensors = tuple(tensors)
    return cat(tensors, 0 if len(tensors[0].shape) == 1 else 1)


@function("vstack", "row_stack")
def vstack(tensors):
    return cat([one[None] if len(one.shape) == 1 else one for one in tensors], 0)


@function("dstack")
def dstack(tensors):
    return cat([one.reshape(*one.shape, 1) if len(one.shape) == 2 else one for one in tensors], 2)


@method("repeat")
def _repeat(self, *repeats):
    times = whole(flat(repeats))

    def compute(values):
        own = (1,) * (len(times) - len(self.shape)) + tuple(self.shape)
        steps = contiguous(own)
        places = [0]
        for size, count, step in zip(own, times, steps):
            places = [base + (at % size) * step for base in places for at in range(size * count)]
        return [values[place] for place in places]

    return run("repeat", (self,), {"repeats": times}, None, compute)


@both("tile")
def tile(input, *dims):
    dims = whole(flat(dims))
    return _repeat(input, *([1] * (len(input.shape) - len(dims)) + dims))


@both()
def repeat_interleave(input, repeats, dim=None, *, output_size=None):
    if isinstance(repeats, Tensor):
        if repeats.numel() == 1:
            repeats = int(repeats)
        else:
            repeats = [int(one) for one in repeats.tolist()]
    compute = None
    if isinstance(repeats, int) and (dim is None or len(input.shape) == 1):
        compute = lambda values: [value for value in values for _ in range(repeats)]
    return run("repeat_interleave", (input,), {"repeats": repeats, "dim": dim}, None, compute)


worded(repeat="repeats", tile="dims")
