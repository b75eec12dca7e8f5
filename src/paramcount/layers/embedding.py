"""Embeddings: a row of a table for each index. The padding row is counted; nothing is multiplied.

Source: torch.nn.Embedding, torch.nn.EmbeddingBag, keras.layers.Embedding.
"""

from typing import Self, override

from pydantic import model_validator

from paramcount.errors import ShapeError, shown
from paramcount.expression import Expression, Product, Quantity
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import Flag, Natural, NotCounted, refuse
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored, numbers


class Embedding(Layer):
    """Indices → vectors: (…) → (…, embedding_dim)."""

    num_embeddings: Natural
    embedding_dim: Natural
    padding_idx: int | None = None
    mode: str = "mean"
    sparse: Flag = False
    lora_rank: NotCounted = None
    tie_weights: Flag = True

    @model_validator(mode="after")
    def _rules(self) -> Self:
        rows, padding = self.num_embeddings, self.padding_idx
        if padding is not None and not -rows <= padding < rows:
            raise refuse(f"padding_idx={padding} must be a row of {rows}.")
        if self.mode not in ("sum", "mean", "max"):
            raise refuse(f"mode must be 'sum', 'mean' or 'max', received {shown(self.mode)}.")
        if self.mode == "max" and self.sparse:
            raise refuse("mode='max' does not go with sparse=True. Leave sparse out.")
        if self.framework == "keras" and self.embedding_dim == 0:
            raise refuse("output_dim must be at least 1, received 0.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        shape = inputs[0]
        total: Expression = Product((Quantity("rows", self.num_embeddings), Quantity("columns", self.embedding_dim)))
        bag = self.kind.name == "embeddingbag"
        if bag and shape is not None and len(shape) > 1:
            raise ShapeError(f"takes the indices of one bag, [n]; {text(shape)} flows in.")
        output: Shape | None = (self.embedding_dim,) if bag else None
        if shape is not None and not bag:
            output = (*shape, self.embedding_dim)
        name = "embeddings" if self.framework == "keras" else "weight"
        tensors = [Tensor(name, (self.num_embeddings, self.embedding_dim), self.trainable)]
        steps = [Step("total", total)]
        if not self.tie_weights:
            table, total = total, 2 * total
            tensors.append(Tensor("reverse_embeddings", (self.embedding_dim, self.num_embeddings), self.trainable))
            steps = [Step("each table", table), Step("total", total)]
        return Derivation(
            layer=self,
            parameters=total,
            tensors=tuple(tensors),
            output_shape=output,
            steps=tuple(steps),
            notes=("The padding row is counted.",) if self.padding_idx is not None else (),
            reach="unknown",
        )


_TABLE = (Parameter("num_embeddings", "num_embeddings"), Parameter("embedding_dim", "embedding_dim"))
_PADDING = Parameter("padding_idx", "padding_idx", None)
_SCALE = (*numbers("max_norm", none=True), *numbers("norm_type"), *ignored("scale_grad_by_freq"))

KINDS = (
    Kind(
        "embedding",
        "A vector for each index: (…) → (…, columns).",
        Embedding,
        Signature(
            ("Embedding",), (*_TABLE, _PADDING, *_SCALE, *ignored("sparse", "_weight", "_freeze", "device", "dtype"))
        ),
        Signature(
            ("Embedding",),
            (
                Parameter("input_dim", "num_embeddings"),
                Parameter("output_dim", "embedding_dim"),
                *ignored(
                    "embeddings_initializer", "embeddings_regularizer", "embeddings_constraint", "mask_zero", "weights"
                ),
                Parameter("lora_rank", "lora_rank", None),
                *ignored("lora_alpha", "quantization_config"),
                *KERAS_LAYER,
                Parameter("input_length", default=None, keyword_only=True),  # Keras 2's; Keras 3 takes it and warns
            ),
        ),
        (Example("Embedding(10, 3)", 30, "torch 2.14.1", (7,), (7, 3)),),
    ),
    Kind(
        "reversibleembedding",
        "Keras's embedding that also runs backwards, from vectors to a number for each row.",
        Embedding,
        keras=Signature(
            ("ReversibleEmbedding",),
            (
                Parameter("input_dim", "num_embeddings"),
                Parameter("output_dim", "embedding_dim"),
                Parameter("tie_weights", "tie_weights", True),
                *ignored(
                    "embeddings_initializer",
                    "embeddings_regularizer",
                    "embeddings_constraint",
                    "mask_zero",
                    "reverse_dtype",
                    "logit_soft_cap",
                ),
                *KERAS_LAYER,
            ),
        ),
        examples=(Example("ReversibleEmbedding(11, 7, tie_weights=False)", 154, "keras 3.15.1", (5,), (5, 7)),),
    ),
    Kind(
        "embeddingbag",
        "The sum, mean or largest of the vectors of several indices.",
        Embedding,
        Signature(
            ("EmbeddingBag",),
            (
                *_TABLE,
                *_SCALE,
                Parameter("mode", "mode", "mean"),
                Parameter("sparse", "sparse", False),
                *ignored("_weight", "include_last_offset"),
                _PADDING,
                *ignored("device", "dtype"),
            ),
        ),
        examples=(Example('EmbeddingBag(10, 3, mode="sum")', 30, "torch 2.14.1", (5,), (3,)),),
    ),
)
