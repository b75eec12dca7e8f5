"""torchvision.ops: the blocks that models are made of; detection's post-processing has no rule."""

from paramcount_guest.state import unsupported
from torch import nn
from torch._dispatch import run

from torchvision.ops.deform_conv import DeformConv2d, deform_conv2d
from torchvision.ops.drop_block import DropBlock2d, DropBlock3d
from torchvision.ops.feature_pyramid_network import FeaturePyramidNetwork
from torchvision.ops.misc import (
    MLP,
    Conv2dNormActivation,
    Conv3dNormActivation,
    FrozenBatchNorm2d,
    Permute,
    SqueezeExcitation,
)  # fmt: skip
from torchvision.ops.stochastic_depth import StochasticDepth, stochastic_depth

__all__ = [
    "MLP", "Conv2dNormActivation", "Conv3dNormActivation", "DeformConv2d", "DropBlock2d", "DropBlock3d",
    "FeaturePyramidNetwork", "FrozenBatchNorm2d", "Permute", "SqueezeExcitation", "StochasticDepth", "deform_conv2d",
    "stochastic_depth",
]  # fmt: skip


def _refused(name):
    def refuse(*args, **kwargs):
        raise unsupported(f"torchvision.ops.{name}", "which boxes there are depends on the data")

    return refuse


for _name in [
    "nms",
    "batched_nms",
    "box_iou",
    "generalized_box_iou",
    "box_convert",
    "clip_boxes_to_image",
    "remove_small_boxes",
    "box_area",
    "roi_pool",
    "ps_roi_align",
    "ps_roi_pool",
    "masks_to_boxes",
    "sigmoid_focal_loss",
]:
    globals()[_name] = _refused(_name)


def roi_align(input, boxes, output_size, spatial_scale=1.0, sampling_ratio=-1, aligned=False):
    if isinstance(boxes, (list, tuple)):
        raise unsupported("torchvision.ops.roi_align", "which boxes there are depends on the data")
    size = [output_size, output_size] if isinstance(output_size, int) else list(output_size)
    return run("roi_align", (input, boxes), {"output_size": size})


class MultiScaleRoIAlign(nn.Module):
    """Pools regions from several feature maps; it has no parameters."""

    def __init__(self, featmap_names, output_size, sampling_ratio, *, canonical_scale=224, canonical_level=4):
        super().__init__()
        self.featmap_names, self.sampling_ratio = featmap_names, sampling_ratio
        self.output_size = (output_size, output_size) if isinstance(output_size, int) else tuple(output_size)

    def forward(self, x, boxes, image_shapes):
        raise unsupported("torchvision.ops.MultiScaleRoIAlign", "which boxes there are depends on the data")
