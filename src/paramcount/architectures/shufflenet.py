"""ShuffleNet v2, as torchvision.models.shufflenetv2 builds it."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Size, Variant, call, family, named, sequential
from paramcount.notation import Call

_BLOCKS = (4, 8, 4)


@family(
    "Ma et al. 2018; torchvision.models.shufflenetv2",
    {
        "shufflenet_v2_x0_5": Variant(1_366_792, (24, 48, 96, 192, 1024)),
        "shufflenet_v2_x1_0": Variant(2_278_604, (24, 116, 232, 464, 1024)),
        "shufflenet_v2_x1_5": Variant(3_503_624, (24, 176, 352, 704, 1024)),
        "shufflenet_v2_x2_0": Variant(7_393_996, (24, 244, 488, 976, 2048)),
    },
)
def shufflenet(
    widths: tuple[int, ...], *, num_classes: Size = 1000, in_channels: Size = 3, include_top: StrictBool = True
) -> Layers:
    """Blocks that leave half of the channels as they are, and shuffle the halves."""
    channels, *stages, last = widths
    layers: Layers = [
        named("conv1", sequential(*_unit(in_channels, channels, 3, 2))),
        named("maxpool", call("MaxPool2d", 3, stride=2, padding=1)),
    ]
    for number, (outs, many) in enumerate(zip(stages, _BLOCKS, strict=True), start=2):
        blocks = [_halving(channels, outs), *(_keeping(outs) for _ in range(many - 1))]
        layers.append(named(f"stage{number}", sequential(*blocks)))
        channels = outs
    layers.append(named("conv5", sequential(*_unit(channels, last, 1))))
    if include_top:
        layers += [named("mean", call("Mean", (2, 3))), named("fc", call("Linear", last, num_classes))]
    return layers


def _unit(ins: int, outs: int, kernel: int, stride: int = 1) -> list[Call]:
    conv = call("Conv2d", ins, outs, kernel, stride=stride, padding=kernel // 2, bias=False)
    return [conv, call("BatchNorm2d", outs), call("ReLU")]


def _deep(channels: int, stride: int) -> list[Call]:
    conv = call("Conv2d", channels, channels, 3, stride=stride, padding=1, groups=channels, bias=False)
    return [conv, call("BatchNorm2d", channels)]


def _halving(ins: int, outs: int) -> Call:
    half = outs // 2
    first = sequential(*_deep(ins, 2), *_unit(ins, half, 1))
    second = sequential(*_unit(ins, half, 1), *_deep(half, 2), *_unit(half, half, 1))
    return sequential(call("Concat", first, second), call("ChannelShuffle", 2))


def _keeping(outs: int) -> Call:
    half = outs // 2
    kept = call("Slice", 1, start=0, end=half)
    changed = sequential(
        call("Slice", 1, start=half, end=outs), *_unit(half, half, 1), *_deep(half, 1), *_unit(half, half, 1)
    )
    return sequential(call("Concat", kept, changed), call("ChannelShuffle", 2))
