"""ResNet, ResNeXt and wide ResNet, as torchvision.models.resnet builds them."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StrictBool

from paramcount.architectures.base import Depth, Layers, Size, Variant, call, family, named, sequential
from paramcount.errors import LayerError
from paramcount.notation import Call

_EXPANSION = {"BasicBlock": 1, "Bottleneck": 4}
_SOURCE = "He et al. 2015, Xie et al. 2016, Zagoruyko and Komodakis 2016; torchvision.models.resnet"


@family(
    _SOURCE,
    {
        "resnet18": Variant(11_689_512, "BasicBlock", (2, 2, 2, 2)),
        "resnet34": Variant(21_797_672, "BasicBlock", (3, 4, 6, 3)),
        "resnet50": Variant(25_557_032, "Bottleneck", (3, 4, 6, 3)),
        "resnet101": Variant(44_549_160, "Bottleneck", (3, 4, 23, 3)),
        "resnet152": Variant(60_192_808, "Bottleneck", (3, 8, 36, 3)),
        "resnext50_32x4d": Variant(25_028_904, "Bottleneck", (3, 4, 6, 3), groups=32, width_per_group=4),
        "resnext101_32x8d": Variant(88_791_336, "Bottleneck", (3, 4, 23, 3), groups=32, width_per_group=8),
        "resnext101_64x4d": Variant(83_455_272, "Bottleneck", (3, 4, 23, 3), groups=64, width_per_group=4),
        "wide_resnet50_2": Variant(68_883_240, "Bottleneck", (3, 4, 6, 3), width_per_group=128),
        "wide_resnet101_2": Variant(126_886_696, "Bottleneck", (3, 4, 23, 3), width_per_group=128),
    },
)
def resnet(
    block: str,
    depths: tuple[int, ...],
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    layers: Annotated[Sequence[Depth], Field(min_length=4, max_length=4)] | None = None,
    groups: Size = 1,
    width_per_group: Size = 64,
    replace_stride_with_dilation: Annotated[Sequence[StrictBool], Field(min_length=3, max_length=3)] | None = None,
    zero_init_residual: StrictBool = False,  # noqa: ARG001 - the builder's, and no matter to the counts
) -> Layers:
    """A stem, four stages of residual blocks, as many in each as `layers` says, and a dense layer on the means."""
    if block == "BasicBlock" and (groups, width_per_group) != (1, 64):
        raise LayerError("a basic block has groups=1 and width_per_group=64.")
    made: Layers = [
        named("conv1", call("Conv2d", in_channels, 64, 7, stride=2, padding=3, bias=False)),
        named("bn1", call("BatchNorm2d", 64)),
        named("relu", call("ReLU")),
        named("maxpool", call("MaxPool2d", 3, stride=2, padding=1)),
    ]
    channels, dilation = 64, 1
    dilated = (False, *(replace_stride_with_dilation or (False, False, False)))
    for stage, (depth, keeps_size) in enumerate(zip(layers or depths, dilated, strict=True)):
        planes, stride, before = 64 * 2**stage, 1 if stage == 0 else 2, dilation
        if keeps_size:
            if block == "BasicBlock":
                raise LayerError("a basic block has no dilation; replace_stride_with_dilation needs a bottleneck.")
            dilation, stride = dilation * stride, 1
        blocks: list[Call] = []
        for index in range(depth):
            wide = planes * _EXPANSION[block]
            options: dict[str, object] = {}
            if index == 0 and (stride != 1 or channels != wide):
                options["downsample"] = sequential(
                    call("Conv2d", channels, wide, 1, stride=stride, bias=False), call("BatchNorm2d", wide)
                )
            if index == 0 and stride != 1:
                options["stride"] = stride
            if block == "Bottleneck":
                own = {"groups": (groups, 1), "base_width": (width_per_group, 64)}
                own["dilation"] = (before if index == 0 else dilation, 1)
                options |= {name: value for name, (value, default) in own.items() if value != default}
            blocks.append(call(block, channels, planes, **options))
            channels = wide
        made.append(named(f"layer{stage + 1}", sequential(*blocks)))
    if include_top:
        made += [
            named("avgpool", call("AdaptiveAvgPool2d", 1)),
            named("flatten", call("Flatten")),
            named("fc", call("Linear", channels, num_classes)),
        ]
    return made
