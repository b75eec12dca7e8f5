"""Activations, by their names in keras.activations."""

from keras._dispatch import elementwise, op, run
from keras._ops.shapes import split
from keras._ops.table import OPS, axes_of, ops
from keras._tensor import convert
from paramcount.operations.rules import axis as place_of


def _activation(name, target):
    def apply(x, *args, **kwargs):
        return elementwise(target, [x])

    apply.__name__ = apply.__qualname__ = name
    return apply


@ops()
def leaky_relu(x, negative_slope=0.2):
    return elementwise("leaky_relu", [x])


@ops()
def elu(x, alpha=1.0):
    return elementwise("elu", [x])


@ops()
def selu(x):
    return elementwise("selu", [x])


@ops()
def celu(x, alpha=1.0):
    return elementwise("celu", [x])


@ops()
def gelu(x, approximate=True):
    return elementwise("gelu", [x])


@ops()
def softmax(x, axis=-1):
    x = convert(x)
    for one in axes_of(axis):
        place_of(one, len(x.shape))
    return run("softmax", [x], {"dim": axes_of(axis)})


@ops()
def log_softmax(x, axis=-1):
    return run("log_softmax", [convert(x)], {"dim": axes_of(axis)})


@ops()
def normalize(x, axis=-1, order=2, epsilon=None):
    return run("normalize", [convert(x)], {"dim": axes_of(axis)})


@ops()
def glu(x, axis=-1):
    x = convert(x)
    one, other = split(x, 2, axis)
    return one * OPS["sigmoid"](other)


ACTIVATIONS = {}
"""The functions of keras.activations."""
for _name, _given in {
    "linear": "identity", "relu": "relu", "relu6": "relu6", "leaky_relu": "leaky_relu", "elu": "elu", "selu": "selu",
    "celu": "celu", "gelu": "gelu", "softmax": "softmax", "log_softmax": "log_softmax", "sigmoid": "sigmoid",
    "tanh": "tanh", "silu": "silu", "softplus": "softplus", "softsign": "softsign", "exponential": "exp",
    "hard_sigmoid": "hardsigmoid", "hard_silu": "hardswish", "mish": "mish", "log_sigmoid": "logsigmoid",
    "hard_tanh": "hardtanh", "hard_shrink": "hardshrink", "soft_shrink": "softshrink", "tanh_shrink": "tanhshrink",
    "threshold": "threshold", "squareplus": "softplus", "sparse_plus": "softplus", "sparse_sigmoid": "sigmoid",
    "sparsemax": "softmax",
}.items():  # fmt: skip
    ACTIVATIONS[_name] = op(_activation(_name, _given))
ACTIVATIONS["glu"] = OPS["glu"]
for _name in ("sparse_plus", "sparse_sigmoid", "sparsemax", "threshold"):
    OPS[_name] = ACTIVATIONS[_name]
