"""What was made before and is kept to be used again: of a bounded weight, and let go of at once when that is reached.

Only what cannot change is kept, by a key that tells everything it was made from, so that nothing but the time depends
on whether it is there. Threads may share it: each access is one operation on a dictionary.
"""

from collections.abc import Hashable


class Kept[K: Hashable, V]:
    """Values by key."""

    __slots__ = ("_held", "_most", "_weight")

    def __init__(self, most: int) -> None:
        self._held: dict[K, V] = {}
        self._most = most
        self._weight = 0

    def get(self, key: K) -> V | None:
        """What is kept by this key, None where there is nothing."""
        return self._held.get(key)

    def keep(self, key: K, value: V, weight: int = 1) -> V:
        """Keep a value, and return it; one that weighs too much by itself is only returned."""
        if weight > self._most:
            return value
        if self._weight + weight > self._most:
            self._held.clear()
            self._weight = 0
        self._held[key] = value
        self._weight += weight
        return value
