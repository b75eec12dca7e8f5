"""numpy.linalg: norms and inverses; no rule for the rest."""

from paramcount_guest.state import unsupported

import numpy


def norm(x, ord=None, axis=None, keepdims=False):
    """The root of the sum of squares."""
    if ord not in (None, 2):
        raise unsupported(f"numpy.linalg.norm with ord={ord!r}")
    return numpy.sqrt(numpy.sum(numpy.square(numpy.asarray(x)), axis=axis, keepdims=keepdims))


def inv(a):
    """A matrix of the same shape, its numbers not known."""
    return numpy.empty(numpy.asarray(a).shape)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)

    def absent(*args, **kwargs):
        raise unsupported(f"numpy.linalg.{name}")

    return absent
