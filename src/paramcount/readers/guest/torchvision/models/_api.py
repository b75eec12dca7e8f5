"""torchvision.models._api: descriptions of weights, and the registry of builders. No weights are here."""

import enum
import importlib
from dataclasses import dataclass
from typing import Any

from paramcount_guest import placeholders
from paramcount_guest.state import table, unsupported

_MODELS = "torchvision.models"


@dataclass
class Weights:
    """Where trained weights would be found."""

    url: str
    transforms: Any
    meta: dict

    def __eq__(self, other):
        return isinstance(other, Weights) and self.url == other.url


class WeightsEnum(enum.Enum):
    """The weights that a builder knows."""

    @classmethod
    def verify(cls, obj):
        if obj is None or isinstance(obj, cls):
            return obj
        if isinstance(obj, str):
            return cls[obj.replace(cls.__name__ + ".", "")]
        raise TypeError(f"Invalid Weight class provided; expected {cls.__name__} but received {type(obj).__name__}.")

    def get_state_dict(self, *args, **kwargs):
        return placeholders.Weights(f"{type(self).__name__}.{self.name}")

    @property
    def url(self):
        return self.value.url

    @property
    def transforms(self):
        return self.value.transforms

    @property
    def meta(self):
        return self.value.meta


BUILTIN_MODELS = {}


def register_model(name=None):
    def put(builder):
        BUILTIN_MODELS[name or builder.__name__] = builder
        return builder

    return put


def get_model_builder(name):
    name = name.lower()
    return BUILTIN_MODELS[name] if name in BUILTIN_MODELS else getattr(importlib.import_module(_MODELS), name)


def get_model(name, **config):
    return get_model_builder(name)(**config)


def get_model_weights(name):
    builder = name if callable(name) else get_model_builder(name)
    cls = table("weights")[builder.__name__].split()[0]
    return getattr(importlib.import_module(_MODELS), cls)


def get_weight(name):
    cls, _, member = name.partition(".")
    return getattr(importlib.import_module(_MODELS), cls)[member]


def list_models(module=None, include=None, exclude=None):
    raise unsupported("torchvision.models.list_models", "not every model of torchvision is here")
