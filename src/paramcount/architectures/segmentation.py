"""Networks that answer for every position: U-Net and FCN-8s, as their papers draw them."""

from typing import Annotated

from pydantic import Field, StrictBool

from paramcount.architectures.base import Layers, Size, Variant, call, family, named, on, sequential
from paramcount.errors import LayerError
from paramcount.notation import Call, Name

Depth = Annotated[int, Field(strict=True, ge=1, le=16)]


@family("Ronneberger et al. 2015; the paper", {"unet": Variant(31_030_658)}, input_shape=(1, 572, 572))
def unet(
    *,
    num_classes: Size = 2,
    in_channels: Size = 1,
    include_top: StrictBool = True,
    init_features: Size = 64,
    depth: Depth = 4,
    padding: StrictBool = False,
) -> Layers:
    """Down and up again, with what was on the way down cropped and joined on the way up.

    `padding=True` keeps the size at each convolution, and nothing is cropped. `include_top=False` leaves the last
    1 × 1 convolution out.
    """
    layers: Layers = []
    channels = in_channels
    for level in range(depth):
        width = init_features * 2**level
        layers += [
            named(f"down{level}", _double(channels, width, padding)),
            named(f"pool{level}", call("MaxPool2d", 2)),
        ]
        channels = width
    layers.append(named("bottom", _double(channels, 2 * channels, padding)))
    crop = 8
    for level in reversed(range(depth)):
        width = init_features * 2**level
        skip = f"down{level}"
        layers.append(named(f"up{level}", call("ConvTranspose2d", 2 * width, width, 2, stride=2)))
        if not padding:
            layers.append(named(f"crop{level}", on(call("ZeroPad2d", -crop // 2), Name(skip))))
            skip = f"crop{level}"
        layers.append(named(f"concat{level}", on(call("Concat"), Name(skip), Name(f"up{level}"))))
        layers.append(named(f"back{level}", _double(2 * width, width, padding)))
        crop = 2 * (crop + 4) + 8
    return [*layers, named("conv", call("Conv2d", init_features, num_classes, 1))] if include_top else layers


def _double(ins: int, outs: int, padding: bool) -> Call:
    around: dict[str, object] = {"padding": 1} if padding else {}
    relu = call("ReLU")
    return sequential(call("Conv2d", ins, outs, 3, **around), relu, call("Conv2d", outs, outs, 3, **around), relu)


_STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
_BORDER = 100
"""Padding of the first convolution."""


@family("Long et al. 2015; the paper, over VGG-16", {"fcn8s": Variant(134_489_759)})
def fcn8s(
    *, num_classes: Size = 21, in_channels: Size = 3, include_top: StrictBool = True, image_size: Size = 224
) -> Layers:
    """VGG-16 without dense layers; scores at three resolutions are upsampled and added.

    What is cropped depends on the size of the image. `include_top=False` leaves the scores out.
    """
    sides = [image_size + 2 * _BORDER - 2]
    for _ in _STAGES:
        sides.append(-(-sides[-1] // 2))
    if sides[-1] < 7:
        raise LayerError(f"image_size={image_size} is too small.")
    stages: list[Call] = []
    channels = in_channels
    for number, (width, many) in enumerate(_STAGES):
        convs: list[Call] = []
        for index in range(many):
            border = _BORDER if number == index == 0 else 1
            convs += [call("Conv2d", channels, width, 3, padding=border), call("ReLU")]
            channels = width
        stages.append(sequential(*convs, call("MaxPool2d", 2, stride=2, ceil_mode=True)))
    head = sequential(
        *(call("Conv2d", 512, 4096, 7), call("ReLU"), call("Dropout2d")),
        *(call("Conv2d", 4096, 4096, 1), call("ReLU"), call("Dropout2d")),
    )
    early: Layers = [named(f"stage{number}", stages[number - 1]) for number in (1, 2, 3)]
    if not include_top:
        return [*early, named("stage4", stages[3]), named("stage5", stages[4]), named("fc", head)]
    coarse = sides[5] - 6
    twice = 2 * (coarse - 1) + 4
    fine = 2 * (twice - 1) + 4
    score = sequential(stages[4], head, call("Conv2d", 4096, num_classes, 1), upscore2=_up(num_classes, 4, 2))
    middle = call("Add", _scored(512, num_classes, 5, sides[4] - twice), score)
    deep = sequential(stages[3], middle, upscore_pool4=_up(num_classes, 4, 2))
    return [
        *early,
        named("fuse", call("Add", _scored(256, num_classes, 9, sides[3] - fine), deep)),
        named("upscore8", _up(num_classes, 16, 8)),
        named("crop", _cropped(31, 8 * (fine - 1) + 16 - image_size)),
    ]


def _up(channels: int, kernel: int, stride: int) -> Call:
    return call("ConvTranspose2d", channels, channels, kernel, stride=stride, bias=False)


def _scored(channels: int, num_classes: int, before: int, surplus: int) -> Call:
    return sequential(score=call("Conv2d", channels, num_classes, 1), crop=_cropped(before, surplus))


def _cropped(before: int, surplus: int) -> Call:
    return call("ZeroPad2d", (-before, before - surplus, -before, before - surplus))
