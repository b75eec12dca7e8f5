"""Files of cases: what they were made with, and one case a line."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def write(name: str, about: str, cases: list[dict[str, Any]]) -> None:
    """Write the file of this name, and say how many cases it holds."""
    lines = ",\n  ".join(json.dumps(case) for case in cases)
    text = f'{{"about": {json.dumps(about)}, "cases": [\n  {lines}\n]}}\n'
    Path(__file__).with_name(name).write_text(text, encoding="utf-8")
    print(len(cases), "cases", file=sys.stderr)


def stream(cases: Iterable[dict[str, Any]]) -> None:
    """Print each case as soon as it is made, one a line."""
    for case in cases:
        print(json.dumps(case), flush=True)
