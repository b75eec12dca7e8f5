"""What goes wrong where servers run: `pytest -s tests/server/test_faults.py` prints what was tried.

What is answered is right, nothing hangs, and memory comes back.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server import http
from tests.server.http import Answer, Running, ask, call, get, post
from tests.server.test_http import SEARCH, shown


def expected(number: int) -> int:
    """Parameters of Conv2d(number, 32, 3)."""
    return 32 * (9 * number + 1)


async def load(
    running: Running, seconds: float, connections: int, each: Callable[[int], None], *, least: int = 0
) -> Counter[str]:
    """Call and call again on connections that are opened anew where they break; every answer is checked.

    It goes on until there were `least` answers, for a minute more at most: a busy machine takes longer.
    """
    seen: Counter[str] = Counter()
    end = time.monotonic() + seconds

    def goes_on() -> bool:
        return time.monotonic() < end + (60 if seen["right"] < least else 0)

    async def one(start: int) -> None:
        number = start
        while goes_on():
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
                try:
                    while goes_on():
                        number = number % 900 + 1
                        seen["lost"] += 1
                        writer.write(post(call("conv_layer_params", {**http.CALL, "in_channels": number})))
                        answer = await asyncio.wait_for(http.read(reader), 20)
                        assert answer.structure["total"] == expected(number)
                        seen["lost"] -= 1
                        seen["right"] += 1
                        each(seen["right"])
                        if answer.headers.get("connection") == "close":
                            break
                finally:
                    writer.close()
            await asyncio.sleep(0.02)

    async with asyncio.TaskGroup() as group:
        for index in range(connections):
            group.create_task(one(index * 50))
    return seen


def test_a_worker_killed_under_load(tmp_path: Path) -> None:
    with http.serving(tmp_path, "--workers", "2", "--processes", "1") as running:
        workers = [one for one in running.family() if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]
        assert len(workers) == 2
        killed: list[int] = []

        def kill(answers: int) -> None:
            if answers >= (200, 1500, 10**9)[len(killed)]:  # one, and once it is replaced, the other
                killed.append(workers[len(killed)])
                os.kill(killed[-1], signal.SIGKILL)

        seen = asyncio.run(load(running, 8, 16, kill, least=2000))
        assert killed == workers
        assert seen["right"] > 1500
        assert 0 < seen["lost"] <= 32, "at most what was in work on the connections of those workers"
        again = asyncio.run(load(running, 1, 8, lambda _: None))
        assert again["lost"] == 0
        now = [one for one in running.family() if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]
        assert len(now) == 2
        assert not set(workers) & set(now)
        print(f"\ntwo workers killed under load: {dict(seen)}, afterwards {dict(again)}")


def test_stopped_under_load(tmp_path: Path) -> None:
    with http.serving(tmp_path, "--processes", "1") as running:
        stopped: list[float] = []

        def stop(answers: int) -> None:
            if answers >= 100 and not stopped:
                stopped.append(time.monotonic())
                running.process.send_signal(signal.SIGTERM)

        async def both() -> tuple[Counter[str], Answer]:
            long = asyncio.create_task(http.exchange(running.port, post(call("network_params", {"layers": "vgg19()"}))))
            seen = await load(running, 3, 16, stop)
            return seen, await long

        seen, long = asyncio.run(both())
        assert running.process.wait(30) == 0
        assert long.structure["totals"]["parameters"] == 143_667_240
        assert seen["right"] >= 100
        assert seen["lost"] <= 16, "connections that were not accepted yet"
        print(f"\nSIGTERM under load: {dict(seen)}, exit code 0")


def test_a_thousand_connections_that_say_nothing(tmp_path: Path) -> None:
    with http.serving(tmp_path, "--request-seconds", "3", "--processes", "1") as running:
        before = running.resident()

        async def crowd() -> tuple[float, int]:
            silent = [await asyncio.open_connection("127.0.0.1", running.port) for _ in range(1000)]
            start = time.perf_counter()
            answer = await http.exchange(running.port, post(call("conv_layer_params", http.CALL)))
            taken = time.perf_counter() - start
            assert answer.structure["total"] == 896
            ends = await asyncio.wait_for(asyncio.gather(*(reader.read() for reader, _ in silent)), 20)
            for _, writer in silent:
                writer.close()
            return taken, ends.count(b"")

        taken, closed = asyncio.run(crowd())
        assert closed == 1000
        assert taken < 2
        after = running.resident()
        assert after < before * 1.15
        print(
            f"\n1,000 silent connections: all closed; a call meanwhile took {taken * 1000:.0f} ms; {before:.0f} → {after:.0f} MB"
        )


@pytest.fixture(scope="module")
def dawdled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    options = ("--request-seconds", "2", "--write-seconds", "2", "--processes", "1", "--call-seconds", "10")
    with http.serving(tmp_path_factory.mktemp("dawdled"), *options) as running:
        yield running


WHOLE = post(call("conv_layer_params", http.CALL))


@pytest.mark.parametrize("cut", [1, 20, WHOLE.index(b"\r\n\r\n") + 2, WHOLE.index(b"\r\n\r\n") + 4, len(WHOLE) - 1])
def test_half_a_request_is_not_waited_for(dawdled: Running, cut: int) -> None:
    async def half(port: int) -> float:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(WHOLE[:cut])
        start = time.monotonic()
        await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return time.monotonic() - start

    assert asyncio.run(half(dawdled.port)) < 5


def test_a_slow_writer_has_the_time_of_one_request_and_no_more(dawdled: Running) -> None:
    async def drip(port: int) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        sent = 0
        with contextlib.suppress(ConnectionError):
            for byte in WHOLE:
                if reader.at_eof():
                    break
                writer.write(bytes([byte]))
                sent += 1
                await asyncio.wait([asyncio.create_task(asyncio.sleep(0.05))])
                if writer.transport.is_closing():
                    break
        writer.transport.abort()
        return sent

    sent = asyncio.run(drip(dawdled.port))
    assert sent < 100
    print(f"\na slow writer: closed after {sent} bytes")


def test_a_slow_reader_does_not_hold_what_it_does_not_read(dawdled: Running) -> None:
    request = post(
        call("network_params", {"layers": ["Conv2d(3, 3, 3, padding=1)", "Linear(9, 9)"] * 12, "detail": "steps"})
    )

    async def stare() -> float:
        _, writer = await asyncio.open_connection("127.0.0.1", dawdled.port, limit=2**10)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.get_extra_info("socket").setsockopt(1, 8, 4096)
        writer.write(request * 1_000)  # answered from what is kept, so that it is the reading that is waited for
        start = time.monotonic()
        await asyncio.sleep(0.5)  # until it is accepted
        before = await open_files(dawdled)
        while await open_files(dawdled) >= before and time.monotonic() - start < 60:
            await asyncio.sleep(0.2)
        writer.transport.abort()
        return time.monotonic() - start

    async def open_files(server: Running) -> int:
        return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))

    taken = asyncio.run(stare())
    assert taken < 40
    assert ask(dawdled.port, WHOLE).structure["total"] == 896
    print(f"\na slow reader: closed after {taken:.1f} s")


def test_clients_that_vanish_leave_nothing_behind(dawdled: Running) -> None:

    async def vanish() -> None:
        for wave in range(4):
            writers = []
            for number in range(20):
                _, writer = await asyncio.open_connection("127.0.0.1", dawdled.port)
                searching = {**SEARCH, "target": 1_000_000 + 100 * wave + number}
                writer.write(post(call("fit_to_budget", searching)))
                writers.append(writer)
            await asyncio.sleep(0.2)
            for writer in writers:
                writer.transport.abort()
        await shown(dawdled.port, "paramcount_processes_busy 0.0")
        await shown(dawdled.port, "paramcount_calls_waiting 0.0")

    asyncio.run(vanish())
    assert ask(dawdled.port, post(call("network_params", {"layers": "vgg11()"}))).structure["totals"]
    print(f"\n80 clients vanished mid-call: {len(dawdled.family())} processes, {dawdled.resident():.0f} MB")


def test_a_full_disk_costs_lines_of_the_log_and_nothing_else(tmp_path: Path) -> None:
    with http.serving(tmp_path, "--processes", "1") as running:
        port = running.port  # which was free
    options = ("--processes", "1", "--log-file", "/dev/full", "--port", str(port))
    with http.serving(tmp_path, *options, port=port) as running:
        for number in range(1, 30):
            answer = ask(port, post(call("conv_layer_params", {**http.CALL, "in_channels": number})))
            assert answer.structure["total"] == expected(number)
        time.sleep(0.3)
        text = ask(port, get("/metrics")).body.decode()
        lost = float(text.split("\nparamcount_log_lines_lost ")[1].split("\n")[0])
        assert lost >= 29
        assert running.stop() == 0
        print(f"\na full disk: 29 calls answered, {lost:.0f} lines lost and counted")
