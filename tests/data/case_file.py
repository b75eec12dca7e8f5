"""Files of cases: what they were made with, and one case a line."""

import json
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def measured(
    fixed: Sequence[tuple[Any, ...]],
    drawn: Callable[[random.Random], tuple[Any, ...]],
    measure: Callable[..., dict[str, Any]],
    number: int,
) -> list[dict[str, Any]]:
    """Measure the fixed cases, then so many that are drawn.

    Where the script is called with a seed and a number, so many others are drawn and printed, one a line, and it ends.
    """
    if len(sys.argv) == 3:
        dice = random.Random(int(sys.argv[1]))  # noqa: S311 - cases, not secrets
        for _ in range(int(sys.argv[2])):
            print(json.dumps(measure(*drawn(dice))), flush=True)
        sys.exit()
    dice = random.Random(0)  # noqa: S311 - cases, not secrets
    return [measure(*case) for case in fixed] + [measure(*drawn(dice)) for _ in range(number)]


def write(name: str, about: str, cases: list[dict[str, Any]]) -> None:
    """Write the file of this name, and say how many cases it holds."""
    lines = ",\n  ".join(json.dumps(case) for case in cases)
    text = f'{{"about": {json.dumps(about)}, "cases": [\n  {lines}\n]}}\n'
    Path(__file__).with_name(name).write_text(text, encoding="utf-8")
    print(len(cases), "cases", file=sys.stderr)
