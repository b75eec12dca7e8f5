"""ConvNeXt, as torchvision.models.convnext builds it."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Rate, Size, Variant, call, family, named, sequential
from paramcount.notation import Call


@family(
    "Liu et al. 2022; torchvision.models.convnext",
    {
        "convnext_tiny": Variant(28_589_128, (96, 192, 384, 768), (3, 3, 9, 3)),
        "convnext_small": Variant(50_223_688, (96, 192, 384, 768), (3, 3, 27, 3)),
        "convnext_base": Variant(88_591_464, (128, 256, 512, 1024), (3, 3, 27, 3)),
        "convnext_large": Variant(197_767_336, (192, 384, 768, 1536), (3, 3, 27, 3)),
    },
)
def convnext(
    widths: tuple[int, ...],
    depths: tuple[int, ...],
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    stochastic_depth_prob: Rate = 0.1,
    layer_scale: float = 1e-6,  # noqa: ARG001 - the builder's, and no matter to the counts
) -> Layers:
    """A convolutional network after the manner of transformers."""
    features = [sequential(call("Conv2d", in_channels, widths[0], 4, stride=4), _norm(widths[0]))]
    for index, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        features.append(sequential(*[_block(width, stochastic_depth_prob)] * depth))
        if index + 1 < len(widths):
            wider = widths[index + 1]
            features.append(sequential(_norm(width), call("Conv2d", width, wider, 2, stride=2)))
    layers: Layers = [named("features", sequential(*features))]
    if include_top:
        head = (_norm(widths[-1]), call("Flatten"), call("Linear", widths[-1], num_classes))
        layers += [named("avgpool", call("AdaptiveAvgPool2d", 1)), named("classifier", sequential(*head))]
    return layers


def _norm(width: int) -> Call:
    """Torchvision's LayerNorm2d: over the channels of each position."""
    return sequential(call("Permute", (0, 2, 3, 1)), call("LayerNorm", width), call("Permute", (0, 3, 1, 2)))


def _block(width: int, dropped: float) -> Call:
    body = sequential(
        call("Conv2d", width, width, 7, padding=3, groups=width),
        call("Permute", (0, 2, 3, 1)),
        call("LayerNorm", width),
        call("Linear", width, 4 * width),
        call("GELU"),
        call("Linear", 4 * width, width),
        call("LayerScale", width),
        call("Permute", (0, 3, 1, 2)),
    )
    return call("Residual", block=body, stochastic_depth=call("StochasticDepth", dropped, "row"))
