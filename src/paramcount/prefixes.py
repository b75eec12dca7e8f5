"""Module names that may stand before a constructor: nn.Conv2d, tf.keras.layers.Conv2D."""

from collections.abc import Mapping
from typing import Final

from paramcount.errors import UnknownNameError, shown
from paramcount.signature import Framework

PREFIXES: Final[Mapping[str, Framework]] = {
    "nn": "pytorch",
    "torch.nn": "pytorch",
    "utils": "pytorch",
    "nn.utils": "pytorch",
    "torch.nn.utils": "pytorch",
    "models": "pytorch",
    "torchvision.models": "pytorch",
    "ops": "pytorch",
    "torchvision.ops": "pytorch",
    "torchvision.ops.misc": "pytorch",
    "layers": "keras",
    "keras.layers": "keras",
    "tf.keras.layers": "keras",
    "tensorflow.keras.layers": "keras",
    "keras": "keras",
    "tf.keras": "keras",
    "applications": "keras",
    "keras.applications": "keras",
    "tf.keras.applications": "keras",
    "tensorflow.keras.applications": "keras",
}
"""The module names that may stand before a constructor, and the framework they tell."""

_PARAMETRIZATIONS: Final = "parametrizations"


def split_prefix(name: str) -> tuple[str, Framework | None]:
    """Split a constructor's name from the module names before it.

    Raises:
        UnknownNameError: they are not known.
    """
    prefix, dot, last = name.rpartition(".")
    if not dot:
        return name, None
    if prefix in PREFIXES:
        return last, PREFIXES[prefix]
    before, _, inner = prefix.rpartition(".")
    if inner == _PARAMETRIZATIONS:  # two functions of one name: weight_norm, and parametrizations.weight_norm
        last, prefix = f"{inner}.{last}", before
        if not prefix or prefix in PREFIXES:
            return last, PREFIXES.get(prefix)
    known = ", ".join(f"{known}." for known in PREFIXES)
    raise UnknownNameError(f"{shown(name)}: {shown(prefix + '.')} is no known prefix ({known}).")
