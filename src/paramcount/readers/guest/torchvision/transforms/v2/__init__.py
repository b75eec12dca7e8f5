"""torchvision.transforms.v2: the same of tensors as the first version."""

from paramcount_guest.placeholders import absent

from torchvision.transforms.transforms import CenterCrop, Compose, Normalize, Pad, Resize
from torchvision.transforms.v2 import functional

__all__ = ["CenterCrop", "Compose", "Normalize", "Pad", "Resize", "functional"]

__getattr__ = absent("torchvision.transforms.v2")
