"""timm.layers.drop, under timm's own name for the file."""

from paramcount_guest.placeholders import absent

from timm.layers import *  # noqa: F403 - all of them, as some of them were here and there in timm's versions
from timm.layers.helpers import trunc_normal_ as trunc_normal_

__getattr__ = absent("timm.layers.drop")
