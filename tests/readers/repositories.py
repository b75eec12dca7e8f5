"""Reads model files of public repositories, as `read_model` answers them, beside what real torch makes of them.

    git clone https://github.com/OWNER/NAME FOLDER/OWNER/NAME && git -C FOLDER/OWNER/NAME checkout COMMIT
    python -m tests.readers.repositories FOLDER [PART OF A NAME]

for each of the repositories and commits of tests/data/repositories.json, which holds figures and no source. The files
are not in this project, so this is no part of its suite. They are read, and run nowhere but in the sandbox.

A model is exact where parameters, trained ones, numbers in buffers, names and shapes in order, the shapes that come out
and multiply-accumulates are torch's, as far as torch runs it. It is partly read where its parameters are exact and the
answer says what else is not known and why. Exit code 1 where a figure is wrong, or fewer than 90 % are exact.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from paramcount import ParamcountError
from paramcount.readers.sandbox import sandboxes
from paramcount_mcp.tools.read_model import TOOL
from tests.conftest import table
from tests.readers.builders import digest

LEAST = 0.9
"""The share of models that must be exact."""


def verdict(row: Mapping[str, Any], folder: Path) -> tuple[str, str]:
    """What is read of a model, in a word, and what is to be said of it."""
    files = {name: (folder / row["repository"] / name).read_text("utf-8", "replace") for name in row["files"]}
    shapes = {} if row["inputs"] is None else {"input_shape": row["inputs"]}
    try:
        report = TOOL.answer({"files": files, "entry": row["entry"], **shapes}).report
        job = {"files": files, "main": row["files"][0], "entry": row["entry"], "inputs": row["inputs"]}
        named = json.loads(sandboxes().run(job)) | {"output_shapes": []}
    except ParamcountError as error:
        return "refused", str(error)
    totals, read = report.totals, report.read
    found = {
        "parameters": totals.parameters.value,
        "trainable": totals.trainable.value,
        "buffers": totals.buffers.value,
        "digest": digest(named),
    }
    marked = "" if read is None else str(read.stopped.get("reason", "")) or "; ".join(read.not_understood)
    if not marked:
        found["macs"] = None if totals.macs is None else totals.macs.value
    wrong = [key for key, value in found.items() if key in row and row[key] != value]
    if not marked and "outputs" in row and not _same(report.output_shapes, row["outputs"]):
        wrong.append("outputs")
    if wrong:
        return "WRONG, marked" if marked else "WRONG", ", ".join(f"{key} {found.get(key)}" for key in wrong)
    return ("partly", marked) if marked and "outputs" in row else ("exact", "")


def _same(found: Sequence[Sequence[int | None] | None], wanted: Sequence[Sequence[int]]) -> bool:
    """Whether the shapes that come out are the same, the batch of one left out or not."""
    if len(found) != len(wanted):
        return False
    return all(list(one or ()) in (list(other), list(other)[1:]) for one, other in zip(found, wanted, strict=True))


def main() -> int:
    """Print the table."""
    data, folder = table("repositories.json"), Path(sys.argv[1])
    rows = [row for row in data["models"] if all(part in str(row) for part in sys.argv[2:])]

    def timed(row: Mapping[str, Any]) -> tuple[str, str, float]:
        start = time.perf_counter()
        return (*verdict(row, folder), time.perf_counter() - start)

    count: Counter[str] = Counter()
    with ThreadPoolExecutor(2) as pool:
        for row, (word, why, took) in zip(rows, pool.map(timed, rows), strict=True):
            count[word] += 1
            print(f"{word:8} {row['repository']} {row['files'][0]} {row['entry'][:70]} {row['parameters']:,} {took:.1f} s", why[:300], flush=True)  # fmt: skip
    files = {(row["repository"], row["files"][0]) for row in rows}
    print(f"{len(rows)} models, {len(files)} files, {len({name for name, _ in files})} repositories:", dict(count))
    return int(any(word.startswith("WRONG") for word in count) or count["exact"] < LEAST * len(rows))


if __name__ == "__main__":
    sys.exit(main())
