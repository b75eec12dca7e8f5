"""Fill sources.json, constructs.json and habits.json anew: what real torch makes of each source in them.

Run with an interpreter that has torch, in a disposable environment: `python tests/data/make_sources.py`. Of each source
the parameters and buffers are kept, with names and shapes in order; the output shape of each call of a layer of
torch.nn, in order; the shape that comes out; and, but for constructs.json, MACs: half of what `torch.utils.flop_counter` counts. It leaves out or
adds to what that is about: deformable convolution, norms of weights. Attention and recurrent layers run unfused, since what is fused is
not counted. habits.json has what model files of public repositories do, in sources of our own.
"""

import inspect
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.utils.rnn import PackedSequence
from torch.utils.flop_counter import FlopCounterMode

HOLDERS = {
    "Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "DataParallel", "Transformer",
    "TransformerEncoder", "TransformerDecoder", "TransformerEncoderLayer", "TransformerDecoderLayer",
}  # fmt: skip
LAYERS = {name: one for name, one in vars(nn).items() if inspect.isclass(one) and issubclass(one, nn.Module)}


def tensors(value: Any) -> list[torch.Tensor]:
    """The tensors in a result, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [one for part in value for one in tensors(part)] if isinstance(value, list | tuple) else []


def is_layer(module: nn.Module) -> bool:
    """Whether a call of the module is a call of its class of torch.nn."""
    own = next((one.__name__ for one in type(module).__mro__ if LAYERS.get(one.__name__) is one), "Module")
    return own not in HOLDERS and type(module).forward is LAYERS[own].forward


def described(model: nn.Module, inputs: list[torch.Tensor]) -> dict[str, Any]:
    """The figures of one model, in evaluation mode."""
    model.eval()
    torch.backends.mkldnn.enabled = not any(isinstance(one, nn.RNNBase) for one in model.modules())
    calls: list[Any] = []
    inside = 0

    def enter(*_: Any) -> None:
        nonlocal inside
        inside += 1

    def leave(name: str) -> Any:
        def hook(_module: Any, _inputs: Any, output: Any) -> None:
            nonlocal inside
            inside -= 1
            packed = isinstance(output, tuple) and isinstance(
                output[0], PackedSequence
            )  # as many shapes as it has ways
            if not inside and not packed:
                calls.append([name, [list(one.shape) for one in tensors(output)]])

        return hook

    for name, module in model.named_modules():
        if is_layer(module):
            module.register_forward_pre_hook(enter)
            module.register_forward_hook(leave(name))
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), sdpa_kernel([SDPBackend.MATH]), counter:
        output = model(*inputs)
    return {
        "parameters": [[name, list(one.shape)] for name, one in model.named_parameters()],
        "frozen": [name for name, one in model.named_parameters() if not one.requires_grad],
        "buffers": [[name, list(one.shape)] for name, one in model.named_buffers()],
        "calls": calls,
        "outputs": [list(one.shape) for one in tensors(output)],
        "macs": counter.get_total_flops() // 2,
    }


def refill(file: Path, figures: set[str]) -> None:
    """Run every source of a file again and keep some of the figures."""
    held = json.loads(file.read_text())
    rows: list[str] = []
    for row in held["sources"]:
        sys.modules["source"] = ModuleType("source")  # where dataclasses look their module up
        space = vars(sys.modules["source"])
        exec(row["source"], space)  # noqa: S102 - the sources of this file
        model = eval(row["entry"], space)  # noqa: S307 - the same
        found = described(model, [torch.zeros(1, *shape) for shape in row["inputs"]])
        kept = {name: row[name] for name in ("id", "entry", "inputs", "source")}
        rows.append(json.dumps(kept | {name: value for name, value in found.items() if name in figures}))
    about = f"torch {torch.__version__.split('+')[0]}, CPU, evaluation mode, batch of one; written by make_sources.py"
    file.write_text(f'{{"about": "{about}", "sources": [\n' + ",\n".join(rows) + "\n]}\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.backends.mha.set_fastpath_enabled(False)
    shapes = {"parameters", "frozen", "buffers", "calls", "outputs"}
    refill(Path(__file__).with_name("sources.json"), shapes | {"macs"})
    refill(Path(__file__).with_name("constructs.json"), shapes)
    refill(Path(__file__).with_name("habits.json"), shapes | {"macs"})
