"""Reads torchvision's and timm's builders from the source in their wheels, and prints how many are exact.

`python -m tests.readers.builders` downloads the two wheels, without what they depend on, and compares with
tests/data/builders.json, which is made with real torch: every parameter and buffer by name and shape in order, and
the shapes that come out.
"""

import ast
import hashlib
import json
import math
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from paramcount import ParamcountError
from paramcount.readers.sandbox import Sandboxes
from tests.conftest import table
from tests.readers import wheels
from tests.readers.guest import named

LEAST = {"torchvision": 1.0, "timm": 0.8}
"""The share of builders that must be exact."""


def given(library: str, module: str, held: dict[str, str]) -> tuple[dict[str, str], str]:
    """The main file of a builder and those that it needs, as a user would give them."""
    main = f"{library}/models/{module.replace('.', '/')}.py"
    always = [one for one in held if one.startswith("timm/layers/")] if library == "timm" else []
    shared = {f"torchvision/models/{name}.py" for name in ("__init__", "_api", "_meta", "_utils")}
    apart = {*shared, "timm/models/__init__.py"}  # what the stand-ins have of their own
    wanted, found = [main, *always], dict[str, str]()
    while wanted:
        path = wanted.pop()
        if path in found or path in apart or path not in held:
            continue
        if path not in always and not path.startswith(f"{library}/models/"):
            continue
        found[path] = held[path]
        if path not in always:
            wanted += _imported(path, held[path])
    return found, main


def _imported(path: str, text: str) -> Iterator[str]:
    """The files that a file's imports may mean."""
    package = path.split("/")[:-1]
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.ImportFrom):
            continue
        base = package[: len(package) - node.level + 1] if node.level else []
        place = "/".join([*base, *(node.module or "").split(".")]).strip("/")
        yield f"{place}.py"
        yield from (f"{place}/{name.name}.py" for name in node.names)


def digest(trace: dict[str, Any]) -> str:
    """A digest of names and shapes, as the table has it."""
    frozen = [
        ".".join(filter(None, (module["path"], one["name"])))
        for module in trace["modules"]
        for one in module["parameters"]
        if not one["trainable"] and one["shared_with"] is None
    ]
    kept = [named(trace, "parameters"), frozen, named(trace, "buffers"), trace["output_shapes"]]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:32]


def verdict(row: dict[str, Any], held: dict[str, dict[str, str]], sandboxes: Sandboxes) -> str:
    """ "exact", or what is otherwise."""
    files, main = given(row["library"], row["module"], held[row["library"]])
    job = {"files": files, "main": main, "entry": row["call"], "inputs": [row["input"]]}
    try:
        trace = json.loads(sandboxes.run(job))
    except ParamcountError as error:
        return f"refused: {error}"[:160]
    if trace["stopped"]:
        return f"refused: {trace['stopped']['class']}: {trace['stopped']['reason']}"[:160]
    total = sum(math.prod(shape) for _, shape in named(trace, "parameters"))
    if total != row["parameters"]:
        return f"WRONG: {total} parameters"
    return "exact" if digest(trace) == row["digest"] else "WRONG: names, shapes or buffers"


def main() -> int:
    """Print the table; 1 where too few are exact, or one is wrong."""
    data = table("builders.json")
    wanted = sys.argv[1:] or list(LEAST)
    rows = [row for row in data["builders"] if row["library"] in wanted]
    held = {name: wheels.sources(name) for name in wanted}
    with ThreadPoolExecutor(2) as pool:
        sandboxes = Sandboxes(2)
        verdicts = list(pool.map(lambda row: verdict(row, held, sandboxes), rows))
        sandboxes.close()
    for row, found in zip(rows, verdicts, strict=True):
        print(f"{row['call']:60} {row['parameters']:>13,} {found}")
    bad = any(found.startswith("WRONG") for found in verdicts)
    for name in wanted:
        own = [found for row, found in zip(rows, verdicts, strict=True) if row["library"] == name]
        print(f"{name} {data['about'][name]}: {own.count('exact')} of {len(own)} exact")
        bad = bad or own.count("exact") < LEAST[name] * len(own)
    return int(bad)


if __name__ == "__main__":
    raise SystemExit(main())
