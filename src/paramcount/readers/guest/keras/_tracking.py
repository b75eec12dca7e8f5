"""What a layer finds of its variables and layers: those that it is given as attributes, also in lists and dictionaries."""

from keras._variable import Variable


class Tracker:
    """Puts the variables and layers among what a layer is given where they belong."""

    def __init__(self, owner):
        self.owner = owner
        self.locked = False

    def track(self, value):
        """Note what is in a value; lists, dictionaries and sets come back as ones that note what is added later."""
        owner = self.owner
        if isinstance(value, Variable):
            kept = owner._trainable_variables if value.trainable else owner._non_trainable_variables
            self._put(owner._trainable_variables + owner._non_trainable_variables, kept, value)
        elif hasattr(value, "_paramcount_layer_"):
            self._put(owner._layers, owner._layers, value)
        elif isinstance(value, tuple):
            found = [self.track(one) for one in value]
            if any([new is not old for new, old in zip(found, value)]):
                return type(value)(*found) if hasattr(value, "_fields") else tuple(found)
        elif isinstance(value, TrackedList | TrackedDict | TrackedSet):
            for one in list(value.values()) if isinstance(value, dict) else list(value):
                self.track(one)
        elif type(value) is list:
            return TrackedList(value, self)
        elif type(value) is dict:
            return TrackedDict(value, self)
        elif type(value) is set:
            return TrackedSet(value, self)
        return value

    def _put(self, among, kept, value):
        if any([one is value for one in among]):
            return
        if self.locked:
            raise ValueError(
                "You cannot add new elements of state (variables or sub-layers) to a layer that is already built. All "
                "state must be created in the `__init__()` method or in the `build()` method."
            )
        kept.append(value)

    def untrack(self, value):
        """Forget a variable or a layer."""
        owner = self.owner
        for kept in (owner._trainable_variables, owner._non_trainable_variables, owner._layers):
            kept[:] = [one for one in kept if one is not value]


class TrackedList(list):
    """A list of a layer's."""

    def __init__(self, values=(), tracker=None):
        self._tracker = tracker
        super().__init__([self._noted(value) for value in values])

    def _noted(self, value):
        return self._tracker.track(value) if self._tracker else value

    def append(self, value):
        super().append(self._noted(value))

    def insert(self, place, value):
        super().insert(place, self._noted(value))

    def extend(self, values):
        super().extend([self._noted(value) for value in values])

    def __iadd__(self, values):
        self.extend(values)
        return self

    def __setitem__(self, place, value):
        super().__setitem__(
            place, [self._noted(one) for one in value] if isinstance(place, slice) else self._noted(value)
        )

    def remove(self, value):
        if self._tracker:
            self._tracker.untrack(value)
        super().remove(value)

    def pop(self, place=-1):
        value = super().pop(place)
        if self._tracker:
            self._tracker.untrack(value)
        return value

    def clear(self):
        while self:
            self.pop()

    def __reduce__(self):
        return (list, (list(self),))


class TrackedDict(dict):
    """A dictionary of a layer's."""

    def __init__(self, values=(), tracker=None):
        self._tracker = tracker
        super().__init__({key: self._noted(value) for key, value in dict(values).items()})

    def _noted(self, value):
        return self._tracker.track(value) if self._tracker else value

    def __setitem__(self, key, value):
        super().__setitem__(key, self._noted(value))

    def update(self, *args, **kwargs):
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key, *default):
        value = super().pop(key, *default)
        if self._tracker:
            self._tracker.untrack(value)
        return value

    def __reduce__(self):
        return (dict, (dict(self),))


class TrackedSet(set):
    """A set of a layer's."""

    def __init__(self, values=(), tracker=None):
        self._tracker = tracker
        super().__init__([tracker.track(value) if tracker else value for value in values])

    def add(self, value):
        super().add(self._tracker.track(value) if self._tracker else value)

    def __reduce__(self):
        return (set, (set(self),))
