"""Flatten: dimensions become one. Source: torch.nn.Flatten, keras.layers.Flatten."""

from typing import override

from paramcount import shapes
from paramcount.errors import ShapeError
from paramcount.expression import Product, Quantity
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import DataFormat, Integer
from paramcount.layers.unchanged import check_dimension
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature


class Flatten(Layer):
    """Makes one dimension of several. PyTorch's dimensions count the batch as 0."""

    start_dim: Integer = 1
    end_dim: Integer = -1
    data_format: DataFormat = None

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape == () and self.framework == "keras":
            return Derivation(layer=self, output_shape=(1,))  # Keras adds a dimension to a number
        start = check_dimension("start_dim", self.start_dim, shape)
        end = check_dimension("end_dim", self.end_dim, shape)
        if shape is None or start is None or end is None:
            return Derivation(layer=self, reach="unknown")
        if start > end:
            raise ShapeError(f"start_dim={self.start_dim} comes after end_dim={self.end_dim} in {shapes.text(shape)}.")
        if start < 0 and end < 0:
            return Derivation(layer=self, output_shape=shape)
        notes: tuple[str, ...] = ()
        if start < 0:
            start = 0
            notes = ("start_dim=0 folds the batch in as well: the shape is that of a batch of one.",)
        merged = shapes.known(shape[start : end + 1])
        if merged is None:
            output = (*shape[:start], None, *shape[end + 1 :])
            return Derivation(layer=self, output_shape=output, notes=notes, reach="unknown")
        product = Product(tuple(Quantity(f"size_{start + i}", size) for i, size in enumerate(merged)))
        return Derivation(
            layer=self,
            output_shape=(*shape[:start], product.value, *shape[end + 1 :]),
            steps=(Step("output elements", product),),
            notes=notes,
            reach="same" if start == end else "unknown",
        )


KINDS = (
    Kind(
        "flatten",
        "Makes one dimension of several: (C, H, W) → (C × H × W).",
        Flatten,
        pytorch=Signature(("Flatten",), (Parameter("start_dim", "start_dim", 1), Parameter("end_dim", "end_dim", -1))),
        keras=Signature(("Flatten",), (Parameter("data_format", "data_format", None), *KERAS_LAYER)),
        examples=(
            Example("Flatten()", 0, "torch 2.14.1", (3, 4, 5), (60,)),
            Example("Flatten(start_dim=2)", 0, "torch 2.14.1", (3, 4, 5), (3, 20)),
        ),
    ),
)
