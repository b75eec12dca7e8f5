"""Blocks that papers name, as functions over layers and the primitive blocks.

Their arguments, and the names of the layers in them, are those of torchvision.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from paramcount.blocks import BLOCKS, Block, Given, Inside
from paramcount.errors import LayerError, shown
from paramcount.layers.base import Example
from paramcount.limits import MAX_SIZE
from paramcount.notation import Call
from paramcount.parts import NOTHING, Join, Part, Series
from paramcount.signature import REQUIRED, Parameter, Signature

_MAX_MEMBERS = 256
"""Layers of one dense block."""


@dataclass(frozen=True, slots=True)
class Build:
    """Makes the parts of one block."""

    inside: Inside
    values: Mapping[str, object]

    def whole(self, name: str, least: int = 1) -> int:
        """A whole number among the block's arguments.

        Raises:
            LayerError: it is not one.
        """
        value = self.values[name]
        if type(value) is not int or not least <= value <= MAX_SIZE:
            raise LayerError(f"{name} must be a whole number from {least} to {MAX_SIZE}, received {shown(value)}.")
        return value

    def number(self, name: str) -> float:
        """A number among the block's arguments.

        Raises:
            LayerError: it is not one.
        """
        value = self.values[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_SIZE:
            raise LayerError(f"{name} must be a number above 0, received {shown(value)}.")
        return value

    def series(self, **layers: Call | None) -> Series:
        """Layers one after the other, by name; None is left out."""
        return Series(tuple([self.inside.take(one, name) for name, one in layers.items() if one is not None]))

    def given(self, name: str) -> Part | None:
        """Layers among the block's arguments."""
        value = self.values[name]
        return None if value is None else self.inside.take(value, name)

    def add(self, *branches: Part) -> Join:
        """The sum of branches."""
        return Join(self.inside.layer("Add", "add"), branches)

    def concat(self, *branches: Part) -> Join:
        """Branches, one after the other along the channels."""
        return Join(self.inside.layer("Concat", "concat"), branches)


def call(name: str, *args: object, **kwargs: object) -> Call:
    """A layer as it would be written."""
    return Call(name, args, kwargs)


def _conv3x3(ins: int, outs: int, stride: int = 1, groups: int = 1, dilation: int = 1) -> Call:
    fields: dict[str, object] = {"stride": stride, "padding": dilation, "groups": groups, "dilation": dilation}
    return call("Conv2d", ins, outs, 3, bias=False, **fields)


def _conv1x1(ins: int, outs: int, stride: int = 1) -> Call:
    return call("Conv2d", ins, outs, 1, stride=stride, bias=False)


def _norm(channels: int) -> Call:
    return call("BatchNorm2d", channels)


def basic_block(build: Build) -> Part:
    """torchvision.models.resnet.BasicBlock (He et al. 2015, figure 5, left)."""
    ins, planes, stride = build.whole("inplanes"), build.whole("planes"), build.whole("stride")
    body = build.series(
        conv1=_conv3x3(ins, planes, stride),
        bn1=_norm(planes),
        relu1=call("ReLU"),
        conv2=_conv3x3(planes, planes),
        bn2=_norm(planes),
    )
    return Series((build.add(body, build.given("downsample") or NOTHING), *build.series(relu2=call("ReLU")).parts))


def bottleneck(build: Build) -> Part:
    """torchvision.models.resnet.Bottleneck (He et al. 2015, figure 5, right; ResNeXt and wide ResNet by width)."""
    ins, planes, stride, groups = (build.whole(name) for name in ("inplanes", "planes", "stride", "groups"))
    width = planes * build.whole("base_width") // 64 * groups
    body = build.series(
        conv1=_conv1x1(ins, width),
        bn1=_norm(width),
        relu1=call("ReLU"),
        conv2=_conv3x3(width, width, stride, groups, build.whole("dilation")),
        bn2=_norm(width),
        relu2=call("ReLU"),
        conv3=_conv1x1(width, 4 * planes),
        bn3=_norm(4 * planes),
    )
    return Series((build.add(body, build.given("downsample") or NOTHING), *build.series(relu3=call("ReLU")).parts))


def inverted_residual(build: Build) -> Part:
    """torchvision.models.mobilenetv2.InvertedResidual (Sandler et al. 2018)."""
    ins, outs, stride = build.whole("inp"), build.whole("oup"), build.whole("stride")
    hidden = round(ins * build.number("expand_ratio"))
    expand = {"conv0": _conv1x1(ins, hidden), "bn0": _norm(hidden), "relu0": call("ReLU6")}
    body = build.series(
        **(expand if hidden != ins else {}),
        conv1=_conv3x3(hidden, hidden, stride, groups=hidden),
        bn1=_norm(hidden),
        relu1=call("ReLU6"),
        conv2=_conv1x1(hidden, outs),
        bn2=_norm(outs),
    )
    return build.add(body, NOTHING) if stride == 1 and ins == outs else body


def _squeezed(build: Build, channels: int, squeezed: int, activation: str) -> Join:
    gate = build.series(
        avgpool=call("AdaptiveAvgPool2d", 1),
        fc1=call("Conv2d", channels, squeezed, 1),
        activation=call(activation),
        fc2=call("Conv2d", squeezed, channels, 1),
        scale_activation=call("Sigmoid"),
    )
    return Join(build.inside.layer("Multiply", "scale"), (gate, NOTHING))


def squeeze_excitation(build: Build) -> Part:
    """torchvision.ops.SqueezeExcitation (Hu et al. 2017): channels are weighed by what their means tell."""
    return _squeezed(build, build.whole("input_channels"), build.whole("squeeze_channels"), "ReLU")


def mbconv(build: Build) -> Part:
    """torchvision.models.efficientnet.MBConv (Tan and Le 2019), its squeeze a quarter of the block's input."""
    ins, outs, stride, kernel = (build.whole(n) for n in ("input_channels", "out_channels", "stride", "kernel"))
    hidden = _divisible(ins * build.number("expand_ratio"))
    squeezed = max(1, ins // 4)
    expand = {"conv0": _conv1x1(ins, hidden), "bn0": _norm(hidden), "silu0": call("SiLU")}
    deep = call("Conv2d", hidden, hidden, kernel, stride=stride, padding=(kernel - 1) // 2, groups=hidden, bias=False)
    body = Series(
        (
            *build.series(**(expand if hidden != ins else {}), conv1=deep, bn1=_norm(hidden), silu1=call("SiLU")).parts,
            _squeezed(build, hidden, squeezed, "SiLU"),
            *build.series(conv2=_conv1x1(hidden, outs), bn2=_norm(outs)).parts,
        )
    )
    return build.add(body, NOTHING) if stride == 1 and ins == outs else body


def inception(build: Build) -> Part:
    """torchvision.models.googlenet.Inception (Szegedy et al. 2014): batch-normalised, its 5×5 branch of 3×3 filters."""
    names = ("in_channels", "ch1x1", "ch3x3red", "ch3x3", "ch5x5red", "ch5x5", "pool_proj")
    ins, one, three_red, three, five_red, five, pool = (build.whole(name) for name in names)

    def unit(name: str, ins: int, outs: int, kernel: int) -> Mapping[str, Call]:
        conv = call("Conv2d", ins, outs, kernel, padding=kernel // 2, bias=False)
        return {
            f"{name}.conv": conv,
            f"{name}.bn": call("BatchNorm2d", outs, eps=0.001),
            f"{name}.relu": call("ReLU"),
        }

    return build.concat(
        build.series(**unit("branch1", ins, one, 1)),
        build.series(**unit("branch2.0", ins, three_red, 1), **unit("branch2.1", three_red, three, 3)),
        build.series(**unit("branch3.0", ins, five_red, 1), **unit("branch3.1", five_red, five, 3)),
        build.series(
            **{"branch4.0": call("MaxPool2d", 3, stride=1, padding=1, ceil_mode=True)},
            **unit("branch4.1", ins, pool, 1),
        ),
    )


def dense_block(build: Build) -> Part:
    """torchvision.models.densenet._DenseBlock (Huang et al. 2016): each layer sees all that came before it."""
    many, ins = build.whole("num_layers", 0), build.whole("num_input_features")
    size, growth = build.whole("bn_size"), build.whole("growth_rate")
    if many > _MAX_MEMBERS:
        raise LayerError(f"num_layers must be at most {_MAX_MEMBERS}, received {many}.")
    layers: list[Part] = []
    for index in range(many):
        channels, name = ins + index * growth, f"denselayer{index + 1}"
        body = {
            "norm1": _norm(channels),
            "relu1": call("ReLU"),
            "conv1": _conv1x1(channels, size * growth),
            "norm2": _norm(size * growth),
            "relu2": call("ReLU"),
            "conv2": _conv3x3(size * growth, growth),
        }
        named = build.series(**{f"{name}.{part}": layer for part, layer in body.items()})
        layers.append(Join(build.inside.layer("Concat", f"{name}.concat"), (NOTHING, named)))
    return Series(tuple(layers))


def transition(build: Build) -> Part:
    """torchvision.models.densenet._Transition."""
    ins, outs = build.whole("num_input_features"), build.whole("num_output_features")
    return build.series(
        norm=_norm(ins), relu=call("ReLU"), conv=_conv1x1(ins, outs), pool=call("AvgPool2d", 2, stride=2)
    )


def conv_norm_activation(build: Build) -> Part:
    """torchvision.ops.Conv2dNormActivation: a convolution without bias that keeps the size, batch norm and ReLU."""
    ins, outs, kernel = build.whole("in_channels"), build.whole("out_channels"), build.whole("kernel_size")
    fields: dict[str, object] = {name: build.whole(name) for name in ("stride", "groups", "dilation")}
    padding = (kernel - 1) // 2 * build.whole("dilation")
    conv = call("Conv2d", ins, outs, kernel, padding=padding, bias=False, **fields)
    return build.series(**{"0": conv, "1": _norm(outs), "2": call("ReLU")})


def fire(build: Build) -> Part:
    """torchvision.models.squeezenet.Fire (Iandola et al. 2016)."""
    names = ("inplanes", "squeeze_planes", "expand1x1_planes", "expand3x3_planes")
    ins, squeezed, ones, threes = (build.whole(name) for name in names)
    head = build.series(squeeze=call("Conv2d", ins, squeezed, 1), squeeze_activation=call("ReLU"))
    wide = build.concat(
        build.series(expand1x1=call("Conv2d", squeezed, ones, 1), expand1x1_activation=call("ReLU")),
        build.series(expand3x3=call("Conv2d", squeezed, threes, 3, padding=1), expand3x3_activation=call("ReLU")),
    )
    return Series((head, wide))


def _divisible(channels: float, divisor: int = 8) -> int:
    """The nearest multiple of 8 that is not more than a tenth below; torchvision's `_make_divisible`."""
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


def _signature(name: str, *required: str, **optional: object) -> Signature:
    parameters = [Parameter(one, one, REQUIRED) for one in required]
    return Signature((name,), (*parameters, *(Parameter(one, one, default) for one, default in optional.items())))


def _block(signature: Signature, make: Callable[[Build], Part], example: Example) -> Block:
    def take(inside: Inside, given: Given) -> Part:
        values = signature.bind(given.args, given.kwargs, canonical=True)
        return make(Build(inside, values))

    return Block(take, str(signature), cast("str", make.__doc__).split("\n")[0], example)


def _example(call: str, parameters: int, input_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> Example:
    return Example(call, parameters, "torchvision 0.28.0", input_shape, output_shape)


MODULES: Final[dict[str, Block]] = {
    signature.name: _block(signature, make, example)
    for signature, make, example in (
        (
            _signature("BasicBlock", "inplanes", "planes", stride=1, downsample=None),
            basic_block,
            _example("BasicBlock(64, 64)", 73984, (64, 56, 56), (64, 56, 56)),
        ),
        (
            _signature(
                "Bottleneck", "inplanes", "planes", stride=1, downsample=None, groups=1, base_width=64, dilation=1
            ),
            bottleneck,
            _example("Bottleneck(256, 64)", 70400, (256, 56, 56), (256, 56, 56)),
        ),
        (
            _signature("InvertedResidual", "inp", "oup", "stride", "expand_ratio"),
            inverted_residual,
            _example("InvertedResidual(24, 24, 1, 6)", 8832, (24, 56, 56), (24, 56, 56)),
        ),
        (
            _signature("MBConv", "expand_ratio", "kernel", "stride", "input_channels", "out_channels"),
            mbconv,
            _example("MBConv(6, 5, 1, 40, 40)", 31290, (40, 28, 28), (40, 28, 28)),
        ),
        (
            _signature("SqueezeExcitation", "input_channels", "squeeze_channels"),
            squeeze_excitation,
            _example("SqueezeExcitation(96, 24)", 4728, (96, 14, 14), (96, 14, 14)),
        ),
        (
            _signature("Inception", "in_channels", "ch1x1", "ch3x3red", "ch3x3", "ch5x5red", "ch5x5", "pool_proj"),
            inception,
            _example("Inception(192, 64, 96, 128, 16, 32, 32)", 155872, (192, 28, 28), (256, 28, 28)),
        ),
        (
            _signature("DenseBlock", "num_layers", "num_input_features", "bn_size", "growth_rate"),
            dense_block,
            _example("DenseBlock(6, 64, 4, 32)", 335040, (64, 56, 56), (256, 56, 56)),
        ),
        (
            _signature("Transition", "num_input_features", "num_output_features"),
            transition,
            _example("Transition(256, 128)", 33280, (256, 56, 56), (128, 28, 28)),
        ),
        (
            _signature(
                "Conv2dNormActivation", "in_channels", "out_channels", kernel_size=3, stride=1, groups=1, dilation=1
            ),
            conv_norm_activation,
            _example("Conv2dNormActivation(32, 32, 5, 2, 32)", 864, (32, 113, 97), (32, 57, 49)),
        ),
        (
            _signature("Fire", "inplanes", "squeeze_planes", "expand1x1_planes", "expand3x3_planes"),
            fire,
            _example("Fire(96, 16, 64, 64)", 11920, (96, 54, 54), (128, 54, 54)),
        ),
    )
}
"""The blocks that papers name."""

EVERY_BLOCK: Final = {**BLOCKS, **MODULES}
"""All blocks by name."""
