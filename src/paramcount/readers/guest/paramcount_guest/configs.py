"""Configurations whose fields are attributes too, as several libraries have them."""

import dataclasses

from paramcount_guest.state import unsupported


def nested(value, kind):
    """Mappings within mappings and lists as configurations of a kind."""
    if isinstance(value, kind):
        return value
    if isinstance(value, dict):
        return kind(value)
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)([nested(one, kind) for one in value])
    if isinstance(value, str) and "${" in value:
        raise unsupported("a configuration's interpolation", f"write the value in the place of {value!r}")
    return value


class Config(dict):
    """A dict whose keys are attributes."""

    def __init__(self, *given, **fields):
        super().__init__()
        self.update(*[one for one in given if one is not None], **fields)

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(f"{type(self).__name__} has no field {name!r}")

    def __setattr__(self, name, value):
        self[name] = value

    def __delattr__(self, name):
        del self[name]

    def __setitem__(self, name, value):
        super().__setitem__(name, nested(value, type(self)))

    def __deepcopy__(self, memo):
        import copy

        return type(self)({name: copy.deepcopy(value, memo) for name, value in self.items()})

    def update(self, *given, **fields):
        for name, value in dict(*given, **fields).items():
            self[name] = value

    def setdefault(self, name, default=None):
        if name not in self:
            self[name] = default
        return self[name]

    def copy(self):
        return type(self)(self)

    def to_dict(self):
        return {name: plain(value) for name, value in self.items()}


def plain(value):
    """Configurations as dicts and lists."""
    if isinstance(value, Config):
        return value.to_dict()
    return [plain(one) for one in value] if isinstance(value, list) else value


def from_dataclass(given):
    """A dataclass, or one of it, as a dict."""
    return dataclasses.asdict(given() if isinstance(given, type) else given)


def merged(base, other):
    """A configuration with another's fields put in, field by field."""
    for name, value in other.items():
        if isinstance(value, dict) and isinstance(base.get(name), dict):
            merged(base[name], value)
        else:
            base[name] = value
    return base
