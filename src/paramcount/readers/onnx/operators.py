"""ONNX's operators without weights of their own: which of the core's operations each is, and with which arguments.

Source: https://onnx.ai/onnx/operators. Operators are read in all their versions: what was an attribute and became an
input is looked for in both places.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from paramcount.errors import sequence
from paramcount.operations.rules import axis
from paramcount.readers.onnx.arguments import at, numbers
from paramcount.readers.onnx.model import Op
from paramcount.readers.onnx.run import Flow, Handler, Run, Unanswered
from paramcount.readers.onnx.views import VIEWING, array


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
    one = array((0,))
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
    **VIEWING,
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
