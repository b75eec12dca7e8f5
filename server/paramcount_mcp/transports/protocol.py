"""uvicorn's HTTP/1.1 protocol, with bounds on clients that connect and then dawdle.

uvicorn waits for ever for the first byte, for the rest of a request, and for a client that does not read. Each wait
ends here after its time, and a head has a size.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, override

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

DRAIN_SECONDS = 0.5
"""How long a connection is kept when the server stops: its next request may be on the way already."""
MAX_HEAD = 32 * 1024
"""Bytes of address and headers of one request."""


@dataclass(frozen=True)
class Bounds:
    """What one connection may take."""

    request_seconds: float
    write_seconds: float
    connections: int

    def __call__(self, **given: Any) -> "BoundedProtocol":
        """Make the protocol of one connection, as uvicorn asks for it."""
        return BoundedProtocol(self, **given)


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, bounds: Bounds, **given: Any) -> None:
        super().__init__(**given)
        self._bounds = bounds
        self._reading: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None
        self._arriving = False
        self._stopping = False
        self._head = 0

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self.connections) >= self._bounds.connections:
            self.transport = transport  # type: ignore[assignment]  # uvicorn gives a Transport
            transport.abort()  # type: ignore[attr-defined]  # uvicorn gives a Transport
            return
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn gives a Transport
        self._wait_for_request()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._stop_writing()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._arriving and self._reading is None:  # most requests arrive whole, and need no clock
            self._wait_for_request()

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self._arriving = True

    @override
    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    @override
    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    @override
    def on_message_complete(self) -> None:
        self._arriving = False
        self._stop_waiting()
        super().on_message_complete()

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait_for_reader()

    @override
    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self._stopping:
            self.cycle.keep_alive = False

    @override
    def shutdown(self) -> None:
        """Answer what was sent, and then close. Uvicorn closes at once, and loses what it has not read yet."""
        self._stopping = True
        if not self.cycle or self.cycle.response_complete:
            self.loop.call_later(DRAIN_SECONDS, self._close_if_idle)
        else:
            self.cycle.keep_alive = False

    def _close_if_idle(self) -> None:
        if not self.cycle or self.cycle.response_complete:
            self.transport.close()

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_reader()

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_writing()

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > MAX_HEAD:
            raise ValueError("the head of the request is too large")  # the parser answers 400 and closes

    def _wait_for_request(self) -> None:
        self._stop_waiting()
        self._reading = self.loop.call_later(self._bounds.request_seconds, self._abort)

    def _wait_for_reader(self) -> None:
        """Give the client its time to read what is written already."""
        self._stop_writing()
        if self.transport.get_write_buffer_size():
            self._writing = self.loop.call_later(self._bounds.write_seconds, self._check_reader)

    def _check_reader(self) -> None:
        if self.transport.get_write_buffer_size():
            self._abort()

    def _abort(self) -> None:
        if not self.transport.is_closing() or self.transport.get_write_buffer_size():
            self.transport.abort()

    def _stop_waiting(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _stop_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
