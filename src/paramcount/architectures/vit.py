"""Vision transformers, as torchvision.models.vision_transformer builds them."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StrictBool

from paramcount.architectures.base import Beside, Layers, Rate, Size, Variant, call, family, named, sequential
from paramcount.architectures.units import conv_norm
from paramcount.errors import LayerError
from paramcount.notation import Call, Name

type Stem = Annotated[Sequence[tuple[Size, Size, Size]], Field(max_length=16)]
"""Channels, kernel and stride of convolutions in place of the one that makes the patches."""

_PUBLISHED = Beside(633_470_440, "as published, for images of 518", "vit_h_14(image_size=518)")


@family(
    "Dosovitskiy et al. 2020; torchvision.models.vision_transformer",
    {
        "vit_b_16": Variant(86_567_656, 16, 12, 12, 768, 3072),
        "vit_b_32": Variant(88_224_232, 32, 12, 12, 768, 3072),
        "vit_l_16": Variant(304_326_632, 16, 24, 16, 1024, 4096),
        "vit_l_32": Variant(306_535_400, 32, 24, 16, 1024, 4096),
        "vit_h_14": Variant(632_045_800, 14, 32, 16, 1280, 5120, beside=(_PUBLISHED,)),
    },
)
def vit(
    patch: int,
    depth: int,
    heads: int,
    width: int,
    hidden: int,
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    image_size: Size = 224,
    dropout: Rate = 0.0,
    attention_dropout: Rate = 0.0,
    representation_size: Size | None = None,
    conv_stem_configs: Stem | None = None,
) -> Layers:
    """Patches of an image as words, and a token that sums them up."""
    if image_size % patch:
        raise LayerError(f"image_size={image_size} does not divide by the patches' size, {patch}.")
    tokens = (image_size // patch) ** 2 + 1
    blocks = {
        f"encoder_layer_{index}": _block(width, heads, hidden, dropout, attention_dropout) for index in range(depth)
    }
    encoder = sequential(
        pos_embedding=call("Parameter", (1, tokens, width)),
        add=call("Add", [], Name("pos_embedding")),
        dropout=call("Dropout", dropout),
        layers=sequential(**blocks),
        ln=call("LayerNorm", width),
    )
    layers: Layers = [
        named("conv_proj", _patches(in_channels, width, patch, conv_stem_configs)),
        named("flatten", call("Flatten", 2)),
        named("permute", call("Permute", (0, 2, 1))),
        named("class_token", call("Parameter", (1, 1, width))),
        named("concat", call("Concat", Name("class_token"), [], dim=1)),
        named("encoder", encoder),
        named("token", call("Slice", 1, start=0, end=1)),
        named("squeeze", call("Flatten")),
    ]
    if include_top:
        head = {"head": call("Linear", representation_size or width, num_classes)}
        if representation_size is not None:
            before = {"pre_logits": call("Linear", width, representation_size), "act": call("Tanh")}
            head = before | head
        layers.append(named("heads", sequential(**head)))
    return layers


def _patches(in_channels: int, width: int, patch: int, stem: Stem | None) -> Call:
    if stem is None:
        return call("Conv2d", in_channels, width, patch, stride=patch)
    convs: dict[str, Call] = {}
    channels = in_channels
    for index, (outs, kernel, stride) in enumerate(stem):
        convs[f"conv_bn_relu_{index}"] = conv_norm(channels, outs, kernel, stride)
        channels = outs
    return sequential(**convs, conv_last=call("Conv2d", channels, width, 1))


def _block(width: int, heads: int, hidden: int, dropout: float, attention_dropout: float) -> Call:
    attention = call("MultiheadAttention", width, heads, dropout=attention_dropout, batch_first=True)
    drop = call("Dropout", dropout)
    mlp = sequential(call("Linear", width, hidden), call("GELU"), drop, call("Linear", hidden, width), drop)
    return sequential(
        attend=call("Residual", ln_1=call("LayerNorm", width), self_attention=attention, dropout=drop),
        feed=call("Residual", ln_2=call("LayerNorm", width), mlp=mlp),
    )
