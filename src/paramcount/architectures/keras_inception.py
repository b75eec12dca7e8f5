"""Inception v3, Inception-ResNet v2 and Xception, as keras.applications builds them."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Size, Variant, call, family, named, sequential
from paramcount.architectures.keras_units import Kernel, Pooling, conv_bn, residual, top
from paramcount.notation import Call

type Branch = tuple[tuple[int, Kernel], ...]
"""Convolutions one after the other: filters and kernel of each."""

_SIZE = (299, 299, 3)


def _unit(
    filters: int, kernel: Kernel, strides: int = 1, *, valid: bool = False, activation: str | None = "relu"
) -> Call:
    """A convolution and batch normalisation without scale."""
    padding = "valid" if valid else "same"
    return conv_bn(filters, kernel, strides, padding=padding, activation=activation, scale=False)


def _branches(*branches: Branch, pooled: int = 0) -> Call:
    made = [[_unit(filters, kernel) for filters, kernel in one] for one in branches]
    if pooled:
        made.append([call("AveragePooling2D", 3, strides=1, padding="same"), _unit(pooled, 1)])
    return call("Concatenate", *made)


def _reduction(*branches: Branch) -> Call:
    """Half the positions, by the strides of the last convolutions and by pooling."""
    made = [
        [*(_unit(filters, kernel) for filters, kernel in one[:-1]), _unit(*one[-1], 2, valid=True)] for one in branches
    ]
    return call("Concatenate", *made, [call("MaxPooling2D", 3, strides=2)])


def _stem() -> Layers:
    stem = (_unit(32, 3, 2, valid=True), _unit(32, 3, valid=True), _unit(64, 3), call("MaxPooling2D", 3, strides=2))
    more = (_unit(80, 1, valid=True), _unit(192, 3, valid=True), call("MaxPooling2D", 3, strides=2))
    return [named("stem", sequential(*stem, *more))]


@family("Szegedy et al. 2015; keras.applications", {"InceptionV3": Variant(23_851_784)}, framework="keras",
        input_shape=_SIZE)  # fmt: skip
def keras_inception_v3(*, num_classes: Size = 1000, include_top: StrictBool = True, pooling: Pooling = None) -> Layers:
    """Modules whose large windows are split into rows and columns."""
    row, column = (1, 7), (7, 1)
    modules = [
        _branches(((64, 1),), ((48, 1), (64, 5)), ((64, 1), (96, 3), (96, 3)), pooled=pooled) for pooled in (32, 64, 64)
    ]
    modules.append(_reduction(((384, 3),), ((64, 1), (96, 3), (96, 3))))
    for width in (128, 160, 160, 192):
        long: Branch = ((width, 1), (width, column), (width, row), (width, column), (192, row))
        modules.append(_branches(((192, 1),), ((width, 1), (width, row), (192, column)), long, pooled=192))
    modules.append(_reduction(((192, 1), (320, 3)), ((192, 1), (192, row), (192, column), (192, 3))))
    fork = call("Concatenate", [_unit(384, (1, 3))], [_unit(384, (3, 1))])
    wide = (
        *([_unit(320, 1)], [_unit(384, 1), fork], [_unit(448, 1), _unit(384, 3), fork]),
        [call("AveragePooling2D", 3, strides=1, padding="same"), _unit(192, 1)],
    )
    modules += [call("Concatenate", *wide)] * 2
    mixed = [named(f"mixed{index}", module) for index, module in enumerate(modules)]
    return [*_stem(), *mixed, *top(num_classes, include_top, pooling)]


_BLOCKS: dict[str, tuple[Branch, ...]] = {
    "block35": (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))),
    "block17": (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))),
    "block8": (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1)))),
}


@family("Szegedy et al. 2016; keras.applications", {"InceptionResNetV2": Variant(55_873_736)}, framework="keras",
        input_shape=_SIZE)  # fmt: skip
def keras_inception_resnet_v2(
    *, num_classes: Size = 1000, include_top: StrictBool = True, pooling: Pooling = None
) -> Layers:
    """Inception modules with residuals."""
    first = _branches(((96, 1),), ((48, 1), (64, 5)), ((64, 1), (96, 3), (96, 3)), pooled=64)
    second = _reduction(((384, 3),), ((256, 1), (256, 3), (384, 3)))
    third = _reduction(((256, 1), (384, 3)), ((256, 1), (288, 3)), ((256, 1), (288, 3), (320, 3)))
    return [
        *_stem(),
        named("mixed_5b", first),
        *_blocks("block35", 10, 320),
        named("mixed_6a", second),
        *_blocks("block17", 20, 1088),
        named("mixed_7a", third),
        *_blocks("block8", 10, 2080),
        named("conv_7b", _unit(1536, 1)),
        *top(num_classes, include_top, pooling),
    ]


def _blocks(kind: str, many: int, channels: int) -> list[Call]:
    body = (_branches(*_BLOCKS[kind]), call("Conv2D", channels, 1))
    block = sequential(add=residual(*body), activation=call("Activation", "relu"))
    made = [named(f"{kind}_{index + 1}", block) for index in range(many)]
    if kind == "block8":
        made[-1] = named(f"{kind}_{many}", residual(*body))
    return made


@family("Chollet 2016; keras.applications", {"Xception": Variant(22_910_480)}, framework="keras",
        input_shape=_SIZE)  # fmt: skip
def keras_xception(*, num_classes: Size = 1000, include_top: StrictBool = True, pooling: Pooling = None) -> Layers:
    """Depthwise-separable convolutions with residuals."""
    relu = call("Activation", "relu")
    layers: Layers = [named("block1", sequential(conv_bn(32, 3, 2, padding="valid"), conv_bn(64, 3, padding="valid")))]
    for number, filters in enumerate((128, 256, 728), start=2):
        before = [] if number == 2 else [relu]
        layers.append(named(f"block{number}", _entry(filters, filters, before)))
    body = (relu, _separable(728)) * 3
    layers += [named(f"block{number}", residual(*body)) for number in range(5, 13)]
    layers.append(named("block13", _entry(728, 1024, [relu])))
    layers.append(named("block14", sequential(_separable(1536), relu, _separable(2048), relu)))
    return [*layers, *top(num_classes, include_top, pooling)]


def _separable(filters: int) -> Call:
    conv = call("SeparableConv2D", filters, 3, padding="same", use_bias=False)
    return sequential(conv, call("BatchNormalization"))


def _entry(inner: int, filters: int, before: list[Call]) -> Call:
    relu = call("Activation", "relu")
    pool = call("MaxPooling2D", 3, strides=2, padding="same")
    return residual(
        *(*before, _separable(inner), relu, _separable(filters), pool), shortcut=conv_bn(filters, 1, 2, activation=None)
    )
