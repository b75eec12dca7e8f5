"""torch.jit: nothing is compiled, so its decorators give back what they get."""

from typing import Final as Final

from paramcount_guest.state import fallback

from torch.nn import Module as ScriptModule

__getattr__ = fallback("torch.jit")


def _same(obj=None, *args, **kwargs):
    return (lambda one: one) if obj is None else obj


script = trace = unused = export = interface = script_if_tracing = optimize_for_inference = freeze = _same
script_method = _overload = _overload_method = _same


def ignore(drop=False, **kwargs):
    return drop if callable(drop) else (lambda one: one)


def is_scripting():
    return False


def is_tracing():
    return False


def annotate(the_type, the_value):
    return the_value


def isinstance(obj, target_type):
    return type(obj) is target_type


class Attribute:
    """A typed attribute."""

    def __init__(self, value, type):
        self.value = value
