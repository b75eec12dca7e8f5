"""omegaconf: configurations that a source makes itself; none is read from a file."""

from paramcount_guest.configs import Config, from_dataclass, merged, nested, plain
from paramcount_guest.placeholders import absent
from paramcount_guest.state import unsupported

__getattr__ = absent("omegaconf")

MISSING = "???"


class DictConfig(Config):
    """A configuration."""


class ListConfig(list):
    """A list in one."""


class OmegaConf:
    """Makes configurations."""

    @staticmethod
    def create(obj=None, *args, **kwargs):
        if isinstance(obj, str):
            raise unsupported("OmegaConf.create of a text", "give it a dict")
        if hasattr(obj, "__dataclass_fields__"):
            obj = from_dataclass(obj)
        return nested({} if obj is None else obj, DictConfig)

    structured = create

    @staticmethod
    def merge(*configs):
        found = DictConfig()
        for one in configs:
            merged(found, OmegaConf.create(one))
        return found

    @staticmethod
    def load(*args, **kwargs):
        raise unsupported("OmegaConf.load", "files are not here; give the configuration as a dict")

    @staticmethod
    def to_container(cfg, *args, **kwargs):
        return plain(cfg)

    to_object = to_container

    @staticmethod
    def is_config(obj):
        return isinstance(obj, DictConfig)

    is_dict = is_config

    @staticmethod
    def set_struct(conf, value):
        return None

    set_readonly = resolve = register_new_resolver = lambda *args, **kwargs: None
