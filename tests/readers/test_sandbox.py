"""The worker processes: what a guest does to them costs one answer, and the next is given."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from paramcount import LimitError, NotationError, ParamcountError
from paramcount.readers import sandbox
from paramcount.readers.sandbox import Cancelled, Limits, Sandboxes

HARNESS = """
import json
def prepare():
    pass
def run(job):
    names = {"job": job}
    exec(job["source"], names)
    return names.get("found")
"""
"""A guest that runs what it is given and answers with what that calls `found`."""


@pytest.fixture(scope="module")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guest")
    (folder / "harness.py").write_text(HARNESS)
    return folder


@pytest.fixture(scope="module")
def one(guest: Path) -> Iterator[Sandboxes]:
    sandboxes = Sandboxes(1, Limits(fuel=6_000_000_000, seconds=60, answer=100_000), guest)
    yield sandboxes
    sandboxes.close()


def run(sandboxes: Sandboxes, source: str) -> bytes:
    return sandboxes.run({"source": source})


def test_a_guest_answers(one: Sandboxes) -> None:
    assert run(one, "found = sum(range(10))") == b"45"
    assert run(one, "import einops; found = einops.__name__") == b'"einops"'
    assert run(one, "from paramcount.operations import macs; found = macs('matmul', [(2, 3), (3, 5)], {})") == b"30"


def test_nothing_is_left_of_one_run_in_the_next(one: Sandboxes) -> None:
    run(one, "import builtins, einops; builtins.mine = 1; einops.rearrange = None; found = 1")
    assert run(one, "import builtins; found = hasattr(builtins, 'mine')") == b"false"


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        ("while True: pass", LimitError, "6,000,000,000 instructions"),
        ("10 ** 10 ** 8", LimitError, "instructions"),
        ("import re; re.match('(a+)+$', 'a' * 40 + 'b')", LimitError, "instructions"),
        ("held = []\nwhile True: held.append(bytearray(10**7))", LimitError, "256 MiB"),
        ("for _ in range(1000): print('x' * 10**6)", LimitError, "256 MiB"),
        ("found = 'x' * 100_001", LimitError, "100,000 bytes"),
        ("import os; os._exit(0)", NotationError, "ended the program"),
        ("import sys; sys.exit()", NotationError, "ended the program"),
        ("import os; os.abort()", NotationError, "crashed the sandbox"),
        ("x = " + "(" * 190 + ")" * 190, NotationError, "nests too deeply"),
        ("import sys; sys.setrecursionlimit(10**9)\ndef f(): f()\nf()", NotationError, "nests too deeply"),
        ("1 / 0", NotationError, "interfered"),
        ("found = object()", NotationError, "interfered"),
        ("import json; json.dumps = lambda *a, **k: '\\n{\"bytes\": 2}\\n{}'; found = 1", None, ""),
    ],
)
def test_a_guest_that_goes_wrong_costs_one_answer(
    one: Sandboxes, source: str, error: type[ParamcountError] | None, words: str
) -> None:
    if error is None:
        run(one, source)
    else:
        with pytest.raises(error, match=words):
            run(one, source)
    assert run(one, "found = 7") == b"7"


def test_a_guest_that_sleeps_is_ended_by_the_clock(guest: Path) -> None:
    sandboxes = Sandboxes(1, Limits(seconds=1), guest)
    with pytest.raises(LimitError, match="1 s"):
        run(sandboxes, "import time; time.sleep(60)")
    assert run(sandboxes, "found = 7") == b"7"
    sandboxes.close()


@pytest.mark.parametrize(
    "source",
    [
        "open('/etc/passwd')",
        "import os; os.listdir('/')",
        "open('/tmp/mine', 'w')",
        "import socket; socket.create_connection(('127.0.0.1', 80))",
        "import subprocess; subprocess.run(['id'])",
        "import os; os.fork()",
        "import threading; threading.Thread(target=print).start()",
        "import ctypes",
        "import asyncio; asyncio.run(job())",
    ],
)
def test_a_guest_has_no_way_out(one: Sandboxes, source: str) -> None:
    with pytest.raises(NotationError, match="interfered"):
        run(one, source)


def test_a_guest_sees_no_environment(one: Sandboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "0123")
    assert b"0123" not in run(one, "import os; found = str(dict(os.environ))")


def test_a_job_that_is_given_up_ends_its_worker(one: Sandboxes) -> None:
    job = one.start({"source": "while True: pass"})
    assert not job.wait(0.3)
    began = time.perf_counter()
    job.cancel()
    with pytest.raises(Cancelled):
        job.answer()
    assert time.perf_counter() - began < 2
    assert run(one, "found = 8") == b"8"


def test_a_job_that_waits_for_a_worker_can_be_given_up(one: Sandboxes) -> None:
    first = one.start({"source": "import time; time.sleep(1); found = 1"})
    second = one.start({"source": "found = 2"})
    time.sleep(0.2)
    waiting = next(job for job in (first, second) if not job.running)
    waiting.cancel()
    with pytest.raises(Cancelled):
        waiting.answer()
    other = first if waiting is second else second
    assert other.answer() in (b"1", b"2")


def test_no_more_jobs_run_than_there_are_workers(guest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    real = sandbox.Worker

    def counted(*given: object) -> object:
        started.append(1)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(sandbox, "Worker", counted)
    two = Sandboxes(2, guest=guest)
    jobs = [two.start({"source": f"found = {number}"}) for number in range(6)]
    assert [job.answer() for job in jobs] == [str(number).encode() for number in range(6)]
    assert 1 <= len(started) <= 2
    two.close()


def test_where_the_sandbox_has_no_wheel_the_error_says_so(guest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sandbox.place
    monkeypatch.setattr(sandbox, "place", lambda _: real("no_such_package"))
    with pytest.raises(ParamcountError, match="none for this platform"):
        Sandboxes(1, guest=guest).run({"source": ""})


def test_importing_the_readers_does_not_import_the_sandbox() -> None:
    import subprocess
    import sys

    program = "import sys, paramcount.readers.sandbox; sys.exit('eryx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for caches of the test's own."""
    folder = tmp_path / "cache"
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(folder))
    return folder


@pytest.fixture
def changing(guest: Path, tmp_path: Path) -> Path:
    """A guest that the test may change."""
    return Path(shutil.copytree(guest, tmp_path / "guest"))


def first_answer(guest: Path, source: str = "found = 7") -> tuple[bytes, bool]:
    """What a new worker answers, and whether it had its modules compiled; it has kept them when this returns."""
    found = sandbox.Worker(Limits(), guest)
    answer = found.run(json.dumps({"source": source}).encode() + b"\n")
    found.close()
    return answer, found.compiled


def kept_in(folder: Path) -> Path:
    (file,) = [one for one in folder.rglob("*") if one.is_file()]
    return file


def test_what_a_worker_compiles_is_kept_for_the_processes_to_come(cached: Path, changing: Path) -> None:
    assert first_answer(changing) == (b"7", False)
    assert kept_in(cached).stat().st_mode & 0o777 == 0o600
    assert first_answer(changing, "import einops; found = einops.__name__") == (b'"einops"', True)


def test_what_is_kept_of_other_sources_is_not_used(cached: Path, changing: Path) -> None:
    first_answer(changing)
    (changing / "harness.py").write_text(HARNESS.replace('names.get("found")', "8"))
    assert first_answer(changing) == (b"8", False)
    assert first_answer(changing) == (b"8", True)
    kept_in(cached)  # one file for an installation, whatever becomes of it


@pytest.mark.parametrize("place", [0, 40, -100])
def test_what_is_kept_and_damaged_is_not_used(cached: Path, changing: Path, place: int) -> None:
    first_answer(changing)
    content = bytearray(kept_in(cached).read_bytes())
    content[place] ^= 1
    kept_in(cached).write_bytes(content)
    assert first_answer(changing) == (b"7", False)


def test_what_others_may_have_written_is_not_used(cached: Path, changing: Path) -> None:
    first_answer(changing)
    kept_in(cached).chmod(0o666)
    assert first_answer(changing) == (b"7", False)


def test_what_a_link_leads_to_is_not_used(cached: Path, changing: Path, tmp_path: Path) -> None:
    first_answer(changing)
    file = kept_in(cached)
    file.replace(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert first_answer(changing) == (b"7", False)


def test_no_job_has_a_hand_in_what_is_kept(cached: Path, changing: Path) -> None:
    hostile = "import builtins, marshal; builtins.compile = marshal.dumps = lambda *a, **k: b''; found = 1"
    assert first_answer(changing, hostile) == (b"1", False)
    assert first_answer(changing, "import einops; found = einops.__name__") == (b'"einops"', True)


def test_without_a_folder_for_caches_it_works_as_well(changing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "cache_folder", lambda: "")
    assert [first_answer(changing) for _ in range(2)] == [(b"7", False)] * 2


def test_a_folder_for_caches_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", "/home/one")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert sandbox.cache_folder() == ""
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/mine")
    assert sandbox.cache_folder() == "/var/mine/paramcount"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert sandbox.cache_folder() == "/home/one/.cache/paramcount"
