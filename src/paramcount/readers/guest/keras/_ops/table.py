"""The table of the functions that have a rule, and how their arguments are read."""

from paramcount_guest.state import stop

from keras._dispatch import op
from keras._numbers import Sym
from keras._tensor import KerasTensor, placeholder

OPS = {}
"""The functions of keras.ops that have a rule."""


def offering(table):
    """A decorator that makes a function an operation and puts it into a table, under its name or these."""

    def offer(*names):
        def put(function):
            made = op(function)
            for name in names or (function.__name__,):
                table[name] = made
            return made

        return put

    return offer


ops = offering(OPS)


def unrecorded(function):
    """Offer a function that becomes no node of a graph."""
    OPS[function.__name__] = function
    return function


def whole(value, what="a size"):
    """A whole number, which may differ between the runs."""
    if isinstance(value, KerasTensor):
        value = value._item(f"A tensor as {what}")
    if isinstance(value, Sym):
        return value
    if placeholder(value):
        raise stop("missing library", f"{value!r} is needed as {what}, and its library is not here.")
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value.__index__()


def axes_of(axis):
    """A list of the axes that an argument names; None for all."""
    if axis is None:
        return None
    if isinstance(axis, KerasTensor):
        axis = list(axis._list("A tensor as axis"))
    return [whole(one, "an axis") for one in axis] if isinstance(axis, (list, tuple)) else [whole(axis, "an axis")]
