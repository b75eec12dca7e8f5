"""Write builders.json: what real torch makes of torchvision's and timm's builders.

Run with an interpreter that has torch, torchvision and timm: `python tests/data/make_builders.py`. Of each builder, made
without weights: totals, and a digest of what is too long to keep: parameters and buffers by name and shape in order, and
the shapes that come out. Tensors are of the meta device
where the model allows it.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from typing import Any

import timm
import torch
import torchvision
from make_sources import tensors
from timm.models._registry import _module_to_models
from torchvision import models

FILE = Path(__file__).with_name("builders.json")
BIG = ("huge", "giant", "large", "_xl", "xlarge", "gigantic", "m36", "m48", "so400m", "so150m", "enormous")
"""Names of sizes that would take minutes each."""
INPUTS = {"segmentation": [3, 520, 520], "video": [3, 16, 224, 224]}
SMALLER = {"inception_v3": [3, 299, 299], "mvit_v1_b": [3, 16, 224, 224], "s3d": [3, 64, 224, 224]}


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


def row(library: str, module: str, call: str, shape: list[int], make: Callable[[], torch.nn.Module]) -> dict[str, Any]:
    """The figures of one builder."""
    try:
        found = figures(make, shape, "meta")
    except (RuntimeError, NotImplementedError):  # a number is read from a tensor
        with torch.device("meta"):
            size = sum(one.numel() for one in make().parameters())
        if size > 60_000_000:
            raise
        found = figures(make, shape, "cpu")
    total, buffers = (sum(prod(one) for _, one in found[name]) for name in ("parameters", "buffers"))
    own = {"library": library, "module": module, "call": call, "input": shape}
    print(call, total, flush=True)
    return own | {"parameters": total, "buffers": buffers, "digest": digest(found)}


def of_torchvision() -> Iterator[dict[str, Any]]:
    """Classification, segmentation and video."""
    for name in models.list_models():
        builder = models.get_model_builder(name)
        module = builder.__module__.removeprefix("torchvision.models.")
        part = module.split(".")[0]
        if part in ("detection", "optical_flow", "quantization"):
            continue
        options = {"weights": None} | ({"weights_backbone": None} if part == "segmentation" else {})
        written = ", ".join(f"{key}=None" for key in options)
        shape = SMALLER.get(name, INPUTS.get(part, [3, 224, 224]))
        yield row("torchvision", module, f"{name}({written})", shape, lambda b=builder, o=options: b(**o))


def of_timm() -> Iterator[dict[str, Any]]:
    """Two builders of each file, the shortest names first."""
    for module in sorted(_module_to_models):
        names = [name for name in _module_to_models[module] if not any(word in name for word in BIG)]
        for name in sorted(names, key=lambda one: (len(one), one))[:2]:
            try:
                shape = list(timm.get_pretrained_cfg(name).input_size)
                yield row("timm", module, f"{name}()", shape, lambda n=name: timm.create_model(n))
            except Exception as error:  # what real torch does not run cannot be judged
                print(name, repr(error)[:100], file=sys.stderr)


if __name__ == "__main__":
    torch.set_num_threads(1)
    rows = [json.dumps(one) for one in (*of_torchvision(), *of_timm())]
    versions = {one.__name__: one.__version__.split("+")[0] for one in (torch, torchvision, timm)}
    FILE.write_text(f'{{"about": {json.dumps(versions)}, "builders": [\n' + ",\n".join(rows) + "\n]}\n")
