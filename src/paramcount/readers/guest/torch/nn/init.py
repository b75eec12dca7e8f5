"""torch.nn.init: what a parameter starts with; random numbers are not known."""

import math

from paramcount_guest.state import fallback, stop

from torch._grad import no_grad
from torch._tensor import Tensor

__getattr__ = fallback("torch.nn.init")


def _tensor(tensor, name):
    if not isinstance(tensor, Tensor):
        known = getattr(type(tensor), "_placeholder_", None)
        if known:
            raise stop("missing library", f"{tensor!r} is initialised, and its library is not here.")
        raise AttributeError(f"'{type(tensor).__name__}' object has no attribute '{name}'")


def _random(name, least=0):
    def apply(tensor, *args, **kwargs):
        _tensor(tensor, name)
        if len(tensor.shape) < least:
            raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
        with no_grad():
            return tensor.normal_()

    apply.__name__ = name
    return apply


uniform_, normal_, trunc_normal_ = _random("uniform_"), _random("normal_"), _random("trunc_normal_")
xavier_uniform_, xavier_normal_ = _random("xavier_uniform_", 2), _random("xavier_normal_", 2)
kaiming_uniform_, kaiming_normal_ = _random("kaiming_uniform_", 2), _random("kaiming_normal_", 2)
orthogonal_, sparse_, dirac_ = _random("orthogonal_", 2), _random("sparse_"), _random("dirac_")
uniform, normal, xavier_uniform, xavier_normal = uniform_, normal_, xavier_uniform_, xavier_normal_
kaiming_uniform, kaiming_normal, orthogonal = kaiming_uniform_, kaiming_normal_, orthogonal_


def constant_(tensor, val):
    _tensor(tensor, "constant_")
    with no_grad():
        return tensor.fill_(val)


def zeros_(tensor):
    return constant_(tensor, 0.0)


def ones_(tensor):
    return constant_(tensor, 1.0)


constant = constant_


def eye_(tensor):
    _tensor(tensor, "eye_")
    if len(tensor.shape) != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    with no_grad():
        return tensor.normal_()


def calculate_gain(nonlinearity, param=None):
    gains = {
        "tanh": 5.0 / 3,
        "relu": math.sqrt(2.0),
        "selu": 0.75,
        "leaky_relu": math.sqrt(2.0 / (1 + (param or 0.01) ** 2)),
    }
    return gains.get(nonlinearity, 1)


def _calculate_fan_in_and_fan_out(tensor):
    if len(tensor.shape) < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def _calculate_correct_fan(tensor, mode):
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return fan_in if mode == "fan_in" else fan_out
