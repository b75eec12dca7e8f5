"""torch.autograd, as far as a forward pass needs it."""

from paramcount_guest.state import fallback

from torch._grad import enable_grad, inference_mode, no_grad, set_grad_enabled
from torch._tensor import Tensor

__getattr__ = fallback("torch.autograd")
__all__ = ["Function", "Variable", "enable_grad", "inference_mode", "no_grad", "set_grad_enabled"]


class _Context:
    needs_input_grad = (False,) * 16

    def save_for_backward(self, *tensors):
        self.saved_tensors = tensors

    def mark_dirty(self, *tensors):
        return None

    def mark_non_differentiable(self, *tensors):
        return None

    def set_materialize_grads(self, value):
        return None


class Function:
    """A function with a backward of its own: its forward runs as it is written."""

    @classmethod
    def apply(cls, *args, **kwargs):
        if "setup_context" in cls.__dict__:
            return cls.forward(*args, **kwargs)
        return cls.forward(_Context(), *args, **kwargs)


class Variable(Tensor):
    """What tensors with gradients were called."""

    def __new__(cls, data=None, requires_grad=False, volatile=False):
        return data


class function:
    """The file of `Function`, by torch's own name."""

    Function = Function
    once_differentiable = staticmethod(lambda method: method)
    FunctionCtx = _Context
