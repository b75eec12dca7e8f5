"""Parameters that many Keras constructors share."""

import re

from paramcount.layers.base import Layer
from paramcount.signature import Parameter, ignored

KERAS_LAYER = (
    Parameter("trainable", "trainable", True, keyword_only=True),
    *(
        Parameter(name, default=None, keyword_only=True)
        for name in ("name", "dtype", "autocast", "activity_regularizer")
    ),
)
"""What keras.layers.Layer itself takes, beside each layer's own parameters."""

KERAS_KERNEL = ignored(
    "kernel_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
)
"""How Keras's layers with a kernel are initialised and regularised: nothing that changes a count."""

KERAS_LAYER_BESIDE = tuple([one for one in KERAS_LAYER if one.name != "activity_regularizer"])
"""What keras.layers.Layer itself takes, of a layer whose own parameters hold `activity_regularizer`."""

KERAS_KERNEL_LAYER = (*KERAS_KERNEL, *KERAS_LAYER_BESIDE)


def keras_name(layer: Layer) -> str:
    """What Keras calls a layer without a name of its own: conv2d, simple_rnn, batch_normalization."""
    parted = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", layer.signature.name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", parted).lower()
