"""Transformer layers of PyTorch: encoder and decoder layers, stacks of them, and the whole.

An encoder layer is self-attention, two linear layers and two layer norms; a decoder layer has a second attention, over
what the encoder gave, and a third norm. 4 × d_model² + 4 × d_model for each attention, 2 × d_model × dim_feedforward +
dim_feedforward + d_model for the two linear layers, 2 × d_model for each norm. Source: Vaswani et al. 2017;
torch.nn.TransformerEncoderLayer, torch.nn.TransformerDecoderLayer, torch.nn.Transformer.
"""

from dataclasses import replace
from typing import Annotated, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import ShapeError, sequence, shown
from paramcount.expression import Literal, Product, Quantity
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step
from paramcount.layers.composite import made_of, part, within
from paramcount.layers.fields import Flag, NotCounted, Positive, Probability, Stacked, refuse
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored, numbers


def _activation(value: object) -> str:
    if value in ("relu", "gelu"):
        return str(value)
    if value is None or isinstance(value, str | int | float) or sequence(value) is not None:
        raise refuse(f"must be 'relu', 'gelu' or a function, received {shown(value)}.")
    return "…"  # a function, which has no parameters


Activation = Annotated[str, BeforeValidator(_activation)]


class TransformerLayer(Layer):
    """An encoder or a decoder layer: (L, d_model) → (L, d_model)."""

    d_model: Positive
    nhead: Positive
    dim_feedforward: Positive = 2048
    dropout: Probability = 0.1
    activation: Activation = "relu"
    bias: Flag = True

    @model_validator(mode="after")
    def _rules(self) -> Self:
        check_heads(self.d_model, self.nhead)
        return self

    @property
    def decodes(self) -> bool:
        """Whether it also reads what an encoder gave."""
        return self.kind.name == "transformerdecoderlayer"

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        target = check_sequence(self.d_model, inputs[0])
        attention = part("multiheadattention", self, embed_dim=self.d_model, num_heads=self.nhead, bias=self.bias)
        parts = [("self_attn", attention.derive((target,)))]
        if self.decodes:
            memory = check_sequence(self.d_model, inputs[1] if len(inputs) > 1 else None)
            parts.append(("multihead_attn", attention.derive((target, memory))))
        wide = part("linear", self, in_features=self.d_model, out_features=self.dim_feedforward, bias=self.bias)
        narrow = part("linear", self, in_features=self.dim_feedforward, out_features=self.d_model, bias=self.bias)
        parts.append(("linear1", wide.derive((target,))))
        parts.append(("linear2", narrow.derive((parts[-1][1].output_shape,))))
        norm = layer_norm(self, self.d_model, bias=self.bias).derive((target,))
        parts += [(f"norm{index}", norm) for index in range(1, 4 if self.decodes else 3)]
        return made_of(self, parts, target, reach="all")


class Stack(Layer):
    """Encoder or decoder layers, one after the other."""

    layer: Layer
    num_layers: Stacked
    norm: Layer | None = None

    @model_validator(mode="after")
    def _rules(self) -> Self:
        wanted = f"{self.kind.name}layer"
        if self.layer.kind.name != wanted:
            raise refuse(f"takes a {self.signature.name}Layer, received {self.layer}.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        one = self.layer.derive(inputs)
        norm = None if self.norm is None else self.norm.derive((one.output_shape,))
        return stacked(self, one, self.num_layers, norm)


class Transformer(Layer):
    """An encoder and a decoder: source (S, d_model) and target (T, d_model) → (T, d_model)."""

    d_model: Positive = 512
    nhead: Positive = 8
    num_encoder_layers: Stacked = 6
    num_decoder_layers: Stacked = 6
    dim_feedforward: Positive = 2048
    dropout: Probability = 0.1
    activation: Activation = "relu"
    custom_encoder: NotCounted = None
    custom_decoder: NotCounted = None
    bias: Flag = True

    @model_validator(mode="after")
    def _rules(self) -> Self:
        check_heads(self.d_model, self.nhead)
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        source = check_sequence(self.d_model, inputs[0])
        target = check_sequence(self.d_model, inputs[1] if len(inputs) > 1 else None)
        fields = {name: vars(self)[name] for name in ("d_model", "nhead", "dim_feedforward", "bias")}
        norm = layer_norm(self, self.d_model, bias=self.bias)
        parts: list[tuple[str, Derivation]] = []
        for name, count, flowing in (
            ("encoder", self.num_encoder_layers, (source,)),
            ("decoder", self.num_decoder_layers, (target, source)),
        ):
            one = part(f"transformer{name}layer", self, **fields).derive(flowing)
            parts.append((name, stacked(self, one, count, norm.derive((flowing[0],)))))
        return made_of(self, parts, target, reach="all")


def stacked(layer: Layer, one: Derivation, times: int, norm: Derivation | None) -> Derivation:
    """`times` layers alike, then a norm."""
    count = Literal(times)
    total = Product((count, Quantity("each_layer", one.parameters.value, one.parameters)))
    macs = None if one.macs is None else Product((count, Quantity("each_layer", one.macs.value, one.macs)))
    tensors = tuple([tensor for index in range(times) for tensor in within(layer, f"{index}.", one.tensors)])
    parts = [("layers", Derivation(layer=layer, parameters=total, tensors=tensors, macs=macs))]
    if norm is not None:
        parts.append(("norm", norm))
    made = made_of(layer, parts, one.output_shape, reach="all")
    return replace(made, steps=(Step("each layer", one.parameters), *made.steps))


def layer_norm(like: Layer, size: int, *, bias: bool) -> Layer:
    """The layer norm of a transformer."""
    return part("layernorm", like, normalized_shape=(size,), bias=bias)


def check_heads(width: int, heads: int) -> None:
    """Each head has an equal share of the width.

    Raises:
        PydanticCustomError: it cannot be divided so.
    """
    if width % heads:
        raise refuse(f"nhead={heads} does not divide d_model={width}.")


def check_sequence(width: int, shape: Shape | None) -> tuple[int | None, int]:
    """The number of positions, where known, and the width.

    Raises:
        ShapeError: another width flows in.
    """
    if shape is None:
        return None, width
    if len(shape) != 2 or shape[1] not in (None, width):
        raise ShapeError(f"takes [L, {width}] without the batch; {text(shape)} flows in.")
    return shape[0], width


_TORCH = "torch 2.14.1"
_HEAD = (Parameter("d_model", "d_model"), Parameter("nhead", "nhead"))
_FEED = (
    Parameter("dim_feedforward", "dim_feedforward", 2048),
    Parameter("dropout", "dropout", 0.1),
    Parameter("activation", "activation", "relu"),
)
_TAIL = (
    *numbers("layer_norm_eps"),
    *ignored("batch_first", "norm_first"),
    Parameter("bias", "bias", True),
    *ignored("device", "dtype"),
)


def _layer(name: str, about: str, inputs: tuple[int, int], example: Example) -> Kind:
    signature = Signature((name,), (*_HEAD, *_FEED, *_TAIL))
    return Kind(name.lower(), about, TransformerLayer, signature, examples=(example,), inputs=inputs)


def _stack(name: str, about: str, inputs: tuple[int, int], example: Example) -> Kind:
    which = "encoder" if "Encoder" in name else "decoder"
    signature = Signature(
        (name,),
        (
            Parameter(f"{which}_layer", "layer", layer=True),
            Parameter("num_layers", "num_layers"),
            Parameter("norm", "norm", None, layer=True),
            *(ignored("enable_nested_tensor", "mask_check") if which == "encoder" else ()),
        ),
    )
    return Kind(name.lower(), about, Stack, signature, examples=(example,), inputs=inputs)


KINDS = (
    _layer("TransformerEncoderLayer", "Self-attention and two linear layers: (L, d_model).", (1, 1),
           Example("TransformerEncoderLayer(16, 2)", 68752, _TORCH, (5, 16), (5, 16))),
    _layer("TransformerDecoderLayer", "Attention to itself and to an encoder, and two linear layers: (L, d_model).",
           (1, 2),
           Example("TransformerDecoderLayer(16, 2, dim_feedforward=16)", 2816, _TORCH, ((5, 16), (7, 16)), (5, 16))),
    _stack("TransformerEncoder", "A stack of encoder layers.", (1, 1),
           Example("TransformerEncoder(TransformerEncoderLayer(16, 2), 2, norm=LayerNorm(16))", 137536, "torch 2.13.0",
                   (5, 16), (5, 16))),
    _stack("TransformerDecoder", "A stack of decoder layers.", (1, 2),
           Example("TransformerDecoder(TransformerDecoderLayer(16, 2, dim_feedforward=16), 3)", 8448, "torch 2.13.0",
                   ((5, 16), (7, 16)), (5, 16))),
    Kind(
        "transformer",
        "An encoder and a decoder: source (S, d_model), target (T, d_model).",
        Transformer,
        Signature(
            ("Transformer",),
            (
                Parameter("d_model", "d_model", 512),
                Parameter("nhead", "nhead", 8),
                Parameter("num_encoder_layers", "num_encoder_layers", 6),
                Parameter("num_decoder_layers", "num_decoder_layers", 6),
                *_FEED,
                Parameter("custom_encoder", "custom_encoder", None),
                Parameter("custom_decoder", "custom_decoder", None),
                *_TAIL,
            ),
        ),
        examples=(
            Example("Transformer(16, 2, num_encoder_layers=2, num_decoder_layers=1, dim_feedforward=32)", 7856, _TORCH,
                    ((5, 16), (7, 16)), (7, 16)),
        ),
        inputs=(1, 2),
    ),
)  # fmt: skip
