"""A stand-in for Keras in which tensors have shapes and types, and numbers only where few are known.

It serves to run a model's source and to record what is built and called. Names that real Keras has and this one has no
rule for stop the reading by their name when they are called; names that Keras has not are `AttributeError`s.
"""

import sys

from keras import _modules

_modules.install()
from keras import (
    _applications_convnext,
    _applications_efficientnet,
    _applications_inception,
    _applications_mobilenet_v3,
    _applications_nasnet,
    _offers,
    _older,
)

__version__ = "3.15.1"
globals().update(_modules.OFFERED["keras"])
_own = _modules.StandIn("keras")


def __getattr__(name):
    return getattr(_own, name)


def __dir__():
    return sorted(_modules.NAMES["keras"].split())


sys.modules.setdefault("keras", sys.modules[__name__])
