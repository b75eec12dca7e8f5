"""What real torch makes of a module on one input, for the scripts that keep it."""

from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode


def figures(module: nn.Module, shape: list[int]) -> dict[str, Any]:
    """Count the parameters, run it on zeros, and count MACs: half of what torch.utils.flop_counter counts."""
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), counter:  # it sees into no other kernel on a CPU
        output = module.eval()(torch.zeros(1, *shape))
    output = output["out"] if isinstance(output, dict) else output
    return {
        "input_shape": shape,
        "total": sum(one.numel() for one in module.parameters()),
        "buffers": sum(one.numel() for one in module.buffers()),
        "macs": counter.get_total_flops() // 2,
        "output_shape": list(output.shape[1:]),
    }
