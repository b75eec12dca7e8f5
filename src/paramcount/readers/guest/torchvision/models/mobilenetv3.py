"""torchvision.models.mobilenetv3: inverted residuals that may weigh their channels."""

from functools import partial

from torch import flatten, nn

from torchvision.models._builders import builders
from torchvision.models._utils import _make_divisible
from torchvision.ops.misc import Conv2dNormActivation, SqueezeExcitation

__all__ = ["MobileNetV3"]


class InvertedResidualConfig:
    """What one inverted residual is made of."""

    def __init__(self, input_channels, kernel, expanded_channels, out_channels, use_se, activation, stride, dilation,
                 width_mult):  # fmt: skip
        self.input_channels = self.adjust_channels(input_channels, width_mult)
        self.kernel = kernel
        self.expanded_channels = self.adjust_channels(expanded_channels, width_mult)
        self.out_channels = self.adjust_channels(out_channels, width_mult)
        self.use_se, self.use_hs = use_se, activation == "HS"
        self.stride, self.dilation = stride, dilation

    @staticmethod
    def adjust_channels(channels, width_mult):
        return _make_divisible(channels * width_mult, 8)


_HARD = partial(SqueezeExcitation, scale_activation=nn.Hardsigmoid)


class InvertedResidual(nn.Module):
    """Widened, convolved channel by channel, weighed, narrowed."""

    def __init__(self, cnf, norm_layer, se_layer=_HARD):
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        activation, wide = nn.Hardswish if cnf.use_hs else nn.ReLU, cnf.expanded_channels
        layers = []
        if wide != cnf.input_channels:
            layers.append(
                Conv2dNormActivation(
                    cnf.input_channels, wide, kernel_size=1, norm_layer=norm_layer, activation_layer=activation
                )
            )
        layers.append(
            Conv2dNormActivation(
                wide, wide, kernel_size=cnf.kernel, stride=1 if cnf.dilation > 1 else cnf.stride, dilation=cnf.dilation,
                groups=wide, norm_layer=norm_layer, activation_layer=activation,
            )
        )  # fmt: skip
        if cnf.use_se:
            layers.append(se_layer(wide, _make_divisible(wide // 4, 8)))
        layers.append(
            Conv2dNormActivation(wide, cnf.out_channels, kernel_size=1, norm_layer=norm_layer, activation_layer=None)
        )
        self.block = nn.Sequential(*layers)
        self.out_channels, self._is_cn = cnf.out_channels, cnf.stride > 1

    def forward(self, input):
        result = self.block(input)
        if self.use_res_connect:
            result += input
        return result


class MobileNetV3(nn.Module):
    """A stem, inverted residuals, two dense layers on the means."""

    def __init__(self, inverted_residual_setting, last_channel, num_classes=1000, block=None, norm_layer=None,
                 dropout=0.2, **kwargs):  # fmt: skip
        super().__init__()
        if not inverted_residual_setting:
            raise ValueError("The inverted_residual_setting should not be empty")
        block, norm = block or InvertedResidual, norm_layer or partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
        first, last = inverted_residual_setting[0].input_channels, inverted_residual_setting[-1].out_channels
        made = [
            Conv2dNormActivation(3, first, kernel_size=3, stride=2, norm_layer=norm, activation_layer=nn.Hardswish),
            *[block(one, norm) for one in inverted_residual_setting],
            Conv2dNormActivation(last, 6 * last, kernel_size=1, norm_layer=norm, activation_layer=nn.Hardswish),
        ]
        self.features = nn.Sequential(*made)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(6 * last, last_channel), nn.Hardswish(inplace=True), nn.Dropout(p=dropout, inplace=True),
            nn.Linear(last_channel, num_classes),
        )  # fmt: skip

    def _forward_impl(self, x):
        return self.classifier(flatten(self.avgpool(self.features(x)), 1))

    def forward(self, x):
        return self._forward_impl(x)


def _mobilenet_v3_conf(arch, width_mult=1.0, reduced_tail=False, dilated=False, **kwargs):
    """The settings of a builder, and the width of its last layer but one."""
    tail, dilation = 2 if reduced_tail else 1, 2 if dilated else 1
    one = partial(InvertedResidualConfig, width_mult=width_mult)
    adjust = partial(InvertedResidualConfig.adjust_channels, width_mult=width_mult)
    if arch == "mobilenet_v3_large":
        return [
            one(16, 3, 16, 16, False, "RE", 1, 1), one(16, 3, 64, 24, False, "RE", 2, 1),
            one(24, 3, 72, 24, False, "RE", 1, 1), one(24, 5, 72, 40, True, "RE", 2, 1),
            one(40, 5, 120, 40, True, "RE", 1, 1), one(40, 5, 120, 40, True, "RE", 1, 1),
            one(40, 3, 240, 80, False, "HS", 2, 1), one(80, 3, 200, 80, False, "HS", 1, 1),
            one(80, 3, 184, 80, False, "HS", 1, 1), one(80, 3, 184, 80, False, "HS", 1, 1),
            one(80, 3, 480, 112, True, "HS", 1, 1), one(112, 3, 672, 112, True, "HS", 1, 1),
            one(112, 5, 672, 160 // tail, True, "HS", 2, dilation),
            one(160 // tail, 5, 960 // tail, 160 // tail, True, "HS", 1, dilation),
            one(160 // tail, 5, 960 // tail, 160 // tail, True, "HS", 1, dilation),
        ], adjust(1280 // tail)  # fmt: skip
    return [
        one(16, 3, 16, 16, True, "RE", 2, 1), one(16, 3, 72, 24, False, "RE", 2, 1),
        one(24, 3, 88, 24, False, "RE", 1, 1), one(24, 5, 96, 40, True, "HS", 2, 1),
        one(40, 5, 240, 40, True, "HS", 1, 1), one(40, 5, 240, 40, True, "HS", 1, 1),
        one(40, 5, 120, 48, True, "HS", 1, 1), one(48, 5, 144, 48, True, "HS", 1, 1),
        one(48, 5, 288, 96 // tail, True, "HS", 2, dilation),
        one(96 // tail, 5, 576 // tail, 96 // tail, True, "HS", 1, dilation),
        one(96 // tail, 5, 576 // tail, 96 // tail, True, "HS", 1, dilation),
    ], adjust(1024 // tail)  # fmt: skip


def _made(arch, **kwargs):
    return MobileNetV3(*_mobilenet_v3_conf(arch, **kwargs), **kwargs)


__all__ += builders(globals(), _made, {name: (name,) for name in ("mobilenet_v3_large", "mobilenet_v3_small")})
