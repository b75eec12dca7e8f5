"""timm.layers.helpers: one number for several, multiples of eight, functions by name."""

import collections.abc
from itertools import repeat

from paramcount_guest.state import unsupported
from torch import nn
from torch._grad import no_grad


def _ntuple(n):
    def parse(x):
        if isinstance(x, collections.abc.Iterable) and not isinstance(x, str):
            return tuple(x)
        return tuple(repeat(x, n))

    return parse


to_1tuple, to_2tuple, to_3tuple, to_4tuple = _ntuple(1), _ntuple(2), _ntuple(3), _ntuple(4)
to_ntuple = _ntuple


def make_divisible(v, divisor=8, min_value=None, round_limit=0.9):
    """The nearest multiple of the divisor, not much below."""
    found = max(min_value or divisor, int(v + divisor / 2) // divisor * divisor)
    return found + divisor if found < round_limit * v else found


def extend_tuple(x, n):
    x = tuple(x) if isinstance(x, (tuple, list)) else (x,)
    return x + (x[-1],) * (n - len(x)) if len(x) < n else x[:n]


def _random(tensor, *args, **kwargs):
    with no_grad():
        return tensor.normal_()


trunc_normal_ = trunc_normal_tf_ = variance_scaling_ = lecun_normal_ = init_weight_vit = init_weight_jax = _random
_ACTIVATIONS = {
    "relu": "ReLU", "relu6": "ReLU6", "leaky_relu": "LeakyReLU", "elu": "ELU", "selu": "SELU", "celu": "CELU",
    "silu": "SiLU", "swish": "SiLU", "mish": "Mish", "sigmoid": "Sigmoid", "tanh": "Tanh", "gelu": "GELU",
    "hard_sigmoid": "Hardsigmoid", "hard_swish": "Hardswish", "hardsigmoid": "Hardsigmoid", "hardswish": "Hardswish",
    "softplus": "Softplus", "identity": "Identity",
}  # fmt: skip
_NORMS = {"batchnorm": "BatchNorm2d", "batchnorm2d": "BatchNorm2d", "groupnorm": "GroupNorm", "layernorm": "LayerNorm"}


def get_act_layer(name="relu"):
    if not name or not isinstance(name, str):
        return name or None
    if name not in _ACTIVATIONS:
        raise unsupported(f"timm.layers.get_act_layer({name!r})")
    return getattr(nn, _ACTIVATIONS[name])


def get_act_fn(name="relu"):
    if not name or not isinstance(name, str):
        return name or None
    made = get_act_layer(name)()
    return lambda x, inplace=False: made(x)


def create_act_layer(name, inplace=None, **kwargs):
    made = get_act_layer(name)
    if made is None:
        return None
    return (
        made(**kwargs) if inplace is None or made in (nn.Sigmoid, nn.Tanh, nn.GELU) else made(inplace=inplace, **kwargs)
    )


def get_norm_layer(norm_layer):
    if norm_layer is None or not isinstance(norm_layer, str):
        return norm_layer
    name = norm_layer.replace("_", "").lower()
    if name == "layernorm2d":
        from timm.layers.blocks import LayerNorm2d

        return LayerNorm2d
    if name not in _NORMS:
        raise unsupported(f"timm.layers.get_norm_layer({norm_layer!r})")
    return getattr(nn, _NORMS[name])


def use_fused_attn(experimental=False):
    return True


def calculate_drop_path_rates(drop_path_rate, depths, stagewise=False):
    """Rates that grow from block to block."""
    total = depths if isinstance(depths, int) else sum(depths)
    rates = [drop_path_rate * place / max(total - 1, 1) for place in range(total)]
    if isinstance(depths, int):
        return rates
    if stagewise:
        steps = [drop_path_rate * place / max(len(depths) - 1, 1) for place in range(len(depths))]
        return [[step] * depth for step, depth in zip(steps, depths)]
    found, at = [], 0
    for depth in depths:
        found.append(rates[at : at + depth])
        at += depth
    return found


def is_exportable():
    return False


is_scriptable = is_no_jit = is_exportable


def _assert(condition, message):
    if not condition:
        raise AssertionError(message)


def get_padding(kernel_size, stride=1, dilation=1, **_):
    """What keeps the size."""
    if isinstance(kernel_size, (tuple, list)):
        each = zip(kernel_size, to_2tuple(stride), to_2tuple(dilation))
        return tuple([get_padding(*one) for one in each])
    return ((stride - 1) + dilation * (kernel_size - 1)) // 2


def ndgrid(*tensors):
    import torch

    return torch.meshgrid(*tensors, indexing="ij")


def nchw_to(x, fmt):
    name = str(getattr(fmt, "value", fmt))
    return {
        "NHWC": lambda: x.permute(0, 2, 3, 1),
        "NLC": lambda: x.flatten(2).transpose(1, 2),
        "NCL": lambda: x.flatten(2),
    }.get(name, lambda: x)()
