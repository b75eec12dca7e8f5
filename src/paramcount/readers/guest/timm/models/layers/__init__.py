"""timm.models.layers, where older versions had timm.layers."""

from paramcount_guest.placeholders import absent

from timm.layers import *  # noqa: F403
from timm.layers import _assert as _assert
from timm.layers import trunc_normal_ as trunc_normal_

__getattr__ = absent("timm.models.layers")
