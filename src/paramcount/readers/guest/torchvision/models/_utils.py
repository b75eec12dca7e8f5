"""torchvision.models._utils: what its models share."""

import functools
from collections import OrderedDict

from torch import nn


class IntermediateLayerGetter(nn.ModuleDict):
    """The children of a model up to the last one wanted; the outputs of the wanted ones, by new names."""

    def __init__(self, model, return_layers):
        wanted = {str(name): str(new) for name, new in return_layers.items()}
        names = [name for name, _ in model.named_children()]
        if not set(wanted) <= set(names):
            raise ValueError("return_layers are not present in model")
        last = max(names.index(name) for name in wanted) if wanted else -1
        super().__init__(OrderedDict(list(model.named_children())[: max(last + 1, 1)]))
        self.return_layers = return_layers

    def forward(self, x):
        found = OrderedDict()
        for name, module in self.items():
            x = module(x)
            if name in self.return_layers:
                found[self.return_layers[name]] = x
        return found


def _make_divisible(v, divisor, min_value=None):
    """The nearest multiple of the divisor that is not more than a tenth below."""
    found = max(divisor if min_value is None else min_value, int(v + divisor / 2) // divisor * divisor)
    return found + divisor if found < 0.9 * v else found


def kwonly_to_pos_or_kw(fn):
    return fn


def handle_legacy_interface(**weights):
    """Take `pretrained` for `weights`, as older callers write it."""

    def decorate(builder):
        @functools.wraps(builder)
        def called(*args, **kwargs):
            for name, (old, default) in weights.items():
                if old in kwargs:
                    given = kwargs.pop(old)
                    kwargs[name] = (default(kwargs) if callable(default) else default) if given else None
            return builder(*args, **kwargs)

        return called

    return decorate


def _ovewrite_named_param(kwargs, param, new_value):
    if param in kwargs and kwargs[param] != new_value:
        raise ValueError(f"The parameter '{param}' expected value {new_value} but got {kwargs[param]} instead.")
    kwargs[param] = new_value


def _ovewrite_value_param(param, actual, expected):
    if actual is not None and actual != expected:
        raise ValueError(f"The parameter '{param}' expected value {expected} but got {actual} instead.")
    return expected


class _ModelURLs(dict):
    """Where trained weights were found."""
