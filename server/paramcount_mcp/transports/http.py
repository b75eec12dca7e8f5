"""Streamable HTTP: the application, and the processes that serve it.

Stateless, with JSON answers: nothing is kept between two requests, so any number of workers and replicas stand behind
any balancer.
"""

import gc
import logging
import os
import re
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from http import HTTPStatus
from importlib.util import find_spec
from typing import Any, cast, override

import uvicorn
from mcp.server.auth.routes import build_resource_metadata_url
from pydantic import AnyHttpUrl
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp
from uvicorn.supervisors.multiprocess import Multiprocess

from paramcount import __version__
from paramcount.layers import kinds
from paramcount_mcp.access import Verifier
from paramcount_mcp.access.jwts import Jwts
from paramcount_mcp.access.rates import Rates
from paramcount_mcp.access.tokens import TokenFile
from paramcount_mcp.observe import logs, metrics, spans
from paramcount_mcp.settings import HttpSettings
from paramcount_mcp.transports.front import HEALTH, METADATA, METRICS, READY, Front, Names
from paramcount_mcp.transports.protocol import Bounds
from paramcount_mcp.transports.service import HttpServer
from paramcount_mcp.workshop import Workshop

logger = logging.getLogger(__name__)

_BACKLOG = 2048


def verifier(settings: HttpSettings) -> Verifier | None:
    """Who knows the tokens; None where everybody is let in.

    Raises:
        TokenFileError: the file of tokens cannot be used.
    """
    if settings.token_file is not None:
        return TokenFile(settings.token_file)
    if settings.jwt_issuer is not None:
        audience = settings.jwt_audience or str(settings.public_url)
        return Jwts.of(str(settings.jwt_issuer), audience, str(settings.jwks_url))
    return None


def build_app(settings: HttpSettings, server: HttpServer | None = None, lines: logs.Lines | None = None) -> ASGIApp:
    """Make the application.

    Args:
        settings: how it is to run.
        server: what answers; paramcount's tools unless given.
        lines: the log, whose losses are counted.
    """
    made = server or HttpServer(_workshop(settings), log_content=settings.log_content)
    known = verifier(settings)
    figures = metrics.Metrics()
    inner = made.http_app(settings.body_limit)
    _routes(inner, settings, made, known, figures, lines)
    return Front(
        inner,
        hosts=Names.of(settings.hosts),
        origins=Names.of(settings.origins),
        rates=Rates(settings.requests_per_second, settings.burst),
        most=settings.requests,
        methods=made.methods,
        metrics=figures,
        log=None if lines is None else lines.note,
        verifier=known,
        scopes=frozenset(settings.required_scope),
        metadata_url=str(build_resource_metadata_url(AnyHttpUrl(settings.resource))),
        cross=_cross(settings.origins) if settings.origins else None,
    )


def _cross(origins: Sequence[str]) -> Callable[[ASGIApp], ASGIApp]:
    return partial(
        CORSMiddleware,
        allow_origin_regex="|".join(map(_pattern, origins)),
        allow_methods=["POST"],
        allow_headers=["*"],
        expose_headers=["WWW-Authenticate", "Retry-After"],
    )


def _pattern(origin: str) -> str:
    if origin == "*":
        return ".*"
    return re.escape(origin.removesuffix(":*")) + (r"(:\d+)?" if origin.endswith(":*") else "")


def _workshop(settings: HttpSettings) -> Workshop:
    return Workshop(
        settings.processes, settings.waiting, settings.call_seconds, settings.call_memory, settings.allow_root
    )


def _routes(
    inner: Starlette,
    settings: HttpSettings,
    server: HttpServer,
    known: Verifier | None,
    figures: metrics.Metrics,
    lines: logs.Lines | None,
) -> None:
    """Add what is beside the tools, and what runs as long as the application."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "alive", "version": __version__})

    async def ready(_: Request) -> Response:
        trouble = None if known is None else await known.ready()
        if trouble is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "reason": trouble}, HTTPStatus.SERVICE_UNAVAILABLE)

    async def show(_: Request) -> Response:
        figures.busy.set(server.workshop.busy)
        figures.queued.set(server.workshop.queued)
        figures.lost.set(0 if lines is None else lines.lost)
        body, kind = figures.show()
        return Response(body, media_type=kind)

    async def metadata(_: Request) -> Response:
        """What RFC 9728 has a client know of this server."""
        said: dict[str, object] = {"resource": settings.resource, "bearer_methods_supported": ["header"]}
        if settings.jwt_issuer is not None:
            said["authorization_servers"] = [str(settings.jwt_issuer)]
        if settings.required_scope:
            said["scopes_supported"] = settings.required_scope
        return JSONResponse({**said, "resource_name": "paramcount"})

    inner.routes.extend(
        [
            Route(HEALTH, health),
            Route(READY, ready),
            Route(METRICS, show),
        ]
    )
    if known is not None:
        path = AnyHttpUrl(str(build_resource_metadata_url(AnyHttpUrl(settings.resource)))).path or METADATA
        inner.routes.extend(Route(one, metadata) for one in sorted({path, METADATA}))

    lifespan = inner.router.lifespan_context

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncGenerator[None]:
        async with server.workshop.open(), lifespan(app):
            yield

    inner.router.lifespan_context = life


def start(settings: HttpSettings) -> ASGIApp:
    """Make the application in a process of its own, with its log and its spans."""
    lines = logs.configure(settings.log_level, settings.log_file)
    if settings.otlp_endpoint is not None:
        spans.send_to(str(settings.otlp_endpoint))
    app = build_app(settings, lines=lines)
    kinds()  # imports the layers, for which the first call would have others wait
    gc.freeze()  # what stands now stays: it need not be looked through again while calls are answered
    return app


class UnusableError(Exception):
    """The settings are right, but cannot be served with here."""


def run(settings: HttpSettings) -> int:
    """Serve until a signal says to stop. Returns the exit code.

    Raises:
        UnusableError: what is missing.
        TokenFileError: the file of tokens cannot be used.
    """
    verifier(settings)
    if settings.otlp_endpoint is not None and not spans.available():
        raise UnusableError(spans.MISSING)
    listening = _bind(settings)
    try:
        lines = logs.configure(settings.log_level, settings.log_file)
    except OSError as error:
        raise UnusableError(f"--log-file: {settings.log_file} cannot be written: {error.strerror}") from None
    _raise_file_limit()
    _announce(settings, listening, lines)
    with tempfile.TemporaryDirectory(prefix="paramcount-") as folder:
        if settings.workers > 1:
            os.environ[metrics.SHARED] = folder
        config = uvicorn.Config(
            partial(start, settings),
            factory=True,
            loop="uvloop" if find_spec("uvloop") else "asyncio",
            http=cast("Any", Bounds(settings.request_seconds, settings.write_seconds, settings.connections)),
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxy),
            forwarded_allow_ips=settings.trusted_proxy,
            timeout_keep_alive=settings.idle_seconds,
            timeout_graceful_shutdown=settings.shutdown_seconds,
            backlog=_BACKLOG,
            workers=settings.workers,
        )
        signal.signal(signal.SIGTERM, _ended)
        if settings.workers > 1:
            _Supervisor(config, [listening]).run()
        else:
            _Server(config).run([listening])
    return 0


def _ended(_signal: int, _frame: object) -> None:
    """Let the program end as it should: uvicorn raises the signal again when it has shut down."""


class _Server(uvicorn.Server):
    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        _refuse(sockets or [])
        await super().shutdown(sockets)


class _Supervisor(Multiprocess):
    @override
    def terminate_all(self) -> None:
        _refuse(self.sockets)
        super().terminate_all()


def _refuse(listening: list[socket.socket]) -> None:
    """Have new connections refused at once, for a balancer to ask elsewhere, rather than wait and be lost."""
    for one in listening:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def _bind(settings: HttpSettings) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host.strip("[]"), settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        raise UnusableError(f"cannot listen on {settings.host} port {settings.port}: {error.strerror}") from None
    listening.set_inheritable(True)
    return listening


def _announce(settings: HttpSettings, listening: socket.socket, lines: logs.Lines) -> None:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    lines.note(event="listening", address=f"http://{shown}:{port}/mcp", workers=settings.workers)
    if settings.no_auth and not settings.on_loopback:
        logger.warning("NO AUTHENTICATION: whoever reaches %s port %d may call; see --no-auth", host, port)


def _raise_file_limit() -> None:
    """Every connection is an open file; the usual limit of 1,024 is soon reached."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
