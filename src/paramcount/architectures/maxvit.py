"""MaxViT, as torchvision.models.maxvit builds it."""

from pydantic import StrictBool

from paramcount.architectures.base import Factor, Layers, Rate, Size, Variant, call, family, named, sequential
from paramcount.architectures.units import conv_norm, gate
from paramcount.errors import LayerError
from paramcount.notation import Call

_WIDTHS, _DEPTHS, _HEAD, _WINDOW = (64, 128, 256, 512), (2, 2, 5, 2), 32, 7


@family("Tu et al. 2022; torchvision.models.maxvit", {"maxvit_t": Variant(30_919_624)})
def maxvit(
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    input_size: tuple[Size, Size] = (224, 224),
    stochastic_depth_prob: Rate = 0.2,
    squeeze_ratio: Factor = 0.25,
    expansion_ratio: Factor = 4.0,
    mlp_ratio: Size = 4,
    mlp_dropout: Rate = 0.0,
    attention_dropout: Rate = 0.0,
) -> Layers:
    """Convolutions, attention within windows and attention over a grid, in turn."""
    if input_size[0] != input_size[1]:
        raise LayerError(f"input_size={list(input_size)} must be square, as the grid attends to {_WINDOW} × {_WINDOW}.")
    stem = (
        conv_norm(in_channels, 64, 3, 2, activation="GELU"),
        sequential(call("Conv2d", 64, 64, 3, padding=1)),
    )
    channels, grid = 64, [-(-side // 2) for side in input_size]
    blocks: list[Call] = []
    for width, depth in zip(_WIDTHS, _DEPTHS, strict=True):
        grid = [-(-side // 2) for side in grid]
        if any(side % _WINDOW for side in grid):
            raise LayerError(f"input_size={list(input_size)} does not divide into windows of {_WINDOW}; 224 does.")
        layers: list[Call] = []
        for index in range(depth):
            stride = 2 if index == 0 else 1
            convs = _mbconv(
                channels, width, stride, int(expansion_ratio * width), int(squeeze_ratio * width), stochastic_depth_prob
            )
            feed = _feed(width, mlp_ratio, mlp_dropout)
            attend = _attend(width, attention_dropout)
            layers.append(_layer(convs, attend, feed, grid[0] // _WINDOW, stochastic_depth_prob))
            channels = width
        blocks.append(sequential(layers=sequential(*layers)))
    made: Layers = [named("stem", sequential(*stem)), named("blocks", sequential(*blocks))]
    if include_top:
        head = (
            *(call("AdaptiveAvgPool2d", 1), call("Flatten"), call("LayerNorm", channels)),
            *(call("Linear", channels, channels), call("Tanh"), call("Linear", channels, num_classes, bias=False)),
        )
        made.append(named("classifier", sequential(*head)))
    return made


def _layer(convs: Call, attend: Call, feed: Call, grid: int, dropped: float) -> Call:
    swap = call("Permute", (0, 2, 1, 3))
    window = (call("WindowPartition", _WINDOW), call("WindowDepartition", _WINDOW, grid, grid))
    over = (
        sequential(call("WindowPartition", grid), swap),
        sequential(swap, call("WindowDepartition", grid, _WINDOW, _WINDOW)),
    )
    return sequential(
        layers=sequential(
            MBconv=convs,
            window_attention=_partitioned(*window, attend, feed, dropped),
            grid_attention=_partitioned(*over, attend, feed, dropped),
        )
    )


def _mbconv(ins: int, outs: int, stride: int, wide: int, squeezed: int, dropped: float) -> Call:
    body = sequential(
        pre_norm=call("BatchNorm2d", ins),
        conv_a=conv_norm(ins, wide, 1, activation="GELU"),
        conv_b=conv_norm(wide, wide, 3, stride, groups=wide, activation="GELU"),
        squeeze_excitation=gate(wide, squeezed, "SiLU"),
        conv_c=call("Conv2d", wide, outs, 1),
        stochastic_depth=call("StochasticDepth", dropped, "row"),
    )
    if stride == 1 and ins == outs:
        return call("Residual", layers=body)
    pool = [call("AvgPool2d", 3, stride=stride, padding=1)] if stride > 1 else []
    return call("Residual", body, shortcut=sequential(*pool, call("Conv2d", ins, outs, 1)))


def _attend(width: int, dropout: float) -> Call:
    attention = call("RelativePositionalMultiHeadAttention", width, _HEAD, _WINDOW**2)
    return sequential(call("LayerNorm", width), attention, call("Dropout", dropout))


def _feed(width: int, ratio: int, dropout: float) -> Call:
    layers = (call("Linear", width, ratio * width), call("GELU"), call("Linear", ratio * width, width))
    return sequential(call("LayerNorm", width), *layers, call("Dropout", dropout))


def _partitioned(into: Call, back: Call, attend: Call, feed: Call, dropped: float) -> Call:
    depth = call("StochasticDepth", dropped, "row")
    return sequential(
        partition_op=into,
        attn_layer=call("Residual", attend, depth),
        mlp_layer=call("Residual", feed, depth),
        departition_op=back,
    )
