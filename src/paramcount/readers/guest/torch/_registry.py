"""Where operations put themselves: into `torch`, into `Tensor`, or both."""

import functools
import importlib

from torch._tensor import Tensor

FUNCTIONS = {}
"""Functions of the module `torch`, by name."""

FUNCTIONAL = {}
"""Functions of `torch.nn.functional` that stand in files of their own, by name."""

_NUMPY = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"}
"""What numpy calls arguments; torch takes these names too."""


def _as_numpy(made):
    """Let a function take its arguments by numpy's names."""
    code = made.__code__
    own = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    if "dim" not in own and "keepdim" not in own:
        return made
    names = {name: wanted for name, wanted in _NUMPY.items() if wanted in own and name not in own}
    if not {"axis", "keepdims"} & set(names):
        return made

    @functools.wraps(made)
    def apply(*args, **kwargs):
        for name in names.keys() & kwargs.keys():
            kwargs[names[name]] = kwargs.pop(name)
        return made(*args, **kwargs)

    return apply


def function(*names):
    """Make a function one of `torch`'s."""

    def put(made):
        made = _as_numpy(made)
        for name in names or (made.__name__,):
            FUNCTIONS[name] = made
        return made

    return put


def functional(*names):
    """Make a function one of `torch.nn.functional`'s."""

    def put(made):
        for name in names or (made.__name__,):
            FUNCTIONAL[name] = made
        return made

    return put


def method(*names):
    """Make a function a method of tensors."""

    def put(made):
        made = _as_numpy(made)
        for name in names or (made.__name__,):
            setattr(Tensor, name, made)
        return made

    return put


def both(*names):
    """Make a function one of `torch`'s and a method of tensors."""

    def put(made):
        return method(*names or (made.__name__,))(function(*names or (made.__name__,))(made))

    return put


def worded(**words):
    """Let methods that take sizes one by one take them by their name too: method=name."""
    for name, word in words.items():
        setattr(Tensor, name, _by_name(vars(Tensor)[name], word))


def _by_name(made, word):
    @functools.wraps(made)
    def apply(self, *given, **named):
        if word in named:
            given = (named.pop(word),)
        return made(self, *given, **named)

    return apply


LATE = """inverse cholesky matrix_exp matrix_power det slogdet logdet pinverse svd cov corrcoef trace kthvalue mode quantile
    nanquantile cummax cummin logcumsumexp stft istft atleast_1d atleast_2d"""
"""Functions of a file that is loaded when one of them is asked for."""


def late(name):
    """One of these functions; None where there is none of this name."""
    if name not in LATE.split():
        return None
    return vars(importlib.import_module("torch._decompositions"))[name]
