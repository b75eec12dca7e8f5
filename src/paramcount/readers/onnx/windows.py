"""Convolutions and pooling: windows over spatial dimensions, with padding as ONNX writes it.

ONNX pads each side by itself, and can leave the padding to be computed (`auto_pad`). Where both sides are the same a
layer has it; else it is a step of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from paramcount.errors import LayerError
from paramcount.operations import outputs
from paramcount.readers.onnx.arguments import at
from paramcount.readers.onnx.model import Op, Sizes
from paramcount.readers.onnx.run import Flow, Handler, Run, Unanswered
from paramcount.readers.onnx.views import padded
from paramcount.readers.onnx.weights import Part
from paramcount.shapes import ceil_div, extent, text

_CLASS: Final = "Conv{}d"
_TRANSPOSED: Final = "ConvTranspose{}d"


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of an operator."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def even(self) -> bool:
        """Whether both sides are padded alike."""
        return self.before == self.after


def _windows(op: Op, kernel: Sequence[int], sizes: Sizes | None) -> Windows:
    dims = len(kernel)
    stride = op.ints("strides") or (1,) * dims
    dilation = op.ints("dilations") or (1,) * dims
    pads = op.ints("pads") or (0,) * (2 * dims)
    if len(stride) != dims or len(dilation) != dims or len(pads) != 2 * dims or min((*stride, *dilation, 1)) < 1:
        raise LayerError(
            f"strides {text(stride)}, dilations {text(dilation)} and pads {text(pads)} do not fit a window of "
            f"{text(tuple(kernel))}.",
            place=(op.place,),
        )
    auto = op.text("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        if sizes is None:
            pads = (0,) * (2 * dims)
        else:
            each = zip(sizes[2:], kernel, stride, dilation, strict=True)
            room = [max((ceil_div(n, s) - 1) * s + extent(k, d) - n, 0) for n, k, s, d in each]
            less, more = tuple([one // 2 for one in room]), tuple([one - one // 2 for one in room])
            pads = (*less, *more) if auto == "SAME_UPPER" else (*more, *less)
    return Windows(tuple(kernel), stride, dilation, pads[:dims], pads[dims:])


def _apart(run: Run, x: Flow, windows: Windows, *, at_once: bool) -> tuple[Flow, tuple[int, ...]]:
    """What flows in once it is padded, and the padding that is left for the layer."""
    if at_once:
        return x, windows.before
    lead = (0,) * (len(x.sizes or ()) - len(windows.kernel))
    if x.sizes is None or len(x.sizes) < len(windows.kernel):
        return Flow(), (0,) * len(windows.kernel)
    (flow,) = padded(run, x, (*lead, *windows.before), (*lead, *windows.after))
    return flow, (0,) * len(windows.kernel)


def _dims(weight: Sizes) -> int:
    """Over how many dimensions the windows of a weight go.

    Raises:
        Unanswered: over none that is answered.
    """
    dims = len(weight) - 2
    if dims not in (1, 2, 3):
        raise Unanswered(f"it has a weight of {text(weight)}; windows of 1 to 3 dimensions are answered.")
    return dims


def convolution(places: tuple[int, int, int] = (0, 1, 2)) -> Handler:
    """A convolution whose input, weight and bias stand at these places."""

    def handle(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
        x, weight = given[places[0]], given[places[1]]
        bias = at(given, places[2])
        sizes = weight.sizes
        if sizes is None:
            return []
        dims = _dims(sizes)
        kernel = op.ints("kernel_shape", sizes[2:])
        if kernel != sizes[2:]:
            raise LayerError(f"kernel_shape {text(kernel)} does not fit a weight of {text(sizes)}.", place=(op.place,))
        windows, groups = _windows(op, kernel, x.sizes), op.int("group", 1)
        if groups < 1 or sizes[0] % groups:
            raise LayerError(f"group={groups} does not divide {sizes[0]} filters.", place=(op.place,))
        x, padding = _apart(run, x, windows, at_once=windows.even)
        moved = {"stride": list(windows.stride), "padding": list(padding), "dilation": list(windows.dilation)}
        shared: dict[str, object] = {**moved, "groups": groups}
        name = f"conv{dims}d"

        def found() -> Sequence[Sizes]:
            return outputs(name, [x.sizes or (), sizes], shared)

        if weight.stored is not None and (bias is None or bias.stored is not None):
            parts = {"weight": Part(weight.stored, sizes)} | _bias(op, bias, sizes[0])
            hyper = {"in_channels": sizes[1] * groups, "out_channels": sizes[0], "kernel_size": list(kernel), **shared,
                     "bias": bias is not None}  # fmt: skip
            made = run.layer(op, _CLASS.format(dims), hyper, parts, [x], found)
            if made is not None:
                return made
        return run.call(name, [one for one in (x, weight, bias) if one is not None], shared)

    return handle


def _bias(op: Op, bias: Flow | None, filters: int) -> dict[str, Part]:
    if bias is None or bias.stored is None:
        return {}
    if bias.stored.count != filters:
        raise LayerError(
            f"the bias has {bias.stored.count} numbers for {filters} filters; it must have one for each.",
            place=(op.place,),
        )
    return {"bias": Part(bias.stored, (filters,))}


def transposed(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    """ConvTranspose; padding that is uneven crops what comes out."""
    x, weight, bias = given[0], given[1], at(given, 2)
    sizes = weight.sizes
    if sizes is None:
        return []
    dims = _dims(sizes)
    kernel, groups = sizes[2:], op.int("group", 1)
    windows = _windows(op, kernel, None)
    extra = op.ints("output_padding") or (0,) * dims
    before, after = _cropped(op, windows, extra, x.sizes)
    padding = tuple([min(one, other) for one, other in zip(before, after, strict=True)])
    shared: dict[str, object] = {"stride": list(windows.stride), "padding": list(padding), "groups": groups,
                                 "dilation": list(windows.dilation), "output_padding": list(extra)}  # fmt: skip
    name = f"conv_transpose{dims}d"

    def found() -> Sequence[Sizes]:
        return outputs(name, [x.sizes or (), sizes], shared)

    made: Sequence[Flow] | None = None
    if weight.stored is not None and (bias is None or bias.stored is not None):
        parts = {"weight": Part(weight.stored, sizes)} | _bias(op, bias, sizes[1] * groups)
        hyper = {"in_channels": sizes[0], "out_channels": sizes[1] * groups, "kernel_size": list(kernel), **shared,
                 "bias": bias is not None}  # fmt: skip
        made = run.layer(op, _TRANSPOSED.format(dims), hyper, parts, [x], found)
    if made is None:
        made = run.call(name, [one for one in (x, weight, bias) if one is not None], shared)
    cropped = [(p - a, p - b) for a, b, p in zip(before, after, padding, strict=True)]
    if not made or made[0].sizes is None:
        return made
    return padded(run, made[0], (0, 0, *[one for one, _ in cropped]), (0, 0, *[one for _, one in cropped]))


def _cropped(
    op: Op, windows: Windows, extra: Sequence[int], sizes: Sizes | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What is taken away before and after; `output_shape` states what must be left."""
    wanted = op.ints("output_shape")
    auto = op.text("auto_pad", "NOTSET")
    if not wanted and auto not in ("SAME_UPPER", "SAME_LOWER"):
        return windows.before, windows.after
    if sizes is None or len(sizes) < len(windows.kernel) + 2:
        return (0,) * len(windows.kernel), (0,) * len(windows.kernel)
    spatial = sizes[2:]
    wanted = wanted[-len(spatial) :] or tuple([n * s for n, s in zip(spatial, windows.stride, strict=True)])
    each = zip(spatial, windows.kernel, windows.stride, windows.dilation, extra, wanted, strict=True)
    total = [max((n - 1) * s + extent(k, d) + e - w, 0) for n, k, s, d, e, w in each]
    less, more = tuple([one // 2 for one in total]), tuple([one - one // 2 for one in total])
    return (less, more) if auto == "SAME_UPPER" else (more, less)


def pool(kind: str) -> Handler:
    """A pooling operator."""

    def handle(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
        x, kernel = given[0], op.ints("kernel_shape")
        if x.sizes is None:
            return []
        if len(kernel) not in (1, 2, 3) or len(x.sizes) != len(kernel) + 2:
            raise Unanswered(f"a window of {text(kernel)} does not fit {text(x.sizes)}.")
        windows = _windows(op, kernel, x.sizes)
        fits = windows.even and all(2 * p <= k for p, k in zip(windows.before, kernel, strict=True))
        x, padding = _apart(run, x, windows, at_once=fits)
        attributes: dict[str, object] = {"kernel_size": list(kernel), "stride": list(windows.stride),
                                         "padding": list(padding)}  # fmt: skip
        if kind == "max":
            attributes["dilation"] = list(windows.dilation)
            attributes["return_indices"] = len(op.outputs) > 1 or None
        attributes["ceil_mode"] = bool(op.int("ceil_mode")) or None
        return run.call(f"{kind}_pool{len(kernel)}d", [x], attributes)

    return handle


def whole(kind: str) -> Handler:
    """Pooling over all of each channel."""

    def handle(run: Run, _op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
        sizes = given[0].sizes
        if sizes is None:
            return []
        dims = len(sizes) - 2
        if dims not in (1, 2, 3):
            return run.call("mean" if kind == "avg" else "amax", given[:1], {"dim": list(range(2, len(sizes))),
                                                                             "keepdim": True})  # fmt: skip
        return run.call(f"adaptive_{kind}_pool{dims}d", given[:1], {"output_size": [1] * dims})

    return handle


WINDOWS: Final[Mapping[str, Handler]] = {
    "Conv": convolution(),
    "ConvInteger": convolution((0, 1, 9)),
    "QLinearConv": convolution((0, 3, 8)),
    "ConvTranspose": transposed,
    "MaxPool": pool("max"),
    "AveragePool": pool("avg"),
    "LpPool": pool("lp"),
    "GlobalAveragePool": whole("avg"),
    "GlobalMaxPool": whole("max"),
}
"""Operators with windows, by their names."""
