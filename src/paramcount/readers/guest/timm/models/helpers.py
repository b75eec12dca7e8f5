"""timm.models.helpers: the older name of timm.models._manipulate and _builder."""

from paramcount_guest.placeholders import absent

from timm.models._builder import build_model_with_cfg as build_model_with_cfg
from timm.models._manipulate import checkpoint as checkpoint
from timm.models._manipulate import checkpoint_seq as checkpoint_seq
from timm.models._manipulate import named_apply as named_apply

__getattr__ = absent("timm.models.helpers")
