"""torch.fx: nothing is traced by it here."""

from paramcount_guest.state import fallback

__getattr__ = fallback("torch.fx")


class Proxy:
    """Named in checks only; nothing here is one."""

    def __init__(self, *args, **kwargs):
        raise TypeError("torch.fx.Proxy is not made here")


def wrap(fn_or_name):
    return fn_or_name
