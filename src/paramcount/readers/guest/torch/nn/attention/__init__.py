"""torch.nn.attention: which way attention is computed, which changes no shape."""

import contextlib
import enum

from paramcount_guest.state import fallback

__getattr__ = fallback("torch.nn.attention")


class SDPBackend(enum.Enum):
    """The ways."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3


@contextlib.contextmanager
def sdpa_kernel(backends, set_priority=False):
    yield
