"""yacs.config: the configuration's class; none is read from a file."""

import copy

from paramcount_guest.configs import Config, merged
from paramcount_guest.state import unsupported


class CfgNode(Config):
    """A configuration that can be frozen, which changes no count."""

    def freeze(self):
        return None

    defrost = freeze

    def set_new_allowed(self, is_new_allowed):
        return None

    def is_frozen(self):
        return False

    def clone(self):
        return copy.deepcopy(self)

    def merge_from_other_cfg(self, cfg_other):
        merged(self, cfg_other)

    def merge_from_list(self, cfg_list):
        for name, value in zip(cfg_list[::2], cfg_list[1::2]):
            *outer, last = name.split(".")
            node = self
            for one in outer:
                node = node[one]
            node[last] = value

    def merge_from_file(self, cfg_filename):
        """What the file says is not known, so that nothing of the configuration is from here on."""
        self.clear()
        self.__dict__["_lack"] = unsupported(
            "CfgNode.merge_from_file", "files are not here; set the fields in the source"
        )
        raise self.__dict__["_lack"]

    def __missing__(self, name):
        raise self.__dict__.get("_lack", KeyError(name))

    def __getattr__(self, name):
        if "_lack" in self.__dict__ and not name.startswith("__"):
            raise self.__dict__["_lack"]
        return super().__getattr__(name)
