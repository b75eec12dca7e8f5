"""torchvision.io: nothing is read; its names are placeholders."""

from paramcount_guest.placeholders import placeholder


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return placeholder(f"torchvision.io.{name}")
