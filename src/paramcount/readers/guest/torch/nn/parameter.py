"""Parameters and buffers."""

from paramcount_guest.state import unsupported

from torch import _dispatch
from torch._tensor import Tensor
from torch._types import get_default_dtype


class Parameter(Tensor):
    """A tensor that a module counts among its parameters."""

    def __new__(cls, data=None, requires_grad=True):
        self = object.__new__(cls)
        if data is None:
            data = _dispatch.make((0,), get_default_dtype())
        if not isinstance(data, Tensor):
            _dispatch.refuse("Parameter", data)
        self._start_view(data, data.shape, data._strides, data._offset)
        if requires_grad and data.dtype.order < 2:
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        self._requires_grad = bool(requires_grad)
        return self

    def __init__(self, data=None, requires_grad=True):
        pass

    def __repr__(self):
        return "Parameter containing:\n" + Tensor.__repr__(self)

    def __reduce_ex__(self, protocol):
        raise unsupported("pickling a parameter")


class Buffer(Tensor):
    """A tensor that a module counts among its buffers."""

    def __new__(cls, data=None, *, persistent=True):
        self = object.__new__(cls)
        data = _dispatch.make((0,), get_default_dtype()) if data is None else data
        self._start_view(data, data.shape, data._strides, data._offset)
        self.persistent = persistent
        return self

    def __init__(self, data=None, *, persistent=True):
        pass


class UninitializedParameter(Parameter):
    """A parameter whose shape the first input tells."""

    def __new__(cls, requires_grad=True, device=None, dtype=None):
        self = object.__new__(cls)
        self._start((), dtype or get_default_dtype())
        self._requires_grad = requires_grad
        return self

    def __init__(self, *args, **kwargs):
        pass

    @property
    def shape(self):
        if "_shape" not in self.__dict__:
            raise RuntimeError(
                "Can't access the shape of an uninitialized parameter or buffer. Run the model once, so that its lazy "
                "modules are initialized."
            )
        return self.__dict__["_shape"]

    @shape.setter
    def shape(self, value):
        if value != ():
            self.__dict__["_shape"] = value


class UninitializedBuffer(UninitializedParameter):
    """A buffer whose shape the first input tells."""


def is_lazy(param):
    return isinstance(param, UninitializedParameter)
