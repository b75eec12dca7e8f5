"""Pooling to a given size, or to one value: adaptive and global pooling.

Source: torch.nn.AdaptiveAvgPool2d, keras.layers.AdaptiveAveragePooling2D, keras.layers.GlobalAveragePooling2D.
Nothing is learnt.
"""

from collections.abc import Sequence
from typing import override

from pydantic import StrictBool, ValidationInfo, field_validator

from paramcount.errors import ShapeError, sequence, shown
from paramcount.layers.base import Derivation, Example, Kind, Reach, Spatial, Window
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import DataFormat, per_dimension, refuse, whole
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored


class Adaptive(Spatial):
    """Pools to `output_size` along each dimension; None keeps a dimension as it is."""

    output_size: int | tuple[int | None, ...]
    data_format: DataFormat = None

    @field_validator("output_size", mode="plain")
    @classmethod
    def _output_size(cls, value: object, info: ValidationInfo) -> int | tuple[int | None, ...]:
        if info.data.get("framework") == "keras":
            return per_dimension(value, info.data["kind"].dims, least=0)
        if type(value) is int:
            return whole(value, 0)
        dims = info.data["kind"].dims
        items = sequence(value)
        if items is None or len(items) != dims:
            raise refuse(f"must be one whole number or {dims} of them, received {shown(value)}.")
        if dims == 1 and items[0] is None:
            raise refuse("must be a whole number, received None.")
        return tuple([None if size is None else whole(size, 0) for size in items])

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        channels, spatial = self.split(shape)
        if channels == 0 or 0 in spatial:
            raise ShapeError(f"needs at least one channel and one position; {text(shape or ())} flows in.")
        wanted = self.output_size if isinstance(self.output_size, tuple) else (self.output_size,) * self.dims
        sizes = [size if want is None else want for want, size in zip(wanted, spatial, strict=True)]
        return Derivation(layer=self, output_shape=self.join(channels, sizes), reach=_reach(spatial, sizes))


class AdaptiveAverage(Adaptive):
    """Adaptive pooling that averages."""

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if self.dims > 1 and self.output_size == 1 and shape is not None and len(shape) >= self.dims:
            # PyTorch takes the plain mean here, whatever the number of dimensions before the last ones.
            return Derivation(layer=self, output_shape=(*shape[: -self.dims], *(1,) * self.dims), reach="all")
        return super().derive(inputs)


class GlobalPool(Spatial):
    """Pools each channel to one value."""

    data_format: DataFormat = None
    keepdims: StrictBool = False

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        channels, _ = self.split(shape)
        output = self.join(channels, (1,) * self.dims) if self.keepdims else (channels,)
        return Derivation(layer=self, output_shape=output, reach="all")


def _reach(sizes: Shape, outputs: Sequence[int | None]) -> Reach:
    """Windows where each output position has one of the same size, everything where there is one position."""
    if all(output == 1 for output in outputs):
        return "all"
    windows: list[Window] = []
    for size, output in zip(sizes, outputs, strict=True):
        if size is None or not output or size % output:
            return "unknown"
        windows.append(Window(size // output, size // output))
    return tuple(windows)


_OVER = ("a sequence", "an image", "a volume")


def _adaptive(dims: int, which: str, *examples: Example) -> Kind:
    mean = which == "Avg"
    long = "AdaptiveAveragePooling" if mean else "AdaptiveMaxPooling"
    size = Parameter("output_size", "output_size")
    return Kind(
        f"adaptive{which.lower()}pool{dims}d",
        f"The {'mean' if mean else 'largest'} of as many windows of {_OVER[dims - 1]} as asked for.",
        AdaptiveAverage if mean else Adaptive,
        Signature((f"Adaptive{which}Pool{dims}d",), (size, *(() if mean else ignored("return_indices")))),
        Signature((f"{long}{dims}D",), (size, Parameter("data_format", "data_format", None), *KERAS_LAYER)),
        examples,
        dims=dims,
    )


def _global(dims: int, which: str, *examples: Example) -> Kind:
    mean = which == "Average"
    return Kind(
        f"global{which.lower()}pooling{dims}d",
        f"The {'mean' if mean else 'largest'} of each channel of {_OVER[dims - 1]}.",
        GlobalPool,
        keras=Signature(
            (f"Global{which}Pooling{dims}D", f"Global{'Avg' if mean else which}Pool{dims}D"),
            (Parameter("data_format", "data_format", None), Parameter("keepdims", "keepdims", False), *KERAS_LAYER),
        ),
        examples=examples,
        dims=dims,
    )


_TORCH, _KERAS = "torch 2.14.1", "keras 3.15.1"

KINDS = (
    _adaptive(1, "Avg", Example("AdaptiveAvgPool1d(1)", 0, _TORCH, (2, 5), (2, 1))),
    _adaptive(
        2,
        "Avg",
        Example("AdaptiveAvgPool2d((3, None))", 0, _TORCH, (2, 13, 10), (2, 3, 10)),
        Example("AdaptiveAveragePooling2D((3, 2))", 0, _KERAS, (7, 8, 2), (3, 2, 2)),
    ),
    _adaptive(3, "Avg", Example("AdaptiveAvgPool3d(2)", 0, _TORCH, (2, 5, 9, 11), (2, 2, 2, 2))),
    _adaptive(1, "Max", Example("AdaptiveMaxPool1d(7)", 0, _TORCH, (2, 5), (2, 7))),
    _adaptive(2, "Max", Example("AdaptiveMaxPooling2D((3, 2))", 0, _KERAS, (7, 8, 2), (3, 2, 2))),
    _adaptive(3, "Max", Example("AdaptiveMaxPool3d(0)", 0, _TORCH, (2, 5, 9, 11), (2, 0, 0, 0))),
    _global(1, "Average", Example('GlobalAveragePooling1D(data_format="channels_first")', 0, _KERAS, (2, 7), (2,))),
    _global(2, "Average", Example("GlobalAveragePooling2D()", 0, _KERAS, (7, 8, 2), (2,))),
    _global(3, "Average", Example("GlobalAveragePooling3D()", 0, _KERAS, (7, 8, 9, 2), (2,))),
    _global(1, "Max", Example("GlobalMaxPooling1D()", 0, _KERAS, (7, 2), (2,))),
    _global(2, "Max", Example("GlobalMaxPooling2D(keepdims=True)", 0, _KERAS, (7, 8, 2), (1, 1, 2))),
    _global(3, "Max", Example("GlobalMaxPooling3D(keepdims=True)", 0, _KERAS, (7, 8, 9, 2), (1, 1, 1, 2))),
)
