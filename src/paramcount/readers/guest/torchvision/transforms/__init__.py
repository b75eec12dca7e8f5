"""torchvision.transforms: they prepare images, and no model's shape depends on them."""

from paramcount_guest.placeholders import placeholder


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return placeholder(f"torchvision.transforms.{name}")
