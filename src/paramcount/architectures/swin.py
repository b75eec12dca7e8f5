"""Swin transformers, as torchvision.models.swin_transformer builds them."""

from pydantic import StrictBool

from paramcount.architectures.base import Factor, Layers, Rate, Size, Variant, call, family, named, sequential
from paramcount.notation import Call


@family(
    "Liu et al. 2021 and 2022; torchvision.models.swin_transformer",
    {
        "swin_t": Variant(28_288_354, "", 96, (2, 2, 6, 2), (3, 6, 12, 24), 7),
        "swin_s": Variant(49_606_258, "", 96, (2, 2, 18, 2), (3, 6, 12, 24), 7),
        "swin_b": Variant(87_768_224, "", 128, (2, 2, 18, 2), (4, 8, 16, 32), 7),
        "swin_v2_t": Variant(28_351_570, "V2", 96, (2, 2, 6, 2), (3, 6, 12, 24), 8, input_shape=(3, 256, 256)),
        "swin_v2_s": Variant(49_737_442, "V2", 96, (2, 2, 18, 2), (3, 6, 12, 24), 8, input_shape=(3, 256, 256)),
        "swin_v2_b": Variant(87_930_848, "V2", 128, (2, 2, 18, 2), (4, 8, 16, 32), 8, input_shape=(3, 256, 256)),
    },
)
def swin(
    version: str,
    width: int,
    depths: tuple[int, ...],
    heads: tuple[int, ...],
    window: int,
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    mlp_ratio: Factor = 4.0,
    dropout: Rate = 0.0,
    attention_dropout: Rate = 0.0,  # noqa: ARG001 - the builder's, and no matter to the counts
    stochastic_depth_prob: Rate = 0.2,
) -> Layers:
    """Attention within windows, which are shifted in every second block."""
    embed = (call("Conv2d", in_channels, width, 4, stride=4), call("Permute", (0, 2, 3, 1)), call("LayerNorm", width))
    features = [sequential(*embed)]
    for stage, (depth, many) in enumerate(zip(depths, heads, strict=True)):
        mlp = _mlp(width, int(width * mlp_ratio), dropout)
        blocks = [
            _block(version, width, many, window, window // 2 * (index % 2), mlp, stochastic_depth_prob)
            for index in range(depth)
        ]
        features.append(sequential(*blocks))
        if stage + 1 < len(depths):
            features.append(call(f"PatchMerging{version}", width))
            width *= 2
    layers: Layers = [named("features", sequential(*features)), named("norm", call("LayerNorm", width))]
    layers.append(named("permute", call("Permute", (0, 3, 1, 2))))
    if include_top:
        layers += [
            named("avgpool", call("AdaptiveAvgPool2d", 1)),
            named("flatten", call("Flatten")),
            named("head", call("Linear", width, num_classes)),
        ]
    return layers


def _mlp(width: int, hidden: int, dropout: float) -> Call:
    drop = call("Dropout", dropout)
    return sequential(call("Linear", width, hidden), call("GELU"), drop, call("Linear", hidden, width), drop)


def _block(version: str, width: int, heads: int, window: int, shift: int, mlp: Call, dropped: float) -> Call:
    attention = call(f"ShiftedWindowAttention{version}", width, [window, window], [shift, shift], heads)
    depth = call("StochasticDepth", dropped, "row")
    norm = call("LayerNorm", width)
    if version:  # the second version normalises what comes out
        return sequential(
            attend=call("Residual", attn=attention, norm1=norm, stochastic_depth=depth),
            feed=call("Residual", mlp=mlp, norm2=norm, stochastic_depth=depth),
        )
    return sequential(
        attend=call("Residual", norm1=norm, attn=attention, stochastic_depth=depth),
        feed=call("Residual", norm2=norm, mlp=mlp, stochastic_depth=depth),
    )
