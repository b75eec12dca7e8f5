"""torch.profiler: its names, without rules."""

from paramcount_guest.state import fallback

__getattr__ = fallback("torch.profiler")
