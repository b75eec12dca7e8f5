"""torch.mps: its names, without rules."""

from paramcount_guest.state import fallback

__getattr__ = fallback("torch.mps")
