"""Classes whose methods stand in several files."""

import types


class _Empty:
    """What a class has that defines nothing."""


def with_methods_of(*parts):
    """Give a class what others define; as its bases, they would be looked through for every class made of it."""

    def put(cls):
        for part in parts:
            for name, value in vars(part).items():
                if name in vars(_Empty):
                    continue
                if isinstance(value, types.FunctionType):
                    value.__qualname__ = f"{cls.__name__}.{value.__name__}"
                setattr(cls, name, value)
        return cls

    return put
