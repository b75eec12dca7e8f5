"""timm.models.layers.helpers, where older versions had timm.layers.helpers."""

from paramcount_guest.placeholders import absent

from timm.layers import *  # noqa: F403

__getattr__ = absent("timm.models.layers.helpers")
