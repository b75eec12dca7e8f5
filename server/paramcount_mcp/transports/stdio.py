"""Standard input and output without a thread for every line, and without a request left unanswered at the end.

The SDK hands each line that it reads, and each that it writes, to a thread and waits for it, which costs more than most
answers do; when the input ends it gives up what is not answered yet. Hosts start a server with pipes or sockets: those
are read and written on the event loop, and the system tells when they are ready. A file is always ready. What is typed
at a terminal, and whatever Windows has, is left to the SDK.
"""

import os
import stat
import sys
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import anyio

_CHUNK = 2**16
_INPUT, _OUTPUT, _ERROR = 0, 1, 2

_LAST_SECONDS = 1.0
"""How long, once nothing more can arrive, requests may take that did: the SDK then gives them up."""
_LOOK_SECONDS = 0.01
_HEAD = 80
"""Characters by which an answer is told from what the server asks or tells by itself."""

type File = anyio.AsyncFile[str] | None
"""What the SDK reads lines from or writes them to; None where it is to open that itself."""


@dataclass(slots=True)
class Waiting:
    """How many requests wait for their answers."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that arrive at a pipe or stand in a file; what is no UTF-8 in them is replaced, as the SDK does."""

    file: int
    waiting: Waiting = field(default_factory=Waiting)

    async def __aiter__(self) -> AsyncIterator[str]:
        """Each line as it arrives, and what is left at the end."""
        rest = bytearray()
        while arrived := await self._read():
            searched = len(rest)
            rest += arrived
            while (end := rest.find(b"\n", searched)) >= 0:
                line = rest[: end + 1].decode("utf-8", "replace")
                del rest[: end + 1]
                searched = 0
                self.waiting.number += '"id"' in line and '"method"' in line
                yield line
        if rest:
            yield rest.decode("utf-8", "replace")
        with anyio.move_on_after(_LAST_SECONDS):
            while self.waiting.number > 0:
                await anyio.sleep(_LOOK_SECONDS)

    async def _read(self) -> bytes:
        while True:
            try:
                return os.read(self.file, _CHUNK)
            except BlockingIOError:
                await anyio.wait_readable(self.file)


@dataclass(frozen=True, slots=True)
class Written:
    """What is written to: a pipe on the event loop, anything else at once."""

    file: int
    waiting: Waiting = field(default_factory=Waiting)

    async def write(self, text: str) -> None:
        """Write all of it, as fast as the other side reads."""
        data = memoryview(text.encode())
        while data:
            try:
                data = data[os.write(self.file, data) :]
            except BlockingIOError:
                await anyio.wait_writable(self.file)
        self.waiting.number -= '"method"' not in text[:_HEAD]

    async def flush(self) -> None:
        """Do nothing: nothing is kept back."""


@contextmanager
def streams() -> Generator[tuple[File, File]]:
    """Standard input and output for the SDK.

    Meanwhile they are the null device and standard error for everything else, as they are when the SDK opens them:
    what is printed does not get between two messages.
    """
    awaited = [number for number in (_INPUT, _OUTPUT) if _can_be_awaited(number)]
    if _INPUT not in awaited and not _is_file(_INPUT):
        yield None, None
        return
    files = {number: os.dup(number) for number in (_INPUT, _OUTPUT)}
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _INPUT)
    os.dup2(_ERROR, _OUTPUT)
    os.close(nothing)
    for number in awaited:
        os.set_blocking(files[number], False)
    try:
        waiting = Waiting()
        yield cast("File", Lines(files[_INPUT], waiting)), cast("File", Written(files[_OUTPUT], waiting))
    finally:
        for number in awaited:
            os.set_blocking(files[number], True)
        for number, file in files.items():
            os.dup2(file, number)
            os.close(file)


def _can_be_awaited(number: int) -> bool:
    """Whether it is a pipe or socket, and not standard error's: what is printed there does not wait for a reader."""
    if sys.platform == "win32":
        return False
    try:
        found, errors = os.fstat(number), os.fstat(_ERROR)
    except OSError:
        return False
    own = (found.st_dev, found.st_ino) != (errors.st_dev, errors.st_ino)
    return own and (stat.S_ISFIFO(found.st_mode) or stat.S_ISSOCK(found.st_mode))


def _is_file(number: int) -> bool:
    try:
        return sys.platform != "win32" and stat.S_ISREG(os.fstat(number).st_mode)
    except OSError:
        return False
