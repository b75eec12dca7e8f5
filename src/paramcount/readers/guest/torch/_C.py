"""torch._C: its names, without rules."""

from paramcount_guest.state import fallback

__getattr__ = fallback("torch._C")


def _log_api_usage_once(event):
    return None
