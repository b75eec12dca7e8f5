"""Layers that do what a function of torch.nn.functional does, so that an answer shows `ReLU()` for `F.relu(x)`."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from paramcount.build import layer_of_call
from paramcount.errors import ParamcountError
from paramcount.layers import spellings
from paramcount.layers.base import Layer
from paramcount.signature import Framework

_OTHER_NAMES: Final[Mapping[str, str]] = {
    "add": "Add",
    "cat": "Concat",
    "flatten": "Flatten",
    "interpolate": "Upsample",
    "maximum": "Maximum",
    "mean": "Mean",
    "minimum": "Minimum",
    "mul": "Multiply",
    "permute": "Permute",
    "sub": "Subtract",
}

_ALIKE: Final = frozenset(
    (
        "relu", "relu6", "gelu", "silu", "sigmoid", "tanh", "hardswish", "hardsigmoid", "hardtanh", "hardshrink",
        "mish", "elu", "selu", "celu", "leaky_relu", "softplus", "softsign", "softshrink", "tanhshrink",
        "logsigmoid", "softmax", "log_softmax", "softmin", "glu", "pixel_shuffle", "pixel_unshuffle", "max_pool1d",
        "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "adaptive_avg_pool1d",
        "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d",
        "adaptive_max_pool3d",
    )
)  # fmt: skip
"""Functions that are called as their layers are, but for capitals and underscores."""


_KERAS: Final[Mapping[str, str]] = {
    "add": "Add",
    "sub": "Subtract",
    "mul": "Multiply",
    "maximum": "Maximum",
    "minimum": "Minimum",
}

_KERAS_ACTIVATIONS: Final = frozenset(("relu", "sigmoid", "tanh", "gelu", "silu", "elu", "selu", "softplus", "mish"))
"""Activations of Keras that go by the operation's name."""


def functional(operation: str, attributes: Mapping[str, object], inputs: int, framework: Framework) -> Layer | None:
    """The layer that does what an operation does, None where there is none. Its output is still to be compared."""
    if framework == "keras":
        return _of_keras(operation, inputs)
    name = _OTHER_NAMES.get(operation)
    if name is None:
        name = _layers().get(operation.replace("_", "")) if operation in _ALIKE else None
    if name is None or (name in ("Add", "Maximum", "Minimum", "Multiply", "Subtract") and inputs < 2):
        return None
    known = spellings("pytorch")[name][1].by_name
    try:
        return layer_of_call(
            name, {key: one for key, one in attributes.items() if key in known and one is not None}, framework="pytorch"
        )
    except ParamcountError:
        return None


def _of_keras(operation: str, inputs: int) -> Layer | None:
    if operation in _KERAS and inputs == 2:
        return layer_of_call(_KERAS[operation], {}, framework="keras")
    if operation in _KERAS_ACTIVATIONS and inputs == 1:
        return layer_of_call("Activation", {"activation": operation}, framework="keras")
    return None


@cache
def _layers() -> Mapping[str, str]:
    """The layers by their names in small letters."""
    return {name.lower(): name for name in spellings("pytorch")}
