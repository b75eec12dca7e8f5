"""torchvision.models.convnext."""

from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

from torchvision.models._builders import builders
from torchvision.ops.misc import Conv2dNormActivation, Permute
from torchvision.ops.stochastic_depth import StochasticDepth

__all__ = ["ConvNeXt"]


class LayerNorm2d(nn.LayerNorm):
    """Layer normalisation of the channels."""

    def forward(self, x):
        x = F.layer_norm(x.permute(0, 2, 3, 1), self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class CNBlock(nn.Module):
    """A depthwise convolution and two dense layers, scaled and added."""

    def __init__(self, dim, layer_scale, stochastic_depth_prob, norm_layer=None):
        super().__init__()
        norm = norm_layer or partial(nn.LayerNorm, eps=1e-6)
        self.block = nn.Sequential(
            nn.Conv2d(dim, dim, kernel_size=7, padding=3, groups=dim, bias=True),
            Permute([0, 2, 3, 1]),
            norm(dim),
            nn.Linear(in_features=dim, out_features=4 * dim, bias=True),
            nn.GELU(),
            nn.Linear(in_features=4 * dim, out_features=dim, bias=True),
            Permute([0, 3, 1, 2]),
        )
        self.layer_scale = nn.Parameter(torch.ones(dim, 1, 1) * layer_scale)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")

    def forward(self, input):
        result = self.stochastic_depth(self.layer_scale * self.block(input))
        result += input
        return result


class CNBlockConfig:
    """A stage: its channels, those of the next, and its blocks."""

    def __init__(self, input_channels, out_channels, num_layers):
        self.input_channels, self.out_channels, self.num_layers = input_channels, out_channels, num_layers


class ConvNeXt(nn.Module):
    """A stem, stages with a convolution that halves the size between them, a dense layer on the means."""

    def __init__(self, block_setting, stochastic_depth_prob=0.0, layer_scale=1e-6, num_classes=1000, block=None,
                 norm_layer=None, **kwargs):  # fmt: skip
        super().__init__()
        if not block_setting:
            raise ValueError("The block_setting should not be empty")
        block, norm = block or CNBlock, norm_layer or partial(LayerNorm2d, eps=1e-6)
        first, last = block_setting[0].input_channels, block_setting[-1]
        layers = [
            Conv2dNormActivation(
                3, first, kernel_size=4, stride=4, padding=0, norm_layer=norm, activation_layer=None, bias=True
            )
        ]
        total, place = sum(one.num_layers for one in block_setting), 0
        for one in block_setting:
            stage = []
            for _ in range(one.num_layers):
                stage.append(block(one.input_channels, layer_scale, stochastic_depth_prob * place / (total - 1.0)))
                place += 1
            layers.append(nn.Sequential(*stage))
            if one.out_channels is not None:
                half = nn.Conv2d(one.input_channels, one.out_channels, kernel_size=2, stride=2)
                layers.append(nn.Sequential(norm(one.input_channels), half))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        wide = last.input_channels if last.out_channels is None else last.out_channels
        self.classifier = nn.Sequential(norm(wide), nn.Flatten(1), nn.Linear(wide, num_classes))

    def _forward_impl(self, x):
        return self.classifier(self.avgpool(self.features(x)))

    def forward(self, x):
        return self._forward_impl(x)


def _made(widths, depths, chance, **kwargs):
    stages = [CNBlockConfig(*one) for one in zip(widths, (*widths[1:], None), depths)]
    return ConvNeXt(stages, kwargs.pop("stochastic_depth_prob", chance), **kwargs)


__all__ += builders(
    globals(),
    _made,
    {
        "convnext_tiny": ((96, 192, 384, 768), (3, 3, 9, 3), 0.1),
        "convnext_small": ((96, 192, 384, 768), (3, 3, 27, 3), 0.4),
        "convnext_base": ((128, 256, 512, 1024), (3, 3, 27, 3), 0.5),
        "convnext_large": ((192, 384, 768, 1536), (3, 3, 27, 3), 0.5),
    },
)
