"""timm.utils: nothing of it is needed to build a model."""

from paramcount_guest.placeholders import absent

__getattr__ = absent("timm.utils")
