"""Calls of more than a moment, answered in processes of their own that can be ended.

A thread cannot be killed, and a long calculation in one holds up the event loop. A process is killed when its call
takes too long, takes too much memory, or when nobody waits for the answer any more; another takes its place.
Requests and replies are JSON, each after its length in four bytes, over pipes. `python -m paramcount_mcp.bench` is
the other end.
"""

import json
import logging
import subprocess
import sys
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, cast

import anyio
import anyio.abc
from anyio.streams.buffered import BufferedByteReceiveStream
from mcp_types import CallToolResult, TextContent

from paramcount_mcp.answering import DefectError, RefusedError
from paramcount_mcp.tool import Tool

logger = logging.getLogger(__name__)

_MAX_REPLY = 64 * 2**20
_STARTUP_SECONDS = 60
_LOOK_SECONDS = 0.25
"""How often it is asked whether the client is still there."""


class OverloadedError(Exception):
    """So many calls wait that another would wait too long."""


class TooLongError(Exception):
    """A call took more than its time, and was ended."""


class TooLargeError(Exception):
    """A call took more than its memory, or its process ended for another reason."""


class GoneError(Exception):
    """The client left before there was an answer."""


@dataclass(slots=True)
class _Bench:
    """One process, which answers one call at a time."""

    process: anyio.abc.Process
    _reader: BufferedByteReceiveStream = field(init=False)

    def __post_init__(self) -> None:
        self._reader = BufferedByteReceiveStream(cast("anyio.abc.ByteReceiveStream", self.process.stdout))

    @classmethod
    async def start(cls, memory: int, roots: Sequence[Path]) -> Self:
        command = [sys.executable, "-P", "-m", "paramcount_mcp.bench", str(memory), *map(str, roots)]
        bench: Self | None = None
        with anyio.CancelScope(shield=True):
            bench = cls(
                await anyio.open_process(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # a terminal's interrupt is for the server, which lets calls finish
                )
            )
        if bench is None:
            raise OSError("the start of a process was interrupted")
        try:
            with anyio.fail_after(_STARTUP_SECONDS):
                await bench._receive()
        except BaseException:
            await bench.end()
            raise
        return bench

    async def ask(self, request: bytes) -> dict[str, Any]:
        await cast("anyio.abc.ByteSendStream", self.process.stdin).send(len(request).to_bytes(4) + request)
        return await self._receive()

    async def _receive(self) -> dict[str, Any]:
        size = int.from_bytes(await self._reader.receive_exactly(4))
        if size > _MAX_REPLY:
            raise anyio.IncompleteRead
        reply: dict[str, Any] = json.loads(await self._reader.receive_exactly(size))
        return reply

    async def end(self) -> None:
        with anyio.CancelScope(shield=True):
            if self.process.returncode is None:
                self.process.kill()
            await self.process.aclose()


@dataclass(slots=True)
class Workshop:
    """So many processes, and so many calls that may wait for one."""

    processes: int
    waiting: int
    seconds: float
    memory: int
    """MiB that one process may take."""
    roots: Sequence[Path] = ()
    """Folders below which tools may read files."""
    busy: int = field(init=False, default=0)
    """Calls that are worked on."""
    _idle: deque[_Bench] = field(init=False, default_factory=deque[_Bench])
    _free: anyio.CapacityLimiter = field(init=False)
    _tasks: anyio.abc.TaskGroup = field(init=False)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Start the processes; end them afterwards."""
        self._free = anyio.CapacityLimiter(self.processes)
        async with anyio.create_task_group() as self._tasks:
            async with anyio.create_task_group() as starting:
                for _ in range(self.processes):
                    starting.start_soon(self._replace)
            try:
                yield
            finally:
                self._tasks.cancel_scope.cancel()
                while self._idle:
                    await self._idle.pop().end()

    @property
    def queued(self) -> int:
        """Calls that wait."""
        return self._free.statistics().tasks_waiting

    async def answer(
        self, tool: Tool, arguments: Mapping[str, object], gone: Callable[[], Awaitable[bool]] | None = None
    ) -> CallToolResult:
        """Answer one call, within the bounds.

        Args:
            tool: which tool.
            arguments: what was sent.
            gone: tells whether the client has left; the call is then given up.

        Raises:
            RefusedError: what the caller can correct.
            DefectError: a defect.
            OverloadedError: too many wait.
            TooLongError: it takes too long.
            TooLargeError: it takes too much memory.
            GoneError: the client left.
        """
        if self._free.statistics().tasks_waiting >= self.waiting and self._free.available_tokens < 1:
            raise OverloadedError
        request = json.dumps([tool.name, arguments, self.seconds]).encode()
        reply: dict[str, Any] | None = None
        try:
            with anyio.fail_after(self.seconds):
                async with anyio.create_task_group() as tasks:
                    if gone is not None:
                        tasks.start_soon(_give_up, gone, tasks.cancel_scope)
                    reply = await self._ask(request)
                    tasks.cancel_scope.cancel()
        except TimeoutError:
            raise TooLongError from None
        if reply is None:
            raise GoneError
        return _read(reply)

    async def _ask(self, request: bytes) -> dict[str, Any]:
        """Have a process answer; a process that ends meanwhile is an answer too."""
        async with self._free:
            bench = self._idle.pop() if self._idle else await self._start()
            if bench is None:
                return {"defect": "No process for calls can be started. Please try again later.", "trace": ""}
            self.busy += 1
            try:
                reply = await bench.ask(request)
            except (anyio.IncompleteRead, anyio.BrokenResourceError, anyio.ClosedResourceError):
                reply = {"ended": True}
                await self._discard(bench)
            except BaseException:
                await self._discard(bench)
                raise
            else:
                self._idle.append(bench)
            finally:
                self.busy -= 1
            return reply

    async def _discard(self, bench: _Bench) -> None:
        await bench.end()
        self._tasks.start_soon(self._replace)

    async def _replace(self) -> None:
        """Start a process ahead of the call that needs it."""
        async with self._free:
            if len(self._idle) <= self._free.available_tokens and (bench := await self._start()):
                self._idle.append(bench)

    async def _start(self) -> _Bench | None:
        try:
            return await _Bench.start(self.memory, self.roots)
        except (OSError, TimeoutError, anyio.IncompleteRead):
            logger.exception("a process for calls could not be started")
            return None


async def _give_up(gone: Callable[[], Awaitable[bool]], scope: anyio.CancelScope) -> None:
    while not await gone():
        await anyio.sleep(_LOOK_SECONDS)
    scope.cancel()


def _read(reply: dict[str, Any]) -> CallToolResult:
    if "refused" in reply:
        raise RefusedError(reply["refused"])
    if "defect" in reply:
        raise DefectError(reply["defect"], reply["trace"])
    if "ended" in reply:
        raise TooLargeError
    return CallToolResult(
        content=[TextContent(type="text", text=reply["text"])],
        structured_content=reply["structure"],
        is_error=reply["failed"],
    )
