"""torch.cuda: there is no GPU."""

from paramcount_guest.state import fallback

__getattr__ = fallback("torch.cuda")


def is_available():
    return False


def device_count():
    return 0


def manual_seed(seed):
    return None


manual_seed_all = synchronize = set_device = seed_all = manual_seed


def empty_cache():
    return None


def synchronize(device=None):
    return None


def is_bf16_supported():
    return False


def get_device_name(device=None):
    return ""
