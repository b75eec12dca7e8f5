"""torch.quantization: its names, without rules."""

from paramcount_guest.state import fallback

__getattr__ = fallback("torch.quantization")
