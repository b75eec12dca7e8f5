"""torch.accelerator: there is none."""

from paramcount_guest.state import fallback

__getattr__ = fallback("torch.accelerator")


def is_available():
    return False


def device_count():
    return 0


def current_accelerator(check_available=False):
    return None
