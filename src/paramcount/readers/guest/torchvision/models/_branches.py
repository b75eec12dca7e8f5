"""What GoogLeNet and Inception v3 share."""

import torch
from torch import nn
from torch.nn import functional as F


class BasicConv2d(nn.Module):
    """A convolution and its normalisation."""

    def __init__(self, in_channels, out_channels, **kwargs):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, bias=False, **kwargs)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)), inplace=True)


def rescaled(x):
    """An image normalised as other models take it, as it was normalised for these."""
    scaled = [
        torch.unsqueeze(x[:, place], 1) * (spread / 0.5) + (middle - 0.5) / 0.5
        for place, (spread, middle) in enumerate(((0.229, 0.485), (0.224, 0.456), (0.225, 0.406)))
    ]
    return torch.cat(scaled, 1)
