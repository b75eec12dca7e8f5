"""torchvision.transforms.functional: placeholders."""

from torchvision.transforms import __getattr__ as __getattr__
from torchvision.transforms._presets import InterpolationMode as InterpolationMode
