"""Traces written by hand, of models whose figures are torch's own (2.14.1: parameters, buffers, half of its FLOPs)."""

import json
from typing import Any

from paramcount.readers import Asked, Reading
from paramcount.readers.formats.pytorch import reading
from paramcount.readers.trace import parse

type Json = dict[str, Any]

CONV = {"stride": [1, 1], "dilation": [1, 1], "groups": 1, "padding_mode": "zeros"}


def module(path: str, of: str, kind: str | None = None, hyper: Json | None = None, **tensors: Any) -> Json:
    """A module; tensors are parameters by name, a `buffers` among them a mapping of those."""
    buffers = tensors.pop("buffers", {})
    held = [{"name": name, "shape": shape, "trainable": True, "shared_with": None} for name, shape in tensors.items()]
    return {
        "path": path,
        "class": of,
        "kind": kind,
        "hyper": hyper,
        "same_as": None,
        "parameters": held,
        "buffers": [{"name": name, "shape": shape} for name, shape in buffers.items()],
    }


def conv(path: str, ins: int, outs: int, kernel: int, padding: int = 0, *, bias: bool = True) -> Json:
    fields = {"in_channels": ins, "out_channels": outs, "kernel_size": [kernel] * 2, "padding": [padding] * 2}
    tensors = {"weight": [outs, ins, kernel, kernel], **({"bias": [outs]} if bias else {})}
    return module(path, "Conv2d", "Conv2d", {**CONV, **fields, "bias": bias}, **tensors)


def linear(path: str, ins: int, outs: int) -> Json:
    fields = {"in_features": ins, "out_features": outs, "bias": True}
    return module(path, "Linear", "Linear", fields, weight=[outs, ins], bias=[outs])


def norm(path: str, channels: int) -> Json:
    fields = {"num_features": channels, "eps": 1e-5, "momentum": 0.1, "affine": True, "track_running_stats": True}
    buffers = {"running_mean": [channels], "running_var": [channels], "num_batches_tracked": []}
    return module(path, "BatchNorm2d", "BatchNorm2d", fields, weight=[channels], bias=[channels], buffers=buffers)


def ran(path: str, value: int, *outputs: tuple[int, list[int]]) -> Json:
    """A call of a module on one value."""
    call = operation("module", [value], *outputs)
    return {**call, "module": path}


def operation(name: str, inputs: list[Any], *outputs: tuple[int, list[int]], **attributes: Any) -> Json:
    """A call of an operation on values, by number, and on parameters, by name."""
    flowing = [{"parameter": one} if isinstance(one, str) else {"value": one} for one in inputs]
    return {
        "op": name,
        "module": None,
        "scope": "",
        "inputs": flowing,
        "attributes": attributes,
        "outputs": [{"value": number, "shape": shape} for number, shape in outputs],
        "at": ["model.py", 7],
    }


def trace(modules: list[Json], calls: list[Json], outputs: list[int], **more: Any) -> Json:
    """A whole trace, of one input that is value 0."""
    return {
        "version": 1,
        "framework": "pytorch",
        "entry": {"text": "Net()", "how": "given", "class": "Net"},
        "completeness": "full",
        "modules": modules,
        "calls": calls,
        "inputs": [0],
        "outputs": outputs,
        **more,
    }


def answered(made: Json, *shape: int) -> Reading:
    """What is read of a trace."""
    return reading(parse(json.dumps(made).encode()), Asked(input_shapes=(shape,) if shape else ()))


def small() -> Json:
    """A convolution and a block with a residual connection, its ReLU run twice; one layer is never run."""
    maps = [1, 8, 32, 32]
    relu = module("block.relu", "ReLU", "ReLU", {"inplace": True})
    modules = [module("", "Net"), conv("conv1", 3, 8, 3, 1, bias=False), norm("bn1", 8), module("block", "Block")]
    modules += [conv("block.conv", 8, 8, 3, 1), relu, linear("fc", 8, 10), conv("aux", 8, 9, 1)]
    calls = [
        ran("conv1", 0, (1, maps)),
        ran("bn1", 1, (2, maps)),
        operation("relu", [2], (3, maps)),
        ran("block.conv", 3, (4, maps)),
        ran("block.relu", 4, (5, maps)),
        operation("add", [5, 3], (6, maps)),
        ran("block.relu", 6, (7, maps)),
        operation("adaptive_avg_pool2d", [7], (8, [1, 8, 1, 1]), output_size=[1, 1]),
        operation("flatten", [8], (9, [1, 8]), start_dim=1, end_dim=-1),
        operation("dropout", [9], (10, [1, 8])),
        ran("fc", 10, (11, [1, 10])),
    ]
    return trace(modules, calls, [11])


def attention() -> Json:
    """Attention by hand, with a learnt position: the batch is moved, and comes back."""
    heads, tokens = [1, 2, 4, 4], [1, 4, 8]
    calls = [
        operation("add", [0, "pos"], (1, tokens)),
        ran("qkv", 1, (2, [1, 4, 24])),
        operation("reshape", [2], (3, [1, 4, 3, 2, 4]), shape=[1, 4, 3, 2, 4]),
        operation("permute", [3], (4, [3, 1, 2, 4, 4]), dims=[2, 0, 3, 1, 4]),
        operation("unbind", [4], (5, heads), (6, heads), (7, heads), dim=0),
        operation("transpose", [6], (8, heads), dim0=-2, dim1=-1),
        operation("matmul", [5, 8], (9, heads)),
        operation("softmax", [9], (10, heads), dim=-1),
        operation("matmul", [10, 7], (11, heads)),
        operation("transpose", [11], (12, [1, 4, 2, 4]), dim0=1, dim1=2),
        operation("reshape", [12], (13, tokens), shape=[1, 4, 8]),
        ran("proj", 13, (14, tokens)),
    ]
    return trace([module("", "Net", pos=[1, 4, 8]), linear("qkv", 8, 24), linear("proj", 8, 8)], calls, [14])


def folded() -> Json:
    """Frames in the batch, a weight that is used without its layer, an LSTM whose batch stands second."""
    fields = {"input_size": 8, "hidden_size": 6, "num_layers": 1, "bias": True, "batch_first": False}
    fields |= {"dropout": 0.0, "bidirectional": False, "proj_size": 0}
    weights = {"weight_ih_l0": [24, 8], "weight_hh_l0": [24, 6], "bias_ih_l0": [24], "bias_hh_l0": [24]}
    modules = [module("", "Net", buffers={"mask": [4, 4]}), linear("a", 8, 8), conv("c", 3, 5, 3), linear("t", 8, 8)]
    modules.append(module("lstm", "LSTM", "LSTM", fields, **weights))
    calls = [
        operation("reshape", [0], (1, [4, 3, 4, 4]), shape=[-1, 3, 4, 4]),
        ran("c", 1, (2, [4, 5, 2, 2])),
        operation("flatten", [2], (3, [4, 20]), start_dim=1, end_dim=-1),
        operation("getitem", [3], (4, [4, 8]), index=[[None, None, None], [0, 8, None]]),
        ran("a", 4, (5, [4, 8])),
        operation("linear", [5, "t.weight"], (6, [4, 8])),
        operation("unsqueeze", [6], (7, [4, 1, 8]), dim=1),
        ran("lstm", 7, (8, [4, 1, 6]), (9, [1, 1, 6]), (10, [1, 1, 6])),
        operation("getitem", [9], (11, [1, 6]), index=[-1]),
        operation("getitem", [8], (12, [3, 1, 6]), index=[{"shape": [3]}]),
    ]
    return trace(modules, calls, [11, 12])
