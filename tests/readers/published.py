"""torchvision's builders, read from the source in its wheel, beside what torch counts, as the tool answers them.

    python -m tests.readers.published

The files are those of the wheel, unmodified; a builder's own file is given with those that it imports. Parameters,
trainable ones, buffers and multiply-accumulates must be those of tests/data/torchvision.json, for every builder of a
classifier, of a network for segmentation and of one for video. Exit code 1 where one is not, or is refused.
"""

import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from paramcount import ParamcountError
from paramcount_mcp.tools.read_model import TOOL
from tests.conftest import table
from tests.readers.wheels import sources

INPUTS = {"mvit_v1_b": [3, 16, 224, 224], "mvit_v2_s": [3, 16, 224, 224], "s3d": [3, 16, 224, 224]}
"""What those take that the table has no input of, where that is not 16 frames of 112."""

KINDS = ("classification", "segmentation", "video")


def imported(path: str, files: Mapping[str, str], found: dict[str, str]) -> dict[str, str]:
    """A file of torchvision.models and those that it imports from there, as a user would give them."""
    if path in files and path not in found:
        found[path] = files[path]
        for other in _named(path, files[path]):
            if other.startswith("torchvision/models/") and not other.endswith("__init__.py"):
                imported(other, files, found)
    return found


def _named(path: str, text: str) -> Iterator[str]:
    for dots, module, names in re.findall(r"^from (\.+)([\w.]*) import (.*)$", text, re.MULTILINE):
        folder = PurePosixPath(path).parents[len(dots) - 1]
        base = folder.joinpath(*module.split(".")) if module else folder
        yield f"{base}.py"
        yield from (f"{base / name.strip()}.py" for name in names.strip("()").split(","))


def builders(files: Mapping[str, str]) -> dict[str, str]:
    """Every builder's name → its file."""
    return {
        name: path
        for path, text in files.items()
        if path.startswith("torchvision/models/") and "quantization" not in path
        for name in re.findall(r"^def (\w+)\(", text, re.MULTILINE)
    }


def main() -> int:
    """Print the table."""
    files = sources("torchvision")
    places = builders(files)
    exact = refused = wrong = 0
    for name, case in table("torchvision.json")["models"].items():
        if case["kind"] not in KINDS:
            continue
        backbone = ", weights_backbone=None" if case["kind"] == "segmentation" else ""
        arguments = {
            "files": imported(places[name], files, {}),
            "entry": f"{name}(weights=None{backbone})",
            "input_shape": case.get("input_size", INPUTS.get(name, [3, 16, 112, 112])),
            "detail": "summary",
        }
        start = time.perf_counter()
        try:
            totals = TOOL.answer(arguments).report.to_dict("summary")["totals"]
        except ParamcountError as error:
            refused += 1
            print(f"refused  {name}: {str(error)[:200]}")
            continue
        took = time.perf_counter() - start
        found = [totals.get(one) for one in ("parameters", "trainable", "buffers", "macs")]  # type: ignore[attr-defined]
        expected = [case.get(one) for one in ("total", "trainable", "buffers", "flops_half")]
        if expected[3] is None:  # torch counted no work where the table has no input
            found[3] = None
        exact += found == expected
        wrong += found != expected
        mark = "exact   " if found == expected else "WRONG   "
        print(f"{mark} {name:28} {found[0]:>13,} parameters {found[2]:>8,} in buffers {totals.get("macs", 0):>17,} MACs {took:5.2f} s", "" if found == expected else expected)  # fmt: skip
    print(f"torchvision: {exact} exact, {refused} refused, {wrong} wrong")
    return 1 if refused or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
