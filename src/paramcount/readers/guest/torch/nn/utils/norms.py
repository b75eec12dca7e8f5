"""Weights computed before each call out of others: the older functions, which use hooks."""

from torch._dispatch import make, run
from torch.nn.parameter import Parameter


class _Hook:
    """Computes a weight before its module runs."""

    def __init__(self, name, compute):
        self.name = name
        self.compute = compute

    def __call__(self, module, inputs):
        setattr(module, self.name, self.compute(module))


def _lengths(weight, dim):
    """The shape of one length for each slice along a dimension, or of one for all."""
    if dim is None or dim == -1:
        return ()
    return tuple([size if place == dim else 1 for place, size in enumerate(weight.shape)])


def weight_norm(module, name="weight", dim=0):
    weight = getattr(module, name)
    del module._parameters[name]
    lengths = _lengths(weight, dim)
    module.register_parameter(name + "_g", Parameter(make(lengths, weight.dtype)))
    module.register_parameter(name + "_v", Parameter(make(weight.shape, weight.dtype)))

    def compute(module):
        g, v = getattr(module, name + "_g"), getattr(module, name + "_v")
        return run("mul", (v, g))

    setattr(module, name, compute(module))
    hook = _Hook(name, compute)
    hook.kind = "weight_norm"
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module, name="weight"):
    for key, (hook, _) in list(module._forward_pre_hooks.items()):
        if isinstance(hook, _Hook) and hook.name == name:
            v = module._parameters[name + "_v"]
            del module._forward_pre_hooks[key], module._parameters[name + "_g"], module._parameters[name + "_v"]
            module.__dict__.pop(name, None)
            module.register_parameter(name, Parameter(make(v.shape, v.dtype)))
            return module
    raise ValueError(f"weight_norm of '{name}' not found in {module}")


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    weight = getattr(module, name)
    if dim is None:
        dim = 1 if type(module).__name__.startswith("ConvTranspose") else 0
    height, width = weight.shape[dim], weight.numel() // max(weight.shape[dim], 1)
    del module._parameters[name]
    module.register_parameter(name + "_orig", weight)
    setattr(module, name, weight.detach())
    module.register_buffer(name + "_u", make((height,), weight.dtype))
    module.register_buffer(name + "_v", make((width,), weight.dtype))

    def compute(module):
        return run("clone", (getattr(module, name + "_orig"),))

    module.register_forward_pre_hook(_Hook(name, compute))
    return module


def remove_spectral_norm(module, name="weight"):
    for key, (hook, _) in list(module._forward_pre_hooks.items()):
        if isinstance(hook, _Hook) and hook.name == name:
            weight = module._parameters.pop(name + "_orig")
            del module._forward_pre_hooks[key], module._buffers[name + "_u"], module._buffers[name + "_v"]
            module.__dict__.pop(name, None)
            module.register_parameter(name, Parameter(weight.detach()))
            return module
    raise ValueError(f"spectral_norm of '{name}' not found in {module}")
