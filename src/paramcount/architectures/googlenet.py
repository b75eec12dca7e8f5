"""GoogLeNet, as torchvision.models.googlenet builds it: batch-normalised, its 5×5 branches of 3×3 filters."""

from pydantic import StrictBool

from paramcount.architectures.base import Beside, Layers, Rate, Size, Variant, call, family, named, sequential
from paramcount.notation import Call

STAGES = (
    ((192, 64, 96, 128, 16, 32, 32), (256, 128, 128, 192, 32, 96, 64)),
    (
        (480, 192, 96, 208, 16, 48, 64),
        (512, 160, 112, 224, 24, 64, 64),
        (512, 128, 128, 256, 24, 64, 64),
        (512, 112, 144, 288, 32, 64, 64),
        (528, 256, 160, 320, 32, 128, 128),
    ),
    ((832, 256, 160, 320, 32, 128, 128), (832, 384, 192, 384, 48, 128, 128)),
)
"""Channels of each inception module, by stage: what flows in, then the branches'."""


_PUBLISHED = Beside(6_624_904, "as published, without the classifiers of training", "googlenet(aux_logits=False)")


@family("Szegedy et al. 2014; torchvision.models.googlenet", {"googlenet": Variant(13_004_888, beside=(_PUBLISHED,))})
def googlenet(
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    aux_logits: StrictBool | None = None,
    weights: object = None,
    transform_input: StrictBool = False,  # noqa: ARG001 - the builder's, and no matter to the counts
    dropout: Rate = 0.2,
    dropout_aux: Rate = 0.7,
) -> Layers:
    """Inception modules; two more classifiers, run in training only, unless weights are loaded."""
    layers: Layers = [
        named("conv1", _basic(in_channels, 64, 7, stride=2, padding=3)),
        named("maxpool1", call("MaxPool2d", 3, stride=2, ceil_mode=True)),
        named("conv2", _basic(64, 64, 1)),
        named("conv3", _basic(64, 192, 3, padding=1)),
    ]
    for number, stage in enumerate(STAGES, start=3):
        kernel = 2 if number == 5 else 3
        layers.append(named(f"maxpool{number - 1}", call("MaxPool2d", kernel, stride=2, ceil_mode=True)))
        layers += [named(f"inception{number}{'abcde'[at]}", call("Inception", *one)) for at, one in enumerate(stage)]
    if not include_top:
        return layers
    if not weights if aux_logits is None else aux_logits:
        layers += [
            named("aux1", _aux(512, num_classes, dropout_aux)),
            named("aux2", _aux(528, num_classes, dropout_aux)),
        ]
    return [
        *layers,
        named("avgpool", call("AdaptiveAvgPool2d", 1)),
        named("flatten", call("Flatten")),
        named("dropout", call("Dropout", dropout)),
        named("fc", call("Linear", 1024, num_classes)),
    ]


def _basic(ins: int, outs: int, kernel: int, **options: object) -> Call:
    conv = call("Conv2d", ins, outs, kernel, bias=False, **options)
    return sequential(conv=conv, bn=call("BatchNorm2d", outs, eps=0.001), relu=call("ReLU"))


def _aux(ins: int, num_classes: int, dropout: float) -> Call:
    """A classifier on the middle of the network: on 4 × 4 positions of 128 channels."""
    return call(
        "Unused",
        conv=_basic(ins, 128, 1),
        fc1=call("Linear", 4 * 4 * 128, 1024),
        dropout=call("Dropout", dropout),
        fc2=call("Linear", 1024, num_classes),
    )
