"""Operations that rearrange, join, cut and make tensors."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from paramcount.operations.rules import (
    Attributes,
    OperationError,
    Rule,
    Sizes,
    axes,
    axis,
    broadcast,
    count,
    numel,
    text,
    whole,
    wholes,
)


def _reshaped(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """One size may be -1. Source: torch.reshape."""
    wanted, total = wholes(attributes, "shape"), numel(shapes[0])
    free = [place for place, size in enumerate(wanted) if size == -1]
    if len(free) > 1:
        raise OperationError("only one dimension can be inferred")
    if any(size < -1 for size in wanted):
        raise OperationError(f"invalid shape dimension in {list(wanted)}")
    rest = numel([size for size in wanted if size != -1])
    if (rest != total) if not free else (rest == 0 or total % rest):
        raise OperationError(f"shape '{list(wanted)}' is invalid for input of size {total}")
    return (tuple([total // rest if size == -1 else size for size in wanted]),)


def _flattened(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x = shapes[0]
    start = axis(whole(attributes, "start_dim", 0), len(x))
    end = axis(whole(attributes, "end_dim", -1), len(x))
    if start > end:
        raise OperationError("flatten() has invalid args: start_dim cannot come after end_dim")
    return ((*x[:start], numel(x[start : end + 1]), *x[end + 1 :]),)


def _unflattened(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x = shapes[0]
    dim = axis(whole(attributes, "dim"), len(x))
    sizes = _reshaped([(x[dim],)], {"shape": attributes.get("sizes")})[0]
    return ((*x[:dim], *sizes, *x[dim + 1 :]),)


def _permuted(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x = shapes[0]
    dims = wholes(attributes, "dims")
    if len(dims) != len(x):
        raise OperationError(f"permute(): {len(dims)} dimensions are named of a tensor that has {len(x)}: {text(x)}")
    return (tuple([x[dim] for dim in axes(attributes, len(x), "dims")]),)


def _swapped(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    found = list(shapes[0])
    one, other = (axis(whole(attributes, name), len(found)) for name in ("dim0", "dim1"))
    if found:
        found[one], found[other] = found[other], found[one]
    return (tuple(found),)


def _unsqueezed(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x = shapes[0]
    dim = axis(whole(attributes, "dim"), len(x) + 1)
    return ((*x[:dim], 1, *x[dim:]),)


def _squeezed(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x = shapes[0]
    gone = axes(attributes, len(x))
    return (tuple([size for place, size in enumerate(x) if size != 1 or place not in gone]),)


def _expanded(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x, sizes = shapes[0], wholes(attributes, "sizes")
    if len(sizes) < len(x):
        raise OperationError(f"expand: {list(sizes)} has fewer dimensions than the tensor, {text(x)}")
    own = (1,) * (len(sizes) - len(x)) + x
    new = len(sizes) - len(x)
    for place, (have, want) in enumerate(zip(own, sizes, strict=True)):
        if (want == -1 and place < new) or want < -1 or (want not in (-1, have) and have != 1):
            raise OperationError(
                f"The expanded size of the tensor ({want}) must match the existing size ({have}) at non-singleton "
                f"dimension {place}.  Target sizes: {list(sizes)}.  Tensor sizes: {text(x)}"
            )
    return (tuple([have if want == -1 else want for have, want in zip(own, sizes, strict=True)]),)


def _restrided(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Any shape over the numbers that a tensor's storage holds. Source: torch.as_strided."""
    sizes = wholes(attributes, "size")
    if min(sizes, default=0) < 0:
        raise OperationError(f"as_strided: sizes must not be negative, received {list(sizes)}")
    if numel(sizes) and not numel(shapes[0]):
        raise OperationError(f"as_strided: {list(sizes)} is out of bounds for a storage of 0 numbers")
    return (tuple(sizes),)


def _repeated(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x, times = shapes[0], wholes(attributes, "repeats")
    if len(times) < len(x) or min(times, default=0) < 0:
        raise OperationError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        )
    return (tuple([n * m for n, m in zip((1,) * (len(times) - len(x)) + x, times, strict=True)]),)


def _interleaved(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x = shapes[0] if attributes.get("dim") is not None else (numel(shapes[0]),)
    (dim,) = axes({"dim": whole(attributes, "dim", 0) if attributes.get("dim") is not None else 0}, len(x))
    given = attributes.get("repeats")
    size = x[dim] * given if isinstance(given, int) else sum(wholes(attributes, "repeats"))
    return ((*x[:dim], size, *x[dim + 1 :]),)


def _joined(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """An empty vector joins anything. Source: torch.cat."""
    parts = [shape for shape in shapes if shape != (0,)] or list(shapes[:1])
    if not parts:
        raise OperationError("torch.cat(): expected a non-empty list of Tensors")
    first = parts[0]
    if not first:
        raise OperationError("zero-dimensional tensor (at position 0) cannot be concatenated")
    dim = axis(whole(attributes, "dim", 0), len(first))
    for place, shape in enumerate(parts[1:], 1):
        if len(shape) != len(first):
            raise OperationError(f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}")
        if shape[:dim] + shape[dim + 1 :] != first[:dim] + first[dim + 1 :]:
            raise OperationError(
                f"Sizes of tensors must match except in dimension {dim}: tensor 0 is {text(first)}, tensor {place} of "
                f"the list is {text(shape)}"
            )
    return ((*first[:dim], sum([shape[dim] for shape in parts]), *first[dim + 1 :]),)


def _stacked(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    if not shapes:
        raise OperationError("stack expects a non-empty TensorList")
    first = shapes[0]
    for shape in shapes[1:]:
        if shape != first:
            raise OperationError(f"stack expects each tensor to be equal size, but got {text(first)} and {text(shape)}")
    dim = axis(whole(attributes, "dim", 0), len(first) + 1)
    return ((*first[:dim], len(shapes), *first[dim:]),)


def _split(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """`sizes` along `dim`, one output for each."""
    x, sizes = shapes[0], wholes(attributes, "sizes")
    dim = axis(whole(attributes, "dim", 0), len(x))
    if not x or sum(sizes) != x[dim] or min(sizes, default=0) < 0:
        raise OperationError(
            f"split_with_sizes expects split_sizes to sum exactly to {x[dim] if x else 1} (input tensor's size at "
            f"dimension {dim}), but got split_sizes={list(sizes)}"
        )
    return tuple([(*x[:dim], size, *x[dim + 1 :]) for size in sizes])


def _unbound(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x = shapes[0]
    dim = axis(whole(attributes, "dim", 0), len(x))
    if not x:
        raise OperationError("Dimension specified as 0 but tensor has no dimensions", "IndexError")
    return ((*x[:dim], *x[dim + 1 :]),) * x[dim]


def _indexed(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Index one tensor.

    `index` lists, in order: a whole number; `[start, stop, step]` with None where left out, for a slice; None for a
    new dimension; "..." for the dots; and `{"shape": …}` for a tensor of indices. A mask stands there as the tensor of
    the indices that it selects, with "spans", the number of dimensions it covers. Whole numbers take their dimensions
    away first, unlike NumPy's. Source: torch.Tensor, indexing.
    """
    x = shapes[0]
    items: list[object] = list(cast("Sequence[object]", attributes.get("index", ())))
    used = sum([_spans(item) for item in items])
    if used > len(x):
        raise OperationError(f"too many indices for tensor of dimension {len(x)}", "IndexError")
    if "..." not in items:
        items.append("...")
    dots = items.index("...")
    items[dots : dots + 1] = [[None, None, None]] * (len(x) - used)
    found: list[int] = []
    gathered: list[Sizes] = []  # the shapes of the indices, which spread to one
    places: list[int] = []  # where the indices stand among what is left when whole numbers have taken their dimensions
    at = source = place = 0
    for item in items:
        spans = _spans(item)
        if isinstance(item, int):
            _checked(item, x[source], source)
        elif isinstance(item, Mapping):
            at = at if gathered else len(found)
            gathered.append(wholes(cast("Attributes", item), "shape"))
            places.append(place)
        elif item is None:
            found.append(1)
        else:
            found.append(len(range(*slice(*cast("Sequence[int | None]", item)).indices(x[source]))))
        place += not isinstance(item, int)
        source += spans
    if gathered:
        if places[-1] - places[0] >= len(places):  # indices that stand apart come out in front
            at = 0
        found[at:at] = broadcast(*gathered)
    return (tuple(found),)


def _written(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """The second tensor, where it is one, is written where `index` points."""
    target = _indexed(shapes, attributes)[0]
    for value in shapes[1:]:
        spread = value
        while len(spread) > len(target) and spread[0] == 1:
            spread = spread[1:]
        if broadcast(target, spread) != target:
            raise OperationError(f"shape mismatch: {text(value)} cannot be broadcast to {text(target)}")
    return (shapes[0],)


def _spans(item: object) -> int:
    if item is None or item == "...":
        return 0
    if isinstance(item, Mapping):
        return whole(cast("Attributes", item), "spans", 1)
    return 1


def _checked(index: int, size: int, dim: int) -> None:
    if not -size <= index < size:
        raise OperationError(f"index {index} is out of bounds for dimension {dim} with size {size}", "IndexError")


def _narrowed(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x = shapes[0]
    dim = axis(whole(attributes, "dim"), len(x))
    start, length = whole(attributes, "start"), whole(attributes, "length")
    start = start + x[dim] if start < 0 else start
    if length < 0 or not 0 <= start <= x[dim] - length:
        raise OperationError(f"start ({start}) + length ({length}) exceeds dimension size ({x[dim]}).")
    return ((*x[:dim], length, *x[dim + 1 :]),)


def _selected(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    count(shapes, 2, "index_select")
    x = shapes[0]
    dim = axis(whole(attributes, "dim"), len(x))
    return ((*x[:dim], numel(shapes[1]), *x[dim + 1 :]),)


def _gathered(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    count(shapes, 2, "gather")
    return (shapes[1],)


def _moved(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x = shapes[0]
    source, destination = (axes(attributes, len(x), name) for name in ("source", "destination"))
    rest = iter([place for place in range(len(x)) if place not in source])
    target = dict(zip(destination, source, strict=True))
    return (tuple([x[target[place]] if place in target else x[next(rest)] for place in range(len(x))]),)


def _diagonal(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    x = shapes[0]
    one, other = axis(whole(attributes, "dim1", 0), len(x)), axis(whole(attributes, "dim2", 1), len(x))
    offset = whole(attributes, "offset", 0)
    length = max(min(x[one] + min(offset, 0), x[other] - max(offset, 0)), 0)
    return ((*[size for place, size in enumerate(x) if place not in (one, other)], length),)


def _embedded(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    """Inputs: indices, weight. Source: torch.nn.functional.embedding."""
    count(shapes, 2, "embedding")
    return ((*shapes[0], *shapes[1][1:]),)


def _one_hot(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    return ((*shapes[0], whole(attributes, "num_classes")),)


def _made(_shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    shape = wholes(attributes, "shape")
    if min(shape, default=0) < 0:
        raise OperationError(f"Trying to create tensor with negative dimension: {list(shape)}")
    return (shape,)


def _meshed(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    sizes = [numel(shape) for shape in shapes]
    found = tuple(sizes[1::-1] + sizes[2:] if attributes.get("indexing") == "xy" else sizes)
    return (found,) * len(shapes)


def _complex(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    if shapes[0][-1:] != (2,):
        raise OperationError("Tensor must have a last dimension of size 2")
    return (shapes[0][:-1],)


def _real(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    return ((*shapes[0], 2),)


RULES: Final[dict[str, Rule]] = {
    **dict.fromkeys(("reshape", "view"), Rule(_reshaped)),
    "flatten": Rule(_flattened),
    "unflatten": Rule(_unflattened),
    "permute": Rule(_permuted),
    "transpose": Rule(_swapped),
    "unsqueeze": Rule(_unsqueezed),
    "squeeze": Rule(_squeezed),
    "expand": Rule(_expanded),
    "as_strided": Rule(_restrided),
    "repeat": Rule(_repeated),
    "repeat_interleave": Rule(_interleaved),
    "cat": Rule(_joined),
    "stack": Rule(_stacked),
    "split": Rule(_split),
    "unbind": Rule(_unbound),
    "getitem": Rule(_indexed),
    "setitem": Rule(_written),
    "narrow": Rule(_narrowed),
    "index_select": Rule(_selected),
    "gather": Rule(_gathered),
    "movedim": Rule(_moved),
    "diagonal": Rule(_diagonal),
    "embedding": Rule(_embedded),
    "one_hot": Rule(_one_hot),
    "full": Rule(_made),
    "meshgrid": Rule(_meshed),
    "view_as_complex": Rule(_complex),
    "view_as_real": Rule(_real),
}
