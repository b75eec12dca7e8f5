"""easydict: a dict whose keys are attributes."""

from paramcount_guest.configs import Config


class EasyDict(Config):
    """As Config."""
