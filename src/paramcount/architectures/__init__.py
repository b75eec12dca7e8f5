"""The catalogue: networks that people name, one file a family, found by looking into this package.

A module offers its families by holding them. Nothing lists networks by hand. The package is imported when
a name is met that is neither a layer nor a block.
"""

import importlib
import pkgutil
import re
from functools import cache

from paramcount.architectures.base import Architecture, Family
from paramcount.signature import Framework


@cache
def catalogue() -> dict[str, Architecture]:
    """Every named network by its name, sorted.

    Raises:
        TypeError: two have one name.
    """
    found: dict[str, Architecture] = {}
    for place in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{place.name}")
        for held in vars(module).values():
            if not isinstance(held, Family):
                continue
            for one in held.architectures():
                if one.name in found:
                    raise TypeError(f"two architectures are called {one.name!r}")
                found[one.name] = one
    return dict(sorted(found.items()))


def plain(name: str) -> str:
    """A name without what people write differently: ResNet-50, resnet50 and ResNet_50 are one."""
    return re.sub(r"[\s_.\-]", "", name.lower())


@cache
def _by_plain_name() -> dict[str, tuple[Architecture, ...]]:
    found: dict[str, tuple[Architecture, ...]] = {}
    for one in catalogue().values():
        found[plain(one.name)] = (*found.get(plain(one.name), ()), one)
    return found


def find(name: str, framework: Framework | None) -> Architecture | None:
    """Find a network by its name, exact or as people write it; where both frameworks have it, in the one asked for."""
    exact = catalogue().get(name)
    if exact is not None and framework in (None, exact.framework):
        return exact
    alike = _by_plain_name().get(plain(name), ())
    asked = [one for one in alike if one.framework == framework]
    return (asked or [exact] if exact else asked or list(alike) or [None])[0]


def namesakes(one: Architecture) -> tuple[Architecture, ...]:
    """Other networks that go by the same name and count differently."""
    stem = plain(one.name)
    found = [other for key, others in _by_plain_name().items() for other in others if _stem(key) == _stem(stem)]
    return tuple(other for other in found if other is not one and other.total != one.total)


def _stem(key: str) -> str:
    """What a name shares with its namesakes: alexnet, alexnetpaper and alexnetonetower are all AlexNet."""
    return re.sub(r"(paper|onetower)$", "", key)
