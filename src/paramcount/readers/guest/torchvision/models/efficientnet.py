"""torchvision.models.efficientnet: inverted residuals that weigh their channels, widened and deepened together."""

import copy
import math
from dataclasses import dataclass
from functools import partial

from torch import flatten, nn

from torchvision.models._builders import builders
from torchvision.models._utils import _make_divisible
from torchvision.ops.misc import Conv2dNormActivation, SqueezeExcitation
from torchvision.ops.stochastic_depth import StochasticDepth

__all__ = ["EfficientNet"]


@dataclass
class _MBConvConfig:
    expand_ratio: float
    kernel: int
    stride: int
    input_channels: int
    out_channels: int
    num_layers: int
    block: object

    @staticmethod
    def adjust_channels(channels, width_mult, min_value=None):
        return _make_divisible(channels * width_mult, 8, min_value)


class MBConvConfig(_MBConvConfig):
    """A stage of inverted residuals."""

    def __init__(self, expand_ratio, kernel, stride, input_channels, out_channels, num_layers, width_mult=1.0,
                 depth_mult=1.0, block=None):  # fmt: skip
        super().__init__(
            expand_ratio, kernel, stride, self.adjust_channels(input_channels, width_mult),
            self.adjust_channels(out_channels, width_mult), self.adjust_depth(num_layers, depth_mult), block or MBConv,
        )  # fmt: skip

    @staticmethod
    def adjust_depth(num_layers, depth_mult):
        return math.ceil(num_layers * depth_mult)


class FusedMBConvConfig(_MBConvConfig):
    """A stage of inverted residuals whose first two convolutions are one."""

    def __init__(self, expand_ratio, kernel, stride, input_channels, out_channels, num_layers, block=None):
        super().__init__(expand_ratio, kernel, stride, input_channels, out_channels, num_layers, block or FusedMBConv)


class _Residual(nn.Module):
    def __init__(self, cnf, stochastic_depth_prob, layers):
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels = cnf.out_channels

    def forward(self, input):
        result = self.block(input)
        if self.use_res_connect:
            result = self.stochastic_depth(result)
            result += input
        return result


class MBConv(_Residual):
    """Widened, convolved channel by channel, weighed, narrowed."""

    def __init__(self, cnf, stochastic_depth_prob, norm_layer, se_layer=SqueezeExcitation):
        silu = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        wide = cnf.adjust_channels(cnf.input_channels, cnf.expand_ratio)
        layers = [] if wide == cnf.input_channels else [silu(cnf.input_channels, wide, kernel_size=1)]
        layers += [
            silu(wide, wide, kernel_size=cnf.kernel, stride=cnf.stride, groups=wide),
            se_layer(wide, max(1, cnf.input_channels // 4), activation=partial(nn.SiLU, inplace=True)),
            silu(wide, cnf.out_channels, kernel_size=1, activation_layer=None),
        ]
        super().__init__(cnf, stochastic_depth_prob, layers)


class FusedMBConv(_Residual):
    """Widened and convolved in one, narrowed."""

    def __init__(self, cnf, stochastic_depth_prob, norm_layer):
        silu = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        wide = cnf.adjust_channels(cnf.input_channels, cnf.expand_ratio)
        if wide == cnf.input_channels:
            layers = [silu(cnf.input_channels, cnf.out_channels, kernel_size=cnf.kernel, stride=cnf.stride)]
        else:
            layers = [
                silu(cnf.input_channels, wide, kernel_size=cnf.kernel, stride=cnf.stride),
                silu(wide, cnf.out_channels, kernel_size=1, activation_layer=None),
            ]
        super().__init__(cnf, stochastic_depth_prob, layers)


class EfficientNet(nn.Module):
    """A stem, stages of inverted residuals, a dense layer on the means."""

    def __init__(self, inverted_residual_setting, dropout, stochastic_depth_prob=0.2, num_classes=1000,
                 norm_layer=None, last_channel=None):  # fmt: skip
        super().__init__()
        if not inverted_residual_setting:
            raise ValueError("The inverted_residual_setting should not be empty")
        silu = partial(Conv2dNormActivation, norm_layer=norm_layer or nn.BatchNorm2d, activation_layer=nn.SiLU)
        layers = [silu(3, inverted_residual_setting[0].input_channels, kernel_size=3, stride=2)]
        total, place = sum(one.num_layers for one in inverted_residual_setting), 0
        for setting in inverted_residual_setting:
            stage = []
            for _ in range(setting.num_layers):
                one = copy.copy(setting)
                if stage:
                    one.input_channels, one.stride = one.out_channels, 1
                chance = stochastic_depth_prob * float(place) / total
                stage.append(one.block(one, chance, norm_layer or nn.BatchNorm2d))
                place += 1
            layers.append(nn.Sequential(*stage))
        wide = inverted_residual_setting[-1].out_channels
        last = 4 * wide if last_channel is None else last_channel
        layers.append(silu(wide, last, kernel_size=1))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout, inplace=True), nn.Linear(last, num_classes))

    def _forward_impl(self, x):
        return self.classifier(flatten(self.avgpool(self.features(x)), 1))

    def forward(self, x):
        return self._forward_impl(x)


_V1 = ((1, 3, 1, 32, 16, 1), (6, 3, 2, 16, 24, 2), (6, 5, 2, 24, 40, 2), (6, 3, 2, 40, 80, 3), (6, 5, 1, 80, 112, 3),
       (6, 5, 2, 112, 192, 4), (6, 3, 1, 192, 320, 1))  # fmt: skip
_V2 = {
    "s": ((1, 3, 1, 24, 24, 2), (4, 3, 2, 24, 48, 4), (4, 3, 2, 48, 64, 4), (4, 3, 2, 64, 128, 6),
          (6, 3, 1, 128, 160, 9), (6, 3, 2, 160, 256, 15)),
    "m": ((1, 3, 1, 24, 24, 3), (4, 3, 2, 24, 48, 5), (4, 3, 2, 48, 80, 5), (4, 3, 2, 80, 160, 7),
          (6, 3, 1, 160, 176, 14), (6, 3, 2, 176, 304, 18), (6, 3, 1, 304, 512, 5)),
    "l": ((1, 3, 1, 32, 32, 4), (4, 3, 2, 32, 64, 7), (4, 3, 2, 64, 96, 7), (4, 3, 2, 96, 192, 10),
          (6, 3, 1, 192, 224, 19), (6, 3, 2, 224, 384, 25), (6, 3, 1, 384, 640, 7)),
}  # fmt: skip
"""Expansion, kernel, stride, channels in and out, blocks; the first three stages of version 2 are fused."""


def _made(setting, dropout, norm, last, **kwargs):
    fixed = {"last_channel": last} if norm is None else {"last_channel": last, "norm_layer": norm}
    return EfficientNet(setting(), kwargs.pop("dropout", dropout), **fixed, **kwargs)


def _first(width, depth):
    return lambda: [MBConvConfig(*one, width, depth) for one in _V1]


def _second(size):
    return lambda: [(FusedMBConvConfig if place < 3 else MBConvConfig)(*one) for place, one in enumerate(_V2[size])]


_LOOSE, _FINE = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01), partial(nn.BatchNorm2d, eps=1e-03)
__all__ += builders(
    globals(),
    _made,
    {
        "efficientnet_b0": (_first(1.0, 1.0), 0.2, None, None),
        "efficientnet_b1": (_first(1.0, 1.1), 0.2, None, None),
        "efficientnet_b2": (_first(1.1, 1.2), 0.3, None, None),
        "efficientnet_b3": (_first(1.2, 1.4), 0.3, None, None),
        "efficientnet_b4": (_first(1.4, 1.8), 0.4, None, None),
        "efficientnet_b5": (_first(1.6, 2.2), 0.4, _LOOSE, None),
        "efficientnet_b6": (_first(1.8, 2.6), 0.5, _LOOSE, None),
        "efficientnet_b7": (_first(2.0, 3.1), 0.5, _LOOSE, None),
        "efficientnet_v2_s": (_second("s"), 0.2, _FINE, 1280),
        "efficientnet_v2_m": (_second("m"), 0.3, _FINE, 1280),
        "efficientnet_v2_l": (_second("l"), 0.4, _FINE, 1280),
    },
)
