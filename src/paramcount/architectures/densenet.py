"""DenseNet, as torchvision.models.densenet builds it."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StrictBool

from paramcount.architectures.base import Depth, Layers, Rate, Size, Variant, call, family, named, sequential
from paramcount.notation import Call


@family(
    "Huang et al. 2016; torchvision.models.densenet",
    {
        "densenet121": Variant(7_978_856, (6, 12, 24, 16), growth_rate=32, num_init_features=64),
        "densenet161": Variant(28_681_000, (6, 12, 36, 24), growth_rate=48, num_init_features=96),
        "densenet169": Variant(14_149_480, (6, 12, 32, 32), growth_rate=32, num_init_features=64),
        "densenet201": Variant(20_013_928, (6, 12, 48, 32), growth_rate=32, num_init_features=64),
    },
)
def densenet(
    depths: tuple[int, ...],
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    growth_rate: Size = 32,
    block_config: Annotated[Sequence[Depth], Field(min_length=1, max_length=16)] | None = None,
    num_init_features: Size = 64,
    bn_size: Size = 4,
    drop_rate: Rate = 0.0,  # noqa: ARG001 - the builder's, and no matter to the counts
    memory_efficient: StrictBool = False,  # noqa: ARG001 - likewise
) -> Layers:
    """Blocks whose layers each see all that came before them in the block."""
    channels = num_init_features
    features: dict[str, Call] = {
        "conv0": call("Conv2d", in_channels, channels, 7, stride=2, padding=3, bias=False),
        "norm0": call("BatchNorm2d", channels),
        "relu0": call("ReLU"),
        "pool0": call("MaxPool2d", 3, stride=2, padding=1),
    }
    blocks = block_config or depths
    for index, depth in enumerate(blocks, start=1):
        features[f"denseblock{index}"] = call("DenseBlock", depth, channels, bn_size, growth_rate)
        channels += depth * growth_rate
        if index < len(blocks):
            features[f"transition{index}"] = call("Transition", channels, channels // 2)
            channels //= 2
    features["norm5"] = call("BatchNorm2d", channels)
    layers: Layers = [named("features", sequential(**features))]
    if include_top:
        layers += [
            named("relu", call("ReLU")),
            named("avgpool", call("AdaptiveAvgPool2d", 1)),
            named("flatten", call("Flatten")),
            named("classifier", call("Linear", channels, num_classes)),
        ]
    return layers
