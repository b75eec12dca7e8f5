"""timm.models.helpers: the older name of timm.models._manipulate."""

from paramcount_guest.placeholders import absent

from timm.models._manipulate import checkpoint as checkpoint
from timm.models._manipulate import checkpoint_seq as checkpoint_seq
from timm.models._manipulate import named_apply as named_apply

__getattr__ = absent("timm.models.helpers")
