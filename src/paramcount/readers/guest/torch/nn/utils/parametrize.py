"""Parametrizations: modules that compute a weight out of others."""

from contextlib import contextmanager

from paramcount_guest.state import fallback, unsupported

from torch._tensor import Tensor
from torch.nn.modules.container import ModuleDict, ModuleList
from torch.nn.parameter import Parameter

__getattr__ = fallback("torch.nn.utils.parametrize")


class ParametrizationList(ModuleList):
    """The modules that compute one weight, and what they compute it from."""

    def __init__(self, modules, original, unsafe=False):
        super().__init__(modules)
        value = original
        for one in reversed(self):
            if hasattr(type(one), "right_inverse"):
                value = one.right_inverse(value)
        self.is_tensor = isinstance(value, Tensor)
        self.ntensors = 1 if self.is_tensor else len(value)
        for place, one in enumerate([value] if self.is_tensor else value):
            name = "original" if self.is_tensor else f"original{place}"
            if isinstance(original, Parameter):
                setattr(
                    self, name, one if isinstance(one, Parameter) else Parameter(one.detach(), original.requires_grad)
                )
            else:
                self.register_buffer(name, one)

    def forward(self):
        if self.is_tensor:
            value = self[0](self.original)
        else:
            value = self[0](*[getattr(self, f"original{place}") for place in range(self.ntensors)])
        for one in list(self)[1:]:
            value = one(value)
        return value


def _class_of(module):
    cls = type(module)
    return type(f"Parametrized{cls.__name__}", (cls,), {"parametrized_class_": cls, "__module__": cls.__module__})


def register_parametrization(module, tensor_name, parametrization, *, unsafe=False):
    if is_parametrized(module, tensor_name):
        held = module.parametrizations[tensor_name]
        if not held.is_tensor:
            raise unsupported("a parametrization upon one of several tensors")
        held.append(parametrization)
        return module
    original = getattr(module, tensor_name)
    if tensor_name in module._parameters:
        del module._parameters[tensor_name]
    elif tensor_name in module._buffers:
        del module._buffers[tensor_name]
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name '{tensor_name}'"
        )
    if not is_parametrized(module):
        module.__class__ = _class_of(module)
        module.parametrizations = ModuleDict()
    module.parametrizations[tensor_name] = ParametrizationList([parametrization], original)
    setattr(type(module), tensor_name, property(lambda self: self.parametrizations[tensor_name]()))
    return module


def is_parametrized(module, tensor_name=None):
    held = module._modules.get("parametrizations")
    return held is not None and (tensor_name is None or tensor_name in held)


def remove_parametrizations(module, tensor_name, leave_parametrized=True):
    held = module.parametrizations[tensor_name]
    value = held() if leave_parametrized else held.original
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    module.register_parameter(tensor_name, Parameter(value.detach()))
    if not len(module.parametrizations):
        del module._modules["parametrizations"]
        module.__class__ = type(module).parametrized_class_
    return module


@contextmanager
def cached():
    yield
