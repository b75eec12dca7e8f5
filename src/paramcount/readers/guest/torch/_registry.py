"""Where operations put themselves: into `torch`, into `Tensor`, or both."""

from torch._tensor import Tensor

FUNCTIONS = {}
"""Functions of the module `torch`, by name."""


def function(*names):
    """Make a function one of `torch`'s."""

    def put(made):
        for name in names or (made.__name__,):
            FUNCTIONS[name] = made
        return made

    return put


def method(*names):
    """Make a function a method of tensors."""

    def put(made):
        for name in names or (made.__name__,):
            setattr(Tensor, name, made)
        return made

    return put


def both(*names):
    """Make a function one of `torch`'s and a method of tensors."""

    def put(made):
        return method(*names or (made.__name__,))(function(*names or (made.__name__,))(made))

    return put
