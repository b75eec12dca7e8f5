"""Fill builders.json anew: what real torch makes of the builders of torchvision and timm in it.

Run with an interpreter that has torch, torchvision and timm: `python tests/data/make_builders.py`. Of each builder, made
without weights: totals, and a digest of what is too long to keep: parameters and buffers by name and shape in order, and
the shapes that come out. Tensors are of the meta device where the model allows it.
"""

import hashlib
import json
from collections.abc import Callable
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import timm
import torch
import torchvision
from make_sources import tensors
from torchvision import models

FILE = Path(__file__).with_name("builders.json")


def digest(found: dict[str, Any]) -> str:
    """A digest of names and shapes."""
    kept = [found[name] for name in ("parameters", "frozen", "buffers", "outputs")]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:32]


def figures(make: Callable[[], torch.nn.Module], shape: list[int], device: str) -> dict[str, Any]:
    """Names and shapes of one model, run on a batch of one in evaluation mode."""
    with torch.device(device), torch.no_grad():
        model = make().eval()
        output = model(torch.empty(1, *shape))
    return {
        "parameters": [[name, list(one.shape)] for name, one in model.named_parameters()],
        "frozen": [name for name, one in model.named_parameters() if not one.requires_grad],
        "buffers": [[name, list(one.shape)] for name, one in model.named_buffers()],
        "outputs": [list(one.shape) for one in tensors(output)],
    }


def refilled(row: dict[str, Any]) -> dict[str, Any]:
    """The figures of one builder anew."""
    name, _, options = row["call"].partition("(")
    kwargs = {one.split("=")[0].strip(): None for one in options.rstrip(")").split(",") if one}
    make = partial(models.get_model if row["library"] == "torchvision" else timm.create_model, name, **kwargs)
    try:
        found = figures(make, row["input"], "meta")
    except (RuntimeError, NotImplementedError):  # a number is read from a tensor
        found = figures(make, row["input"], "cpu")
    total, buffers = (sum(prod(one) for _, one in found[key]) for key in ("parameters", "buffers"))
    print(row["call"], total, flush=True)
    return row | {"parameters": total, "buffers": buffers, "digest": digest(found)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    held = json.loads(FILE.read_text())["builders"]
    rows = [json.dumps(refilled(row)) for row in held]
    versions = {one.__name__: one.__version__.split("+")[0] for one in (torch, torchvision, timm)}
    FILE.write_text(f'{{"about": {json.dumps(versions)}, "builders": [\n' + ",\n".join(rows) + "\n]}\n")
