"""Keras 2 under its own name: the same stand-ins."""

from keras import _modules

globals().update(_modules.OFFERED["keras"])
_own = _modules.StandIn("tf_keras")


def __getattr__(name):
    return getattr(_own, name)
