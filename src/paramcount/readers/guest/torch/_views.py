"""Operations that rearrange a tensor; those that torch makes views of share their numbers."""

from paramcount_guest.state import unsupported
from paramcount_guest.values import spread
from paramcount_guest.values import viewed as reviewed

from paramcount.operations.rules import broadcast
from torch import _dispatch
from torch._dispatch import run, shapes_of
from torch._registry import FUNCTIONS, both, function, method, worded
from torch._tensor import Tensor
from torch._types import flat, whole


def _view(op, one, attributes, strides, offset=None):
    """A view whose shape the shared rule gives."""
    if not isinstance(one, Tensor):
        _dispatch.refuse(op, one)
    (shape,) = shapes_of(op, (one,), attributes)
    return _dispatch.viewed(op, one, attributes, shape, strides(shape), one._offset if offset is None else offset)


def _recut(op, one, attributes, copy):
    """Another shape for the same numbers in the same order."""
    if not isinstance(one, Tensor):
        _dispatch.refuse(op, one)
    (shape,) = shapes_of(op, (one,), attributes)
    if one._strides is None:
        return _dispatch.viewed(op, one, attributes, shape, None, one._offset)
    strides = reviewed(one.shape, one._strides, shape)
    if strides is not None:
        return _dispatch.viewed(op, one, attributes, shape, strides, one._offset)
    if not copy:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return run(op, (one,), attributes, None, lambda values: list(values))


@method()
def view(self, *shape, dtype=None):
    if dtype is not None or (len(shape) == 1 and type(shape[0]).__name__ == "dtype"):
        raise unsupported("Tensor.view with a type")
    return _recut("view", self, {"shape": whole(flat(shape))}, False)


@method("reshape")
def _reshape(self, *shape):
    return _recut("reshape", self, {"shape": whole(flat(shape))}, True)


@function()
def reshape(input, shape):
    return _recut("reshape", input, {"shape": whole(shape)}, True)


@method()
def view_as(self, other):
    return view(self, *other.shape)


@method()
def reshape_as(self, other):
    return _reshape(self, *other.shape)


@both()
def flatten(input, start_dim=0, end_dim=-1):
    return _recut("flatten", input, {"start_dim": int(start_dim), "end_dim": int(end_dim)}, True)


@both()
def ravel(input):
    return flatten(input)


@both()
def unflatten(input, dim, sizes):
    return _recut("unflatten", input, {"dim": int(dim), "sizes": whole(sizes)}, False)


@both()
def unsqueeze(input, dim):
    def strides(shape):
        place = dim % len(shape)
        own = list(input._steps)
        own.insert(place, own[place] * input.shape[place] if place < len(own) else 1)
        return tuple(own)

    return _view(
        "unsqueeze", input, {"dim": int(dim)}, strides if getattr(input, "_strides", None) else lambda shape: None
    )


@both()
def squeeze(input, dim=None):
    dims = None if dim is None else whole(dim) if isinstance(dim, (tuple, list)) else [int(dim)]
    if dims == []:
        return input

    def strides(shape):
        rank = max(len(input.shape), 1)
        gone = range(rank) if dims is None else [one % rank for one in dims]
        return tuple([s for place, (n, s) in enumerate(zip(input.shape, input._steps)) if n != 1 or place not in gone])

    return _view("squeeze", input, {"dim": dims}, strides if getattr(input, "_strides", None) else lambda shape: None)


@method("permute")
def _permute(self, *dims):
    return permute(self, flat(dims))


@function()
def permute(input, dims):
    dims = whole(dims)
    return _view("permute", input, {"dims": dims}, lambda shape: tuple([input._steps[dim] for dim in dims]))


@both("transpose", "swapaxes", "swapdims")
def transpose(input, dim0, dim1):
    def strides(shape):
        own = list(input._steps)
        if own:
            own[dim0], own[dim1] = own[dim1], own[dim0]
        return tuple(own)

    return _view("transpose", input, {"dim0": int(dim0), "dim1": int(dim1)}, strides)


@both("movedim", "moveaxis")
def movedim(input, source, destination):
    rank = len(input.shape)
    sources = [one % rank for one in (source if isinstance(source, (tuple, list)) else [source])]
    places = [one % rank for one in (destination if isinstance(destination, (tuple, list)) else [destination])]
    rest = iter([one for one in range(rank) if one not in sources])
    target = dict(zip(places, sources))
    return permute(input, [target[place] if place in target else next(rest) for place in range(rank)])


@both("t")
def t(input):
    if len(input.shape) > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {len(input.shape)}D")
    return transpose(input, 0, 1) if len(input.shape) == 2 else input


@both("adjoint")
def _adjoint(input):
    return transpose(input, -2, -1)


Tensor.T = property(lambda self: permute(self, list(range(len(self.shape)))[::-1]))
Tensor.mT = property(lambda self: transpose(self, -2, -1))
Tensor.H = Tensor.mH = property(lambda self: transpose(self, -2, -1))


@method("expand")
def _expand(self, *sizes, implicit=False):
    return _view("expand", self, {"sizes": whole(flat(sizes))}, lambda shape: spread(self.shape, self._steps, shape))


@method()
def expand_as(self, other):
    return _expand(self, *other.shape)


@both("broadcast_to")
def broadcast_to(input, *size):
    return _expand(input, *flat(size))


@function()
def broadcast_tensors(*tensors):
    shape = broadcast(*[tuple(one.shape) for one in tensors])
    return tuple([_expand(one, *shape) for one in tensors])


@both()
def as_strided(input, size, stride, storage_offset=None):
    size, stride = whole(size), tuple(whole(stride))
    offset = input._offset if storage_offset is None else int(storage_offset)
    if len(size) != len(stride):
        raise RuntimeError(f"mismatch in length of strides and shape: {len(stride)} and {len(size)}")
    if min(stride, default=0) < 0:
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}")
    reach = offset + sum([(n - 1) * step for n, step in zip(size, stride)]) + 1
    own = input._strides is None and input._offset == 0
    held = len(input._storage.data) if input._known else input.numel() if own else None  # None: of a view, not known
    if 0 not in size and held is not None and reach > held:
        raise RuntimeError(
            f"setStorage: sizes {size}, strides {list(stride)}, storage offset {offset} are out of bounds for storage of "
            f"{held} numbers"
        )
    return _view("as_strided", input, {"size": size}, lambda shape: stride, offset)


@both()
def narrow(input, dim, start, length):
    start, length, rank = int(start), int(length), len(input.shape)
    attributes = {"dim": int(dim), "start": start, "length": length}
    first = start + input.shape[dim] if start < 0 else start
    return _view(
        "narrow", input, attributes, lambda shape: input._steps, input._offset + first * input._steps[dim % rank]
    )


@both()
def select(input, dim, index):
    items = [slice(None)] * (dim % len(input.shape)) + [int(index)]
    return input[tuple(items)]


@both()
def diagonal(input, offset=0, dim1=0, dim2=1):
    attributes = {"offset": offset, "dim1": dim1, "dim2": dim2}
    return run("diagonal", (input,), attributes)


@both("diag")
def diag(input, diagonal=0):
    if len(input.shape) == 2:
        return run("diagonal", (input,), {"offset": diagonal, "dim1": 0, "dim2": 1})
    return diag_embed(input, diagonal)


@both("diag_embed", "diagflat")
def diag_embed(input, offset=0, dim1=-2, dim2=-1):
    if (dim1, dim2) != (-2, -1):
        raise unsupported("torch.diag_embed with dimensions")
    size = input.shape[-1] + abs(offset)
    spread = FUNCTIONS["eye"](input.shape[-1], dtype=input.dtype) * input.unsqueeze(-1)
    if not offset:
        return spread
    from torch.nn.functional import pad

    before = (max(offset, 0), max(-offset, 0))
    return pad(spread, [before[0], size - before[0] - input.shape[-1], before[1], size - before[1] - input.shape[-1]])


@both("view_as_complex")
def view_as_complex(input):
    return run(
        "view_as_complex",
        (input,),
        {},
        input.dtype.to_complex(),
        lambda v: [complex(a, b) for a, b in zip(v[::2], v[1::2])],
    )


@both("view_as_real")
def view_as_real(input):
    return run("view_as_real", (input,), {}, input.dtype.to_real(), lambda v: [x for c in v for x in (c.real, c.imag)])


worded(view="size", reshape="shape", expand="size", permute="dims")
