"""torchvision.models: its models are read from their own source; only what they share is here."""

from paramcount_guest.placeholders import given

__getattr__ = given("torchvision.models")
