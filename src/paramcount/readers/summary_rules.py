"""Which layer a row of a summary can be: calls of its class that fit the shapes and the parameters beside it.

A summary shows neither kernel nor stride. Of the calls that fit, the first in the order of what people write is
taken: parameters, shapes and MACs are those of any of them.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from math import prod

from paramcount.build import layer_from
from paramcount.errors import ParamcountError
from paramcount.flow import derived
from paramcount.layers import frameworks_of, spellings
from paramcount.layers.base import Layer
from paramcount.notation import Call
from paramcount.shapes import Shape, known
from paramcount.signature import Framework

_KERNELS = (3, 1, 5, 7, 2, 4, 11, 9, 6, 8, 10, 13, 15)
_STRIDES = (1, 2, 4, 3)

type Calls = Iterator[Call]


@lru_cache(maxsize=4096)
def fitting(
    cls: str, framework: Framework, inputs: tuple[Shape | None, ...], output: Shape | None, parameters: int | None
) -> Layer | None:
    """The layer of a class that takes and gives these shapes and has so many parameters; None where there is none.

    An output or a number of parameters that is None fits any.
    """
    for call in _calls(cls, framework, inputs, output, parameters):
        try:
            layer = layer_from(call, framework=framework)
            made = derived(layer, inputs)
        except ParamcountError:
            continue
        if parameters is not None and made.parameters.value != parameters:
            continue
        if output is None or made.output_shape == output:
            return layer
    return None


def known_class(cls: str, framework: Framework, *, cut: bool) -> str:
    """A class by its name, or by how it begins where it is cut off; "" where it is not known."""
    if not cut:
        return cls if framework in frameworks_of(cls) else ""
    names = [name for name in spellings(framework) if name.startswith(cls)]
    kinds = {id(spellings(framework)[name][0]) for name in names}
    return names[0] if len(kinds) == 1 else ""


def _calls(  # noqa: C901 - a family of classes each
    cls: str, framework: Framework, inputs: tuple[Shape | None, ...], output: Shape | None, parameters: int | None
) -> Calls:
    shape = inputs[0] if inputs else None
    last = None if output is None or not output else output[-1 if framework == "keras" else 0]
    if cls in ("Dense", "Linear"):
        yield from _dense(cls, framework, shape, output)
    elif "Conv" in cls:
        yield from _convolutions(cls, framework, shape, output, last, parameters)
    elif "Pool" in cls and not cls.startswith(("Global", "Adaptive")):
        for kernel in _KERNELS:
            for stride in (kernel, *_STRIDES):
                name = "strides" if framework == "keras" else "stride"
                for padding in ("valid", "same") if framework == "keras" else range(kernel // 2 + 1):
                    yield Call(cls, (kernel,), {name: stride, "padding": padding})
    elif cls.startswith("Adaptive") and output is not None:
        yield Call(cls, (output[1:],), {})
    elif cls in ("LSTM", "GRU", "SimpleRNN") and output:
        yield Call(cls, (output[-1],), {"return_sequences": len(output) == 2})
    elif cls == "Embedding" and output and output[-1] and parameters:
        yield Call(cls, (parameters // output[-1], output[-1]), {})
    elif cls == "BatchNormalization":
        for options in ({}, {"scale": False}, {"center": False}, {"scale": False, "center": False}):
            yield Call(cls, (), dict[str, object](options))
    elif cls.startswith("BatchNorm") and shape:
        yield Call(cls, (shape[0],), {})
        yield Call(cls, (shape[0],), {"affine": False})
    elif cls == "LayerNorm" and shape:
        yield Call(cls, (shape[-1],), {})
    elif cls == "Reshape" and output is not None and known(output) is not None:
        yield Call(cls, (output,), {})
    elif cls in ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianDropout"):
        yield Call(cls, (0.5,), {})
    elif cls == "Activation":
        yield Call(cls, ("linear",), {})
    elif cls.startswith("ZeroPadding") and shape and output and len(shape) == len(output):
        grown = [(one or 0) - (two or 0) for one, two in zip(output[:-1], shape[:-1], strict=True)]
        pairs = tuple([(one // 2, one - one // 2) for one in grown])
        yield Call(cls, (pairs[0] if len(pairs) == 1 else pairs,), {})
    else:
        yield Call(cls, (), {})


def _dense(cls: str, framework: Framework, shape: Shape | None, output: Shape | None) -> Calls:
    if not output or not output[-1]:
        return
    units = output[-1]
    if framework == "keras":
        yield Call(cls, (units,), {})
        yield Call(cls, (units,), {"use_bias": False})
    elif shape and shape[-1]:
        yield Call(cls, (shape[-1], units), {})
        yield Call(cls, (shape[-1], units), {"bias": False})


def _convolutions(
    cls: str, framework: Framework, shape: Shape | None, output: Shape | None, last: int | None, parameters: int | None
) -> Calls:
    """Convolutions of square kernels, then of flat ones, with and without bias."""
    if not shape or not last:
        return
    channels = shape[-1 if framework == "keras" else 0]
    if not channels:
        return
    flat = [pair for k in _KERNELS[:6] for pair in ((1, k), (k, 1))] if len(shape) == 3 else []
    kernels: list[int | tuple[int, int]] = [*_KERNELS, *flat]
    depthwise = framework == "pytorch" and last % channels == 0 and channels > 1
    for kernel, bias, groups in product(kernels, (True, False), (1, channels) if depthwise else (1,)):
        size = prod(kernel) if isinstance(kernel, tuple) else kernel ** (len(shape) - 1)
        if parameters is None or _can_be(cls, parameters, size, channels, last, groups, bias=bias):
            yield from _windows(cls, framework, kernel, channels, last, groups, output, bias=bias)


def _can_be(cls: str, parameters: int, kernel: int, channels: int, last: int, groups: int, *, bias: bool) -> bool:
    """Whether a kernel comes to so many parameters, before every stride and padding is tried."""
    if cls.startswith("Depthwise"):
        return parameters == last * (kernel + bias)
    if cls.startswith("Separable"):
        return parameters == channels * kernel + last * (channels + bias)
    return parameters == last * (kernel * channels // groups + bias)


def _windows(
    cls: str,
    framework: Framework,
    kernel: int | tuple[int, int],
    channels: int,
    last: int,
    groups: int,
    output: Shape | None,
    *,
    bias: bool,
) -> Calls:
    largest = max(kernel) if isinstance(kernel, tuple) else kernel
    if output is None or known(output) is None:
        strides: tuple[int, ...] = (1,)
    else:
        strides = _STRIDES
    for stride in strides:
        if framework == "keras":
            own = () if cls.startswith("Depthwise") else (last,)
            more: dict[str, object] = {} if own else {"depth_multiplier": last // channels}
            for same in ("same", "valid"):
                yield Call(cls, (*own, kernel), {"strides": stride, "padding": same, "use_bias": bias, **more})
            continue
        for padding in range(largest // 2, -1, -1):
            pads = tuple([min(padding, one // 2) for one in kernel]) if isinstance(kernel, tuple) else padding
            options: dict[str, object] = {
                "stride": stride,
                "padding": pads,
                "bias": bias,
                **({"groups": groups} if groups > 1 else {}),
            }
            yield Call(cls, (channels, last, kernel), options)
