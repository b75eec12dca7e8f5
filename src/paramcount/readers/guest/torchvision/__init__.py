"""A stand-in for torchvision: the building blocks that models import. Its own models are not here.

A model of torchvision is read from its source, which its user has.
"""

__version__ = "0.29.1"


def _is_tracing():
    return False


def __getattr__(name):
    if name in ("models", "ops", "transforms", "datasets", "io", "utils"):
        import importlib

        return importlib.import_module(f"torchvision.{name}")
    raise AttributeError(f"module 'torchvision' has no attribute '{name}'")
