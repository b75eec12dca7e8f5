"""Fill repositories.json anew: what real torch makes of model files of public repositories.

    git clone https://github.com/OWNER/NAME FOLDER/OWNER/NAME && git -C FOLDER/OWNER/NAME checkout COMMIT
    unshare --net python tests/data/make_repositories.py FOLDER

Run it with an interpreter that has torch, torchvision, timm and einops, in a disposable environment without network:
the files are other people's, and one of them installs packages when it is imported. Of each model are kept: its
parameters, how many of them are trained, the numbers in its buffers, a digest of their names and shapes in order, and
of a run on zeros, a batch of one: the shapes that come out, and MACs, which are half of what `torch.utils.flop_counter`
counts, attention unfused. No source is kept.

A file is run as a reader would run it: its statements one by one, those that fail left out, libraries that are not
there replaced by names that serve for nothing.
"""

import __future__

import ast
import hashlib
import importlib
import importlib.machinery
import inspect
import json
import os
import shutil
import sys
import tempfile
import types
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import einops.layers.torch  # noqa: F401 - imported once for all models
import timm.layers  # noqa: F401 - the same
import torch
import torchvision  # noqa: F401 - the same
from make_sources import tensors
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

FILE = Path(__file__).with_name("repositories.json")
FIGURES = ("parameters", "trainable", "buffers", "digest", "outputs", "macs")


class Absent:
    """A name of a library that is not there."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> "Absent":
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self._name}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and (inspect.isfunction(args[0]) or inspect.isclass(args[0])):
            return args[0]  # a decorator
        return Absent(f"{self._name}()")


class AbsentModule(types.ModuleType):
    """A library that is not there."""

    __path__ = ()

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")


class Libraries:
    """Comes last: what the files import and nobody has."""

    def find_spec(self, name: str, *_: Any) -> Any:
        frame = inspect.currentframe()
        while frame is not None and (frame.f_code.co_filename == __file__ or "importlib" in frame.f_code.co_filename):
            frame = frame.f_back
        file = "" if frame is None else frame.f_code.co_filename
        own = file.startswith(str(Path.cwd())) or not file.startswith(("/", "<"))
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if own else None  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> types.ModuleType:
        return AbsentModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def folders(repository: Path, main: str) -> list[str]:
    """Where modules are looked for: the folder that the file's package is in, and the repository."""
    tree = ast.parse((repository / main).read_text(errors="replace"))
    if any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree)):
        return ["."]
    folder = Path(main).parent
    while folder != Path() and (repository / folder / "__init__.py").exists():
        folder = folder.parent
    return list(dict.fromkeys([str(folder), "."]))


def module_of(main: str, places: list[str]) -> dict[str, Any]:
    """The names that a file defines, its statements run one by one."""
    name = str(Path(main).relative_to(places[0]).with_suffix("")).replace("/", ".").removesuffix(".__init__")
    if "." in name:
        importlib.import_module(name.rpartition(".")[0])
    module = types.ModuleType(name)
    module.__file__, module.__package__ = main, name.rpartition(".")[0]
    sys.modules[name], sys.argv = module, [main]
    flags = 0
    for node in ast.parse(Path(main).read_text(errors="replace"), main).body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            flags |= sum(getattr(__future__, one.name).compiler_flag for one in node.names)
        with suppress(Exception, SystemExit):
            exec(compile(ast.Module([node], []), main, "exec", flags, dont_inherit=True), vars(module))  # noqa: S102 - in a disposable environment
    return vars(module)


def figures(model: nn.Module, shapes: list[list[int]] | None) -> dict[str, Any]:
    """The figures of one model, in evaluation mode."""
    model.eval()
    parameters, buffers = list(model.named_parameters()), list(model.named_buffers())
    kept = [
        [[name, list(one.shape)] for name, one in parameters],
        [name for name, one in parameters if not one.requires_grad],
        [[name, list(one.shape)] for name, one in buffers],
        [],  # as builders.json has it, without the shapes that come out
    ]
    found: dict[str, Any] = {
        "parameters": sum(one.numel() for _, one in parameters),
        "trainable": sum(one.numel() for _, one in parameters if one.requires_grad),
        "buffers": sum(one.numel() for _, one in buffers),
        "digest": hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:32],
    }
    for kind in (torch.float32, torch.int64) if shapes else ():
        with suppress(Exception):
            inputs = [torch.zeros(1, *shape, dtype=kind) for shape in shapes or ()]
            with torch.no_grad(), sdpa_kernel([SDPBackend.MATH]):
                counter = FlopCounterMode(display=False)
                with suppress(AssertionError), counter:  # it fails on some operations
                    output = model(*inputs)
                    found["macs"] = counter.get_total_flops() // 2
                found["outputs"] = [list(one.shape) for one in tensors(output if "macs" in found else model(*inputs))]
            break
    return found


def judged(row: dict[str, Any], source: Path) -> dict[str, Any]:
    """The figures of one row, in a process of its own."""
    repository, main = source / row["repository"], row["files"][0]
    with tempfile.TemporaryDirectory() as folder:
        for name in row["files"]:
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / name, Path(folder) / name)
        answer = Path(folder) / "figures.json"
        child = os.fork()
        if not child:
            with suppress(BaseException):
                os.chdir(folder)
                sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - this process ends soon
                places = folders(repository, main)
                sys.path[:0] = [str(Path(folder) / one) for one in places]
                model = eval(row["entry"], module_of(main, places))  # noqa: S307 - in a disposable environment
                recurrent = any(isinstance(one, nn.RNNBase) for one in model.modules())
                torch.backends.mkldnn.enabled = not recurrent  # what is fused is not counted
                answer.write_text(json.dumps(figures(model, row["inputs"])))
            os._exit(0)
        os.waitpid(child, 0)
        return json.loads(answer.read_text()) if answer.exists() else {}


def refilled(held: dict[str, Any], source: Path) -> Iterator[str]:
    """Every row anew; one that torch does not build is left out, and named."""
    for row in held["models"]:
        found = judged(row, source)
        print(row["repository"], row["files"][0], row["entry"][:60], found.get("parameters", "NOT BUILT"), flush=True)
        if found:
            yield json.dumps({key: one for key, one in row.items() if key not in FIGURES} | found)


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.backends.mha.set_fastpath_enabled(False)
    sys.meta_path.append(Libraries())  # type: ignore[arg-type]
    held = json.loads(FILE.read_text())
    rows = ",\n".join(refilled(held, Path(sys.argv[1]).resolve()))
    sys.meta_path.pop()
    about = (
        f"torch {torch.__version__.split('+')[0]}, CPU, evaluation mode, batch of one; written by make_repositories.py"
    )
    commits = json.dumps(held["commits"], indent=1)
    FILE.write_text(f'{{"about": "{about}", "commits": {commits}, "models": [\n{rows}\n]}}\n')
