"""Fully connected layers: Linear and Keras's Dense.

Formulas: torch.nn.Linear, keras.layers.Dense: in_features × out_features weights and one bias for
each output. The layer is applied at every position of the leading dimensions.
"""

from typing import Self, override

from pydantic import model_validator

from paramcount.errors import ShapeError
from paramcount.expression import Expression, Product, Quantity, named
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor, agreed
from paramcount.layers.common import KERAS_KERNEL_LAYER
from paramcount.layers.fields import ActivationName, Flag, Natural, NotCounted, refuse
from paramcount.shapes import Shape, elements, known, text
from paramcount.signature import Parameter, Signature, ignored


class Linear(Layer):
    """A fully connected layer: (…, in_features) → (…, out_features)."""

    in_features: Natural | None = None
    out_features: Natural
    bias: Flag = True
    activation: ActivationName = None
    lora_rank: NotCounted = None

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.framework == "keras" and self.out_features < 1:
            raise refuse(f"units must be at least 1, received {self.out_features}.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape == ():
            raise ShapeError("takes at least one dimension beside the batch; none flows in.")
        flowing = None if shape is None else shape[-1]
        ins = agreed(self, "in_features", self.in_features, flowing, self._hint(shape))
        into, out = Quantity("in_features", ins), Quantity("out_features", self.out_features)
        weights: Expression = Product((into, out))
        total = weights + out if self.bias else weights
        steps = [Step("weights", weights), Step("biases", out)] if self.bias else []
        keras = self.framework == "keras"
        tensors = [Tensor("kernel" if keras else "weight", (ins, self.out_features) if keras else
                          (self.out_features, ins), self.trainable)]  # fmt: skip
        if self.bias:
            tensors.append(Tensor("bias", (self.out_features,), self.trainable, role="bias"))
        macs = self._macs(shape, named("weights", weights), weights)
        return Derivation(
            layer=self if self.in_features is not None else self.filled(in_features=ins),
            parameters=total,
            tensors=tuple(tensors),
            output_shape=(*shape[:-1], self.out_features) if shape else None,
            macs=macs,
            reach="same" if shape is not None and len(shape) > 1 else "all",
            steps=(*steps, Step("total", total), *([] if macs is None else [Step("MACs", macs)])),
        )

    def _macs(self, shape: Shape | None, weights: Quantity, plain: Expression) -> Expression | None:
        """The weights, once for each position of the leading dimensions."""
        if shape is None:
            return plain
        leading = [size for size in shape[:-1] if size is not None]
        if len(leading) != len(shape) - 1:
            return None
        return Product((weights, *(Quantity("positions", size) for size in leading))) if leading else plain

    def _hint(self, shape: Shape | None) -> str:
        """Say what would fit: a Flatten before the layer, or another number."""
        sizes = known(shape)
        if sizes is None or self.in_features is None:
            return ""
        if len(sizes) > 1:
            return (
                f" It works on the last dimension of {text(sizes)}; Flatten() before it would give {elements(sizes)}."
            )
        return f" {self.filled(in_features=elements(sizes))} fits."


KINDS = (
    Kind(
        "linear",
        "A fully connected layer: (…, in_features) → (…, out_features).",
        Linear,
        pytorch=Signature(
            ("Linear",),
            (
                Parameter("in_features", "in_features", inferred=True),
                Parameter("out_features", "out_features"),
                Parameter("bias", "bias", True),
                *ignored("device", "dtype"),
            ),
        ),
        keras=Signature(
            ("Dense",),
            (
                Parameter("units", "out_features"),
                Parameter("activation", "activation", None),
                Parameter("use_bias", "bias", True),
                *(parameter for parameter in KERAS_KERNEL_LAYER if not parameter.keyword_only),
                Parameter("lora_rank", "lora_rank", None),
                *ignored("lora_alpha", "quantization_config"),
                *(parameter for parameter in KERAS_KERNEL_LAYER if parameter.keyword_only),
                Parameter("in_features", "in_features", None, canonical_only=True),
            ),
        ),
        examples=(
            Example("Linear(25088, 4096)", 102764544, "torchvision 0.29.1, vgg16.classifier[0]", (25088,), (4096,)),
            Example("Dense(10)", 16010, "keras 3.15.1", (1600,), (10,)),
        ),
    ),
)
