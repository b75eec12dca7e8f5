"""torchvision.models.segmentation: its models are read from their own source."""

from paramcount_guest.placeholders import given

__getattr__ = given("torchvision.models.segmentation")
