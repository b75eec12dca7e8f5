"""How often each client may ask: the generic cell rate algorithm, one number a client."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field

MAX_CLIENTS = 10_000
"""Clients that are remembered; those that were quiet longest are forgotten first."""


@dataclass(slots=True)
class Rates:
    """So many requests a second for each client, and so many at once above that."""

    per_second: float
    """0 for any number."""
    burst: int
    _due: OrderedDict[str, float] = field(init=False, default_factory=OrderedDict[str, float])

    def wait(self, client: str) -> float:
        """The seconds until this client may ask; 0 where it may now."""
        if not self.per_second:
            return 0
        now = time.monotonic()
        return max(0.0, self._due.get(client, now) - now - self.burst / self.per_second)

    def count(self, client: str) -> None:
        """Count a request."""
        if not self.per_second:
            return
        now = time.monotonic()
        self._due[client] = max(self._due.get(client, now), now) + 1 / self.per_second
        self._due.move_to_end(client)
        if len(self._due) > MAX_CLIENTS:
            self._due.popitem(last=False)
