"""addict: a dict whose keys are attributes, and come to be when they are asked for."""

from paramcount_guest.configs import Config


class Dict(Config):
    """As Config, but for what is not there."""

    def __missing__(self, name):
        self[name] = Dict()
        return self[name]

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]
