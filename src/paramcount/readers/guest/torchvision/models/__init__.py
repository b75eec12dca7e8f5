"""torchvision.models: its models are read from their own source; only what they share is here."""

from paramcount_guest.placeholders import placeholder


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return placeholder(f"torchvision.models.{name}")
