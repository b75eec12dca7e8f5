"""How the classes of torch.nn are made: their constructors from the table of real signatures."""

import types

from paramcount_guest.state import exists, table, unsupported
from paramcount_guest.values import LIMIT

from torch._dispatch import make
from torch._types import get_default_dtype
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter

_APART = ("self", "device", "dtype", "args", "kwargs")
"""Arguments that say nothing of what is made; the last two gather what is left over."""


def layer(cls):
    """Give a class the constructor that the class of this name has in real torch.

    Its arguments are handed by name to `_made_of`, and become attributes unless `_made_of` sees to them. What is
    registered then is remembered: as long as it stays so, the class's hyperparameters tell the parameters.
    """
    name = cls.__name__
    cls._kind_ = name
    cls._kind_arguments_ = signed(cls, table("signatures")[name])
    cls._kind_class_ = cls
    return cls


def signed(cls, constructor):
    """Give a class a constructor of the table; returns the names of what describes the layer."""
    own = types.FunctionType(constructor.__code__, constructor.__globals__, "__init__", constructor.__defaults__)
    own.__kwdefaults__ = constructor.__kwdefaults__
    own.__qualname__ = f"{cls.__name__}.__init__"
    cls.__init__ = own
    code = own.__code__
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    return tuple([one for one in names if one not in _APART])


def like(name):
    """Give a class that others are built on the constructor of one of them; it tells no kind of its own."""

    def put(cls):
        signed(cls, table("signatures")[name])
        return cls

    return put


def made(given):
    """What each constructor does with its arguments."""
    self = given["self"]
    Module.__init__(self)
    self.__dict__["_factory_"] = given.get("dtype")
    if self._made_of(**{name: one for name, one in given.items() if name not in _APART}) is not None:
        raise TypeError("_made_of returns nothing")
    self.__dict__["_made_"] = registered(self)


def registered(module):
    """Names and shapes of a module's own parameters and buffers."""
    from torch.nn.parameter import is_lazy

    return [
        (name, None if value is None else () if is_lazy(value) else tuple(value.shape))
        for held in (module._parameters, module._buffers)
        for name, value in held.items()
    ]


class Layer(Module):
    """What the classes made by `layer` share."""

    def _made_of(self, **arguments):
        for name, value in arguments.items():
            setattr(self, name, value)

    def _parameter(self, name, *shape, value=None):
        """Register a parameter; its numbers are random, so not known, unless it starts with one value."""
        dtype = self.__dict__.get("_factory_") or get_default_dtype()
        data = make(_checked(shape), dtype)
        if value is not None and data.numel() <= LIMIT:
            data._fill([value] * data.numel())
        self._parameters[name] = Parameter(data)

    def _buffer(self, name, *shape, value=0, dtype=None, persistent=True):
        data = make(_checked(shape), dtype or self.__dict__.get("_factory_") or get_default_dtype())
        if data.numel() <= LIMIT:
            data._fill([value] * data.numel())
        self.register_buffer(name, data, persistent)

    def reset_parameters(self):
        return None

    def _hyper_(self):
        """The arguments that would make this layer as it is now."""
        found = {}
        for name in self._kind_arguments_:
            if name == "bias":
                found[name] = self._has_bias_()
            elif not name.startswith("_") and name in self.__dict__:
                found[name] = self.__dict__[name]
        return found

    def _has_bias_(self):
        own = self.__dict__.get("bias")
        if own is not None:
            return bool(own)
        return self._parameters.get("bias") is not None


def _checked(shape):
    found = []
    for size in shape:
        if isinstance(size, bool) or not hasattr(size, "__index__"):
            name = getattr(type(size), "_placeholder_", None)
            if name:
                from torch._dispatch import refuse

                refuse("a layer's size", size)
            raise TypeError(
                f"empty(): argument 'size' must be tuple of ints, but found element of type {type(size).__name__}"
            )
        size = size.__index__()
        if size < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {size}: {list(shape)}")
        found.append(size)
    return found


def unruled(name):
    """A class of real torch that has no rule here: making one stops the reading, by name."""

    def refuse(self, *args, **kwargs):
        raise unsupported(f"torch.nn.{name}")

    return type(name, (Module,), {"__init__": refuse, "__module__": "torch.nn"})


def missing(module):
    """The `__getattr__` of a stand-in for one of torch.nn.modules' files: other classes of torch.nn, else nothing."""

    def get(name):
        if name.startswith("__") or not exists("torch.nn", name):
            raise AttributeError(f"module '{module}' has no attribute '{name}'")
        from torch import nn

        return getattr(nn, name)

    return get
