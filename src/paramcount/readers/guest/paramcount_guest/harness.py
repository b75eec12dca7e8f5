"""Runs a user's source against the stand-ins and tells what was built and called."""

import contextlib
import importlib
import importlib.util
import io
import sys
import types
import warnings

from paramcount_guest import entries, report
from paramcount_guest import files as files_
from paramcount_guest.state import STATE, Stop

_PACKAGES = (
    "torchvision.models",
    "torchvision.models.segmentation",
    "torchvision.models.video",
    "timm.models",
    "keras.src.applications",
)
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
        raise io.UnsupportedOperation("there is no file")


_COMMON = ("activation", "batchnorm", "conv", "linear", "misc", "normalization", "pooling")


def prepare():
    """Import what most models use, before there is a job."""
    for name in _COMMON:
        importlib.import_module(f"torch.nn.modules.{name}")


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
        finder.execute(main, module.__dict__)
    with found.stage("construct"):
        made = entries.choose(module, finder.tree(main), job.get("entry"), found)
        if made is None:
            return
        found.build(made, job.get("inputs"))
    if job.get("inputs") is not None or found.declared:
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
