"""Operations that rearrange, cut and join tensors; those that torch makes views of share their numbers."""

import functools
import itertools

from paramcount_guest.state import unsupported
from paramcount_guest.values import contiguous as ordered
from paramcount_guest.values import spread
from paramcount_guest.values import viewed as reviewed

from torch import _dispatch
from torch._dispatch import make, run, shapes_of
from torch._registry import FUNCTIONS, both, function, method
from torch._tensor import Tensor, sized
from torch._types import Size, promoted


def _flat(sizes):
    """Sizes given one by one or as one sequence."""
    return sizes[0] if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes


def _whole(sizes):
    found = []
    for size in sizes:
        if isinstance(size, bool) or not hasattr(size, "__index__"):
            raise TypeError(f"sizes must be whole numbers, not {type(size).__name__} ({size!r})")
        found.append(size.__index__())
    return found


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
    return _recut("view", self, {"shape": _whole(_flat(shape))}, False)


@method("reshape")
def _reshape(self, *shape):
    return _recut("reshape", self, {"shape": _whole(_flat(shape))}, True)


@function()
def reshape(input, shape):
    return _recut("reshape", input, {"shape": _whole(shape)}, True)


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
    return _recut("unflatten", input, {"dim": int(dim), "sizes": _whole(sizes)}, False)


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
    dims = None if dim is None else _whole(dim) if isinstance(dim, (tuple, list)) else [int(dim)]
    if dims == []:
        return input

    def strides(shape):
        rank = max(len(input.shape), 1)
        gone = range(rank) if dims is None else [one % rank for one in dims]
        return tuple([s for place, (n, s) in enumerate(zip(input.shape, input._steps)) if n != 1 or place not in gone])

    return _view("squeeze", input, {"dim": dims}, strides if getattr(input, "_strides", None) else lambda shape: None)


@method("permute")
def _permute(self, *dims):
    return permute(self, _flat(dims))


@function()
def permute(input, dims):
    dims = _whole(dims)
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
    return _view("expand", self, {"sizes": _whole(_flat(sizes))}, lambda shape: spread(self.shape, self._steps, shape))


@method()
def expand_as(self, other):
    return _expand(self, *other.shape)


@both("broadcast_to")
def broadcast_to(input, *size):
    return _expand(input, *_flat(size))


@function()
def broadcast_tensors(*tensors):
    from paramcount.operations.rules import broadcast

    shape = broadcast(*[tuple(one.shape) for one in tensors])
    return tuple([_expand(one, *shape) for one in tensors])


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


# --- cutting --------------------------------------------------------------------------------------------------


def _pieces(input, sizes, dim):
    attributes = {"sizes": sizes, "dim": int(dim)}
    shapes = shapes_of("split", (input,), attributes)
    step = input._steps[dim]
    results, start = [], 0
    for size, shape in zip(sizes, shapes):
        result = Tensor.__new__(Tensor)
        result._start_view(input, Size(shape), input._steps, input._offset + start * step)
        results.append(result)
        start += size
    _dispatch.finish("split", (input,), attributes, results)
    return tuple(results)


@both()
def split(input, split_size_or_sections=None, dim=0, *, split_size=None):
    if not isinstance(input, Tensor):
        _dispatch.refuse("split", input)
    wanted = split_size_or_sections if split_size is None else split_size
    if wanted is None:
        raise TypeError("split() missing 1 required positional argument: 'split_size'")
    if isinstance(wanted, (list, tuple)):
        return _pieces(input, _whole(wanted), dim)
    wanted, total = int(wanted), input.shape[dim]
    if wanted <= 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={wanted}")
    return _pieces(input, [min(wanted, total - at) for at in range(0, total, wanted)] or [0], dim)


@method("split_with_sizes")
def _split_with_sizes(self, split_sizes, dim=0):
    return split(self, list(split_sizes), dim)


@both()
def chunk(input, chunks, dim=0):
    if not isinstance(input, Tensor):
        _dispatch.refuse("chunk", input)
    if chunks < 1:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    total = input.shape[dim]
    return split(input, max(-(-total // chunks), 1), dim)


@both()
def tensor_split(input, indices_or_sections=None, dim=0, *, indices=None, sections=None):
    if indices_or_sections is None:
        indices_or_sections = indices if sections is None else sections
    total = input.shape[dim]
    if isinstance(indices_or_sections, int):
        base, more = divmod(total, indices_or_sections)
        return _pieces(input, [base + (place < more) for place in range(indices_or_sections)], dim)
    edges = [0, *[min(edge, total) for edge in indices_or_sections], total]
    return _pieces(input, [b - a for a, b in itertools.pairwise(edges)], dim)


@both()
def unbind(input, dim=0):
    if not isinstance(input, Tensor):
        _dispatch.refuse("unbind", input)
    attributes = {"dim": int(dim)}
    shapes = shapes_of("unbind", (input,), attributes)
    steps = list(input._steps)
    step = steps.pop(dim)
    results = []
    for place, shape in enumerate(shapes):
        result = Tensor.__new__(Tensor)
        result._start_view(input, Size(shape), tuple(steps), input._offset + place * step)
        results.append(result)
    _dispatch.finish("unbind", (input,), attributes, results)
    return tuple(results)


# --- joining --------------------------------------------------------------------------------------------------


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
        inner = [len(one) // max(ordered_outer(t, dim % rank), 1) for one, t in zip(lists, tensors)]
        return [
            v
            for at in range(ordered_outer(tensors[0], dim % rank))
            for one, n in zip(lists, inner)
            for v in one[at * n : (at + 1) * n]
        ]

    return run("cat", tensors, {"dim": dim}, _dtype_of(tensors), compute)


def ordered_outer(one, dim):
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
        outer = ordered_outer(tensors[0], dim % rank)
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
    times = _whole(_flat(repeats))

    def compute(values):
        own = (1,) * (len(times) - len(self.shape)) + tuple(self.shape)
        steps = ordered(own)
        places = [0]
        for size, count, step in zip(own, times, steps):
            places = [base + (at % size) * step for base in places for at in range(size * count)]
        return [values[place] for place in places]

    return run("repeat", (self,), {"repeats": times}, None, compute)


@both("tile")
def tile(input, *dims):
    dims = _whole(_flat(dims))
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


def _moved(op, input, attributes, place):
    """An operation whose numbers come from elsewhere in the same shape; `place` tells from where."""

    def compute(values):
        shape, steps = tuple(input.shape), ordered(input.shape)
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
    shifts = _whole(shifts) if isinstance(shifts, (tuple, list)) else [int(shifts)]
    dims = _whole(dims) if isinstance(dims, (tuple, list)) else [int(dims)]
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
    return flip(self, _flat(given) if dims is None else dims)


@function()
def flip(input, dims):
    dims = _whole(dims)

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


@both()
def index_select(input, dim, index):
    items = [slice(None)] * (dim % max(len(input.shape), 1)) + [index.reshape(-1)]
    if input._known and index._known:
        return input[tuple(items)]
    return run("index_select", (input, index), {"dim": int(dim)})


@both()
def gather(input, dim, index, *, sparse_grad=False, out=None):
    return run("gather", (input, index), {"dim": int(dim)})


@both()
def take_along_dim(input, indices, dim=None):
    return run("gather", (input, indices), {"dim": dim})


def _scattered(name):
    def apply(input, *args, **kwargs):
        others = [one for one in (*args, *kwargs.values()) if isinstance(one, Tensor)]
        return run("scatter", (input, *others), {"of": name})

    return apply


for _name in ("scatter", "scatter_add", "scatter_reduce", "index_add", "index_copy", "index_fill", "masked_scatter"):
    both(_name)(_scattered(_name))


@both()
def masked_select(input, mask, *, out=None):
    return input[mask]


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


@method("new_tensor")
def new_tensor(self, data, *, dtype=None, device=None, requires_grad=False):
    from torch._tensor import tensor

    return tensor(data, dtype=dtype or self.dtype)


def _new(value):
    def apply(self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
        shape = Size(sized(_flat(size)))
        count = shape.numel()
        values = [value] * count if value is not None and count <= _dispatch.LIMIT else None
        return make(shape, dtype or self.dtype, values)

    return apply


method("new_zeros")(_new(0))
method("new_ones")(_new(1))
method("new_empty")(_new(None))
method("new")(_new(None))


@method("new_full")
def new_full(self, size, fill_value, *, dtype=None, device=None, requires_grad=False):
    return _new(fill_value)(self, *size, dtype=dtype)


def _worded(word, made):
    """Let a method that takes sizes one by one take them by their name too."""

    @functools.wraps(made)
    def apply(self, *given, **named):
        if word in named:
            given = (named.pop(word),)
        return made(self, *given, **named)

    return apply


for _name, _word in (
    ("view", "size"), ("reshape", "shape"), ("expand", "size"), ("repeat", "repeats"), ("tile", "dims"),
    ("permute", "dims"),
):  # fmt: skip
    method(_name)(_worded(_word, vars(Tensor)[_name]))
