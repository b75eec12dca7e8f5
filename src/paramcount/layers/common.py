"""Parameters that many Keras constructors share."""

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

KERAS_KERNEL_LAYER = (*KERAS_KERNEL, *(p for p in KERAS_LAYER if p.name != "activity_regularizer"))
