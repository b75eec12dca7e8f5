"""Processes for calls: they answer as the server does, and end when a call takes too much."""

import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from paramcount_mcp.answering import DefectError, RefusedError
from paramcount_mcp.tools import tools
from paramcount_mcp.workshop import (
    GoneError,
    OverloadedError,
    TooLargeError,
    TooLongError,
    Workshop,
)

VGG = {"layers": "vgg16()", "input_shape": [3, 224, 224], "detail": "summary"}
SEARCH = {
    "layers": ["resnet50(num_classes=classes, in_channels=channels)", "Linear(classes, width)"],
    "unknowns": {"classes": [1, 60], "channels": [1, 60], "width": [1, 60]},
    "target": 24_000_000,
}
DISTINCT = ", ".join(f"Conv2d({width}, {width + 1}, 3)" for width in range(3, 4_000))
LARGE = {"networks": [DISTINCT] * 4}


def within[T](work: Callable[[Workshop], Awaitable[T]], **bounds: Any) -> T:
    """Do something with a workshop."""

    async def run() -> T:
        shop = Workshop(**{"processes": 1, "waiting": 8, "seconds": 20, "memory": 512, **bounds})
        with anyio.fail_after(60):
            async with shop.open():
                return await work(shop)

    return anyio.run(run)


def processes(shop: Workshop) -> list[int]:
    return [bench.process.pid for bench in shop._idle]


def alive(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().split()[2]
    except FileNotFoundError:
        return False


def test_answers_and_refusals_come_through() -> None:
    async def work(shop: Workshop) -> None:
        result = await shop.answer(tools()["network_params"], VGG)
        assert result.structured_content is not None
        assert result.structured_content["totals"]["parameters"] == 138_357_544
        with pytest.raises(RefusedError, match="kernal_size"):
            await shop.answer(tools()["conv_layer_params"], {"kernal_size": 3})
        failed = await shop.answer(
            tools()["network_params"], {"layers": "Conv2d(3, 8, 3), Linear(5, 5)", "input_shape": [3, 9, 9]}
        )
        assert failed.is_error
        assert failed.structured_content is not None
        assert failed.structured_content["failed"]["at"] == "layer 1 (Linear(5, 5))"

    within(work)


def test_a_search_over_its_time_ends_in_its_own_words() -> None:
    async def work(shop: Workshop) -> None:
        with pytest.raises(RefusedError, match=r"the search was stopped after 0\.9 seconds: .* networks tried"):
            await shop.answer(tools()["fit_to_budget"], SEARCH)

    within(work, seconds=1)


def test_a_call_over_its_time_is_ended_and_another_process_takes_its_place() -> None:
    async def work(shop: Workshop) -> None:
        (stuck,) = processes(shop)
        await anyio.to_thread.run_sync(lambda: os.kill(stuck, signal.SIGSTOP))
        with pytest.raises(TooLongError):
            await shop.answer(tools()["network_params"], VGG)
        assert not alive(stuck)
        while not shop._idle:
            await anyio.sleep(0.05)
        result = await shop.answer(tools()["network_params"], VGG)
        assert not result.is_error
        assert processes(shop) != [stuck]
        assert shop.busy == shop.queued == 0

    within(work, seconds=2)


def test_a_call_over_its_memory_is_refused_and_gives_it_back() -> None:
    async def work(shop: Workshop) -> None:
        with pytest.raises(TooLargeError):
            await shop.answer(tools()["compare_networks"], LARGE)
        assert not (await shop.answer(tools()["network_params"], VGG)).is_error

    within(work, memory=64)
    within(lambda shop: shop.answer(tools()["compare_networks"], LARGE))


def test_a_process_that_dies_costs_its_call_only() -> None:
    async def work(shop: Workshop) -> None:
        (first,) = processes(shop)
        async with anyio.create_task_group() as tasks:

            async def die() -> None:
                await anyio.sleep(0.3)
                await anyio.to_thread.run_sync(lambda: os.kill(first, signal.SIGKILL))

            tasks.start_soon(die)
            with pytest.raises(TooLargeError):
                await shop.answer(tools()["fit_to_budget"], SEARCH)
        assert not (await shop.answer(tools()["network_params"], VGG)).is_error

    within(work)


def test_a_call_nobody_waits_for_is_given_up() -> None:
    async def work(shop: Workshop) -> None:
        (first,) = processes(shop)

        async def gone() -> bool:
            return bool(shop.busy)

        with pytest.raises(GoneError):
            await shop.answer(tools()["fit_to_budget"], SEARCH, gone)
        assert not alive(first)

    within(work)


def test_too_many_calls_are_told_so_at_once() -> None:
    async def work(shop: Workshop) -> None:
        said: list[str] = []

        async def call() -> None:
            try:
                await shop.answer(tools()["fit_to_budget"], SEARCH)
            except OverloadedError:
                said.append("overloaded")
            except (RefusedError, TooLongError) as error:
                said.append(type(error).__name__)

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(call)
            await anyio.sleep(0.2)
            assert said == ["overloaded"] * 2
        assert len(said) == 5

    within(work, seconds=1.5, waiting=2)


def test_a_process_that_cannot_be_started_is_a_defect_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(shop: Workshop) -> None:
        monkeypatch.setattr("sys.executable", "/nowhere/python")
        (first,) = processes(shop)
        await anyio.to_thread.run_sync(lambda: os.kill(first, signal.SIGKILL))
        with pytest.raises(TooLargeError):
            await shop.answer(tools()["network_params"], VGG)
        with pytest.raises(DefectError, match="No process for calls can be started"):
            await shop.answer(tools()["network_params"], VGG)

    within(work)
