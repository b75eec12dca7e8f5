"""torch.nn.utils.prune: a pruned parameter becomes `…_orig` beside a mask that is a buffer, and their product is used."""

from paramcount_guest.state import fallback

import torch
from torch.nn.parameter import Parameter

__getattr__ = fallback("torch.nn.utils.prune")
_HOOKS = {}


def _masked(module, name, mask=None):
    if f"{name}_orig" not in module._parameters:
        whole = module._parameters.pop(name)
        module.register_parameter(f"{name}_orig", whole)
        module.register_buffer(f"{name}_mask", torch.ones_like(whole).detach())

        def apply(module, inputs):
            setattr(module, name, module._parameters[f"{name}_orig"] * module._buffers[f"{name}_mask"])

        apply(module, None)
        _HOOKS[id(module), name] = module.register_forward_pre_hook(apply)
    if mask is not None and tuple(mask.shape) != tuple(module._parameters[f"{name}_orig"].shape):
        raise RuntimeError(f"the mask has the shape {list(mask.shape)}, {name} has another")
    return module


def identity(module, name):
    return _masked(module, name)


def custom_from_mask(module, name, mask):
    return _masked(module, name, mask)


def l1_unstructured(module, name, amount, importance_scores=None):
    return _masked(module, name)


def random_unstructured(module, name, amount):
    return _masked(module, name)


def random_structured(module, name, amount, dim):
    return _masked(module, name)


def ln_structured(module, name, amount, n, dim, importance_scores=None):
    return _masked(module, name)


def global_unstructured(parameters, pruning_method, importance_scores=None, **kwargs):
    for module, name in parameters:
        _masked(module, name)


class L1Unstructured:
    """Named as a method of `global_unstructured`."""


class RandomUnstructured(L1Unstructured):
    """The same at random."""


def remove(module, name):
    if (id(module), name) not in _HOOKS:
        raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")
    _HOOKS.pop((id(module), name)).remove()
    delattr(module, name)
    whole = module._parameters.pop(f"{name}_orig")
    del module._buffers[f"{name}_mask"]
    setattr(module, name, Parameter(whole.data, requires_grad=whole.requires_grad))
    return module


def is_pruned(module):
    return any((id(one), name) in _HOOKS for one in module.modules() for name in ("weight", "bias"))
