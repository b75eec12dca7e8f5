"""Runs the guest in an ordinary Python of its own: what the sandbox adds is tested elsewhere."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import einops

import paramcount

_SOURCE = Path(paramcount.__file__).parent
_PROGRAM = """
import importlib.machinery, importlib.util, json, sys
given = json.loads(sys.argv[1])
sys.path[:] = [given["guest"]] + [place for place in sys.path if "site-packages" not in place]
space = type(sys)("paramcount")
space.__path__ = [given["source"]]
space.__spec__ = importlib.machinery.ModuleSpec("paramcount", None, is_package=True)
sys.modules["paramcount"] = space
class Einops:
    def find_spec(self, name, path=None, target=None):
        if name == "einops":
            return importlib.util.spec_from_file_location(name, given["einops"])
sys.meta_path.insert(0, Einops())
import harness
answers = [sys.__stdout__]
print(json.dumps(harness.run(json.load(sys.stdin))), file=answers[0])
"""


def read(source: str | dict[str, str], entry: str | None = None, *inputs: list[int], **more: Any) -> dict[str, Any]:
    """The trace of a source: one file's text, or texts by path of which the last is the main file."""
    files = {"model.py": source} if isinstance(source, str) else source
    job = {"files": files, "main": list(files)[-1], "entry": entry, "inputs": list(inputs) or None, **more}
    given = {"guest": str(_SOURCE / "readers" / "guest"), "source": str(_SOURCE), "einops": einops.__file__}
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", _PROGRAM, json.dumps(given)],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def named(trace: dict[str, Any], key: str) -> list[list[Any]]:
    """Names and shapes of a trace's parameters or buffers, in order, each once."""
    return [
        [".".join(filter(None, (module["path"], one["name"]))), one["shape"]]
        for module in trace["modules"]
        for one in module[key]
        if one["shared_with"] is None
    ]
