"""Every builder of keras.applications, read from its own source in Keras's wheel: `python -m tests.readers.keras_applications`.

The wheel is downloaded without its dependencies and its files are read as they are, never run here. Names given on the
command line choose builders.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from paramcount import ParamcountError, derive
from paramcount.readers import Asked, Given, read

FIGURES = Path(__file__).parent.parent / "data" / "keras_application_counts.json"
FOLDER = "keras/src/applications/"
COMPANIONS = {"resnet_v2.py": ("resnet.py",)}
"""What a file imports of the others."""


def sources() -> dict[str, str]:
    """The files of keras.applications by their names."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "keras==3.15.1"]
        subprocess.run(command, check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.startswith(FOLDER) and name.endswith(".py")]
            return {name.removeprefix(FOLDER): archive.read(name).decode() for name in names}


def main(chosen: list[str]) -> int:
    """Print a line for each builder, with and without its classifier; returns how many are not exact."""
    figures = json.loads(FIGURES.read_text())["models"]
    files = sources()
    exact = wrong = refused = 0
    for name in chosen or figures:
        row = figures[name]
        file = next(one for one, text in files.items() if f"\ndef {name}(" in text and not one.endswith("_test.py"))
        given = {FOLDER + one: files[one] for one in (file, *COMPANIONS.get(file, ()))}
        for top in (True, False):
            sized = None not in row["input"]
            more = "" if top else ", include_top=False"
            more += f", input_shape={tuple(row['input'])}" if sized else ""
            shapes = (tuple(row["input"]),) if sized else ()
            want = (row["total"], row["trainable"]) if top else (row["headless_total"], row["headless_trainable"])
            try:
                reading = read(
                    Given(given[FOLDER + file], given, FOLDER + file),
                    Asked(entry=f"{name}(weights=None{more})", input_shapes=shapes),
                )
                totals = derive(reading.network).to_dict(detail="summary")["totals"]
            except ParamcountError as error:
                refused += 1
                print(f"{name:20} top={top!s:5} refused: {error}")
                continue
            found = (totals["parameters"], totals["trainable"])
            exact, wrong = exact + (found == want), wrong + (found != want)
            print(f"{name:20} top={top!s:5} {found[0]:>11,} {found[1]:>11,} {totals.get('macs', 'unknown'):>15} "
                  f"{'exact' if found == want else f'WRONG, {want}'}")  # fmt: skip
    print(f"{exact} exact, {refused} refused, {wrong} wrong")
    return refused + wrong


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
