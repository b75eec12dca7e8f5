"""torchvision.ops.feature_pyramid_network: feature maps of several levels, each with what the coarser ones tell."""

from collections import OrderedDict

from torch import nn
from torch.nn import functional as F

from torchvision.ops.misc import Conv2dNormActivation


class ExtraFPNBlock(nn.Module):
    """The base of what adds levels."""

    def forward(self, results, x, names):
        raise NotImplementedError


class FeaturePyramidNetwork(nn.Module):
    """Lateral 1×1 convolutions, sums from coarse to fine, 3×3 convolutions on the way out."""

    def __init__(self, in_channels_list, out_channels, extra_blocks=None, norm_layer=None):
        super().__init__()
        self.inner_blocks, self.layer_blocks = nn.ModuleList(), nn.ModuleList()
        for channels in in_channels_list:
            if channels == 0:
                raise ValueError("in_channels=0 is currently not supported")
            for held, wide, kernel, padding in (
                (self.inner_blocks, channels, 1, 0), (self.layer_blocks, out_channels, 3, None)
            ):  # fmt: skip
                held.append(
                    Conv2dNormActivation(
                        wide, out_channels, kernel, padding=padding, norm_layer=norm_layer, activation_layer=None
                    )
                )
        if extra_blocks is not None and not isinstance(extra_blocks, ExtraFPNBlock):
            raise TypeError(f"extra_blocks should be of type ExtraFPNBlock not {type(extra_blocks)}")
        self.extra_blocks = extra_blocks

    def forward(self, x):
        names, maps = list(x.keys()), list(x.values())
        last = self.inner_blocks[-1](maps[-1])
        results = [self.layer_blocks[-1](last)]
        for place in range(len(maps) - 2, -1, -1):
            lateral = self.inner_blocks[place](maps[place])
            last = lateral + F.interpolate(last, size=lateral.shape[-2:], mode="nearest")
            results.insert(0, self.layer_blocks[place](last))
        if self.extra_blocks is not None:
            results, names = self.extra_blocks(results, maps, names)
        return OrderedDict(zip(names, results))


class LastLevelMaxPool(ExtraFPNBlock):
    """One level more, by pooling."""

    def forward(self, x, y, names):
        return [*x, F.max_pool2d(x[-1], kernel_size=1, stride=2, padding=0)], [*names, "pool"]


class LastLevelP6P7(ExtraFPNBlock):
    """Two levels more, by strided convolutions."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.p6 = nn.Conv2d(in_channels, out_channels, 3, 2, 1)
        self.p7 = nn.Conv2d(out_channels, out_channels, 3, 2, 1)
        self.use_P5 = in_channels == out_channels

    def forward(self, p, c, names):
        p6 = self.p6(p[-1] if self.use_P5 else c[-1])
        return [*p, p6, self.p7(F.relu(p6))], [*names, "p6", "p7"]
