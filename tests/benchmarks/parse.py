"""VGG-16 from its notation to a report beside Python's own `ast.parse` of the same text, and long networks.

python -m tests.benchmarks.parse
"""

import ast
import time
from collections.abc import Callable
from functools import partial

from paramcount import derive, network
from paramcount.notation import read
from tests.benchmarks.tables import show
from tests.networks import vgg


def timed(function: Callable[[], object]) -> float:
    """Milliseconds of one run."""
    start = time.perf_counter()
    function()
    return (time.perf_counter() - start) * 1000


def _derive(text: str) -> None:
    derive(network(text, input_shape=(8, 9, 9)))


def main() -> None:
    """Print both tables."""
    text = f"Sequential({', '.join(vgg('vgg16'))})"
    work: dict[str, Callable[[], object]] = {
        "ast.parse": lambda: ast.parse(text),
        "read (notation only)": lambda: read(text),
        "read, check, derive": lambda: derive(network(text, input_shape=(3, 224, 224))),
        "read, check, derive, to_dict": lambda: derive(network(text, input_shape=(3, 224, 224))).to_dict("layers"),
    }
    times: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(330):
        for name, function in work.items():
            taken = timed(function)
            if turn >= 30:
                times[name].append(taken)
    show("VGG-16, 40 layers", times, "ast.parse")

    lengths: dict[str, list[float]] = {}
    for length in (10, 100, 1_000, 10_000, 100_000):
        distinct = ", ".join(f"Conv2d(8, 8, 3, padding=1), ReLU(), Conv2d(8, 8, {1 + 2 * (i % 3)}, padding={i % 3})"
                             for i in range(length // 3 + 1))  # fmt: skip
        runs = [timed(partial(_derive, distinct)) for _ in range(3)]
        lengths[f"{length:,} layers, per 1,000"] = [taken * 1000 / length for taken in runs]
    show("long networks", lengths, "1,000 layers, per 1,000")


if __name__ == "__main__":
    main()
