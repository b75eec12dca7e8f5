"""torchvision.transforms as modules: those that models hold among their layers."""

from torch import nn

from torchvision.transforms import functional
from torchvision.transforms._presets import InterpolationMode


class Compose:
    """One after the other; what of them is a placeholder is asked for when it runs."""

    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, img):
        for one in self.transforms:
            img = one(img)
        return img


class _Preparing(nn.Module):
    """A module that prepares images: never the model of a file."""

    _prepares_ = True


class Resize(_Preparing):
    def __init__(self, size, interpolation=InterpolationMode.BILINEAR, max_size=None, antialias=True):
        super().__init__()
        self.size, self.interpolation, self.max_size = size, interpolation, max_size

    def forward(self, img):
        return functional.resize(img, self.size, self.interpolation, self.max_size)


class CenterCrop(_Preparing):
    def __init__(self, size):
        super().__init__()
        self.size = functional._two(size)

    def forward(self, img):
        return functional.center_crop(img, self.size)


class Pad(_Preparing):
    def __init__(self, padding, fill=0, padding_mode="constant"):
        super().__init__()
        self.padding, self.padding_mode = padding, padding_mode

    def forward(self, img):
        return functional.pad(img, self.padding, padding_mode=self.padding_mode)


class Normalize(_Preparing):
    def __init__(self, mean, std, inplace=False):
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, tensor):
        return functional.normalize(tensor, self.mean, self.std)
