"""torch.nn.quantized: operations as modules, so that they can be quantized."""

from paramcount_guest.state import fallback

import torch
from torch.nn import Identity, Module

__getattr__ = fallback("torch.nn.quantized")


class FloatFunctional(Module):
    """Arithmetic that a model calls by this."""

    def __init__(self):
        super().__init__()
        self.activation_post_process = Identity()

    def forward(self, x):
        raise RuntimeError("FloatFunctional is not intended to use the 'forward'. Please use the underlying operation")

    def add(self, x, y):
        return torch.add(x, y)

    def mul(self, x, y):
        return torch.mul(x, y)

    add_scalar, mul_scalar = add, mul

    def cat(self, x, dim=0):
        return torch.cat(x, dim=dim)

    def add_relu(self, x, y):
        return torch.relu(torch.add(x, y))

    def matmul(self, x, y):
        return torch.matmul(x, y)


class QFunctional(FloatFunctional):
    """The same by another name."""
