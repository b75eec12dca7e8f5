"""How torchvision's builders are called: weights by name, which are not here, and the older `pretrained`."""

import functools

from paramcount_guest.state import table

from torchvision.models._api import Weights, WeightsEnum, register_model
from torchvision.models._meta import _IMAGENET_CATEGORIES
from torchvision.models._utils import _ovewrite_named_param
from torchvision.transforms._presets import ImageClassification


def builders(space, make, known, trained=None):
    """Put builders and the classes of their weights into a module; returns their names.

    Args:
        space: the module's names.
        make: makes a model of the arguments that a builder fixes and of those it is called with.
        known: builder → the arguments it fixes, of which a dictionary at the end is of those by name.
        trained: makes one that has weights, of the same arguments by name, where that is another.
    """
    names = []
    for name, fixed in known.items():
        weights = _weights(name, space["__name__"])
        made = _builder(name, make, fixed, weights, trained)
        made.__module__ = space["__name__"]
        space[name], space[weights.__name__] = register_model()(made), weights
        names += [name, weights.__name__]
    return names


def _weights(name, module):
    """The class of a builder's weights: which there are is all that is known of them."""
    cls, default, *members = table("weights")[name].split()
    transforms = functools.partial(ImageClassification, crop_size=224)
    found = {}
    for one in members:
        categories = None if one == "IMAGENET1K_FEATURES" else _IMAGENET_CATEGORIES
        found[one] = Weights(f"{name}:{one}", transforms, {"categories": categories})
    return WeightsEnum(cls, found | {"DEFAULT": found[default]}, module=module)


def _builder(name, make, fixed, weights, trained):
    by_name = fixed[-1] if fixed and isinstance(fixed[-1], dict) else {}
    fixed = fixed[: len(fixed) - bool(by_name)]

    def build(*args, **kwargs):
        given = dict(zip(("weights", "progress"), args, strict=False))
        if len(args) > 2 or given.keys() & kwargs.keys():
            raise TypeError(f"{name}() takes weights and progress, and keyword arguments")
        given |= kwargs
        chosen = weights.verify(_chosen(name, given, weights))
        kwargs = {key: one for key, one in given.items() if key not in ("weights", "progress", "pretrained")}
        for key, value in by_name.items():
            _ovewrite_named_param(kwargs, key, value)
        if chosen is None:
            return make(*fixed, **kwargs)
        if chosen.meta["categories"] is not None:
            _ovewrite_named_param(kwargs, "num_classes", len(chosen.meta["categories"]))
        return (trained or make)(*fixed, **kwargs)

    build.__name__ = build.__qualname__ = name
    return build


def _chosen(name, given, weights):
    """The weights that are asked for, by `pretrained` too, under that name or in their place."""
    asked = given.get("weights")
    if "weights" in given and (asked is None or isinstance(asked, (str, WeightsEnum)) or "pretrained" in given):
        return asked
    if not given.get("pretrained", asked):
        return None
    if "IMAGENET1K_V1" not in weights.__members__:
        raise ValueError(f"No weights available for model {name}")
    return weights.IMAGENET1K_V1
