"""What the benchmarks share: turns that are taken one after another, and a table of medians."""

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence


async def in_turn(
    calls: Mapping[str, Callable[[], Awaitable[object]]], rounds: int, warm: int
) -> dict[str, list[float]]:
    """Time each call once a round, so that all of them meet the same machine; milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + warm):
        for name, call in calls.items():
            start = time.perf_counter()
            await call()
            if turn >= warm:
                times[name].append((time.perf_counter() - start) * 1000)
    return times


def show(title: str, times: Mapping[str, Sequence[float]], base: str, unit: str = "ms") -> None:
    """Print least and median of each, and its median as a multiple of the base's."""
    print(f"\n{title}")
    print(f"{'':44}{'least':>10}{'median':>10}   ratio")
    beside = statistics.median(times[base])
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:44}{min(values):>8.3f} {unit}{median:>7.3f} {unit}{median / beside:>7.2f}")
