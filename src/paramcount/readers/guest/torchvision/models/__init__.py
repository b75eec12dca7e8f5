"""torchvision.models: its models are read from their own source; only what they share is here."""

from paramcount_guest.placeholders import absent

__getattr__ = absent("torchvision.models")
