"""timm.models.layers.weight_init, where older versions had timm.layers.weight_init."""

from paramcount_guest.placeholders import absent

from timm.layers import *  # noqa: F403

__getattr__ = absent("timm.models.layers.weight_init")
