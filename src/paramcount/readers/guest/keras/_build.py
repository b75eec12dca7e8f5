"""How a layer is built: by a `build` of its own, or by the first call."""

import functools
import inspect

from keras._shapes import shapes
from keras._tensor import tensors_in


def default(method):
    """Mark a method as one that nobody has replaced."""
    method._default_ = True
    return method


def is_default(method):
    return getattr(method, "_default_", False)


def building(build):
    """A `build` after which the layer is built, and takes no more weights."""

    @functools.wraps(build)
    def run(self, *args, **kwargs):
        own = self.__dict__
        own["_building"] += 1
        try:
            build(self, *args, **kwargs)
        finally:
            own["_building"] -= 1
        if own["_building"] == 0:
            self._finish_build()

    run._wrapped_ = True
    return run


class Building:
    """Methods of Layer that build it."""

    @default
    def build(self, input_shape=None):
        self.__dict__["built"] = True
        if self._building == 0:
            self._finish_build()

    build._wrapped_ = True

    def _finish_build(self):
        self.__dict__["built"] = True
        if not self._trainable:
            for one in self._trainable_variables:
                one.trainable = False
        self._lock()

    def _lock(self):
        self._tracker.locked = True

    def _not_initialised(self):
        raise RuntimeError(
            f"In layer '{type(self).__name__}', you forgot to call `super().__init__()` in the `__init__()` method. Go "
            "add it!"
        )

    def _unbuilt(self):
        return any([not layer.built or layer._unbuilt() for layer in self._layers])

    def _maybe_build(self, bound):
        if self.built:
            return
        given = {f"{name}_shape": shapes(value) for name, value in bound.items() if tensors_in(value)}
        if is_default(type(self).build):
            if self._unbuilt() or not self._layers:
                self.call(**self._called_with(bound))
            self.build(next(iter(given.values()), None))
            return
        build = self.build
        expected = [
            one.name
            for one in inspect.signature(build).parameters.values()
            if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
        ]
        if len(expected) <= 1:
            first = next(iter(given.values()), None)
            build(first)
            return
        arguments, callable_with = {}, inspect.signature(self.call).parameters
        for name in expected:
            if not name.endswith("_shape") or name.removesuffix("_shape") not in callable_with:
                raise ValueError(
                    f"For a `build()` method with more than one argument, all arguments should have a `_shape` suffix "
                    f"and match an argument from `call()`. For layer {type(self).__name__}, received `{name}`."
                )
            if name in given:
                arguments[name] = given[name]
        build(**arguments)

    @staticmethod
    def _called_with(bound):
        found = dict(bound)
        found.update(found.pop("**", {}))
        return found
