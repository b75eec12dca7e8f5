"""Write the tables of what real torch has, from which the stand-ins for it are made.

Run with an interpreter that has torch and torchvision: `python tests/data/make_guest_surface.py`. `signatures.py` holds the
constructor of each class of torch.nn; `names.py` what exists, so that a name without a rule is told from no name;
`weights.py` what torchvision's builders take for weights.
"""

import importlib
import inspect
import json
from pathlib import Path

import signature_text
import torch
from torch import nn

GUEST = Path(__file__).parents[2] / "src/paramcount/readers/guest/paramcount_guest/tables"
_MODULES = """torch torch.nn torch.nn.functional torch.nn.init torch.nn.utils torch.nn.utils.parametrizations
    torch.nn.utils.parametrize torch.nn.utils.rnn torch.nn.utils.prune torch.nn.utils.fusion torch.nn.modules.utils
    torch.nn.parallel torch.fft torch.linalg torch.special torch.cuda torch.cuda.amp torch.amp torch.backends.cudnn
    torch.distributed torch.autograd torch.jit torch.fx torch.optim torch.optim.lr_scheduler torch.utils.data
    torch.utils.checkpoint torch.utils.model_zoo torch.hub torch.onnx torch.random torch.testing torch.distributions
    torch.compiler torch.nn.attention"""


def written(name: str) -> str:
    """The parameters of a constructor as source text."""
    found = inspect.signature(getattr(nn, name))
    drop: set[str] = set()
    if name in ("RNN", "LSTM", "GRU"):  # their constructors only pass on to the base's
        found = inspect.signature(nn.RNNBase)
        drop = {"mode"} | ({"proj_size"} if name == "GRU" else set())
    parts = signature_text.written(one for one in found.parameters.values() if one.name not in drop)
    if name == "RNN":
        parts.insert(3, "nonlinearity='tanh'")
    return ", ".join(parts)


def weights() -> tuple[str, dict[str, str]]:
    """Of each builder of torchvision: the class of its weights, which of them is the default, and all of them."""
    import torchvision  # only now: it brings names into torch

    found: dict[str, str] = {}
    for name in torchvision.models.list_models(torchvision.models):
        held = torchvision.models.get_model_weights(name)
        found[name] = " ".join((held.__name__, held.DEFAULT.name, *[one.name for one in held]))
    return torchvision.__version__.split("+")[0], found


def main() -> None:
    """Write the tables."""
    version = torch.__version__.split("+")[0]
    classes = sorted(
        name for name, value in vars(nn).items() if inspect.isclass(value) and issubclass(value, nn.Module)
    )
    _write_constructors(f"Constructors of torch.nn's classes, of torch {version}", classes)
    names = {"torch.Tensor": " ".join(sorted(dir(torch.Tensor)))}
    for module in _MODULES.split():
        names[module] = " ".join(sorted(dir(importlib.import_module(module))))
    _write("names", f"The names that exist, by module, of torch {version}", names)
    version, builders = weights()
    _write("weights", f"The weights that torchvision {version} has for its builders: class, default, all", builders)


def _write_constructors(about: str, classes: list[str]) -> None:
    """A function for each constructor, so that the guest has them compiled."""
    lines = "\n".join(f"def {name}(self, {written(name)}): _made(locals())".replace(", )", ")") for name in classes)
    head = f'"""{about}: written by tests/data/make_guest_surface.py."""\n# ruff: noqa - data\n# fmt: off'
    (GUEST / "signatures.py").write_text(
        f"{head}\n\nfrom torch.nn.modules._layer import made as _made\n\n{lines}\n\n"
        'TABLE = {name: one for name, one in globals().items() if name[0] != "_"}\n'
    )


def _write(file: str, about: str, table: dict[str, str]) -> None:
    lines = "\n".join(f"    {json.dumps(name)}: {json.dumps(text)}," for name, text in table.items())
    head = f'"""{about}: written by tests/data/make_guest_surface.py."""'
    (GUEST / f"{file}.py").write_text(f"{head}\n\nTABLE = {{\n{lines}\n}}\n")


if __name__ == "__main__":
    main()
