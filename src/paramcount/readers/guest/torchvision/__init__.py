"""A stand-in for torchvision: the building blocks that models import, and its convolutional networks.

Its other models are read from their source, which their user has.
"""

__version__ = "0.29.1"


def _is_tracing():
    return False


def __getattr__(name):
    if name in ("models", "ops", "transforms", "datasets", "io", "utils"):
        import importlib

        return importlib.import_module(f"torchvision.{name}")
    raise AttributeError(f"module 'torchvision' has no attribute '{name}'")
