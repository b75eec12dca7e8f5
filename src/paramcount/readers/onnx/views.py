"""Operators that make, cut, join and rearrange tensors, and those that tell sizes.

Source: https://onnx.ai/onnx/operators. What was an attribute and became an input is looked for in both places.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from paramcount.operations.rules import axis, broadcast
from paramcount.readers.onnx.arguments import numbers
from paramcount.readers.onnx.constants import Array, cut, integers, unfolded, unsqueezed
from paramcount.readers.onnx.model import Op, Stored
from paramcount.readers.onnx.run import Flow, Handler, Run, Unanswered
from paramcount.readers.trace import MAX_VALUES
from paramcount.shapes import elements


def _shape(_run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    sizes = given[0].sizes
    if sizes is None:
        return []
    start, end = op.int("start"), op.attributes.get("end")
    found = array(sizes[start : end if isinstance(end, int) else None])
    return [Flow(sizes=found.shape, constant=found)]


def _size(_run: Run, _op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    if given[0].sizes is None:
        return []
    found = array((elements(given[0].sizes),)).reshape(())
    return [Flow(sizes=(), constant=found)]


def array(values: Sequence[int]) -> Array:
    """Whole numbers as ONNX has them."""
    return np.asarray(values, dtype=np.int64)


def _constant(run: Run, op: Op, _given: Sequence[Flow]) -> Sequence[Flow]:
    value = op.attributes.get("value")
    if isinstance(value, Stored):
        run.model.tensors[value.name] = value
        return [Flow(sizes=value.sizes, constant=value.value, stored=value if value.real else None)]
    for name in ("value_int", "value_float", "value_ints", "value_floats"):
        if name in op.attributes:
            found = np.asarray(op.attributes[name])
            return [Flow(sizes=found.shape, constant=found)]
    return []


def _filled(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    """ConstantOfShape that is too large to be computed."""
    sizes = numbers(run, op, given, "shape", 0)
    return [] if sizes is None else [Flow(sizes=sizes)]


def _reshape(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    wanted, sizes = numbers(run, op, given, "shape", 1), given[0].sizes
    if sizes is None or wanted is None:
        run.take(given)
        return []
    return run.call("reshape", given[:1], {"shape": list(unfolded(sizes, wanted, zero=bool(op.int("allowzero"))))})


def _flatten(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    place, sizes = op.int("axis", 1), given[0].sizes
    if sizes is None:
        return []
    if place in (1, 1 - len(sizes)) and len(sizes) > 1:
        return run.call("flatten", given[:1], {"start_dim": 1})
    place = place + len(sizes) if place < 0 else place
    return run.call("reshape", given[:1], {"shape": [elements(sizes[:place]), elements(sizes[place:])]})


def _transpose(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    rank = len(given[0].sizes or ())
    return run.call("permute", given[:1], {"dims": list(op.ints("perm", range(rank)[::-1]))})


def _unsqueeze(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    axes, sizes = numbers(run, op, given, "axes", 1), given[0].sizes
    if sizes is None or axes is None:
        return []
    if len(axes) == 1:
        return run.call("unsqueeze", given[:1], {"dim": axes[0]})
    return run.call("reshape", given[:1], {"shape": list(unsqueezed(sizes, axes))})


def _squeeze(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    axes = numbers(run, op, given, "axes", 1)
    return run.call("squeeze", given[:1], {"dim": list(axes) if axes else None})


def _concat(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    return run.call("cat", list(given), {"dim": op.int("axis", 1)})


def _split(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    sizes = given[0].sizes
    parts = numbers(run, op, given, "split", 1)
    if sizes is None:
        return []
    dim = axis(op.int("axis"), len(sizes))
    if parts is None:
        many = len(op.outputs)
        each = -(-sizes[dim] // many)
        parts = (*(each,) * (many - 1), sizes[dim] - each * (many - 1))
    return run.call("split", given[:1], {"sizes": list(parts), "dim": dim})


def _split_to_sequence(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    """The parts of a tensor as one value; SequenceAt picks one."""
    sizes = given[0].sizes
    if sizes is None:
        return []
    dim = axis(op.int("axis"), len(sizes))
    parts = numbers(run, op, given, "split", 1) or (1,) * sizes[dim]
    if len(op.inputs) > 1 and given[1].sizes == ():  # one number: parts of this size, the last may be smaller
        parts = tuple([min(parts[0], sizes[dim] - start) for start in range(0, sizes[dim], max(parts[0], 1))])
    if len(parts) > MAX_VALUES:
        raise Unanswered(f"it cuts into more than {MAX_VALUES} parts.")
    found = run.call("split", given[:1], {"sizes": list(parts), "dim": dim})
    return [Flow(number=given[0].number, sizes=sizes, items=tuple(found))]


def _at(_run: Run, _op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    place = integers(given[1].constant)
    if place is None or not given[0].items:
        raise Unanswered("it takes a part of what is not known.")
    return [given[0].items[place[0]]]


def _slice(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    starts, ends = numbers(run, op, given, "starts", 1), numbers(run, op, given, "ends", 2)
    axes, steps = numbers(run, op, given, "axes", 3), numbers(run, op, given, "steps", 4)
    sizes = given[0].sizes
    if sizes is None or starts is None or ends is None:
        return []
    axes = tuple(range(len(starts))) if axes is None else axes
    steps = (1,) * len(starts) if steps is None else steps
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps:
        raise Unanswered("its starts, ends, axes and steps do not fit one another.")
    index: list[object] = [[None, None, None] for _ in sizes]
    for place, start, end, step in zip(axes, starts, ends, steps, strict=True):
        dim = axis(place, len(sizes))
        index[dim] = list(cut(start, end, step, sizes[dim]))
    return run.call("getitem", given[:1], {"index": index})


def _gather(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    """Elements along one dimension; rows of a stored matrix are an embedding, see `layers`."""
    data, indices = given
    if data.sizes is None or indices.sizes is None:
        run.take(given)
        return []
    dim = axis(op.int("axis"), len(data.sizes))
    pick: object = {"shape": list(indices.sizes)}
    if indices.sizes == ():
        pick = 0
    index: list[object] = [[None, None, None]] * dim
    return run.call("getitem", [data], {"index": [*index, pick]})


def _gather_nd(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    """Indices, side by side in the last dimension, of the first dimensions."""
    data, indices = given
    if op.int("batch_dims"):
        raise Unanswered("it gathers within the batch, which is not answered.")
    if data.sizes is None or indices.sizes is None:
        run.take(given)
        return []
    *lead, many = indices.sizes
    return run.call("getitem", [data], {"index": [{"shape": lead} for _ in range(many)]})


def _expand(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    wanted, sizes = numbers(run, op, given, "shape", 1), given[0].sizes
    if sizes is None or wanted is None:
        run.take(given)
        return []
    return run.call("expand", given[:1], {"sizes": list(broadcast(sizes, wanted))})


def _tile(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    times = numbers(run, op, given, "repeats", 1)
    return [] if times is None else run.call("repeat", given[:1], {"repeats": list(times)})


def _pad(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    pads, axes = numbers(run, op, given, "pads", 1), numbers(run, op, given, "axes", 3)
    sizes = given[0].sizes
    if sizes is None or pads is None:
        return []
    places = list(range(len(sizes)) if axes is None else [axis(one, len(sizes)) for one in axes])
    if len(pads) != 2 * len(places):
        raise Unanswered(f"its pads are {len(pads)} for {len(places)} dimensions.")
    before, after = [0] * len(sizes), [0] * len(sizes)
    for place, one, other in zip(places, pads[: len(places)], pads[len(places) :], strict=True):
        before[place], after[place] = one, other
    return padded(run, given[0], before, after, op.text("mode", "constant"))


def padded(run: Run, flow: Flow, before: Sequence[int], after: Sequence[int], mode: str = "constant") -> list[Flow]:
    """Pad each dimension; PyTorch lists pairs from the last dimension to the front."""
    if not any((*before, *after)):
        return [flow]
    pairs = list(zip(before, after, strict=True))
    while pairs and pairs[0] == (0, 0):
        pairs.pop(0)
    known = {"reflect": "reflect", "edge": "replicate", "wrap": "circular"}
    flat = [one for pair in reversed(pairs) for one in pair]
    return run.call("pad", [flow], {"pad": flat, "mode": known.get(mode, "constant")})


VIEWING: Final[Mapping[str, Handler]] = {
    "Shape": _shape,
    "Size": _size,
    "Constant": _constant,
    "ConstantOfShape": _filled,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Concat": _concat,
    "Split": _split,
    "Slice": _slice,
    "SplitToSequence": _split_to_sequence,
    "SequenceAt": _at,
    "Gather": _gather,
    "GatherND": _gather_nd,
    "Expand": _expand,
    "Tile": _tile,
    "Pad": _pad,
}
"""What each of these operators does, by its name."""
