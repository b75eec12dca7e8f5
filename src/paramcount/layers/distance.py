"""Distances and similarities of two inputs along one dimension, which goes. None has parameters.

Source: torch.nn.CosineSimilarity, torch.nn.PairwiseDistance.
"""

from typing import Annotated, override

from pydantic import BeforeValidator

from paramcount.errors import ShapeError
from paramcount.layers.base import Derivation, Example, Kind
from paramcount.layers.fields import Flag, whole_dimension
from paramcount.layers.join import Elementwise
from paramcount.layers.unchanged import check_dimension
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature, numbers


class Compared(Elementwise):
    """One number for what stands along one dimension of two inputs."""

    dim: Annotated[int, BeforeValidator(whole_dimension)] = -1
    keepdim: Flag = False

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        joined = super().derive(inputs).output_shape
        along = check_dimension("dim", self.dim, joined)
        if joined is None or along is None:
            return Derivation(layer=self, reach="unknown")
        if along < 0:
            raise ShapeError(f"dim={self.dim} is the batch; samples cannot be compared with each other here.")
        left = (1,) if self.keepdim else ()
        return Derivation(layer=self, output_shape=(*joined[:along], *left, *joined[along + 1 :]), reach="unknown")


def _kind(name: str, about: str, *parameters: Parameter, output: tuple[int, ...]) -> Kind:
    example = Example(f"{name}()", 0, "torch 2.14.1", ((7, 5), (7, 5)), output)
    return Kind(name.lower(), about, Compared, Signature((name,), parameters), examples=(example,), inputs=(2, 2))


KINDS = (
    _kind(
        "CosineSimilarity",
        "The cosine of the angle between two inputs along one dimension.",
        Parameter("dim", "dim", 1),
        *numbers("eps"),
        output=(5,),
    ),
    _kind(
        "PairwiseDistance",
        "The distance between two inputs along their last dimension.",
        *numbers("p", "eps"),
        Parameter("keepdim", "keepdim", False),
        output=(7,),
    ),
)
