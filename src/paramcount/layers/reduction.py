"""Operations on whole dimensions that models apply between layers: means and slices. None has parameters.

Dimensions count the batch as 0, as in PyTorch's code. Source: torch.mean, torch.Tensor.__getitem__.
"""

from typing import Annotated, override

from pydantic import BeforeValidator

from paramcount.errors import ShapeError, sequence, shown
from paramcount.layers.base import Derivation, Example, Kind, Layer
from paramcount.layers.fields import Flag, refuse
from paramcount.layers.unchanged import check_dimension
from paramcount.limits import MAX_RANK, MAX_SIZE
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature


def _whole(value: object) -> int:
    if type(value) is not int or abs(value) > MAX_SIZE:
        raise refuse(f"must be a whole number, received {shown(value)}.")
    return value


def _dimensions(value: object) -> tuple[int, ...]:
    items = sequence(value)
    if items is not None and not 0 < len(items) <= MAX_RANK:
        raise refuse(f"must hold 1 to {MAX_RANK} dimensions, received {shown(value)}.")
    return tuple([_whole(item) for item in ((value,) if items is None else items)])


def _end(value: object) -> int | None:
    return None if value is None else _whole(value)


Dimension = Annotated[int, BeforeValidator(_whole)]


class Mean(Layer):
    """The mean over dimensions."""

    dim: Annotated[tuple[int, ...], BeforeValidator(_dimensions)]
    keepdim: Flag = False

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is None:
            return Derivation(layer=self, output_shape=None, reach="all")
        along = {_inside("dim", dimension, shape) for dimension in self.dim}
        if len(along) < len(self.dim):
            raise ShapeError(f"dim={list(self.dim)} names a dimension of {text(shape)} twice.")
        if self.keepdim:
            output = tuple([1 if place in along else size for place, size in enumerate(shape)])
        else:
            output = tuple([size for place, size in enumerate(shape) if place not in along])
        spatial = set(range(1, len(shape)))
        return Derivation(layer=self, output_shape=output, reach="all" if spatial <= along else "unknown")


class Slice(Layer):
    """A part of one dimension: x[:, start:end:step] for dim=1."""

    dim: Dimension
    start: Annotated[int | None, BeforeValidator(_end)] = None
    end: Annotated[int | None, BeforeValidator(_end)] = None
    step: Dimension = 1

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if self.step < 1:
            raise ShapeError(f"step must be at least 1, received {self.step}.")
        if shape is None:
            return Derivation(layer=self, output_shape=None, reach="unknown")
        along = _inside("dim", self.dim, shape)
        size = shape[along]
        left = None if size is None else len(range(*slice(self.start, self.end, self.step).indices(size)))
        output = (*shape[:along], left, *shape[along + 1 :])
        return Derivation(layer=self, output_shape=output, reach="same" if along == 0 else "unknown")


def _inside(name: str, dimension: int, shape: Shape) -> int:
    """The index of a dimension that is not the batch."""
    along = check_dimension(name, dimension, shape)
    if along is None or along < 0:
        raise ShapeError(f"{name}={dimension} is the batch, which shapes leave out here.")
    return along


KINDS = (
    Kind(
        "mean",
        "The mean over dimensions, such as x.mean((2, 3)).",
        Mean,
        pytorch=Signature(("Mean",), (Parameter("dim", "dim"), Parameter("keepdim", "keepdim", False))),
        examples=(Example("Mean((2, 3))", 0, "torch 2.14.1", (32, 7, 5), (32,)),),
    ),
    Kind(
        "slice",
        "A part of one dimension, such as x[:, 0:2].",
        Slice,
        pytorch=Signature(
            ("Slice",),
            (
                Parameter("dim", "dim"),
                Parameter("start", "start", None),
                Parameter("end", "end", None),
                Parameter("step", "step", 1),
            ),
        ),
        examples=(Example("Slice(1, start=0, end=2)", 0, "torch 2.14.1", (5, 18, 5), (2, 18, 5)),),
    ),
)
