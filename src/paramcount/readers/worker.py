"""The program of a worker process: runs one job after the other in a sandbox, each in a new one.

The parent starts it by path, isolated and with an empty environment, and ends it whenever it likes: what runs in
the sandbox may abort the process around it. It needs the standard library and `eryx`, and nothing of paramcount.

    parent ◀── {"ready": true, "compiled": …}, once the guest asks for a job
    parent ──▶ one line of JSON, the job
    parent ◀── {"bytes": n}, and n bytes, the guest's answer; or {"error": kind, "detail": text}

While a worker waits, its next sandbox has the guest's modules imported already. The sandbox has no files: the modules
are handed to it by a callback, a second callback hands over the job. The first worker of all hands over the sources,
so that the first answer comes early. Then it compiles them, in a sandbox in which nobody else's code runs, and keeps
that in the user's folder for caches. It is used where the file is the user's own and nobody else's to write, is
whole, and belongs to these very sources and this sandbox; and it runs nowhere but in the sandbox.
"""

import contextlib
import hashlib
import json
import os
import queue
import sys
import threading
import zlib
from binascii import a2b_base64, b2a_base64

TYPE_CHECKING = False
if TYPE_CHECKING:  # what is imported here, each process waits for
    from collections.abc import Callable
    from typing import Any

    import eryx

    type Packs = list[tuple[dict[str, tuple[int, int]], bool, str]]

FUEL = 30_000_000_000
"""WebAssembly instructions of one job and its preparation; a ResNet-50 takes about one thousand million."""

SECONDS = 20
"""Seconds of one job, by the clock."""

MEMORY = 256 * 2**20
"""Bytes of memory of one sandbox."""

ANSWER = 8 * 2**20
"""Bytes of one answer."""

LINE = 4096
"""Bytes of one line to the parent."""

IMPORTER = '''
import marshal, sys, zlib
from binascii import a2b_base64, b2a_base64
from importlib.machinery import ModuleSpec

ROOT = "/paramcount/"

class Bundled:
    """Imports modules from memory: from source, or from what it compiles to, unpacked when it is first asked for."""
    def __init__(self, files, packs):
        self.files, self.packs = files, {file: pack for pack in packs for file in pack[0]}
        self.met = []
    def find_spec(self, name, path=None, target=None):
        stem = name.replace(".", "/")
        for file, package in ((stem + ".py", False), (stem + "/__init__.py", True)):
            if file in self.files or file in self.packs:
                return ModuleSpec(name, self, origin=ROOT + file, is_package=package)
    def create_module(self, spec):
        return None
    def code(self, file):
        if file in self.files:
            return compile(self.files[file], ROOT + file, "exec", dont_inherit=True)
        places, compressed, data = pack = self.packs[file]
        if isinstance(data, str):
            data = a2b_base64(data)
            data = pack[2] = memoryview(zlib.decompress(data) if compressed else data)
        start, end = places[file]
        return marshal.loads(data[start:end])
    def exec_module(self, module):
        module.__file__ = module.__spec__.origin
        self.met.append(module.__file__.removeprefix(ROOT))
        exec(self.code(self.met[-1]), module.__dict__)

given = await bundle()
bundled = Bundled(**given)
'''

COMPILE = (
    IMPORTER
    + """
made = {file: b2a_base64(marshal.dumps(bundled.code(file)), newline=False).decode() for file in bundled.files}
sys.meta_path.insert(0, bundled)
import harness
harness.prepare()
result = [made, bundled.met]
"""
)
"""What the sandbox runs that compiles the guest's modules. No job comes near it."""

RUN = (
    IMPORTER
    + """
sys.meta_path.insert(0, bundled)
import harness
if bundled.packs:
    harness.prepare()
result = harness.run(await job())
"""
)
"""What the sandbox runs that answers a job."""


class Worker:
    """The sandboxes of one process, one at a time."""

    def __init__(self, files: dict[str, bytes], limits: dict[str, int], kept: "Kept") -> None:
        self.files = files
        self.limits = limits
        self.kept = kept
        self.packs = kept.load()
        self.keeping = threading.Lock()
        self.jobs: queue.Queue[bytes] = queue.Queue()
        self.asked = False
        self.clock: threading.Timer | None = None
        self.answers = os.fdopen(os.dup(1), "wb")
        self.answering = threading.Lock()
        os.dup2(2, 1)  # whatever else writes to standard output does not reach the parent as an answer

    def main(self) -> None:
        """Take jobs until the parent closes the pipe."""
        threading.Thread(target=self._work, daemon=True).start()
        for line in sys.stdin.buffer:
            self.jobs.put(line)
        if self.kept.writable:
            self.keeping.acquire()  # what is being compiled serves the processes to come
        os._exit(0)  # the parent has gone: whatever still runs is for nobody

    def _work(self) -> None:
        try:
            while True:
                error, text = self._run()
                if not self.asked and not self.packs:
                    return
                if not self.asked:  # what was kept is of no use here
                    self.packs = []
                    continue
                with self.keeping:
                    self._answer(error, text)
                    self.packs = self.packs or self.kept.load() or self.kept.store(self._compile())
        finally:
            os._exit(1)

    def _compile(self) -> "Packs":
        sandbox = self._sandbox({"bundle": self._bundle}, FUEL)  # no job of anybody's runs in it
        made, first = sandbox.execute(COMPILE).result
        return _packed({file: a2b_base64(code) for file, code in made.items()}, first)

    def _sandbox(self, callbacks: "dict[str, Callable[[], object]]", fuel: int) -> "eryx.Sandbox":
        import eryx  # here, so that the limits on the process come first

        return eryx.Sandbox(
            resource_limits=eryx.ResourceLimits(
                execution_timeout_ms=None,  # it would run while the sandbox waits for a job; `clock` does not
                callback_timeout_ms=None,
                max_memory_bytes=self.limits["memory"],
                max_fuel=fuel,
                max_vfs_bytes=2**20,
                max_callback_invocations=len(callbacks),
            ),
            callbacks=[{"name": name, "fn": function, "description": ""} for name, function in callbacks.items()],
        )

    def _run(self) -> tuple[str, str]:
        """Prepare a sandbox, wait for a job, run it. Returns the kind of error, or "", and its text or the answer."""
        import eryx

        self.asked = False
        try:
            found = self._sandbox({"bundle": self._bundle, "job": self._job}, self.limits["fuel"]).execute(RUN)
        except eryx.ResourceLimitError as error:
            return ("fuel" if "fuel" in str(error) else "memory"), ""
        except eryx.ExecutionError as error:
            return _kind(str(error)), str(error)
        finally:
            if self.clock is not None:
                self.clock.cancel()
        if found.result_json is None:
            return "answer", str(found.result_error)
        return "", found.result_json

    def _bundle(self) -> object:
        sources = {} if self.packs else {file: text.decode() for file, text in self.files.items()}
        return {"files": sources, "packs": self.packs}

    def _job(self) -> object:
        self.asked = True
        self._say({"ready": True, "compiled": bool(self.packs)})
        job = json.loads(self.jobs.get())
        self.clock = threading.Timer(self.limits["seconds"], self._too_long)
        self.clock.daemon = True
        self.clock.start()
        return job

    def _too_long(self) -> None:
        with self.answering:  # an answer that is on its way is let through
            if self.clock is not None:
                self._write("time", "")
                os._exit(1)

    def _answer(self, error: str, text: str) -> None:
        with self.answering:
            self.clock = None
            self._write(error, text)

    def _write(self, error: str, text: str) -> None:
        answer = b"" if error else text.encode()
        if len(answer) > self.limits["answer"]:
            error, answer = "size", b""
        head: dict[str, object] = {"error": error, "detail": text[-500:]} if error else {"bytes": len(answer)}
        self._say(head, answer)

    def _say(self, head: dict[str, object], more: bytes = b"") -> None:
        self.answers.write(json.dumps(head).encode() + b"\n" + more)
        self.answers.flush()


class Kept:
    """What the guest's modules compile to, in a file."""

    def __init__(self, place: str, mark: bytes) -> None:
        self.place = place
        self.mark = mark
        """What it was made from; what is kept of anything else is not used."""
        self.writable = False
        if place:
            folder = os.path.dirname(place)
            with contextlib.suppress(OSError):
                os.makedirs(folder, 0o700, exist_ok=True)
            self.writable = os.access(folder, os.W_OK)

    def load(self) -> "Packs":
        """What an earlier process kept; empty where there is nothing that can be relied on."""
        try:
            with open(self.place, "rb", opener=_opened) as file:
                check, kept = file.read(32), file.read()
        except OSError:
            return []
        if check != self._check(kept):
            return []
        heads, *data = kept.decode().split("\n")
        return [(*head, text) for head, text in zip(json.loads(heads), data, strict=True)]

    def store(self, packs: "Packs") -> "Packs":
        """Keep it where that can be; returns it."""
        kept = "\n".join((json.dumps([head for *head, _ in packs]), *[data for *_, data in packs])).encode()
        if self.writable:
            mine = f"{self.place}.{os.getpid()}"
            with contextlib.suppress(OSError):
                with open(mine, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                    file.write(self._check(kept) + kept)
                os.replace(mine, self.place)  # at once, whoever reads it meanwhile
        return packs

    def _check(self, kept: bytes) -> bytes:
        return hashlib.sha256(self.mark + kept).digest()


def _opened(path: str, flags: int) -> int:
    """Open a file to read.

    Raises:
        PermissionError: somebody else may have written it.
    """
    found = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))
    status = os.fstat(found)
    if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
        os.close(found)
        raise PermissionError(path)
    return found


def _packed(made: dict[str, bytes], first: list[str]) -> "Packs":
    """Code in few pieces: what every job needs as it is, the rest by package, compressed."""
    groups: dict[str, list[str]] = {"": first}
    for file in made.keys() - set(first):
        groups.setdefault(file.split("/")[0], []).append(file)
    packs: Packs = []
    for name, files in groups.items():
        places: dict[str, tuple[int, int]] = {}
        size = 0
        for file in files:
            places[file] = (size, size := size + len(made[file]))
        data = b"".join(map(made.__getitem__, files))
        packs.append((places, bool(name), b2a_base64(zlib.compress(data, 9) if name else data, newline=False).decode()))
    return packs


def _mark(files: dict[str, bytes], version: str) -> bytes:
    """A digest of everything that decides what is kept: the sources, this program, the sandbox."""
    with open(__file__, "rb") as own:
        found = hashlib.sha256(own.read())
    for part in (version.encode(), *[part for file, text in files.items() for part in (file.encode(), text)]):
        found.update(len(part).to_bytes(8) + part)
    return found.digest()


def _kind(message: str) -> str:
    """What kind of end an error of the sandbox tells of."""
    if "MemoryError" in message[-200:] or "rust_oom" in message:
        return "memory"
    if message.startswith("WASM execution error"):
        return "exit" if "exit_exit" in message[:200] else "crash"
    return "guest"


def _read(places: dict[str, str]) -> dict[str, bytes]:
    """The files of the guest: each place is a file, or a folder of which all sources are meant, but no tests."""
    found: dict[str, bytes] = {}
    for name, place in places.items():
        if not place or not os.path.isdir(place):
            found[name] = _content(place) if place else b""
            continue
        for folder, inside, files in os.walk(place):
            inside[:] = [one for one in inside if one != "tests"]
            below = folder[len(place) :].replace(os.sep, "/")  # relpath of each file takes longer
            for file in files:
                if file.endswith(".py"):
                    found[f"{name}{below}/{file}".removeprefix("/")] = _content(os.path.join(folder, file))
    return dict(sorted(found.items()))


def _content(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()


def _limit_process() -> None:
    """Write no core dump: each would be hundreds of megabytes."""
    try:
        import resource
    except ImportError:  # Windows has neither
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main(given: "dict[str, Any]") -> None:
    _limit_process()
    sys.path.append(given["eryx"])
    import eryx

    files = _read(given["files"])
    name = hashlib.sha256(given["files"][""].encode()).hexdigest()[:16]  # one file for each installation
    place = os.path.join(given["cache"], f"guest-{name}") if given["cache"] else ""
    Worker(files, given["limits"], Kept(place, _mark(files, eryx.__version__))).main()


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]))
