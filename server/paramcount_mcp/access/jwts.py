"""JWTs of an OAuth authorization server, checked with the keys it publishes (RFC 7519, RFC 7517, RFC 9068)."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import anyio
import anyio.to_thread
import jwt

from paramcount_mcp.access import Caller

logger = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that are accepted: those of key pairs. With a shared secret whoever checks could sign."""
MAX_TOKEN = 16 * 1024
KEEP_SECONDS = 300
"""How long keys are used before they are fetched again."""
RETRY_SECONDS = 10
"""How long after an attempt the next may follow, so that made-up keys do not become requests."""
_FETCH_SECONDS = 5
_LEEWAY_SECONDS = 30


def fetch(url: str) -> Mapping[str, Any]:
    """Fetch a key set."""
    return cast("Mapping[str, Any]", jwt.PyJWKClient(url, cache_jwk_set=False, timeout=_FETCH_SECONDS).fetch_data())


@dataclass(slots=True)
class Keys:
    """The keys of an authorization server, by their identifier. Where it does not answer, the last ones stay valid."""

    fetch: Callable[[], Mapping[str, Any]]
    _keys: dict[str | None, jwt.PyJWK] = field(init=False, default_factory=dict[str | None, jwt.PyJWK])
    _fetched: float = field(init=False, default=float("-inf"))
    _tried: float = field(init=False, default=float("-inf"))
    _lock: anyio.Lock = field(init=False, default_factory=anyio.Lock)

    async def find(self, kid: str | None) -> jwt.PyJWK | None:
        """The key of this identifier; without one, the only key there is."""
        now = time.monotonic()
        if (now - self._fetched > KEEP_SECONDS or kid not in self._keys) and now - self._tried > RETRY_SECONDS:
            async with self._lock:
                if now > self._tried:  # nobody else has tried meanwhile
                    await self._refresh()
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid)

    async def _refresh(self) -> None:
        self._tried = time.monotonic()
        try:
            found = await anyio.to_thread.run_sync(self.fetch)
            keys = jwt.PyJWKSet.from_dict(dict(found)).keys
        except (jwt.PyJWTError, OSError, ValueError) as error:
            logger.error("the keys of the authorization server cannot be read: %s", type(error).__name__)
            return
        self._keys = {key.key_id: key for key in keys if key.key_type != "oct"}
        self._fetched = self._tried

    def __len__(self) -> int:
        return len(self._keys)


@dataclass(slots=True)
class Jwts:
    """Checks the JWTs of one issuer, for one audience."""

    issuer: str
    audience: str
    keys: Keys

    @classmethod
    def of(cls, issuer: str, audience: str, jwks_url: str) -> "Jwts":
        """Check with the keys at an address."""
        return cls(issuer, audience, Keys(partial(fetch, jwks_url)))

    async def caller(self, token: str) -> Caller | None:
        """Whom a token belongs to; None where anything about it is not right."""
        if len(token) > MAX_TOKEN:
            return None
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = await self.keys.find(kid)
            if key is None:
                return None
            claims = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self.audience,
                issuer=self.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return None
        name = claims.get("sub") or claims.get("client_id") or claims.get("azp")
        scopes = claims.get("scope") or claims.get("scp") or ()
        listed = scopes.split() if isinstance(scopes, str) else scopes
        return Caller(str(name or "unnamed")[:100], frozenset(map(str, listed)))

    async def ready(self) -> str | None:
        """Without keys no token can be checked."""
        if not len(self.keys):
            await self.keys.find(None)
        return None if len(self.keys) else "the keys of the authorization server were not fetched yet"
