"""What every HTTP request passes before the SDK sees it: addresses, origins, load, tokens, rates; and what is noted."""

import ipaddress
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paramcount_mcp.access import Verifier
from paramcount_mcp.access.rates import Rates
from paramcount_mcp.observe.metrics import Metrics
from paramcount_mcp.settings import PATH

HEALTH, READY, METRICS, WELL_KNOWN = "/health", "/health/ready", "/metrics", "/.well-known/"
METADATA = f"{WELL_KNOWN}oauth-protected-resource"
_KNOWN = frozenset({PATH, HEALTH, READY, METRICS})
LEFT = 499
"""The status that is noted, as nginx does, of a client that left before its request was whole."""
_NOTED = "paramcount"
"""Where in a request's scope its `Note` stands."""


@dataclass(slots=True)
class Note:
    """What is known of one request, for the log and the figures."""

    started: float = field(default_factory=time.perf_counter)
    client: str = ""
    status: int = 0
    sent: int = 0
    tool: str | None = None
    outcome: str = ""
    content: object = None

    @classmethod
    def of(cls, scope: Scope) -> "Note":
        """The note of a request."""
        note: Note = scope[_NOTED]
        return note


@dataclass(frozen=True, slots=True)
class Names:
    """Names that are accepted: as they are, `name:*` with any port, `*` for all."""

    exact: frozenset[str]
    any_port: frozenset[str]
    everything: bool

    @classmethod
    def of(cls, names: Sequence[str]) -> "Names":
        """Read the names of a setting."""
        lowered = [name.lower() for name in names]
        return cls(
            frozenset(name for name in lowered if not name.endswith(":*")),
            frozenset(name.removesuffix(":*") for name in lowered if name.endswith(":*")),
            "*" in names,
        )

    def __contains__(self, value: str) -> bool:
        if self.everything or value in self.exact or value in self.any_port:
            return True
        name, _, port = value.rpartition(":")
        return name in self.any_port and port.isdecimal() and port.isascii()


@dataclass(slots=True)
class Front:
    """The outermost application."""

    app: ASGIApp
    hosts: Names
    origins: Names
    rates: Rates
    most: int
    """Requests in work at once."""
    methods: frozenset[str]
    """What may be done with the address of the tools."""
    metrics: Metrics
    log: Callable[..., None] | None = None
    """Where a line about every call goes."""
    verifier: Verifier | None = None
    scopes: frozenset[str] = frozenset()
    metadata_url: str = ""
    cross: Callable[[ASGIApp], ASGIApp] | None = None
    """What lets pages of other origins read the answers (CORS)."""
    _working: int = field(init=False, default=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or run the lifespan."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif self.cross is not None and any(name == b"origin" for name, _ in scope["headers"]):
            await self.cross(self._answer)(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        note = Note()
        scope[_NOTED] = note

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                note.status = message["status"]
            else:
                note.sent += len(message.get("body", b""))
            await send(message)

        whole = False

        async def received() -> Message:
            nonlocal whole
            message = await receive()
            if message["type"] == "http.disconnect" and not whole:
                raise ClientDisconnect
            whole = whole or not message.get("more_body", False)
            return message

        self._working += 1
        try:
            refusal = await self._refusal(scope, note)
            await (refusal or self.app)(scope, received, noted)
        except ClientDisconnect:
            note.status = LEFT  # half a request, and nobody to tell
        finally:
            self._working -= 1
            self._finish(scope, note)

    async def _refusal(self, scope: Scope, note: Note) -> Response | None:
        """Why this request is not answered."""
        path: str = scope["path"]
        if path in (HEALTH, READY):
            return None
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in (b"host", b"authorization", b"origin") and name in headers:
                return refused(HTTPStatus.BAD_REQUEST, f"{name.decode()} is given twice")
            headers[name] = value
        for_scraping = path == METRICS and self.verifier is not None  # by an address that no list knows
        if not for_scraping and headers.get(b"host", b"").decode("latin-1").lower() not in self.hosts:
            return refused(HTTPStatus.MISDIRECTED_REQUEST, "this Host is not served here; see --allowed-host")
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1").lower() not in self.origins:
            return refused(HTTPStatus.FORBIDDEN, "this Origin may not call; see --allowed-origin")
        if path.startswith(WELL_KNOWN):
            return None
        if path == PATH and scope["method"] not in self.methods:
            return refused(HTTPStatus.METHOD_NOT_ALLOWED, "POST only", Allow=", ".join(sorted(self.methods)))
        if path == PATH and self._working > self.most:
            return refused(
                HTTPStatus.SERVICE_UNAVAILABLE, f"{self.most} requests are in work; try again", **{"Retry-After": "1"}
            )
        return await self._stranger(scope, headers.get(b"authorization"), note)

    async def _stranger(self, scope: Scope, authorization: bytes | None, note: Note) -> Response | None:
        """Why this client is not answered: who it is, or how often it asks."""
        client = _address(scope)
        if self.verifier is not None:
            if (wait := self.rates.wait(f"refused {client}")) > 0:
                return _too_many(wait)
            kind, _, token = (authorization or b"").decode("latin-1").partition(" ")
            caller = await self.verifier.caller(token.strip()) if kind.lower() == "bearer" and token else None
            if caller is None:
                self.rates.count(f"refused {client}")
                problem = "a valid bearer token is needed"
                return self._unauthorized(HTTPStatus.UNAUTHORIZED, "invalid_token" if authorization else "", problem)
            if not self.scopes <= caller.scopes:
                missing = " ".join(sorted(self.scopes))
                return self._unauthorized(HTTPStatus.FORBIDDEN, "insufficient_scope", f"needed: {missing}")
            client = f"token {caller.name}"
        note.client = client
        if (wait := self.rates.wait(client)) > 0:
            return _too_many(wait)
        self.rates.count(client)
        return None

    def _unauthorized(self, status: HTTPStatus, error: str, problem: str) -> Response:
        parts = [f'resource_metadata="{self.metadata_url}"']
        if error:
            parts = [f'error="{error}"', f'error_description="{problem}"', *parts]
        if self.scopes:
            parts.append(f'scope="{" ".join(sorted(self.scopes))}"')
        return refused(status, problem, **{"WWW-Authenticate": f"Bearer {', '.join(parts)}"})

    def _finish(self, scope: Scope, note: Note) -> None:
        path: str = scope["path"]
        known = path if path in _KNOWN else "other"
        self.metrics.request(known, note.status)
        seconds = time.perf_counter() - note.started
        if note.tool is not None:
            self.metrics.call(note.tool, note.outcome, seconds)
            what: dict[str, object] = {"event": "call", "tool": note.tool, "outcome": note.outcome}
        elif path == PATH or note.status >= HTTPStatus.BAD_REQUEST:
            what = {"event": "request", "method": scope["method"], "path": known}
        else:
            return
        if self.log is None:
            return
        if note.content is not None:
            what["content"] = note.content
        took = round(seconds * 1000, 3)
        self.log(**what, status=note.status, ms=took, bytes=note.sent, client=note.client)


def refused(status: HTTPStatus, message: str, **headers: str) -> Response:
    """An answer that refuses, in JSON-RPC's form, which clients show."""
    body = {"jsonrpc": "2.0", "id": None, "error": {"code": -32000, "message": f"{status.phrase}: {message}"}}
    return Response(json.dumps(body), status, headers, "application/json")


def _too_many(wait: float) -> Response:
    seconds = max(1, math.ceil(wait))
    return refused(
        HTTPStatus.TOO_MANY_REQUESTS, f"asked too often; try again in {seconds} s", **{"Retry-After": str(seconds)}
    )


def _address(scope: Scope) -> str:
    """Whom a request without a token is counted for."""
    client = scope.get("client")
    return "unknown" if client is None else _network(client[0])


@lru_cache(maxsize=4096)
def _network(host: str) -> str:
    """An address; for IPv6 its network, since a host has many addresses in it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:100]
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host
