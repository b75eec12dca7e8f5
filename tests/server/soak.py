"""Ten minutes of mixed calls with memory sampled: `python -m tests.server.soak [SECONDS]`.

Ends with exit code 1 where an answer was wrong, or where memory at the end is more than 5 % above its level after one
minute (or a tenth of the time).
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.server import http
from tests.server.http import LEGACY, MODERN, Running, call, post

CONNECTIONS = 8
GROWTH = 1.05
KNOWN = {"vgg11()": 132_863_336, "resnet18()": 11_689_512, "resnet50()": 25_557_032, "densenet121()": 7_978_856}


async def calls(running: Running, end: float, seen: Counter[str], seed: int) -> None:
    """Call and call again, each answer checked."""
    dice = random.Random(seed)  # noqa: S311 - a load that can be repeated
    while time.monotonic() < end:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        for _ in range(dice.randrange(1, 200)):
            era = dice.choice([MODERN, LEGACY])
            if dice.random() < 0.9:
                width = dice.randrange(1, 100_000)
                writer.write(post(call("conv_layer_params", {**http.CALL, "in_channels": width}, era=era), era=era))
                answer = await asyncio.wait_for(http.read(reader), 60)
                assert answer.structure["total"] == 32 * (9 * width + 1)
                seen["conv_layer_params"] += 1
            else:
                name, total = dice.choice([*KNOWN.items()])
                writer.write(post(call("network_params", {"layers": name}, era=era), era=era))
                answer = await asyncio.wait_for(http.read(reader), 60)
                assert answer.structure["totals"]["parameters"] == total
                seen["network_params"] += 1
            if time.monotonic() > end:
                break
        writer.close()


async def soak(running: Running, seconds: float) -> tuple[Counter[str], list[tuple[float, float]]]:
    """Load the server; returns what was answered, and memory in MB over time."""
    start = time.monotonic()
    seen: Counter[str] = Counter()
    samples: list[tuple[float, float]] = []
    async with asyncio.TaskGroup() as group:
        for seed in range(CONNECTIONS):
            group.create_task(calls(running, start + seconds, seen, seed))
        while time.monotonic() < start + seconds:
            await asyncio.sleep(seconds / 120)
            samples.append((time.monotonic() - start, running.resident()))
    return seen, samples


def main(seconds: float) -> int:
    with http.serving(Path(tempfile.mkdtemp()), "--call-seconds", "30") as running:
        seen, samples = asyncio.run(soak(running, seconds))
    for at, resident in samples[::10]:
        print(f"{at:>6.0f} s {resident:>7.1f} MB")
    settled = min(60.0, seconds / 10)
    early = statistics.median(resident for at, resident in samples if settled <= at <= settled * 1.5)
    late = statistics.median(resident for _, resident in samples[-6:])
    print(f"{seen.total():,} calls answered right: {dict(seen)}")
    print(f"memory {early:.1f} MB after {settled:.0f} s, {late:.1f} MB at the end: {late / early:.3f}")
    return 0 if late <= early * GROWTH else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if sys.argv[1:] else 600))
