"""torch.distributed: there is one process."""

from paramcount_guest.state import fallback

__getattr__ = fallback("torch.distributed")


def is_available():
    return False


def is_initialized():
    return False


def get_rank(group=None):
    return 0


def get_world_size(group=None):
    return 1
