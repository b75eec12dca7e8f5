"""ONNX's operators without weights of their own: which of the core's operations each is, and with which arguments.

Source: https://onnx.ai/onnx/operators. Operators are read in all their versions: what was an attribute and became an
input is looked for in both places.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from paramcount.errors import sequence
from paramcount.operations.rules import axis, broadcast
from paramcount.readers.onnx.constants import Array, cut, integers, unfolded
from paramcount.readers.onnx.model import Op, Stored
from paramcount.readers.onnx.run import Flow, Handler, Run, Unanswered, unsqueezed
from paramcount.readers.trace import MAX_VALUES
from paramcount.shapes import elements


def at(given: Sequence[Flow], place: int) -> Flow | None:
    """An input that may be left out."""
    flow = given[place] if place < len(given) else None
    return None if flow == Flow() else flow


def numbers(run: Run, op: Op, given: Sequence[Flow], name: str, place: int) -> tuple[int, ...] | None:
    """Whole numbers that are an attribute, or an input; None where they are neither.

    Raises:
        Unanswered: they are computed from what flows through the network.
    """
    if name in op.attributes:
        return op.ints(name)
    if place >= len(op.inputs) or not op.inputs[place]:
        return None
    found = integers(given[place].constant)
    if found is None and given[0].known and run.stopped is None:
        raise Unanswered(f"its {name} are computed from what flows through the network.")
    return found


def _same(_run: Run, _op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    return [given[0]]


def _one(name: str, **words: str) -> Handler:
    """An operation on the first input; `words` are attributes of the operator, by the operation's names."""

    def handle(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
        found = {key: op.attributes.get(word) for key, word in words.items()}
        return run.call(name, given[:1], found)

    return handle


def _along(name: str) -> Handler:
    """An operation along one dimension; before opset 13 the default was the first after the batch."""

    def handle(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
        return run.call(name, given[:1], {"dim": op.int("axis", -1)})

    return handle


def _spread(name: str) -> Handler:
    """An operation that spreads its inputs to one shape, two at a time."""

    def handle(run: Run, _op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
        found = given[0]
        for one in given[1:]:
            (found,) = run.call(name, [found, one])
        return [found]

    return handle


def _together(name: str) -> Handler:
    """An operation that takes all its inputs at once."""
    return lambda run, _op, given: run.call(name, list(given))


def _clip(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    least, most = _bound(op, given, "min", 1), _bound(op, given, "max", 2)
    if (least, most) == (0.0, 6.0):
        return run.call("relu6", given[:1])
    return run.call("clamp", given[:1])


def _bound(op: Op, given: Sequence[Flow], name: str, place: int) -> float | None:
    found = op.attributes.get(name)
    flow = at(given, place)
    if found is None and flow is not None and flow.constant is not None and flow.constant.size == 1:
        found = float(flow.constant.reshape(-1)[0])
    return found if isinstance(found, float) else None


def _reduced(name: str) -> Handler:
    def handle(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
        axes = numbers(run, op, given, "axes", 1)
        if not axes and op.int("noop_with_empty_axes"):
            return [given[0]]
        return run.call(name, given[:1], {"dim": list(axes) if axes else None, "keepdim": bool(op.int("keepdims", 1))})

    return handle


def _picked(name: str) -> Handler:
    def handle(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
        return run.call(name, given[:1], {"dim": op.int("axis"), "keepdim": bool(op.int("keepdims", 1))})

    return handle


def _shape(_run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    sizes = given[0].sizes
    if sizes is None:
        return []
    start, end = op.int("start"), op.attributes.get("end")
    found = _array(sizes[start : end if isinstance(end, int) else None])
    return [Flow(sizes=found.shape, constant=found)]


def _size(_run: Run, _op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    if given[0].sizes is None:
        return []
    found = _array((elements(given[0].sizes),)).reshape(())
    return [Flow(sizes=(), constant=found)]


def _array(values: Sequence[int]) -> Array:
    import numpy as np

    return np.asarray(values, dtype=np.int64)


def _constant(run: Run, op: Op, _given: Sequence[Flow]) -> Sequence[Flow]:
    import numpy as np

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


def _resize(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    """Of opset 11 on: x, roi, scales, sizes; of 10 and Upsample: x, scales, or scales as an attribute."""
    sizes = given[0].sizes
    if sizes is None:
        return []
    wanted = numbers(run, op, given, "sizes", 3)
    found = list(sizes)
    axes = [axis(one, len(sizes)) for one in op.ints("axes")] or list(range(len(sizes)))
    if wanted is not None:
        if op.text("keep_aspect_ratio_policy", "stretch") != "stretch" or len(wanted) != len(axes):
            raise Unanswered("it keeps the aspect ratio, which is not answered.")
        for place, one in zip(axes, wanted, strict=True):
            found[place] = one
    else:
        for place, scale in zip(axes, _scales(op, given, len(axes)), strict=True):
            found[place] = math.floor(sizes[place] * scale)
    if found[:2] == list(sizes[:2]):
        return run.call("interpolate", given[:1], {"size": found[2:], "mode": _mode(op)})
    if len(sizes) == 4 and (found[0], found[3]) == (sizes[0], sizes[3]):  # channels last, as TensorFlow has them
        return run.call("resize_images", given[:1], {"size": found[1:3]})
    raise Unanswered("it changes the number of channels.")


def _mode(op: Op) -> str:
    return {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}.get(op.text("mode", "nearest"), "nearest")


def _scales(op: Op, given: Sequence[Flow], many: int) -> Sequence[float]:
    listed = sequence(op.attributes.get("scales"))
    if listed is not None:
        return [float(one) for one in listed if isinstance(one, float | int)]
    flow = at(given, 2) or at(given, 1)
    if flow is None or flow.constant is None or flow.constant.size != many:
        raise Unanswered("its scales are computed from what flows through the network.")
    return [float(one) for one in flow.constant.reshape(-1)]


def _to_space(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    return run.call("pixel_shuffle", given[:1], {"upscale_factor": op.int("blocksize")})


def _to_depth(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    return run.call("pixel_unshuffle", given[:1], {"downscale_factor": op.int("blocksize")})


def _top(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    many = (op.int("k"),) if "k" in op.attributes else numbers(run, op, given, "k", 1)
    return [] if not many else run.call("topk", given[:1], {"k": many[0], "dim": op.int("axis", -1)})


def _einsum(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    return run.call("einsum", list(given), {"equation": op.text("equation")})


def _one_hot(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    depth = numbers(run, op, given, "depth", 1)
    return [] if not depth else run.call("one_hot", given[:1], {"num_classes": depth[0]})


def _regions(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    size = [op.int("output_height", 1), op.int("output_width", 1)]
    return run.call("roi_align", given[:2], {"output_size": size})


def _grid_sample(run: Run, _op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    return run.call("grid_sample", given[:2])


def _quantised(_run: Run, _op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    """What comes out is the same in fewer bits; its scale and zero point are one number each."""
    one = _array((0,))
    return [given[0], Flow(sizes=(), constant=one[0]), Flow(sizes=(), constant=one[0])]


ALIKE: Final[Mapping[str, str]] = {
    "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Elu": "elu", "Selu": "selu", "Celu": "celu",
    "HardSwish": "hardswish", "HardSigmoid": "hardsigmoid", "Softplus": "softplus", "Softsign": "softsign",
    "Mish": "mish", "Gelu": "gelu", "Swish": "silu", "Erf": "erf", "Sqrt": "sqrt", "Exp": "exp", "Log": "log",
    "Neg": "neg", "Abs": "abs", "Floor": "floor", "Ceil": "ceil", "Round": "round", "Sign": "sign", "Sin": "sin",
    "Cos": "cos", "Tan": "tan", "Asin": "asin", "Acos": "acos", "Atan": "atan", "Sinh": "sinh", "Cosh": "cosh",
    "Asinh": "asinh", "Acosh": "acosh", "Atanh": "atanh", "Reciprocal": "reciprocal", "Not": "logical_not",
    "IsNaN": "isnan", "IsInf": "isinf", "CumSum": "cumsum", "Trilu": "tril", "LRN": "local_response_norm",
    "LpNormalization": "normalize", "MeanVarianceNormalization": "normalize", "ThresholdedRelu": "threshold",
    "Shrink": "softshrink", "BitwiseNot": "bitwise_not", "ScatterND": "scatter", "ScatterElements": "scatter",
    "Scatter": "scatter", "Bernoulli": "bernoulli", "RandomNormalLike": "randn_like",
    "RandomUniformLike": "rand_like", "EyeLike": "zeros_like",
}  # fmt: skip
"""Operators whose output has the shape of the first input."""

SPREADING: Final[Mapping[str, str]] = {
    "Add": "add", "Sub": "sub", "Mul": "mul", "Div": "div", "Pow": "pow", "Mod": "fmod", "Max": "maximum",
    "Min": "minimum", "Sum": "add", "Mean": "add", "Equal": "eq", "Less": "lt", "LessOrEqual": "le", "Greater": "gt",
    "GreaterOrEqual": "ge", "And": "logical_and", "Or": "logical_or", "Xor": "logical_xor",
    "BitwiseAnd": "bitwise_and", "BitwiseOr": "bitwise_or", "BitwiseXor": "bitwise_xor",
}  # fmt: skip

REDUCING: Final[Mapping[str, str]] = {
    "ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "amax", "ReduceMin": "amin", "ReduceProd": "prod",
    "ReduceL1": "norm", "ReduceL2": "norm", "ReduceSumSquare": "sum", "ReduceLogSum": "logsumexp",
    "ReduceLogSumExp": "logsumexp",
}  # fmt: skip

OPERATORS: Final[Mapping[str, Handler]] = {
    **{kind: _one(name) for kind, name in ALIKE.items()},
    **{kind: _spread(name) for kind, name in SPREADING.items()},
    **{kind: _reduced(name) for kind, name in REDUCING.items()},
    **dict.fromkeys(("Identity", "Cast", "CastLike", "Dropout"), _same),
    **dict.fromkeys(("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear"), _quantised),
    "LeakyRelu": _one("leaky_relu"),
    "Softmax": _along("softmax"),
    "LogSoftmax": _along("log_softmax"),
    "Hardmax": _along("softmax"),
    "Clip": _clip,
    "Where": _together("where"),
    "GatherElements": _together("gather"),
    "ArgMax": _picked("argmax"),
    "ArgMin": _picked("argmin"),
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
    "Resize": _resize,
    "Upsample": _resize,
    "DepthToSpace": _to_space,
    "SpaceToDepth": _to_depth,
    "TopK": _top,
    "Einsum": _einsum,
    "OneHot": _one_hot,
    "RoiAlign": _regions,
    "GridSample": _grid_sample,
}
"""What each operator does, by its name."""
