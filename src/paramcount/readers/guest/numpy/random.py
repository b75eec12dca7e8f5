"""numpy.random: arrays of numbers that are not known."""

from paramcount_guest.state import data_dependent

import numpy


def seed(seed=None):
    return None


def _shaped(name):
    def apply(*args, size=None, **kwargs):
        if name in ("rand", "randn", "random_sample", "random") and size is None and args:
            size = args
        if size is None:
            raise data_dependent(f"numpy.random.{name}")
        return numpy.empty(size)

    apply.__name__ = name
    return apply


rand, randn, random, random_sample, normal, uniform, randint, permutation, choice = (
    _shaped(name)
    for name in ("rand", "randn", "random", "random_sample", "normal", "uniform", "randint", "permutation", "choice")
)


def shuffle(x):
    raise data_dependent("numpy.random.shuffle")


class RandomState:
    """A source of random numbers, none of which is known."""

    def __init__(self, seed=None):
        self.rand, self.randn, self.normal, self.uniform = rand, randn, normal, uniform


def default_rng(seed=None):
    return RandomState(seed)
