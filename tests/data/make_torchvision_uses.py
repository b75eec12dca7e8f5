"""Fill torchvision_uses.json anew: what real torchvision makes of its models, used as people use them.

Run with an interpreter that has torch and torchvision: `python tests/data/make_torchvision_uses.py`. No weights are
loaded: what is asked for with them is made with them and left as it is. Kept are totals, MACs (half of what
`torch.utils.flop_counter` counts), and digests of names and shapes, and of the modules by path and class.
"""

import hashlib
import json
from math import prod
from pathlib import Path
from typing import Any

import torch
import torchvision
from make_builders import digest
from make_sources import described
from torch import nn
from torchvision.models import WeightsEnum

FILE = Path(__file__).with_name("torchvision_uses.json")


def modules(model: nn.Module) -> str:
    """A digest of every module's path and class."""
    found = [[path, type(one).__name__] for path, one in model.named_modules(remove_duplicate=False)]
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()[:32]


def refilled(row: dict[str, Any]) -> dict[str, Any]:
    """The figures of one source anew."""
    space: dict[str, Any] = {"__name__": "source"}
    exec(row["source"], space)  # noqa: S102 - the sources of this file
    model = eval(row["entry"], space)  # noqa: S307 - the same
    made = modules(model)
    found = described(model, [torch.zeros(1, *row["input"])])
    total, buffers = (sum(prod(one) for _, one in found[key]) for key in ("parameters", "buffers"))
    kept = {name: row[name] for name in ("id", "source", "entry", "input")}
    figures = {"parameters": total, "buffers": buffers, "macs": found["macs"]}
    return kept | figures | {"digest": digest(found), "modules": made}


if __name__ == "__main__":
    torch.set_num_threads(1)
    WeightsEnum.get_state_dict = lambda *_, **__: {}  # type: ignore[method-assign, assignment]
    nn.Module.load_state_dict = lambda *_, **__: None  # type: ignore[method-assign, assignment]
    rows = [json.dumps(refilled(row)) for row in json.loads(FILE.read_text())["uses"]]
    about = f"torch {torch.__version__.split('+')[0]}, torchvision {torchvision.__version__.split('+')[0]}"
    FILE.write_text(
        f'{{"about": "{about}; written by make_torchvision_uses.py", "uses": [\n' + ",\n".join(rows) + "\n]}\n"
    )
