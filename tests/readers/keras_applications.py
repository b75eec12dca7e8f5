"""Every builder of keras.applications, read from its own source in Keras's wheel: `python -m tests.readers.keras_applications`.

The wheel is downloaded without its dependencies and its files are read as they are, never run here. Names given on the
command line choose builders. Two are read at a time.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from paramcount import ParamcountError
from paramcount.readers import Asked, Given, read
from tests.conftest import table
from tests.readers import wheels

FOLDER = "keras/src/applications/"
COMPANIONS = {"resnet_v2.py": ("resnet.py",)}
"""What a file imports of the others."""


def verdict(name: str, row: dict[str, Any], top: bool, files: dict[str, str]) -> str:
    """What is read of a builder, with its classifier or without: "exact" and the figures, or what is otherwise."""
    file = next(one for one, text in files.items() if f"\ndef {name}(" in text and not one.endswith("_test.py"))
    given = {FOLDER + one: files[one] for one in (file, *COMPANIONS.get(file, ()))}
    sized = None not in row["input"]
    more = "" if top else ", include_top=False"
    more += f", input_shape={tuple(row['input'])}" if sized else ""
    asked = Asked(entry=f"{name}(weights=None{more})", input_shapes=(tuple(row["input"]),) if sized else ())
    try:
        report = read(Given(given[FOLDER + file], given, FOLDER + file), asked).report()
    except ParamcountError as error:
        return f"refused: {error}"
    totals = report.to_dict("summary")["totals"]
    kind = "" if top else "headless_"
    found, want = (totals["parameters"], totals["trainable"]), (row[f"{kind}total"], row[f"{kind}trainable"])
    if found != want:
        return f"WRONG: {found}, and Keras has {want}"
    return f"exact {found[0]:>11,} {found[1]:>11,} {totals.get('macs', 'unknown'):>15}"


def main(chosen: list[str]) -> int:
    """Print a line for each builder, with and without its classifier; returns how many are not exact."""
    figures = table("keras_application_counts.json")["models"]
    held = wheels.sources("keras")
    files = {name.removeprefix(FOLDER): text for name, text in held.items() if name.startswith(FOLDER)}
    asked = [(name, top) for name in chosen or figures for top in (True, False)]
    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda one: verdict(one[0], figures[one[0]], one[1], files), asked))
    for (name, top), found in zip(asked, verdicts, strict=True):
        print(f"{name:20} {'whole' if top else 'headless':8} {found}")
    counts = {kind: sum(found.startswith(kind) for found in verdicts) for kind in ("exact", "refused", "WRONG")}
    print(f"keras.applications: {', '.join(f'{count} {kind}' for kind, count in counts.items())}".lower())
    return len(asked) - counts["exact"]


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
