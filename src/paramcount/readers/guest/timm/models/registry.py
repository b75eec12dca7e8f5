"""timm.models.registry: names of builders, kept by nobody here."""

from paramcount_guest.placeholders import absent

__getattr__ = absent("timm.models.registry")


def register_model(fn):
    return fn


def generate_default_cfgs(cfgs):
    return cfgs


def register_model_deprecations(module_name, deprecations):
    return None
