"""ml_collections.config_dict: the configuration's class."""

import contextlib

from paramcount_guest.configs import Config
from paramcount_guest.placeholders import absent

__getattr__ = absent("ml_collections.config_dict")


class ConfigDict(Config):
    """A configuration that can be locked, which changes no count."""

    def lock(self):
        return self

    unlock = lock

    @contextlib.contextmanager
    def unlocked(self):
        yield self

    ignore_type = unlocked

    def copy_and_resolve_references(self):
        return self.copy()


class FrozenConfigDict(ConfigDict):
    """The same, which never changes."""
