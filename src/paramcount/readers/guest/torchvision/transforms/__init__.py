"""torchvision.transforms: what a model may do to a tensor between its layers; the rest prepares images only."""

import importlib

from paramcount_guest.placeholders import absent

from torchvision.transforms import functional
from torchvision.transforms._presets import InterpolationMode
from torchvision.transforms.transforms import CenterCrop, Compose, Normalize, Pad, Resize

__all__ = ["CenterCrop", "Compose", "InterpolationMode", "Normalize", "Pad", "Resize", "functional"]

_absent = absent("torchvision.transforms")


def __getattr__(name):
    return importlib.import_module("torchvision.transforms.v2") if name == "v2" else _absent(name)
