"""torchvision.datasets: nothing is read; its names are placeholders."""

from paramcount_guest.placeholders import absent

__getattr__ = absent("torchvision.datasets")
