"""Inception v3, as torchvision.models.inception builds it."""

from pydantic import StrictBool

from paramcount.architectures.base import Beside, Layers, Rate, Size, Variant, call, family, named, sequential
from paramcount.notation import Call

type Kernel = int | tuple[int, int]
type Branch = tuple[tuple[int, Kernel], ...]
"""Convolutions one after the other: filters and kernel of each."""

_BARE = Beside(23_834_568, "without the classifier of training", "inception_v3(aux_logits=False)")


@family(
    "Szegedy et al. 2015; torchvision.models.inception",
    {"inception_v3": Variant(27_161_264, beside=(_BARE,))},
    input_shape=(3, 299, 299),
)
def inception_v3(
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    aux_logits: StrictBool = True,
    transform_input: StrictBool = False,  # noqa: ARG001 - the builder's, and no matter to the counts
    dropout: Rate = 0.5,
) -> Layers:
    """Modules whose large windows are split into rows and columns; one more classifier, run in training only."""
    layers: Layers = [
        named("Conv2d_1a_3x3", _unit(in_channels, 32, 3, stride=2)),
        named("Conv2d_2a_3x3", _unit(32, 32, 3)),
        named("Conv2d_2b_3x3", _unit(32, 64, 3, padding=1)),
        named("maxpool1", call("MaxPool2d", 3, stride=2)),
        named("Conv2d_3b_1x1", _unit(64, 80, 1)),
        named("Conv2d_4a_3x3", _unit(80, 192, 3)),
        named("maxpool2", call("MaxPool2d", 3, stride=2)),
        *(
            named(f"Mixed_5{at}", _module_a(*one))
            for at, one in zip("bcd", ((192, 32), (256, 64), (288, 64)), strict=True)
        ),
        named("Mixed_6a", _reduction(288, ((384, 3),), ((64, 1), (96, 3), (96, 3)))),
        *(named(f"Mixed_6{at}", _module_c(width)) for at, width in zip("bcde", (128, 160, 160, 192), strict=True)),
    ]
    if aux_logits and include_top:
        layers.append(named("AuxLogits", _aux(num_classes)))
    layers += [
        named("Mixed_7a", _reduction(768, ((192, 1), (320, 3)), ((192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3)))),
        named("Mixed_7b", _module_e(1280)),
        named("Mixed_7c", _module_e(2048)),
    ]
    if include_top:
        layers += [
            named("avgpool", call("AdaptiveAvgPool2d", 1)),
            named("dropout", call("Dropout", dropout)),
            named("flatten", call("Flatten")),
            named("fc", call("Linear", 2048, num_classes)),
        ]
    return layers


def _unit(ins: int, outs: int, kernel: Kernel, **options: object) -> Call:
    conv = call("Conv2d", ins, outs, kernel, bias=False, **options)
    return sequential(conv=conv, bn=call("BatchNorm2d", outs, eps=0.001), relu=call("ReLU"))


def _branch(ins: int, branch: Branch, stride: int = 1) -> list[Call]:
    """Convolutions that keep the size, but for the last one where it has a stride."""
    made: list[Call] = []
    for index, (outs, kernel) in enumerate(branch):
        around = kernel // 2 if isinstance(kernel, int) else (kernel[0] // 2, kernel[1] // 2)
        last = index == len(branch) - 1 and stride > 1
        made.append(_unit(ins, outs, kernel, **({"stride": stride} if last else {"padding": around})))
        ins = outs
    return made


def _pooled(ins: int, outs: int) -> list[Call]:
    return [call("AvgPool2d", 3, stride=1, padding=1), _unit(ins, outs, 1)]


def _module_a(ins: int, pooled: int) -> Call:
    branches: tuple[Branch, ...] = (((64, 1),), ((48, 1), (64, 5)), ((64, 1), (96, 3), (96, 3)))
    return call("Concat", *(_branch(ins, one) for one in branches), _pooled(ins, pooled))


def _reduction(ins: int, *branches: Branch) -> Call:
    """Half the positions, by strides and by pooling."""
    return call("Concat", *(_branch(ins, one, 2) for one in branches), [call("MaxPool2d", 3, stride=2)])


def _module_c(width: int) -> Call:
    row, column = (1, 7), (7, 1)
    long: Branch = ((width, 1), (width, column), (width, row), (width, column), (192, row))
    branches: tuple[Branch, ...] = (((192, 1),), ((width, 1), (width, row), (192, column)), long)
    return call("Concat", *(_branch(768, one) for one in branches), _pooled(768, 192))


def _module_e(ins: int) -> Call:
    def fork(*before: Call) -> list[Call]:
        return [*before, call("Concat", _branch(384, ((384, (1, 3)),)), _branch(384, ((384, (3, 1)),)))]

    return call(
        "Concat",
        _branch(ins, ((320, 1),)),
        fork(*_branch(ins, ((384, 1),))),
        fork(*_branch(ins, ((448, 1), (384, 3)))),
        _pooled(ins, 192),
    )


def _aux(num_classes: int) -> Call:
    return call("Unused", conv0=_unit(768, 128, 1), conv1=_unit(128, 768, 5), fc=call("Linear", 768, num_classes))
