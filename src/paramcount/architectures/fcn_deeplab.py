"""FCN, DeepLab v3 and LR-ASPP, as torchvision.models.segmentation builds them: a classifier for every position."""

from pydantic import StrictBool

from paramcount.architectures.base import Beside, Layers, Size, Variant, call, family, named, on, sequential
from paramcount.architectures.mobilenet import LARGE, features_v3
from paramcount.architectures.resnet import resnet
from paramcount.architectures.units import conv_norm
from paramcount.notation import Call, Name

_SHAPE = (3, 520, 520)
_LOW, _HIGH = (4, 40), (16, 960)
"""Where MobileNet v3 is tapped: the blocks' places, and the channels that come out of them."""

_DEPTHS = {"resnet50": (3, 4, 6, 3), "resnet101": (3, 4, 23, 3)}
_RATES = (12, 24, 36)
"""Dilations of DeepLab's parallel convolutions."""


def _published(total: int, name: str) -> tuple[Beside]:
    return (Beside(total, "as published, with the classifier of training", f"{name}(aux_loss=True)"),)


@family(
    "Long et al. 2015, Chen et al. 2017; torchvision.models.segmentation",
    {
        "fcn_resnet50": Variant(32_957_013, "fcn", "resnet50", beside=_published(35_322_218, "fcn_resnet50")),
        "fcn_resnet101": Variant(51_949_141, "fcn", "resnet101", beside=_published(54_314_346, "fcn_resnet101")),
        "deeplabv3_resnet50": Variant(
            39_638_869, "deeplab", "resnet50", beside=_published(42_004_074, "deeplabv3_resnet50")
        ),
        "deeplabv3_resnet101": Variant(
            58_630_997, "deeplab", "resnet101", beside=_published(60_996_202, "deeplabv3_resnet101")
        ),
        "deeplabv3_mobilenet_v3_large": Variant(
            11_025_477, "deeplab", "mobilenet", beside=_published(11_029_328, "deeplabv3_mobilenet_v3_large")
        ),
    },
    input_shape=_SHAPE,
)
def segmentation(
    head: str,
    backbone: str,
    *,
    num_classes: Size = 21,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    aux_loss: StrictBool = False,
) -> Layers:
    """A dilated classifier without its top, and a head whose scores are interpolated to the image's size."""
    body, taps = _body(backbone, in_channels)
    if not include_top:
        return [named("backbone", body)]
    layers: Layers = [named("image", call("Identity")), named("backbone", body)]
    (early, narrow), (last, channels) = taps
    if aux_loss:
        layers.append(named("aux_classifier", on(_fcn_head(narrow, num_classes), Name(f"backbone.{early}"))))
        layers.append(named("aux", on(call("UpsampleLike"), Name("aux_classifier"), Name("image"))))
    make = _fcn_head if head == "fcn" else _deeplab_head
    layers.append(named("classifier", on(make(channels, num_classes), Name(f"backbone.{last}"))))
    return [*layers, named("out", on(call("UpsampleLike"), Name("classifier"), Name("image")))]


@family(
    "Howard et al. 2019; torchvision.models.segmentation.lraspp",
    {"lraspp_mobilenet_v3_large": Variant(3_221_538)},
    input_shape=_SHAPE,
)
def lraspp(*, num_classes: Size = 21, in_channels: Size = 3, include_top: StrictBool = True) -> Layers:
    """Two taps of a MobileNet, the deeper one weighed by its means."""
    body, ((early, narrow), (last, wide)) = _body("mobilenet", in_channels)
    if not include_top:
        return [named("backbone", body)]
    weights = (
        call("AdaptiveAvgPool2d", 1),
        call("Conv2d", wide, _INNER, 1, bias=False),
        call("Sigmoid"),
    )
    low, high = Name(f"backbone.{early}"), Name(f"backbone.{last}")
    classifier = sequential(
        cbr=conv_norm(wide, _INNER, 1),
        scale=on(sequential(*weights), high),
        scaled=on(call("Multiply"), Name("cbr"), Name("scale")),
        sized=on(call("UpsampleLike"), Name("scaled"), low),
        high_classifier=call("Conv2d", _INNER, num_classes, 1),
        low_classifier=on(call("Conv2d", narrow, num_classes, 1), low),
        sum=on(call("Add"), Name("low_classifier"), Name("high_classifier")),
    )
    return [
        named("image", call("Identity")),
        named("backbone", body),
        named("classifier", classifier),
        named("out", on(call("UpsampleLike"), Name("classifier"), Name("image"))),
    ]


_INNER = 128


def _body(backbone: str, in_channels: int) -> tuple[Call, tuple[tuple[object, int], tuple[object, int]]]:
    """The classifier that is dilated, and where it is tapped: name and channels of an early value and of the last."""
    if backbone == "mobilenet":
        blocks = {str(index): one for index, one in enumerate(features_v3(LARGE, in_channels, dilation=2))}
        return sequential(**blocks), (_LOW, _HIGH)
    dilated = [False, True, True]
    layers = resnet.function(
        "Bottleneck",
        _DEPTHS[backbone],
        in_channels=in_channels,
        include_top=False,
        replace_stride_with_dilation=dilated,
    )
    return sequential(*layers), (("layer3", 1024), ("layer4", 2048))


def _fcn_head(channels: int, num_classes: int) -> Call:
    inner = channels // 4
    head = (call("Dropout", 0.1), call("Conv2d", inner, num_classes, 1))
    return sequential(conv_norm(channels, inner), *head)


def _deeplab_head(channels: int, num_classes: int) -> Call:
    """Dilated convolutions side by side, and the mean of all positions beside them."""
    width = 256
    pooled = sequential(call("AdaptiveAvgPool2d", 1), conv_norm(channels, width, 1))
    branches = [
        conv_norm(channels, width, 1),
        *(conv_norm(channels, width, dilation=rate) for rate in _RATES),
    ]
    aspp = sequential(
        features=call("Identity"),
        pooled=pooled,
        spread=on(call("UpsampleLike"), Name("pooled"), Name("features")),
        convs=on(call("Concat", *branches), Name("features")),
        joined=on(call("Concat"), Name("convs"), Name("spread")),
        project=sequential(conv_norm(5 * width, width, 1), call("Dropout", 0.5)),
    )
    return sequential(aspp, conv_norm(width, width), call("Conv2d", width, num_classes, 1))
