"""The program of a worker process: runs one job after the other in a sandbox, each in a new one.

The parent starts it by path, isolated and with an empty environment, and ends it whenever it likes: what runs in
the sandbox may abort the process around it. It needs the standard library and `eryx`, and nothing of paramcount.

    parent ◀── {"ready": true}, once the guest asks for a job
    parent ──▶ one line of JSON, the job
    parent ◀── {"bytes": n}, and n bytes, the guest's answer; or {"error": kind, "detail": text}

While a worker waits, its next sandbox has the guest's modules imported already. The sandbox has no files: the modules
are handed to it by a callback, as source to the first sandbox, so that the first answer comes early, and compiled, by
a sandbox in which nobody else's code runs, to those after it. A second callback hands over the job.
"""

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import eryx

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
import binascii, marshal, sys
from importlib.machinery import ModuleSpec

ROOT = "/paramcount/"

class Bundled:
    """Imports modules from memory: source, or what it compiles to."""
    def __init__(self, files, compiled):
        self.files, self.compiled = files, compiled
    def find_spec(self, name, path=None, target=None):
        stem = name.replace(".", "/")
        for file, package in ((stem + ".py", False), (stem + "/__init__.py", True)):
            if file in self.files:
                return ModuleSpec(name, self, origin=ROOT + file, is_package=package)
    def create_module(self, spec):
        return None
    def code(self, file):
        return compile(self.files[file], ROOT + file, "exec", dont_inherit=True)
    def exec_module(self, module):
        file = module.__spec__.origin.removeprefix(ROOT)
        module.__file__ = module.__spec__.origin
        code = marshal.loads(binascii.a2b_base64(self.files[file])) if self.compiled else self.code(file)
        exec(code, module.__dict__)
'''

COMPILE = (
    IMPORTER
    + """
given = await bundle()
made = Bundled(given["files"], False)
result = {file: binascii.b2a_base64(marshal.dumps(made.code(file)), newline=False).decode() for file in made.files}
"""
)
"""What the sandbox runs that compiles the guest's modules. No job comes near it."""

RUN = (
    IMPORTER
    + """
given = await bundle()
sys.meta_path.insert(0, Bundled(**given))
import harness
result = harness.run(await job())
"""
)
"""What the sandbox runs that answers a job."""


class Worker:
    """The sandboxes of one process, one at a time."""

    def __init__(self, files: dict[str, str], limits: dict[str, int]) -> None:
        self.files = files
        self.compiled = False
        self.limits = limits
        self.jobs: queue.Queue[bytes] = queue.Queue()
        self.clock: threading.Timer | None = None
        self.answers = os.fdopen(os.dup(1), "wb")
        self.answering = threading.Lock()
        os.dup2(2, 1)  # whatever else writes to standard output does not reach the parent as an answer

    def main(self) -> None:
        """Take jobs until the parent closes the pipe."""
        threading.Thread(target=self._work, daemon=True).start()
        for line in sys.stdin.buffer:
            self.jobs.put(line)
        os._exit(0)  # the parent has gone: whatever still runs is for nobody

    def _work(self) -> None:
        try:
            while True:
                self._answer(*self._run())
                if not self.compiled:
                    self.files, self.compiled = self._compile(), True
        finally:
            os._exit(1)

    def _compile(self) -> dict[str, str]:
        sandbox = self._sandbox({"bundle": self._bundle}, FUEL)  # no job of anybody's runs in it
        return dict(sandbox.execute(COMPILE).result)

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
        return {"files": self.files, "compiled": self.compiled}

    def _job(self) -> object:
        self._say({"ready": True})
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


def _kind(message: str) -> str:
    """What kind of end an error of the sandbox tells of."""
    if "MemoryError" in message[-200:] or "rust_oom" in message:
        return "memory"
    if message.startswith("WASM execution error"):
        return "exit" if "exit_exit" in message[:200] else "crash"
    return "guest"


def _read(places: dict[str, str]) -> dict[str, str]:
    """The files of the guest: each place is a file, or a folder of which all sources are meant."""
    found: dict[str, str] = {}
    for name, place in places.items():
        folder = Path(place)
        if not place or not folder.is_dir():
            found[name] = folder.read_text("utf-8") if place else ""
            continue
        for file in sorted(folder.rglob("*.py")):
            found["/".join(filter(None, (name, *file.relative_to(folder).parts)))] = file.read_text("utf-8")
    return found


def _limit_process() -> None:
    """Write no core dump: each would be hundreds of megabytes."""
    try:
        import resource
    except ImportError:  # Windows has neither
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit_process()
    given = json.loads(sys.argv[1])
    sys.path.append(given["eryx"])
    Worker(_read(given["files"]), given["limits"]).main()
