"""A stand-in for TensorFlow: what models of tf.keras use of it. Its functions are those of keras.ops under other names."""

from keras import _modules

from tensorflow import _offers

__version__ = "2.21.0"
globals().update(_modules.OFFERED["tensorflow"])
_own = _modules.StandIn("tensorflow")


def __getattr__(name):
    return getattr(_own, name)


def __dir__():
    return sorted(_modules.NAMES["tensorflow"].split())
