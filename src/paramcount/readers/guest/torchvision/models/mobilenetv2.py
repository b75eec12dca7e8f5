"""torchvision.models.mobilenetv2: inverted residuals."""

from torch import flatten, nn
from torch.nn import functional as F

from torchvision.models._builders import builders
from torchvision.models._utils import _make_divisible
from torchvision.ops.misc import Conv2dNormActivation

__all__ = ["MobileNetV2"]

_SETTING = [
    [1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1],
]  # fmt: skip
"""Expansion, channels, blocks, stride of the first."""


class InvertedResidual(nn.Module):
    """Widened, convolved channel by channel, narrowed."""

    def __init__(self, inp, oup, stride, expand_ratio, norm_layer=None):
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"stride should be 1 or 2 instead of {stride}")
        norm, wide = norm_layer or nn.BatchNorm2d, round(inp * expand_ratio)
        self.stride = stride
        self.use_res_connect = stride == 1 and inp == oup
        layers = []
        if expand_ratio != 1:
            layers.append(Conv2dNormActivation(inp, wide, kernel_size=1, norm_layer=norm, activation_layer=nn.ReLU6))
        layers += [
            Conv2dNormActivation(wide, wide, stride=stride, groups=wide, norm_layer=norm, activation_layer=nn.ReLU6),
            nn.Conv2d(wide, oup, 1, 1, 0, bias=False),
            norm(oup),
        ]
        self.conv = nn.Sequential(*layers)
        self.out_channels = oup
        self._is_cn = stride > 1

    def forward(self, x):
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class MobileNetV2(nn.Module):
    """A stem, inverted residuals, a dense layer on the means."""

    def __init__(self, num_classes=1000, width_mult=1.0, inverted_residual_setting=None, round_nearest=8, block=None,
                 norm_layer=None, dropout=0.2):  # fmt: skip
        super().__init__()
        block, norm = block or InvertedResidual, norm_layer or nn.BatchNorm2d
        setting = inverted_residual_setting or _SETTING
        if len(setting[0]) != 4:
            raise ValueError(f"inverted_residual_setting should be non-empty or a 4-element list, got {setting}")
        channels = _make_divisible(32 * width_mult, round_nearest)
        self.last_channel = _make_divisible(1280 * max(1.0, width_mult), round_nearest)
        layers = [Conv2dNormActivation(3, channels, stride=2, norm_layer=norm, activation_layer=nn.ReLU6)]
        for ratio, wanted, many, stride in setting:
            wide = _make_divisible(wanted * width_mult, round_nearest)
            for place in range(many):
                layers.append(block(channels, wide, 1 if place else stride, expand_ratio=ratio, norm_layer=norm))
                channels = wide
        layers.append(
            Conv2dNormActivation(channels, self.last_channel, kernel_size=1, norm_layer=norm, activation_layer=nn.ReLU6)
        )
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout), nn.Linear(self.last_channel, num_classes))

    def _forward_impl(self, x):
        return self.classifier(flatten(F.adaptive_avg_pool2d(self.features(x), (1, 1)), 1))

    def forward(self, x):
        return self._forward_impl(x)


__all__ += builders(globals(), MobileNetV2, {"mobilenet_v2": ()})
