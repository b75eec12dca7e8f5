"""The package that held keras.applications in Keras 2: the same stand-ins."""

from keras import _modules

_own = _modules.StandIn("keras_applications")


def __getattr__(name):
    return getattr(_own, name)
