"""The log: one JSON object a line, written by a thread of its own.

No line holds what a call held, unless that is asked for; none holds a token. A disk that is full or a reader that
does not read costs lines, which are counted, and never an answer.
"""

import atexit
import json
import logging
import os
import threading
import time
import traceback
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import cast, override

MAX_WAITING = 10_000
"""Lines that wait to be written; more are lost and counted."""
_INTERVAL = 0.1


class Lines(logging.Handler):
    """Collects lines, and writes them ten times a second."""

    def __init__(self, level: str, path: Path | None) -> None:
        super().__init__(level.upper())
        self.lost = 0
        self._notes = self.level <= logging.INFO
        self._path = path
        self._file = self._open()
        self._waiting: deque[Mapping[str, object]] = deque()
        self._writing = threading.Lock()
        threading.Thread(target=self._write_for_ever, name="log", daemon=True).start()
        atexit.register(self.write)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._add(said(record))

    def note(self, **fields: object) -> None:
        """Log what happened, at level info; this is what a call costs, so it does little."""
        if self._notes:
            self._add({"time": time.time(), "level": "info", **fields})

    def _add(self, fields: Mapping[str, object]) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self.lost += 1
        else:
            self._waiting.append(fields)

    def write(self) -> None:
        """Write what waits."""
        with self._writing:
            lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if not lines:
                return
            data = "".join(map(line, lines)).encode("utf-8", "backslashreplace")
            try:
                self._reopen_if_moved()
                while data:
                    data = data[os.write(self._file, data) :]
            except OSError:
                self.lost += data.count(b"\n")

    def _open(self) -> int:
        return 2 if self._path is None else os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)

    def _reopen_if_moved(self) -> None:
        """Follow a file that was rotated."""
        if self._path is None:
            return
        try:
            here = self._path.stat()
            moved = (here.st_dev, here.st_ino) != ((now := os.fstat(self._file)).st_dev, now.st_ino)
        except FileNotFoundError:
            moved = True
        if moved:
            os.close(self._file)
            self._file = self._open()

    def _write_for_ever(self) -> None:
        while True:
            time.sleep(_INTERVAL)
            self.write()


def line(fields: Mapping[str, object]) -> str:
    """One line of JSON."""
    at = cast("float", fields["time"])
    written = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03}Z"
    return json.dumps({**fields, "time": written}, ensure_ascii=False, default=str, separators=(",", ":")) + "\n"


def said(record: logging.LogRecord) -> Mapping[str, object]:
    """What a record says."""
    fields: dict[str, object] = {"time": record.created, "level": record.levelname.lower()}
    fields |= {"event": "message", "from": record.name, "message": record.getMessage()}
    if record.exc_info and record.exc_info[1] is not None:
        fields["exception"] = [_frames(error) for error in _chain(record.exc_info[1])]
    return fields


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return chain


def _frames(error: BaseException) -> dict[str, object]:
    """Where an exception was raised, without its message, which may hold what a caller sent."""
    frames = traceback.extract_tb(error.__traceback__)
    return {"type": type(error).__name__, "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}


def configure(level: str, path: Path | None) -> Lines:
    """Send every log of this process through `Lines`."""
    lines = Lines(level, path)
    logging.basicConfig(level=level.upper(), handlers=[lines], force=True)
    for noisy in ("mcp", "httpx2", "httpcore2", "uvicorn"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))
    return lines
