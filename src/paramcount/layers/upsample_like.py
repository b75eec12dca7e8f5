"""Positions as many as another value has: what segmentation networks do to their scores. Nothing is learnt.

Source: torch.nn.functional.interpolate(x, size=like.shape[2:]).
"""

from typing import override

from paramcount.errors import ShapeError
from paramcount.layers.base import Derivation, Example, Kind, Layer
from paramcount.shapes import Shape, text
from paramcount.signature import Signature


class UpsampleLike(Layer):
    """(C, *positions) and (…, *others) → (C, *others)."""

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        shape, like = inputs
        output: Shape | None = None
        if shape is not None and like is not None:
            if len(shape) != len(like) or len(shape) < 2:
                raise ShapeError(f"takes two inputs of as many dimensions; {text(shape)} and {text(like)} flow in.")
            output = (shape[0], *like[1:])
        return Derivation(layer=self, output_shape=output, reach="unknown")


KINDS = (
    Kind(
        "upsamplelike",
        "Interpolated to as many positions as the second input has: UpsampleLike()(x, like).",
        UpsampleLike,
        Signature(("UpsampleLike",), ()),
        examples=(
            Example("UpsampleLike()", 0, "torch 2.14.1, interpolate", ((4, 3, 5), (7, 12, 11)), (4, 12, 11)),
        ),
        inputs=(2, 2),
    ),
)  # fmt: skip
