"""Reads exported networks of torchvision and prints how many are exact: `python -m tests.readers.onnx_exports DIRECTORY`.

The files are made by tests/data/make_onnx_exports.py and are not committed, since they weigh gigabytes; the figures that
real torch gives are, in tests/data/onnx_exports.json. A file is exact where parameters, buffers and MACs are those of the
module; where the exporter folded batch norms, the parameters must be those that torch.fx leaves when it folds them, and
the answer must name the module's own. What is neither must be marked: shapes stop at an operator that is named, or tensors
are listed that were told by their names, folded or computed while exporting.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from paramcount import ParamcountError
from paramcount.files import opened
from paramcount.readers import read
from tests.conftest import table


def judged(row: dict[str, Any], file: Path) -> tuple[str, str]:
    """What an answer is, and what it says beside: "exact", "folded" and named, "marked", or "wrong"."""
    try:
        with opened([str(file)]) as given:
            found = read(given).report().to_dict("summary")
    except ParamcountError as error:
        return "refused", str(error)
    totals, said = found["totals"], found["read"]
    words = " ".join(str(one) for one in (*said.get("notes", ()), *said.get("not_understood", ())))
    marked = str(said.get("stopped") or said.get("not_understood") or "")
    if totals.get("macs") != row["macs"]:
        return (
            "marked" if "stopped" in said or "in no MACs" in marked else "wrong"
        ), f"MACs {totals.get('macs')}, not {row['macs']}. {marked}"
    if (totals["parameters"], totals["buffers"]) == (row["parameters"], row["buffers"]):
        return "exact", ""
    named = f"{row['parameters']:,}" in words
    if named and totals["parameters"] == row.get("fused", totals["parameters"]):
        return "folded, named", ""
    return ("marked" if marked else "wrong"), f"{totals['parameters']}, not {row['parameters']}. {marked}"


def main(directory: Path) -> int:
    """Print the table; 1 where an answer is wrong and not marked."""
    counts: Counter[str] = Counter()
    for row in table("onnx_exports.json"):
        file = directory / row["file"]
        if not file.exists():
            counts["not there"] += 1
            continue
        verdict, said = judged(row, file)
        counts[verdict] += 1
        print(f"{verdict:14} {row['file']:50} {said[:300]}")
    print(", ".join(f"{many} {verdict}" for verdict, many in counts.most_common()))
    return int(counts["wrong"] > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
