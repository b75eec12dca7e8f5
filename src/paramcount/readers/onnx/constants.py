"""Operators on small constants, as exporters write the arithmetic of shapes: Shape, Gather, Concat, Range and the like.

What is computed here are sizes, axes and indices, never what flows through the network. Each is bounded before it is
computed. Source: https://onnx.ai/onnx/operators.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from paramcount.operations import OperationError, outputs
from paramcount.readers.onnx.model import MAX_VALUE, Op, Sizes
from paramcount.shapes import elements

type Array = npt.NDArray[Any]
type Compute = Callable[[Sequence[Array], Op], Array]


def computed(op: Op, inputs: Sequence[Array | None]) -> Array | None:
    """What an operator gives of constants; None where it is not computed here, or would be large."""
    rule = RULES.get(op.kind)
    present = [one for one in inputs if one is not None]
    if rule is None or not present:
        return None
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(rule(present, op))
    except (ValueError, TypeError, IndexError, OverflowError, MemoryError, ZeroDivisionError, KeyError):
        return None
    return found if found.size <= MAX_VALUE else None


def integers(array: Array | None) -> tuple[int, ...] | None:
    """The numbers of a constant as whole numbers, None where they are none."""
    if array is None or array.dtype.kind not in "iub" or array.ndim > 1:
        return None
    return tuple([int(one) for one in array.reshape(-1)])


def _axes(inputs: Sequence[Array], op: Op) -> tuple[int, ...] | None:
    if len(inputs) > 1:
        return integers(inputs[1])
    return op.ints("axes") or None


def _bounded(sizes: Sequence[int]) -> tuple[int, ...]:
    """Refuse what would be large."""
    if any(one < 0 for one in sizes) or elements(tuple(sizes)) > MAX_VALUE:
        raise ValueError("it would be large")
    return tuple(sizes)


def _spread(compute: Callable[..., Any]) -> Compute:
    def run(inputs: Sequence[Array], _op: Op) -> Array:
        _bounded(np.broadcast_shapes(*[one.shape for one in inputs]))
        found = inputs[0]
        for one in inputs[1:]:
            found = compute(found, one)
        return np.asarray(found)

    return run


def _divided(left: Array, right: Array) -> Array:
    """Whole numbers are divided towards zero."""
    if left.dtype.kind in "iu":
        found = np.abs(left) // np.abs(right) * np.sign(left) * np.sign(right)
        return np.asarray(found).astype(left.dtype)
    return np.asarray(left / right)


def _gather(inputs: Sequence[Array], op: Op) -> Array:
    data, indices = inputs
    axis = op.int("axis") % max(data.ndim, 1)
    _bounded((*data.shape[:axis], *indices.shape, *data.shape[axis + 1 :]))
    return np.take(data, indices.astype(np.int64), axis=axis)


def _slice(inputs: Sequence[Array], op: Op) -> Array:
    data = inputs[0]
    starts = integers(inputs[1]) if len(inputs) > 1 else op.ints("starts")
    ends = integers(inputs[2]) if len(inputs) > 2 else op.ints("ends")
    axes = (integers(inputs[3]) if len(inputs) > 3 else op.ints("axes")) or tuple(range(len(starts or ())))
    steps = (integers(inputs[4]) if len(inputs) > 4 else None) or (1,) * len(axes)
    cuts = [slice(None)] * data.ndim
    for axis, start, end, step in zip(axes, starts or (), ends or (), steps, strict=True):
        cuts[axis] = slice(*cut(start, end, step, data.shape[axis]))
    return data[tuple(cuts)]


def cut(start: int, end: int, step: int, size: int) -> tuple[int, int | None, int]:
    """Start, end and step of a slice as Python has them, within the size; an end before the first is None."""
    first, stop = (one + size if one < 0 else one for one in (start, end))
    if step > 0:
        return max(0, min(first, size)), max(0, min(stop, size)), step
    return min(first, size - 1), None if stop < 0 else stop, step


def _unsqueeze(inputs: Sequence[Array], op: Op) -> Array:
    axes = _axes(inputs, op) or ()
    rank = inputs[0].ndim + len(axes)
    return np.expand_dims(inputs[0], tuple([axis % rank for axis in axes]))


def _squeeze(inputs: Sequence[Array], op: Op) -> Array:
    return np.squeeze(inputs[0], axis=_axes(inputs, op))


def _reshape(inputs: Sequence[Array], op: Op) -> Array:
    wanted = integers(inputs[1]) or ()
    return inputs[0].reshape(unfolded(inputs[0].shape, wanted, zero=bool(op.int("allowzero"))))


def unfolded(sizes: Sequence[int], wanted: Sequence[int], *, zero: bool) -> tuple[int, ...]:
    """What a Reshape is asked for, with sizes of 0 taken from what flows in unless `zero` says otherwise."""
    return tuple([sizes[place] if one == 0 and not zero else one for place, one in enumerate(wanted)])


def _expand(inputs: Sequence[Array], _op: Op) -> Array:
    sizes = _bounded(np.broadcast_shapes(inputs[0].shape, integers(inputs[1]) or ()))
    return np.broadcast_to(inputs[0], sizes)


def _tile(inputs: Sequence[Array], _op: Op) -> Array:
    times = integers(inputs[1]) or ()
    _bounded([size * many for size, many in zip(inputs[0].shape, times, strict=True)])
    return np.tile(inputs[0], times)


def _range(inputs: Sequence[Array], _op: Op) -> Array:
    start, limit, step = (one.reshape(-1)[0] for one in inputs)
    _bounded((max(0, int((limit - start) / step)),))
    return np.arange(start, limit, step, dtype=inputs[0].dtype)


def _constant_of_shape(inputs: Sequence[Array], op: Op) -> Array:
    value = getattr(op.attributes.get("value"), "value", None)
    return np.full(_bounded(integers(inputs[0]) or ()), 0.0 if value is None else value.reshape(-1)[0])


def _concat(inputs: Sequence[Array], op: Op) -> Array:
    return np.concatenate(inputs, axis=op.int("axis"))


def _cast(inputs: Sequence[Array], op: Op) -> Array:
    to = op.int("to")
    kind = {6: np.int32, 7: np.int64, 9: np.bool_, 2: np.uint8, 3: np.int8}.get(to, np.float64)
    return inputs[0].astype(kind)


def _reduced(compute: Callable[..., Any]) -> Compute:
    def run(inputs: Sequence[Array], op: Op) -> Array:
        return np.asarray(compute(inputs[0], axis=_axes(inputs, op), keepdims=bool(op.int("keepdims", 1))))

    return run


def _each(compute: Callable[..., Any]) -> Compute:
    return lambda inputs, _op: np.asarray(compute(inputs[0]))


def _transpose(inputs: Sequence[Array], op: Op) -> Array:
    return np.transpose(inputs[0], op.ints("perm") or None)


def _where(inputs: Sequence[Array], _op: Op) -> Array:
    _bounded(np.broadcast_shapes(*[one.shape for one in inputs]))
    return np.where(*inputs)


def _non_zero(inputs: Sequence[Array], _op: Op) -> Array:
    return np.asarray(np.nonzero(inputs[0]))


RULES: Final[Mapping[str, Compute]] = {
    "Identity": lambda inputs, _op: inputs[0],
    "Cast": _cast,
    "CastLike": lambda inputs, _op: inputs[0].astype(inputs[1].dtype),
    "Add": _spread(np.add),
    "Sub": _spread(np.subtract),
    "Mul": _spread(np.multiply),
    "Div": _spread(_divided),
    "Mod": _spread(np.mod),
    "Pow": _spread(np.power),
    "Min": _spread(np.minimum),
    "Max": _spread(np.maximum),
    "Equal": _spread(np.equal),
    "Less": _spread(np.less),
    "LessOrEqual": _spread(np.less_equal),
    "Greater": _spread(np.greater),
    "GreaterOrEqual": _spread(np.greater_equal),
    "And": _spread(np.logical_and),
    "Or": _spread(np.logical_or),
    "Not": _each(np.logical_not),
    "Neg": _each(np.negative),
    "Abs": _each(np.abs),
    "Floor": _each(np.floor),
    "Ceil": _each(np.ceil),
    "Round": _each(np.round),
    "Sqrt": _each(np.sqrt),
    "Reciprocal": _each(np.reciprocal),
    "Gather": _gather,
    "Slice": _slice,
    "Concat": _concat,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Reshape": _reshape,
    "Expand": _expand,
    "Tile": _tile,
    "Range": _range,
    "ConstantOfShape": _constant_of_shape,
    "ReduceProd": _reduced(np.prod),
    "ReduceSum": _reduced(np.sum),
    "ReduceMax": _reduced(np.max),
    "ReduceMin": _reduced(np.min),
    "Transpose": _transpose,
    "Where": _where,
    "NonZero": _non_zero,
}
"""What is computed of each operator, by its name."""


def _of_reshaped(op: Op, sizes: Sizes, given: Sequence[Array | None]) -> Sizes | None:
    wanted = integers(given[1]) if len(given) > 1 else op.ints("shape")
    if wanted is None:
        return None
    return outputs("reshape", [sizes], {"shape": list(unfolded(sizes, wanted, zero=bool(op.int("allowzero"))))})[0]


def _of_transposed(op: Op, sizes: Sizes, _given: Sequence[Array | None]) -> Sizes | None:
    return outputs("permute", [sizes], {"dims": list(op.ints("perm", range(len(sizes))[::-1]))})[0]


def _of_unsqueezed(op: Op, sizes: Sizes, given: Sequence[Array | None]) -> Sizes | None:
    axes = integers(given[1]) if len(given) > 1 else op.ints("axes")
    return None if axes is None else unsqueezed(sizes, axes)


def unsqueezed(sizes: Sizes, axes: Sequence[int]) -> Sizes:
    """Sizes with new dimensions of 1 at these places of what comes out."""
    rank = len(sizes) + len(axes)
    places = {axis % rank for axis in axes if -rank <= axis < rank}
    if len(places) != len(axes):
        raise OperationError(f"axes {list(axes)} are not {len(axes)} places among {rank}")
    rest = iter(sizes)
    return tuple([1 if place in places else next(rest) for place in range(rank)])


def _of_squeezed(op: Op, sizes: Sizes, given: Sequence[Array | None]) -> Sizes | None:
    axes = integers(given[1]) if len(given) > 1 else op.ints("axes")
    return None if axes is None else outputs("squeeze", [sizes], {"dim": list(axes) or None})[0]


VIEWS: Final[Mapping[str, Callable[[Op, Sizes, Sequence[Array | None]], Sizes | None]]] = {
    "Reshape": _of_reshaped,
    "Transpose": _of_transposed,
    "Unsqueeze": _of_unsqueezed,
    "Squeeze": _of_squeezed,
}
"""Operators that put the numbers of a tensor in another shape."""
