"""torch.autograd.function, by its own name."""

from torch.autograd import Function
from torch.autograd import _Context as FunctionCtx

__all__ = ["Function", "FunctionCtx", "once_differentiable"]


def once_differentiable(method):
    return method
