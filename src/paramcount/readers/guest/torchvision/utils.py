"""torchvision.utils: the helpers that models call."""

from itertools import repeat

from paramcount_guest.state import unsupported


def _log_api_usage_once(obj):
    return None


def _make_ntuple(x, n):
    return tuple(x) if hasattr(x, "__iter__") else tuple(repeat(x, n))


def save_image(*args, **kwargs):
    raise unsupported("torchvision.utils.save_image")


make_grid = draw_bounding_boxes = save_image
