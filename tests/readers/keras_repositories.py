"""Keras models in files of public repositories, read and compared with what real Keras counts.

    python -m tests.readers.keras_repositories FOLDER [WORD …]

FOLDER holds the repositories that tests/data/keras_repositories.json names, each checked out at its commit in a folder
`owner+name`; nothing of them is kept here. Words choose cases by what their repository, file or entry holds. Exit code
1 where an answer is wrong and not marked as incomplete, or less than 80 % of what Keras builds is exact.
"""

import hashlib
import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from paramcount import ParamcountError
from paramcount.readers import Asked, Given, read
from tests.conftest import table

LEAST = 0.8
"""The share of exact answers among the models that real Keras builds."""


def digest(shapes: list[list[int]]) -> str:
    """A digest of the shapes of all weights, sorted."""
    return hashlib.sha256(json.dumps(sorted(shapes)).encode()).hexdigest()[:32]


def verdict(case: dict[str, Any], folder: Path) -> tuple[str, str]:
    """What is read of a case: "exact", "refused", "marked" or "WRONG", and what to say of it."""
    place = folder / case["repository"].replace("/", "+")
    files = {name: (place / name).read_text("utf-8", errors="replace") for name in case["files"]}
    main = case["files"][0]
    asked = Asked(entry=case["entry"], input_shapes=tuple(map(tuple, case["inputs"] or ())))
    try:
        reading = read(Given(files[main], files, main), asked)
        answer = reading.report().to_dict("steps")
    except ParamcountError as error:
        return "refused", str(error)
    shapes = [
        list(tensor["shape"])
        for layer in answer["layers"]
        for tensor in layer.get("tensors", ())
        for _ in range(layer["repeat"])
    ]
    totals = answer["totals"]
    figures = f"{totals['parameters']:,} parameters, {totals['trainable']:,} trainable"
    if reading.read.completeness != "full":
        return "marked", f"{figures}; {reading.read.stopped or '; '.join(reading.read.not_understood)}"
    found = [totals["parameters"], totals["trainable"], digest(shapes)]
    wanted = [case.get("total"), case.get("trainable"), case.get("digest")]
    outputs = case.get("outputs")
    if found == wanted and (outputs is None or answer["output_shape"] in (outputs, outputs[0])):
        return "exact", figures
    has = "refuses it" if "refused" in case else f"has {wanted[:2]}, {outputs}"
    return "WRONG", f"{figures}, {answer.get('output_shape')}; Keras {has}"


def main(arguments: list[str]) -> int:
    """Print the table."""
    folder, words = Path(arguments[0]), arguments[1:]
    cases = [
        case for case in table("keras_repositories.json")["cases"] if all(word in json.dumps(case) for word in words)
    ]
    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda case: verdict(case, folder), cases))
    counts: Counter[str] = Counter()
    for case, (kind, why) in zip(cases, verdicts, strict=True):
        kind = kind if "refused" not in case else "refused, by Keras too" if kind == "refused" else "WRONG"
        counts[kind] += 1
        print(f"{kind:21} {case['repository']} {case['files'][0]} {case['entry'][:60]}: {why[:300]}")
    built = [kind for case, (kind, _) in zip(cases, verdicts, strict=True) if "refused" not in case]
    print(f"{len(cases)} models in {len({case['repository'] for case in cases})} repositories: ", end="")
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    print(
        f"of {len(built)} that Keras builds, {built.count('exact')} are exact ({built.count('exact') / len(built):.0%})"
    )
    return int(any(kind.startswith("WRONG") for kind in counts) or built.count("exact") < LEAST * len(built))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
