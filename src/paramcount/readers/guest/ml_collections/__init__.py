"""ml_collections: configurations that a source makes itself; none is read from a file."""

from paramcount_guest.placeholders import absent

from ml_collections import config_dict
from ml_collections.config_dict import ConfigDict, FrozenConfigDict

__all__ = ["ConfigDict", "FrozenConfigDict", "config_dict"]

__getattr__ = absent("ml_collections")
