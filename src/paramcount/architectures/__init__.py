"""The catalogue: networks that people name, one file a family, found by looking into this package.

A module offers the families that are written in it. Nothing lists networks by hand. The package is imported when
a name is met that is neither a layer nor a block.
"""

import importlib
import pkgutil
import re
from functools import cache

from paramcount.architectures.base import Architecture, Family
from paramcount.errors import plain
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
            if not isinstance(held, Family) or held.function.__module__ != module.__name__:
                continue  # a family may build on another's
            for one in held.architectures():
                if one.name in found:
                    raise TypeError(f"two architectures are called {one.name!r}")
                found[one.name] = one
    return dict(sorted(found.items()))


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
    asked = next((one for one in alike if one.framework == (framework or "pytorch")), None)
    return asked or exact or next(iter(alike), None)


def meant(one: Architecture) -> list[str]:
    """Say which network was taken, where others that count differently go by the same name."""
    alike = _by_stem()[_stem(plain(one.name))]
    listed = [f"{other.name} of {other.builder}: {other.total:,}" for other in alike if other.total != one.total]
    listed += map(str, one.variant.beside)
    if not listed:
        return []
    return [
        f"{one.name} of {one.builder} has {one.total:,} parameters by default. "
        f"Others that go by the name: {'; '.join(listed)}."
    ]


@cache
def _by_stem() -> dict[str, tuple[Architecture, ...]]:
    found: dict[str, tuple[Architecture, ...]] = {}
    for key, alike in _by_plain_name().items():
        found[_stem(key)] = (*found.get(_stem(key), ()), *alike)
    return found


def _stem(key: str) -> str:
    """What a name shares with its namesakes: alexnet, alexnetpaper and alexnetonetower are all AlexNet."""
    return re.sub(r"(paper|onetower)$", "", key)
