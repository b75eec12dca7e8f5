"""Whether gradients would be recorded."""

import functools
import inspect

from torch._dispatch import GRAD


class _Mode:
    _value = False

    def __init__(self, function=None):
        self._function = function
        self._before = []

    def __enter__(self):
        self._before.append(GRAD[0])
        GRAD[0] = self._value

    def __exit__(self, *args):
        GRAD[0] = self._before.pop()

    def __call__(self, function):
        if inspect.isclass(function):
            return function

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            with type(self)._again(self):
                return function(*args, **kwargs)

        return wrapped

    def _again(self):
        made = type(self).__new__(type(self))
        _Mode.__init__(made)
        made._value = self._value
        return made

    def __new__(cls, function=None, *args):
        if callable(function) and not inspect.isclass(function):
            return cls()(function)
        return object.__new__(cls)


class no_grad(_Mode):
    """No gradients."""


class enable_grad(_Mode):
    """Gradients again."""

    _value = True


class inference_mode(_Mode):
    """No gradients."""

    def __init__(self, mode=True):
        super().__init__()
        self._value = not mode if isinstance(mode, bool) else False


class set_grad_enabled(_Mode):
    """Gradients or not, from now on or for a while."""

    def __init__(self, mode):
        super().__init__()
        self._before.append(GRAD[0])
        self._value = GRAD[0] = bool(mode)

    def __enter__(self):
        GRAD[0] = self._value


def is_grad_enabled():
    return GRAD[0]


def is_inference_mode_enabled():
    return False
