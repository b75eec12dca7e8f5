"""Who may call: bearer tokens from a file, or JWTs of an authorization server."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token belongs to."""

    name: str
    scopes: frozenset[str] = field(default_factory=frozenset[str])


class Verifier(Protocol):
    """Knows tokens."""

    async def caller(self, token: str) -> Caller | None:
        """Whom a token belongs to; None where it is not valid."""
        ...

    async def ready(self) -> str | None:
        """Why no token can be told right from wrong at the moment; None where all is well."""
        ...
