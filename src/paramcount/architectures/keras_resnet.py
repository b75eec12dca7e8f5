"""ResNet and ResNet V2, as keras.applications builds them: convolutions with biases, strides in the first 1×1."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Size, Variant, call, family, named, sequential
from paramcount.architectures.keras_units import Pooling, top
from paramcount.notation import Call

_WIDTHS = (64, 128, 256, 512)


@family(
    "He et al. 2015; keras.applications",
    {
        "ResNet50": Variant(25_636_712, (3, 4, 6, 3)),
        "ResNet101": Variant(44_707_176, (3, 4, 23, 3)),
        "ResNet152": Variant(60_419_944, (3, 8, 36, 3)),
    },
    framework="keras",
)
def keras_resnet(
    depths: tuple[int, ...], *, num_classes: Size = 1000, include_top: StrictBool = True, pooling: Pooling = None
) -> Layers:
    """A stem, four stages of bottlenecks, and a dense layer on the mean of each channel."""
    layers = _stem(call("BatchNormalization"), call("Activation", "relu"))
    for stage, (width, depth) in enumerate(zip(_WIDTHS, depths, strict=True), start=2):
        for index in range(depth):
            strides = 2 if index == 0 and stage > 2 else 1
            layers.append(named(f"conv{stage}_block{index + 1}", _bottleneck(width, strides, first=index == 0)))
    return [*layers, *top(num_classes, include_top, pooling)]


@family(
    "He et al. 2016; keras.applications",
    {
        "ResNet50V2": Variant(25_613_800, (3, 4, 6, 3)),
        "ResNet101V2": Variant(44_675_560, (3, 4, 23, 3)),
        "ResNet152V2": Variant(60_380_648, (3, 8, 36, 3)),
    },
    framework="keras",
)
def keras_resnet_v2(
    depths: tuple[int, ...], *, num_classes: Size = 1000, include_top: StrictBool = True, pooling: Pooling = None
) -> Layers:
    """Bottlenecks that normalise before they filter, and halve the size at the end of a stage."""
    layers = _stem()
    for stage, (width, depth) in enumerate(zip(_WIDTHS, depths, strict=True), start=2):
        for index in range(depth):
            strides = 2 if index == depth - 1 and stage < 5 else 1
            block = _first(width) if index == 0 else _before(width, strides)
            layers.append(named(f"conv{stage}_block{index + 1}", block))
    layers += [named("post_bn", call("BatchNormalization")), named("post_relu", call("Activation", "relu"))]
    return [*layers, *top(num_classes, include_top, pooling)]


def _stem(*after: Call) -> Layers:
    return [
        named("conv1_pad", call("ZeroPadding2D", 3)),
        named("conv1_conv", call("Conv2D", 64, 7, strides=2)),
        *(named(name, layer) for name, layer in zip(("conv1_bn", "conv1_relu"), after, strict=False)),
        named("pool1_pad", call("ZeroPadding2D", 1)),
        named("pool1_pool", call("MaxPooling2D", 3, strides=2)),
    ]


def _bottleneck(width: int, strides: int, *, first: bool) -> Call:
    relu, norm = call("Activation", "relu"), call("BatchNormalization")
    body = (
        *(call("Conv2D", width, 1, strides=strides), norm, relu),
        *(call("Conv2D", width, 3, padding="same"), norm, relu),
        *(call("Conv2D", 4 * width, 1), norm),
    )
    shortcut = {"shortcut": sequential(call("Conv2D", 4 * width, 1, strides=strides), norm)} if first else {}
    return sequential(add=call("Residual", *body, **shortcut), out=relu)


def _body(width: int, strides: int) -> list[Call]:
    relu, norm = call("Activation", "relu"), call("BatchNormalization")
    return [
        *(call("Conv2D", width, 1, use_bias=False), norm, relu),
        *(call("ZeroPadding2D", 1), call("Conv2D", width, 3, strides=strides, use_bias=False), norm, relu),
        call("Conv2D", 4 * width, 1),
    ]


def _first(width: int) -> Call:
    """A block whose shortcut starts from what is normalised already."""
    before = (call("BatchNormalization"), call("Activation", "relu"))
    return sequential(*before, call("Residual", *_body(width, 1), shortcut=call("Conv2D", 4 * width, 1)))


def _before(width: int, strides: int) -> Call:
    before = (call("BatchNormalization"), call("Activation", "relu"))
    shortcut = {"shortcut": call("MaxPooling2D", 1, strides=strides)} if strides > 1 else {}
    return call("Residual", *before, *_body(width, strides), **shortcut)
