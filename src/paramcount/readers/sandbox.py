"""Worker processes that run source nobody trusts, and what may go wrong with them.

The source runs in a WebAssembly sandbox (`eryx`), the sandbox in a worker process (`worker.py`), since what runs in
it may abort the process around it. Workers start on the first job, each runs one job at a time, and one that does not
answer in time, or whose job is given up, is killed. Three limits end a job, in this order: WebAssembly instructions,
which do not depend on how busy the machine is; the worker's clock; the parent's.
"""

import atexit
import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import IO, Final, cast

from paramcount.errors import LimitError, MissingError, NotationError, ParamcountError
from paramcount.readers import worker

GRACE: Final = 10.0
"""Seconds that the parent gives a worker beyond the worker's own clock: to start, to prepare, to answer."""

LEAVE: Final = 10.0
"""Seconds that a worker gets to end by itself."""

MAX_WAIT: Final = 60.0
"""Seconds that a job waits for a worker that is free."""

WORKERS: Final = max(1, min(4, os.cpu_count() or 1))
"""Jobs that run at the same time."""

_HERE: Final = Path(__file__).parent
_SHARED: Final = ("expression.py", "shapes.py", "operations")
"""What host and guest have in common, beside paramcount/__init__.py, which is empty in the guest."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take. Each is named in the error that it causes."""

    fuel: int = worker.FUEL
    """WebAssembly instructions."""
    seconds: float = worker.SECONDS
    memory: int = worker.MEMORY
    """Bytes of the sandbox's memory."""
    answer: int = worker.ANSWER
    """Bytes of the guest's answer."""

    def error(self, kind: str) -> ParamcountError:
        """What to say of a job that ended in this way."""
        limits = {
            "fuel": f"it ran for more than {self.fuel:,} instructions, the most that one model gets: does a loop never "
            "end, or does it compute what building the model does not need?",
            "time": f"it took longer than {self.seconds:g} s, the most that one model gets.",
            "memory": f"it needed more than {self.memory // 2**20} MiB of memory, the most that one model gets. Are "
            "data or weights made beside the model?",
            "size": f"what was recorded of the model takes more than {self.answer:,} bytes, the most that is read.",
        }
        if kind in limits:
            return LimitError(limits[kind])
        if kind == "exit":
            return NotationError("it ended the program (sys.exit, os._exit, abort) where a model should be defined.")
        if kind in ("guest", "answer"):
            return NotationError("it interfered with what records the model; nothing was read.")
        return NotationError("it nests too deeply, or crashed the sandbox in another way; nothing was read.")


class Cancelled(Exception):  # noqa: N818 - it is no mistake
    """The job was given up by whoever asked for it."""


class Job:
    """A job that runs, or waits for a worker."""

    def __init__(self, sandboxes: "Sandboxes", text: bytes) -> None:
        self._sandboxes = sandboxes
        self._text = text
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._found: bytes | BaseException = Cancelled()
        self.cancelled = False
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def running(self) -> bool:
        """Whether a worker works on it."""
        return self._worker is not None

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended, but no longer than so; returns whether it has."""
        return self._done.wait(seconds)

    def cancel(self) -> None:
        """Give the job up: its worker is killed."""
        with self._lock:
            self.cancelled = True
            if self._worker is not None:
                self._worker.kill()
        self._sandboxes.wake()

    def answer(self) -> bytes:
        """What the guest answered, once it has.

        Raises:
            ParamcountError: the source could not be run, or reached a limit.
            Cancelled: the job was given up.
        """
        self._done.wait()
        if isinstance(self._found, BaseException):
            raise self._found
        return self._found

    def _run(self) -> None:
        try:
            found = self._sandboxes.take(self)
            with self._lock:
                self._worker = found
            if self.cancelled:
                found.kill()
            try:
                self._found = found.run(self._text)
            finally:
                with self._lock:
                    self._worker = None
                self._sandboxes.give_back(found)
        except BaseException as error:
            self._found = Cancelled() if self.cancelled else error
        finally:
            self._done.set()


class Sandboxes:
    """Worker processes, started when they are needed first and kept for the next job."""

    def __init__(self, most: int = WORKERS, limits: Limits | None = None, guest: Path = _HERE / "guest") -> None:
        self.limits = limits or Limits()
        self._most = most
        self._guest = guest
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._free = threading.Condition()
        atexit.register(self._leave)

    def run(self, job: Mapping[str, object]) -> bytes:
        """Run a job and return what the guest answered.

        Raises:
            ParamcountError: the source could not be run, or reached a limit.
        """
        return self.start(job).answer()

    def start(self, job: Mapping[str, object]) -> Job:
        """Begin a job."""
        return Job(self, json.dumps(job).encode() + b"\n")

    def prepare(self) -> None:
        """Start a worker where there is none, so that it gets ready while something else is done."""
        with self._free, suppress(ParamcountError):
            if not self._all:
                made = Worker(self.limits, self._guest)
                self._all.add(made)
                self._idle.append(made)

    def take(self, job: Job) -> "Worker":
        """A worker that is free; the one that was so last, whose sandbox is the likeliest to be prepared."""
        with self._free:
            if not self._free.wait_for(lambda: job.cancelled or self._idle or len(self._all) < self._most, MAX_WAIT):
                raise LimitError(
                    f"{self._most} models are being read; no worker was free for {MAX_WAIT:g} s. Try again."
                )
            if job.cancelled:
                raise Cancelled
            while self._idle:
                found = self._idle.pop()
                if found.alive:
                    return found
                self._drop(found)
            made = Worker(self.limits, self._guest)
            self._all.add(made)
            return made

    def give_back(self, one: "Worker") -> None:
        """Keep a worker for the next job, where it still lives."""
        with self._free:
            if one.alive:
                self._idle.append(one)
            else:
                self._drop(one)
            self._free.notify_all()

    def wake(self) -> None:
        """Let jobs that wait look whether they were given up."""
        with self._free:
            self._free.notify_all()

    def close(self) -> None:
        """End every worker; those that still have a job are killed, and dropped where that ends."""
        with self._free:
            for one in self._all.difference(self._idle):
                one.kill()
            while self._idle:
                self._drop(self._idle.pop())

    def _leave(self) -> None:
        """End every worker with this program; one that may be compiling is waited for, so that it is done once."""
        with self._free:
            for one in self._all:
                if one in self._idle and not one.compiled:
                    one.close()
                else:
                    one.kill()

    def _drop(self, one: "Worker") -> None:
        self._all.discard(one)
        one.close()


@cache
def sandboxes() -> Sandboxes:
    """The workers of this process."""
    return Sandboxes()


class Worker:
    """One worker process, as its parent sees it."""

    def __init__(self, limits: Limits, guest: Path) -> None:
        self.limits = limits
        files: dict[str, Path | str] = {"": guest, "paramcount/__init__.py": "", "einops": place("einops") / "einops"}
        files |= {f"paramcount/{name}": _HERE.parent / name for name in _SHARED}
        given = {
            "eryx": str(place("eryx")),
            "files": {name: str(place) for name, place in files.items()},
            "limits": asdict(limits),
            "cache": cache_folder(),
        }
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and a program of our own
            [sys.executable, "-I", "-S", worker.__file__, json.dumps(given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
            cwd=Path(sys.executable).anchor or None,
        )
        self.alive = True
        self.compiled = False
        """Whether it has the guest's modules compiled."""
        self._late = False

    def run(self, job: bytes) -> bytes:
        """Hand over a job and wait for the answer; a worker that does not answer properly is no longer alive.

        Raises:
            ParamcountError: the source could not be run, or reached a limit.
        """
        deadline = threading.Timer(self.limits.seconds + GRACE, self._overdue)
        deadline.daemon = True
        deadline.start()
        try:
            return self._exchange(job)
        except ParamcountError:
            raise
        except (OSError, ValueError):
            self.kill()
            raise self.limits.error("time" if self._late else "crash") from None
        finally:
            deadline.cancel()

    def _exchange(self, job: bytes) -> bytes:
        pipe_in, pipe_out = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        ready = pipe_out.readline(worker.LINE)
        if not ready:
            self.kill()
            raise RuntimeError("the worker process could not start its sandbox")
        self.compiled = bool(json.loads(ready)["compiled"])
        pipe_in.write(job)
        pipe_in.flush()
        head = cast("dict[str, object]", json.loads(pipe_out.readline(worker.LINE)))
        if "error" in head:
            kind = str(head["error"])
            if kind == "time":
                self.kill()  # it ends itself
            raise self.limits.error(kind)
        size = head["bytes"]
        if not isinstance(size, int) or size > self.limits.answer:
            raise ValueError("the worker is broken")
        answer = pipe_out.read(size)
        if len(answer) < size:
            raise ValueError("the worker has died")
        return answer

    def _overdue(self) -> None:
        self._late = True
        self.kill()

    def kill(self) -> None:
        """End the process, whatever it does."""
        self.alive = False
        with suppress(OSError):
            self._process.kill()

    def close(self) -> None:
        """Let go of a process: one without a job ends by itself, once it has kept what it has compiled."""
        for seconds in (LEAVE, 5):
            with suppress(OSError, ValueError):
                try:
                    self._process.communicate(timeout=seconds)
                    return
                except subprocess.TimeoutExpired:
                    self.kill()


def cache_folder() -> str:
    """The user's own folder for what paramcount may make again at any time; "" where the user has none."""
    home = os.path.expanduser("~")  # noqa: PTH111 - it raises nothing where there is none
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches")  # noqa: PTH118
    else:
        base = os.environ.get("XDG_CACHE_HOME", "") or os.path.join(home, ".cache")  # noqa: PTH118
    return os.path.join(base, "paramcount") if os.path.isabs(base) else ""  # noqa: PTH117, PTH118


def place(package: str) -> Path:
    """The folder that an installed package is in, found without importing it.

    Raises:
        MissingError: it is not installed.
    """
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise MissingError(
            f"source code is read in a sandbox, and {'pyeryx' if package == 'eryx' else package}, which it needs, is "
            "not installed: pyeryx has wheels for Linux, macOS and Windows on x86-64, for Linux and macOS on arm64, "
            "and none for this platform. Everything else works; print(model) is read without it."
        )
    return Path(found.origin).parent.parent
