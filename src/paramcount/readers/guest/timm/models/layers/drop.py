"""timm.models.layers.drop, where older versions had timm.layers.drop."""

from paramcount_guest.placeholders import absent

from timm.layers import *  # noqa: F403

__getattr__ = absent("timm.models.layers.drop")
