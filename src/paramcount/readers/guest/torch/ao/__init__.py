"""torch.ao: quantization's marks, and names without rules."""

import importlib

from paramcount_guest.state import fallback

_fallback = fallback("torch.ao")


def __getattr__(name):
    return importlib.import_module("torch.ao.quantization") if name == "quantization" else _fallback(name)
