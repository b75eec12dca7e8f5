"""timm.models.registry: the older name of timm.models._registry."""

from paramcount_guest.placeholders import absent

from timm.models._registry import generate_default_cfgs as generate_default_cfgs
from timm.models._registry import register_model as register_model
from timm.models._registry import register_model_deprecations as register_model_deprecations

__getattr__ = absent("timm.models.registry")
