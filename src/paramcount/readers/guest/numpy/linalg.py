"""numpy.linalg: no rule."""

from paramcount_guest.state import unsupported


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)

    def absent(*args, **kwargs):
        raise unsupported(f"numpy.linalg.{name}")

    return absent
