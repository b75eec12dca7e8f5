"""Upsampling: more positions from those there are. Nothing is learnt.

Source: torch.nn.Upsample, torch.nn.functional.interpolate (sizes are rounded down), keras.layers.UpSampling2D.
"""

from math import floor
from typing import Annotated, Self, override

from pydantic import ValidationInfo, field_validator, model_validator

from paramcount.errors import ShapeError, sequence, shown
from paramcount.layers.base import Derivation, Example, Kind, Layer, Reach, Spatial, Window
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import DataFormat, Ints, one_of, per_dimension, refuse, whole
from paramcount.layers.unchanged import check_rank
from paramcount.limits import MAX_SIZE
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature

_RANKS = {
    "nearest": (2, 3, 4),
    "nearest-exact": (2, 3, 4),
    "linear": (2,),
    "bilinear": (3,),
    "bicubic": (3,),
    "trilinear": (4,),
    "area": (2, 3, 4),
}
"""How many dimensions each mode takes, batch excluded."""


class Upsample(Layer):
    """Upsampling to a size, or by a factor."""

    size: int | Ints | None = None
    scale_factor: float | tuple[float, ...] | None = None
    mode: str = "nearest"
    align_corners: bool | None = None
    recompute_scale_factor: bool | None = None

    @field_validator("size", mode="plain")
    @classmethod
    def _size(cls, value: object) -> int | Ints | None:
        if value is None:
            return None
        items = sequence(value)
        return whole(value, 0) if items is None else tuple([whole(item, 0) for item in items])

    @field_validator("scale_factor", mode="plain")
    @classmethod
    def _factor(cls, value: object) -> float | tuple[float, ...] | None:
        items = sequence(value)
        if value is None or items is None:
            return None if value is None else _factor(value)
        return tuple([_factor(item) for item in items])

    @field_validator("align_corners", "recompute_scale_factor", mode="plain")
    @classmethod
    def _truth(cls, value: object) -> bool | None:
        return None if value is None else bool(value)

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if (self.size is None) == (self.scale_factor is None):
            raise refuse("needs either size or scale_factor, and not both.")
        if self.mode not in _RANKS:
            raise refuse(f"mode must be one of {', '.join(map(repr, _RANKS))}, received {shown(self.mode)}.")
        if self.recompute_scale_factor and self.size is not None:
            raise refuse("recompute_scale_factor does not go with size. Leave it out.")
        if self.align_corners is not None and self.mode in ("nearest", "nearest-exact", "area"):
            raise refuse(f"align_corners does not go with mode={self.mode!r}. Leave it out.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        check_rank(self, shape)
        if shape is None:
            return Derivation(layer=self)
        if len(shape) not in _RANKS[self.mode]:
            takes = " or ".join(str(rank) for rank in _RANKS[self.mode])
            raise ShapeError(f"mode={self.mode!r} takes {takes} dimensions without the batch; {text(shape)} flows in.")
        if shape[0] == 0:
            raise ShapeError("needs at least one channel; none flows in.")
        sizes = shape[1:]
        outputs: list[int | None] = []
        for axis, size in enumerate(sizes):
            wanted, factor = _one(self.size, axis, sizes), _one(self.scale_factor, axis, sizes)
            output = wanted if factor is None else None if size is None else floor(size * factor)
            least = 0 if self.mode == "area" or (self.mode == "nearest" and wanted is None) else 1
            if size == 0 or (output is not None and not least <= output <= MAX_SIZE):
                raise ShapeError(f"would make {output} positions of {size}; from {least} to {MAX_SIZE} can be.")
            outputs.append(None if output is None else int(output))
        return Derivation(layer=self, output_shape=(shape[0], *outputs), reach=self._reach(sizes, outputs))

    def _reach(self, sizes: Shape, outputs: list[int | None]) -> Reach:
        smooth = self.mode in ("linear", "bilinear", "trilinear")
        if self.mode in ("bicubic", "area") or self.align_corners:
            return "unknown"
        windows: list[Window] = []
        for size, output in zip(sizes, outputs, strict=True):
            if not size or not output:
                return "unknown"
            if output == size:
                windows.append(Window())
            elif output % size == 0:
                windows.append(spread(output // size, smooth=smooth))
            elif size % output == 0 and self.mode == "nearest":
                windows.append(Window(stride=size // output))
            else:
                return "unknown"
        return tuple(windows)


class Repeated(Spatial):
    """Keras's upsampling: each position several times, or interpolated."""

    size: Ints = (2,)
    data_format: DataFormat = None
    interpolation: Annotated[str, one_of("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")] = "nearest"

    @field_validator("size", mode="plain")
    @classmethod
    def _size(cls, value: object, info: ValidationInfo) -> Ints:
        return per_dimension(value, info.data["kind"].dims, least=1)

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        channels, spatial = self.split(shape)
        sizes = [None if size is None else size * factor for size, factor in zip(spatial, self.size, strict=True)]
        reach: Reach = "unknown"
        if self.interpolation in ("nearest", "bilinear"):
            reach = tuple([spread(factor, smooth=self.interpolation == "bilinear") for factor in self.size])
        return Derivation(layer=self, output_shape=None if shape is None else self.join(channels, sizes), reach=reach)


def spread(factor: int, *, smooth: bool) -> Window:
    """What a position reads that was upsampled by a whole factor: the nearest one, or the two around it."""
    kernel = 2 * factor - factor % 2 if smooth else factor
    return Window(kernel, factor, (kernel - factor) // 2, transposed=True)


def _factor(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_SIZE:
        raise refuse(f"must be a number above 0, received {shown(value)}.")
    return value


def _one[N: (int, float)](values: N | tuple[N, ...] | None, axis: int, sizes: Shape) -> N | None:
    if not isinstance(values, tuple):
        return values
    if len(values) != len(sizes):
        raise ShapeError(f"{values} holds {len(values)} numbers for {len(sizes)} dimensions.")
    return values[axis]


_SIZE = (Parameter("size", "size", None), Parameter("scale_factor", "scale_factor", None))
_TORCH = "torch 2.14.1"


def _two_dimensional(name: str, about: str) -> Kind:
    return Kind(
        name.lower(),
        about,
        Nearest2d if "Nearest" in name else Bilinear2d,
        Signature((name,), _SIZE),
        examples=(Example(f"{name}(scale_factor=2)", 0, _TORCH, (3, 7, 8), (3, 14, 16)),),
        ranks=(3,),
    )


class Nearest2d(Upsample):
    """Upsample by the nearest position."""


class Bilinear2d(Upsample):
    """Upsample by bilinear interpolation with aligned corners."""

    mode: str = "bilinear"
    align_corners: bool | None = True


def _keras(dims: int) -> Kind:
    sizes = (5, 6, 4)[:dims]
    shape = (Parameter("data_format", "data_format", None),) if dims > 1 else ()
    way = (Parameter("interpolation", "interpolation", "nearest"),) if dims == 2 else ()
    parameters = (Parameter("size", "size", 2 if dims == 1 else (2,) * dims), *shape, *way)
    return Kind(
        f"upsampling{dims}d",
        f"Each position of {('a sequence', 'an image', 'a volume')[dims - 1]} several times, or interpolated.",
        Repeated,
        keras=Signature((f"UpSampling{dims}D",), (*parameters, *KERAS_LAYER)),
        examples=(Example(f"UpSampling{dims}D(3)", 0, "keras 3.15.1", (*sizes, 2), (*(3 * s for s in sizes), 2)),),
        dims=dims,
    )


KINDS = (
    Kind(
        "upsample",
        "More positions along every dimension, to a size or by a factor.",
        Upsample,
        Signature(
            ("Upsample", "Interpolate"),
            (
                *_SIZE,
                Parameter("mode", "mode", "nearest"),
                Parameter("align_corners", "align_corners", None),
                Parameter("recompute_scale_factor", "recompute_scale_factor", None),
            ),
        ),
        examples=(Example("Upsample(scale_factor=1.5)", 0, _TORCH, (3, 7, 8), (3, 10, 12)),),
        ranks=(2, 3, 4),
    ),
    _two_dimensional("UpsamplingNearest2d", "More positions of an image, each the nearest one."),
    _two_dimensional("UpsamplingBilinear2d", "More positions of an image, interpolated."),
    *(_keras(dims) for dims in (1, 2, 3)),
)
