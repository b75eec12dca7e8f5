"""Runs a user's source against the stand-ins and tells what was built and called."""

import ast
import contextlib
import importlib
import importlib.util
import json
import sys
import types
import warnings

from paramcount_guest import entries, report
from paramcount_guest import files as files_
from paramcount_guest.state import STATE, Stop

_PACKAGES = ("torchvision.models", "torchvision.models.segmentation", "torchvision.models.video", "timm.models")
"""Packages that a single file with relative imports may come from, where all that it imports from it exists."""


class _Silent:
    """Where prints go."""

    encoding = "utf-8"
    errors = "strict"

    def write(self, text):
        return len(text)

    def flush(self):
        return None

    def isatty(self):
        return False

    def fileno(self):
        raise OSError("there is no file")


def run_json(job):
    """`run` from text to text."""
    return json.dumps(run(json.loads(job)), default=report.unknown)


def run(job):
    """Read one model.

    Args:
        job: `files` (path → text), `main` (a path among them), `entry` (an expression, or None), `inputs` (shapes
            without the batch, or None), `dtypes` (names of types of numbers, one for each input; optional).

    Returns:
        The trace.
    """
    sys.stdout = sys.stderr = _Silent()
    sys.setrecursionlimit(1000)
    sys.setrecursionlimit = lambda limit: None
    warnings.simplefilter("ignore")
    STATE.texts = job["files"]
    STATE.files = frozenset(job["files"])
    found = report.Trace()
    with contextlib.suppress(report.Ended):
        _read(job, found)
    return found.finished()


def _read(job, found):
    main = job["main"]
    sys.argv = [main]
    with found.stage("import"):
        if main not in job["files"]:
            raise FileNotFoundError(f"{main} is not among the files: {', '.join(sorted(job['files']))[:200]}")
        finder = files_.install(job["files"], main)
        module = _module(finder, main)
        skipped = _execute(finder, module, main)
    found.skipped = skipped
    with found.stage("construct"):
        made = entries.choose(module, finder.tree(main), job.get("entry"), found)
        if made is None:
            return
        found.build(made)
    if job.get("inputs") is not None:
        with found.stage("forward"):
            found.run(job["inputs"], job.get("dtypes"))


def _module(finder, main):
    """The main file's module, not yet executed, its packages imported."""
    name = finder.name_of(main)
    if finder.relative and "." not in name:
        name = _packaged(finder, name)
    if "." in name:
        importlib.import_module(name.rpartition(".")[0])
    module = types.ModuleType(name)
    module.__file__ = main
    package = main.endswith("/__init__.py")
    module.__package__ = name if package else name.rpartition(".")[0]
    if package:
        module.__path__ = []
    module.__spec__ = importlib.machinery.ModuleSpec(name, finder, origin=main, is_package=package)
    sys.modules[name] = module
    return module


def _packaged(finder, name):
    """The name of a single file in the package that its relative imports fit, where one does."""
    for package in _PACKAGES:
        with contextlib.suppress(ImportError, ValueError):
            for level, target in finder.relative:
                full = importlib.util.resolve_name("." * level + target, package)
                if full not in sys.modules and importlib.util.find_spec(full) is None:
                    raise ImportError(full)
            STATE.warn(f"Its relative imports were read as those of a file of {package}.")
            finder.aliases[f"{package}.{name}"] = next(iter(finder.files))
            return f"{package}.{name}"
    return name


def _execute(finder, module, main):
    """Run the main file's statements one by one; those that fail are left out and told."""
    tree = finder.tree(main)
    flags = 0
    skipped = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for name in node.names:
                flags |= getattr(importlib.import_module("__future__"), name.name).compiler_flag
        code = compile(ast.Module([node], []), main, "exec", flags, dont_inherit=True)
        before = len(STATE.stops)
        try:
            exec(code, module.__dict__)
            if len(STATE.stops) > before:
                raise STATE.stops[before][0]
        except (Exception, SystemExit, Stop) as error:
            if isinstance(node, (ast.Import, ast.ImportFrom)) and _broken(error):
                raise
            del STATE.stops[before:]
            place = report.place(error)
            line = place[1] if place[0] == main else node.lineno
            row = {"file": main, "line": line, "text": report.line_of(main, line), "reason": report.reason(error)}
            skipped.append(row)
            for name in _bound(node):
                STATE.unbound.setdefault(name, (error, place if place[0] == main else (main, node.lineno)))
            if len(skipped) > 100:
                raise
    return skipped


def _bound(node):
    """The names that a statement would have given a value."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [(one.asname or one.name).split(".")[0] for one in node.names]
    if hasattr(node, "name"):
        return [node.name]
    return [one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]


def _broken(error):
    """Whether an import failed for another reason than a library that is not here."""
    return isinstance(error, (SyntaxError, Stop)) or not isinstance(error, ImportError)
