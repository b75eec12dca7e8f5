"""Sizes that are not known before a model runs: the number that each of several runs would have.

Every shape is followed through three runs at once, which differ in the batch and in every size that the source leaves
open: a dimension is known where they agree, and `None`, as in Keras, where they do not.

    run 0   batch 1, the input shape that was asked for, or else a stand-in for it
    run 1   another batch
    run 2   another size wherever the source leaves one open
"""

import operator

from paramcount_guest.state import data_dependent

RUNS = 3
BATCHES = (1, 7, 1)
OPEN = (26880, 26880, 53760)
"""What stands for the first size that is left open: a number that most strides and windows divide."""


class Sym:
    """A whole number that differs between the runs."""

    __slots__ = ("runs",)

    def __init__(self, runs):
        self.runs = tuple(runs)

    def _told(self, what):
        first = self.runs[0]
        if all([one == first for one in self.runs]):
            return first
        raise data_dependent(what)

    def __index__(self):
        return int(self._told("A size that is left open in the source, or the batch,"))

    __int__ = __index__

    def __float__(self):
        return float(self.__index__())

    def __bool__(self):
        return bool(same([bool(one) for one in self.runs], "A condition on a size that the source leaves open"))

    def __repr__(self):
        return "<size that is not known>"

    def __hash__(self):
        return hash(self.runs)


def same(runs, what):
    """The value in which all runs agree."""
    if all([one == runs[0] for one in runs]):
        return runs[0]
    raise data_dependent(what)


def joined(runs):
    """One number out of those of the runs."""
    first = runs[0]
    return first if all([one == first and type(one) is type(first) for one in runs]) else Sym(runs)


def of_run(value, run):
    """What a value is in one run; lists, tuples and dictionaries are gone through."""
    if isinstance(value, Sym):
        return value.runs[run]
    if isinstance(value, (list, tuple)):
        return [of_run(one, run) for one in value]
    if isinstance(value, dict):
        return {name: of_run(one, run) for name, one in value.items()}
    return value


def lifted(function):
    """Make a function of numbers one of numbers that may differ between the runs."""

    def apply(*values):
        if any([isinstance(value, Sym) for value in values]):
            return joined([function(*[of_run(value, run) for value in values]) for run in range(RUNS)])
        return function(*values)

    return apply


def _binary(function):
    def forward(self, other):
        if isinstance(other, (int, float, Sym)):
            return lifted(function)(self, other)
        return NotImplemented

    def backward(self, other):
        if isinstance(other, (int, float, Sym)):
            return lifted(function)(other, self)
        return NotImplemented

    return forward, backward


for _name in ("add", "sub", "mul", "floordiv", "truediv", "mod", "pow"):
    _forward, _backward = _binary(getattr(operator, _name))
    setattr(Sym, f"__{_name}__", _forward)
    setattr(Sym, f"__r{_name}__", _backward)
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(Sym, f"__{_name}__", _binary(getattr(operator, _name))[0])
Sym.__neg__ = lambda self: lifted(operator.neg)(self)
