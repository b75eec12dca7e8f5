"""Pooling to a given size, or to one value: adaptive and global pooling.

Source: torch.nn.AdaptiveAvgPool2d, keras.layers.AdaptiveAveragePooling2D, keras.layers.GlobalAveragePooling2D.
Nothing is learnt.
"""

from typing import ClassVar

from pydantic import StrictBool, ValidationInfo, field_validator

from paramcount.errors import ShapeError, shown
from paramcount.layers.base import Derivation, Example, Spatial
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import data_format, per_dimension, refuse, whole
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature


class _Adaptive(Spatial):
    """Pools to `output_size` along each dimension; None keeps a dimension as it is."""

    averages: ClassVar[bool]

    output_size: int | tuple[int | None, ...]
    data_format: str | None = None

    @field_validator("output_size", mode="plain")
    @classmethod
    def _output_size(cls, value: object, info: ValidationInfo) -> int | tuple[int | None, ...]:
        if info.data.get("framework") == "keras":
            return per_dimension(value, cls.dims, least=1)
        if type(value) is int:
            return whole(value, 0)
        if not isinstance(value, list | tuple) or len(value) != cls.dims:
            raise refuse(f"must be one whole number or {cls.dims} of them, received {shown(value)}.")
        if cls.dims == 1 and value[0] is None:
            raise refuse("must be a whole number, received None.")
        return tuple([None if size is None else whole(size, 0) for size in value])

    @field_validator("data_format", mode="plain")
    @classmethod
    def _data_format(cls, value: object) -> str | None:
        return data_format(value)

    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is not None and self._is_a_mean(shape):
            return Derivation(layer=self, output_shape=(*shape[: -self.dims], *(1,) * self.dims))
        channels, spatial = self.split(shape)
        if channels == 0 or 0 in spatial:
            raise ShapeError(f"needs at least one channel and one position; {text(shape or ())} flows in.")
        wanted = self.output_size if isinstance(self.output_size, tuple) else (self.output_size,) * self.dims
        sizes = [size if want is None else want for want, size in zip(wanted, spatial, strict=True)]
        return Derivation(layer=self, output_shape=self.join(channels, sizes))

    def _is_a_mean(self, shape: Shape) -> bool:
        """PyTorch takes the plain mean for `output_size=1`, whatever the number of dimensions before it."""
        return self.averages and self.dims > 1 and self.output_size == 1 and len(shape) >= self.dims


def _pytorch(name: str) -> Signature:
    further = (Parameter("return_indices", default=False),) if "Max" in name else ()
    return Signature((name,), (Parameter("output_size", "output_size"), *further))


def _keras(name: str) -> Signature:
    return Signature(
        (name,), (Parameter("output_size", "output_size"), Parameter("data_format", "data_format", None), *KERAS_LAYER)
    )


class AdaptiveAvgPool1d(_Adaptive):
    """The mean over as many windows as asked for."""

    kind: ClassVar[str] = "adaptiveavgpool1d"
    dims: ClassVar[int] = 1
    averages: ClassVar[bool] = True
    pytorch = _pytorch("AdaptiveAvgPool1d")
    keras = _keras("AdaptiveAveragePooling1D")
    examples = (Example("AdaptiveAvgPool1d(1)", 0, "torch 2.14.1", (2, 5), (2, 1)),)


class AdaptiveAvgPool2d(_Adaptive):
    """The mean over as many windows as asked for."""

    kind: ClassVar[str] = "adaptiveavgpool2d"
    dims: ClassVar[int] = 2
    averages: ClassVar[bool] = True
    pytorch = _pytorch("AdaptiveAvgPool2d")
    keras = _keras("AdaptiveAveragePooling2D")
    examples = (
        Example("AdaptiveAvgPool2d((3, None))", 0, "torch 2.14.1", (2, 13, 10), (2, 3, 10)),
        Example("AdaptiveAveragePooling2D((3, 2))", 0, "keras 3.15.1", (7, 8, 2), (3, 2, 2)),
    )


class AdaptiveAvgPool3d(_Adaptive):
    """The mean over as many windows as asked for."""

    kind: ClassVar[str] = "adaptiveavgpool3d"
    dims: ClassVar[int] = 3
    averages: ClassVar[bool] = True
    pytorch = _pytorch("AdaptiveAvgPool3d")
    keras = _keras("AdaptiveAveragePooling3D")
    examples = (Example("AdaptiveAvgPool3d(2)", 0, "torch 2.14.1", (2, 5, 9, 11), (2, 2, 2, 2)),)


class AdaptiveMaxPool1d(_Adaptive):
    """The largest of as many windows as asked for."""

    kind: ClassVar[str] = "adaptivemaxpool1d"
    dims: ClassVar[int] = 1
    averages: ClassVar[bool] = False
    pytorch = _pytorch("AdaptiveMaxPool1d")
    keras = _keras("AdaptiveMaxPooling1D")
    examples = (Example("AdaptiveMaxPool1d(7)", 0, "torch 2.14.1", (2, 5), (2, 7)),)


class AdaptiveMaxPool2d(_Adaptive):
    """The largest of as many windows as asked for."""

    kind: ClassVar[str] = "adaptivemaxpool2d"
    dims: ClassVar[int] = 2
    averages: ClassVar[bool] = False
    pytorch = _pytorch("AdaptiveMaxPool2d")
    keras = _keras("AdaptiveMaxPooling2D")
    examples = (Example("AdaptiveMaxPooling2D((3, 2))", 0, "keras 3.15.1", (7, 8, 2), (3, 2, 2)),)


class AdaptiveMaxPool3d(_Adaptive):
    """The largest of as many windows as asked for."""

    kind: ClassVar[str] = "adaptivemaxpool3d"
    dims: ClassVar[int] = 3
    averages: ClassVar[bool] = False
    pytorch = _pytorch("AdaptiveMaxPool3d")
    keras = _keras("AdaptiveMaxPooling3D")
    examples = (Example("AdaptiveMaxPool3d(0)", 0, "torch 2.14.1", (2, 5, 9, 11), (2, 0, 0, 0)),)


class _Global(Spatial):
    """Pools each channel to one value."""

    data_format: str | None = None
    keepdims: StrictBool = False

    @field_validator("data_format", mode="plain")
    @classmethod
    def _data_format(cls, value: object) -> str | None:
        return data_format(value)

    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        channels, _ = self.split(shape)
        output = self.join(channels, (1,) * self.dims) if self.keepdims else (channels,)
        return Derivation(layer=self, output_shape=output)


def _global(name: str, short: str) -> Signature:
    return Signature(
        (name, short),
        (Parameter("data_format", "data_format", None), Parameter("keepdims", "keepdims", False), *KERAS_LAYER),
    )


class GlobalAveragePooling1D(_Global):
    """The mean of each channel of a sequence."""

    kind: ClassVar[str] = "globalaveragepooling1d"
    dims: ClassVar[int] = 1
    keras = _global("GlobalAveragePooling1D", "GlobalAvgPool1D")
    examples = (Example('GlobalAveragePooling1D(data_format="channels_first")', 0, "keras 3.15.1", (2, 7), (2,)),)


class GlobalAveragePooling2D(_Global):
    """The mean of each channel of an image."""

    kind: ClassVar[str] = "globalaveragepooling2d"
    dims: ClassVar[int] = 2
    keras = _global("GlobalAveragePooling2D", "GlobalAvgPool2D")
    examples = (Example("GlobalAveragePooling2D()", 0, "keras 3.15.1", (7, 8, 2), (2,)),)


class GlobalAveragePooling3D(_Global):
    """The mean of each channel of a volume."""

    kind: ClassVar[str] = "globalaveragepooling3d"
    dims: ClassVar[int] = 3
    keras = _global("GlobalAveragePooling3D", "GlobalAvgPool3D")
    examples = (Example("GlobalAveragePooling3D()", 0, "keras 3.15.1", (7, 8, 9, 2), (2,)),)


class GlobalMaxPooling1D(_Global):
    """The largest of each channel of a sequence."""

    kind: ClassVar[str] = "globalmaxpooling1d"
    dims: ClassVar[int] = 1
    keras = _global("GlobalMaxPooling1D", "GlobalMaxPool1D")
    examples = (Example("GlobalMaxPooling1D()", 0, "keras 3.15.1", (7, 2), (2,)),)


class GlobalMaxPooling2D(_Global):
    """The largest of each channel of an image."""

    kind: ClassVar[str] = "globalmaxpooling2d"
    dims: ClassVar[int] = 2
    keras = _global("GlobalMaxPooling2D", "GlobalMaxPool2D")
    examples = (Example("GlobalMaxPooling2D(keepdims=True)", 0, "keras 3.15.1", (7, 8, 2), (1, 1, 2)),)


class GlobalMaxPooling3D(_Global):
    """The largest of each channel of a volume."""

    kind: ClassVar[str] = "globalmaxpooling3d"
    dims: ClassVar[int] = 3
    keras = _global("GlobalMaxPooling3D", "GlobalMaxPool3D")
    examples = (Example("GlobalMaxPooling3D(keepdims=True)", 0, "keras 3.15.1", (7, 8, 9, 2), (1, 1, 1, 2)),)
