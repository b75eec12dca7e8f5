"""Convolutional networks for video, as torchvision.models.video builds them: ResNet in three dimensions, and S3D."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Rate, Size, Variant, call, family, named, sequential
from paramcount.architectures.googlenet import STAGES
from paramcount.notation import Call

type Convolution = str
"""How a block filters: "3d", "2d" (each frame by itself), "2+1d" (each frame, then across frames)."""


@family(
    "Tran et al. 2017; torchvision.models.video.resnet",
    {
        "r3d_18": Variant(33_371_472, ("3d", "3d", "3d", "3d")),
        "mc3_18": Variant(11_695_440, ("3d", "2d", "2d", "2d")),
        "r2plus1d_18": Variant(31_505_325, ("2+1d", "2+1d", "2+1d", "2+1d")),
    },
    input_shape=(3, 16, 112, 112),
)
def video_resnet(
    kinds: tuple[Convolution, ...],
    *,
    num_classes: Size = 400,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    zero_init_residual: StrictBool = False,  # noqa: ARG001 - the builder's, and no matter to the counts
) -> Layers:
    """ResNet-18, with frames as a third dimension."""
    layers: Layers = [named("stem", _stem(in_channels, kinds[0]))]
    channels = 64
    for stage, kind in enumerate(kinds):
        planes = 64 * 2**stage
        first = _block(channels, planes, 1 if stage == 0 else 2, kind)
        layers.append(named(f"layer{stage + 1}", sequential(first, _block(planes, planes, 1, kind))))
        channels = planes
    if include_top:
        layers += [
            named("avgpool", call("AdaptiveAvgPool3d", 1)),
            named("flatten", call("Flatten")),
            named("fc", call("Linear", channels, num_classes)),
        ]
    return layers


def _stem(in_channels: int, kind: Convolution) -> Call:
    if kind == "3d":
        return sequential(*_unit(in_channels, 64, (3, 7, 7), (1, 2, 2), (1, 3, 3)))
    frames = _unit(in_channels, 45, (1, 7, 7), (1, 2, 2), (0, 3, 3))
    return sequential(*frames, *_unit(45, 64, (3, 1, 1), (1, 1, 1), (1, 0, 0)))


def _block(ins: int, outs: int, stride: int, kind: Convolution) -> Call:
    middle = ins * outs * 27 // (ins * 9 + 3 * outs)
    body = sequential(
        conv1=sequential(*_conv(ins, outs, middle, stride, kind), call("BatchNorm3d", outs), call("ReLU")),
        conv2=sequential(*_conv(outs, outs, middle, 1, kind), call("BatchNorm3d", outs)),
    )
    shortcut: dict[str, Call] = {}
    if stride > 1 or ins != outs:
        moves = (1, stride, stride) if kind == "2d" else (stride, stride, stride)
        project = call("Conv3d", ins, outs, 1, stride=moves, bias=False)
        shortcut["shortcut"] = sequential(project, call("BatchNorm3d", outs))
    return sequential(add=call("Residual", body, **shortcut), relu=call("ReLU"))


def _conv(ins: int, outs: int, middle: int, stride: int, kind: Convolution) -> list[Call]:
    if kind == "3d":
        return [call("Conv3d", ins, outs, 3, stride=stride, padding=1, bias=False)]
    moves = (1, stride, stride)
    if kind == "2d":
        return [call("Conv3d", ins, outs, (1, 3, 3), stride=moves, padding=(0, 1, 1), bias=False)]
    frames = _unit(ins, middle, (1, 3, 3), moves, (0, 1, 1))
    across = call("Conv3d", middle, outs, (3, 1, 1), stride=(stride, 1, 1), padding=(1, 0, 0), bias=False)
    return [*frames, across]


def _unit(
    ins: int, outs: int, kernel: tuple[int, ...], stride: tuple[int, ...], padding: tuple[int, ...]
) -> list[Call]:
    conv = call("Conv3d", ins, outs, kernel, stride=stride, padding=padding, bias=False)
    return [conv, call("BatchNorm3d", outs), call("ReLU")]


@family("Xie et al. 2017; torchvision.models.video.s3d", {"s3d": Variant(8_320_048)}, input_shape=(3, 16, 224, 224))
def s3d(
    *,
    num_classes: Size = 400,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    dropout: Rate = 0.2,
) -> Layers:
    """Inception modules that filter each frame, then across frames."""
    pool = call("MaxPool3d", (1, 3, 3), stride=(1, 2, 2), padding=(0, 1, 1))
    features: list[Call] = [
        *(_separable(in_channels, 64, 7, 2), pool, sequential(*_unit(64, 64, (1, 1, 1), (1, 1, 1), (0, 0, 0)))),
        *(_separable(64, 192, 3, 1), pool),
    ]
    pools = (call("MaxPool3d", 3, stride=2, padding=1), call("MaxPool3d", 2, stride=2))
    for index, stage in enumerate(STAGES):
        features += [*(pools[index - 1 : index] if index else ()), *(_inception(*one) for one in stage)]
    layers: Layers = [named("features", sequential(*features))]
    if include_top:
        layers += [
            named("avgpool", call("AvgPool3d", (2, 7, 7), stride=1)),
            named("classifier", sequential(call("Dropout", dropout), call("Conv3d", 1024, num_classes, 1))),
            named("mean", call("Mean", (2, 3, 4))),
        ]
    return layers


def _separable(ins: int, outs: int, kernel: int, stride: int) -> Call:
    around = kernel // 2
    frames = _unit(ins, outs, (1, kernel, kernel), (1, stride, stride), (0, around, around))
    return sequential(*frames, *_unit(outs, outs, (kernel, 1, 1), (stride, 1, 1), (around, 0, 0)))


def _inception(ins: int, one: int, mid: int, three: int, narrow: int, other: int, pooled: int) -> Call:
    def point(outs: int) -> list[Call]:
        return _unit(ins, outs, (1, 1, 1), (1, 1, 1), (0, 0, 0))

    return call(
        "Concat",
        point(one),
        [*point(mid), _separable(mid, three, 3, 1)],
        [*point(narrow), _separable(narrow, other, 3, 1)],
        [call("MaxPool3d", 3, stride=1, padding=1), *point(pooled)],
    )
