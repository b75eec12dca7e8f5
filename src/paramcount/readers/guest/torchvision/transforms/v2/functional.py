"""torchvision.transforms.v2.functional: the same of tensors as the first version."""

from torchvision.transforms.functional import __getattr__ as __getattr__
from torchvision.transforms.functional import (
    center_crop,
    crop,
    hflip,
    normalize,
    pad,
    resize,
    resized_crop,
    vflip,
)

horizontal_flip, vertical_flip = hflip, vflip

__all__ = [
    "center_crop", "crop", "hflip", "horizontal_flip", "normalize", "pad", "resize", "resized_crop", "vertical_flip",
    "vflip",
]  # fmt: skip
