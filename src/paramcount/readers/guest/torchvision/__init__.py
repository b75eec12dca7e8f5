"""A stand-in for torchvision: the building blocks that models import. Its own models are not here.

A model of torchvision is read from its source, which its user has.
"""

__version__ = "0.29.1"


def _is_tracing():
    return False
