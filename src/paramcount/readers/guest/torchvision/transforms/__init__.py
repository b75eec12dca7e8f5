"""torchvision.transforms: they prepare images, and no model's shape depends on them."""

from paramcount_guest.placeholders import absent

__getattr__ = absent("torchvision.transforms")
