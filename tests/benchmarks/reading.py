"""Reading a ResNet-50 from its source beside building it with torch, in the same run.

    python -m tests.benchmarks.reading PYTHON_WITH_TORCH

Cold is a process from its start to the full answer, with shapes and MACs; torch's process imports torch (and
torchvision, for its own file) and builds the model on the meta device, which gives parameters only. Both have been run
once before, so that both have what an installed package has: bytecode, and here what the sandbox compiles once for an
installation. Warm is a read in a process that has read before. The last line reads eight sources one at a time, and eight at the same time.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from paramcount.readers import Asked, Given, read
from tests.readers.wheels import sources

OWN = Path(__file__).with_name("resnet50_source.py")
PARAMETERS, MACS = 25_557_032, 4_089_184_256
"""torch 2.14.1 and torchvision 0.29.1."""

BUILD = """
import sys, torch
with torch.device("meta"):
    if sys.argv[1]:
        space = {{"__name__": "m"}}
        exec(open(sys.argv[1]).read(), space)
        model = space["resnet50"]()
    else:
        import torchvision
        model = torchvision.models.resnet50()
assert sum(p.numel() for p in model.parameters()) == {parameters}
"""


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def cold(command: list[str], times: int, bytecode: str) -> float:
    """The median of whole processes, after one that writes bytecode where there is none."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> None:
        subprocess.run(command, check=True, capture_output=True, env=kept | {"PYTHONPYCACHEPREFIX": bytecode})

    run()
    return statistics.median(timed(run) for _ in range(times))


def answer(name: str, text: str) -> None:
    """A full answer, checked."""
    report = read(Given(text, name=name), Asked("resnet50()", ((3, 224, 224),))).report()
    assert report.totals.parameters.value == PARAMETERS
    assert report.totals.macs is not None
    assert report.totals.macs.value == MACS
    report.to_dict("layers")


def eight(name: str, text: str) -> tuple[float, float]:
    """Seconds for eight reads, one at a time and at the same time."""

    def together() -> None:
        threads = [threading.Thread(target=answer, args=(name, text)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return timed(lambda: [answer(name, text) for _ in range(8)]), timed(together)


def main(python: str) -> None:
    """Print the table."""
    name = "torchvision/models/resnet.py"
    text = sources("torchvision")[name]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "torchvision" / "models" / "resnet.py"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        build = BUILD.format(parameters=PARAMETERS)
        cases = [
            ("torchvision's own file", file, text, "", 8),
            ("single file", OWN, OWN.read_text("utf-8"), str(OWN), 20),
        ]
        for title, path, source, argument, least in cases:
            command = [sys.executable, "-m", "paramcount", "read", str(path), "--entry", "resnet50()", "--input", "3,224,224", "--json"]  # fmt: skip
            torch = cold([python, "-c", build, argument], 3, folder)
            ours = cold(command, 3, folder)
            answer(path.name, source)
            rested: list[float] = []
            for _ in range(5):
                time.sleep(1)  # the next sandbox is prepared in the meantime
                rested.append(timed(lambda path=path, source=source: answer(str(path), source)))
            at_once = statistics.median(
                timed(lambda path=path, source=source: answer(str(path), source)) for _ in range(5)
            )
            warm = statistics.median(rested)
            print(f"{title}: torch {torch:.2f} s; cold {ours:.2f} s, 1/{torch / ours:.1f} (at most 1/3); "
                  f"warm {warm * 1000:.0f} ms, 1/{torch / warm:.0f} (at most 1/{least}); "
                  f"warm, without a pause, {at_once * 1000:.0f} ms, 1/{torch / at_once:.0f}")  # fmt: skip
        eight(name, text)  # every worker has started
        one, all_at_once = eight(name, text)
    print(
        f"eight reads: {one:.2f} s one at a time, {all_at_once:.2f} s at the same time, {one / all_at_once:.2f} × (at least 1.6)"
    )


if __name__ == "__main__":
    main(sys.argv[1])
