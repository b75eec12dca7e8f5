"""Parameters without a layer of their own: a raw tensor, and the layer scale of ConvNeXt and CaiT.

Source: torch.nn.Parameter; timm.layers.LayerScale; Touvron et al. 2021.
"""

from typing import Annotated, override

from pydantic import BeforeValidator

from paramcount.errors import ShapeError, sequence, shown
from paramcount.expression import Expression, Literal, Product, Quantity
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor, agreed
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import Flag, Positive, refuse, whole
from paramcount.limits import MAX_RANK
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature, ignored


def shape_of_tensor(value: object) -> tuple[int, ...]:
    """Check the shape of a tensor, or of what a call such as torch.zeros(1, 768) makes."""
    items = sequence((value,) if type(value) is int else value)
    if items is not None and len(items) == 1 and sequence(items[0]) is not None:
        items = sequence(items[0])  # torch.zeros((1, 768)) is torch.zeros(1, 768)
    if items is None or len(items) > MAX_RANK:
        raise refuse(f"must be a shape such as (1, 768), or torch.zeros(1, 768); received {shown(value)}.")
    return tuple([whole(item, 0) for item in items])


class Raw(Layer):
    """A tensor that is learnt. Nothing flows into it; what it is joined with is written beside it."""

    sizes: Annotated[tuple[int, ...], BeforeValidator(shape_of_tensor)]
    requires_grad: Flag = True

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        names = [f"size_{place}" for place in range(len(self.sizes))] if len(self.sizes) > 1 else ["size"]
        sizes = [Quantity(name, size) for name, size in zip(names, self.sizes, strict=False)]
        total: Expression = Product(tuple(sizes)) if sizes else Literal(1)
        trainable = self.trainable and self.requires_grad
        return Derivation(
            layer=self,
            parameters=total,
            tensors=(Tensor("", self.sizes, trainable),),
            output_shape=self.sizes,
            reach="unknown",
            steps=(Step("total", total),),
        )


class Buffer(Layer):
    """A tensor that is saved with the model and is no parameter."""

    sizes: Annotated[tuple[int, ...], BeforeValidator(shape_of_tensor)]

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        return Derivation(
            layer=self, tensors=(Tensor("", self.sizes, buffer=True),), output_shape=self.sizes, reach="unknown"
        )


class LayerScale(Layer):
    """One factor for each channel, the last dimension of what flows through."""

    dim: Positive | None = None

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is not None and not shape:
            raise ShapeError("takes at least the channels; nothing flows in.")
        total = Quantity("dim", agreed(self, "dim", self.dim, shape[-1] if shape else None))
        return Derivation(
            layer=self,
            parameters=total,
            tensors=(Tensor("gamma", (total.value,), self.trainable, role="norm"),),
            output_shape=shape,
            steps=(Step("total", total),),
        )


KINDS = (
    Kind(
        "parameter",
        "A tensor that is learnt, without a layer. Join it to what flows: Multiply([…], Parameter((64, 1, 1))).",
        Raw,
        Signature(
            ("Parameter",),
            (Parameter("data", "sizes", tensor=True), Parameter("requires_grad", "requires_grad", True)),
        ),
        Signature(("Weight",), (Parameter("shape", "sizes"), Parameter("trainable", "requires_grad", True))),
        examples=(
            Example("Parameter((1, 197, 768))", 151296, "torchvision 0.29.1, vit_b_16.encoder.pos_embedding", None,
                    (1, 197, 768)),
            Example("Parameter((32, 1, 1))", 32, "torch 2.14.1", None, (32, 1, 1)),
        ),
        inputs=(0, 0),
    ),
    Kind(
        "buffer",
        "A tensor that is saved with the model and is no parameter.",
        Buffer,
        Signature(("Buffer",), (Parameter("data", "sizes", tensor=True), *ignored("persistent"))),
        examples=(Example("Buffer((49, 49))", 0, "torch 2.14.1", None, (49, 49)),),
        inputs=(0, 0),
    ),
    Kind(
        "layerscale",
        "One learnt factor for each channel, the last dimension.",
        LayerScale,
        Signature(("LayerScale",), (Parameter("dim", "dim", inferred=True), *ignored("init_values", "inplace"))),
        Signature(
            ("LayerScale",),
            (*ignored("init_values"), Parameter("projection_dim", "dim", inferred=True), *KERAS_LAYER),
        ),
        examples=(
            Example("LayerScale(768)", 768, "timm 1.0, convnext and cait", (49, 768), (49, 768)),
            Example("LayerScale(projection_dim=96)", 96, "keras 3.15.1, keras.applications.convnext", (56, 56, 96),
                    (56, 56, 96)),
        ),
    ),
)  # fmt: skip
