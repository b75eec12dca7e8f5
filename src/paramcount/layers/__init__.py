"""The layer kinds, one file a kind or a tight family, found by looking into this package.

A module offers the kinds in its `KINDS`. Nothing lists kinds by hand: the notation, the reference
and the tests ask here.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from paramcount.errors import UnknownNameError, closest
from paramcount.layers.base import Kind
from paramcount.limits import MAX_NAME
from paramcount.signature import FRAMEWORKS, Framework, Signature


def register(offered: Iterable[Kind]) -> dict[str, Kind]:
    """Sort kinds by name.

    Raises:
        TypeError: two kinds have one name.
    """
    found: dict[str, Kind] = {}
    for kind in offered:
        if kind.name in found:
            raise TypeError(f"two layer kinds are called {kind.name!r}")
        found[kind.name] = kind
    return dict(sorted(found.items()))


@cache
def kinds() -> dict[str, Kind]:
    """Every layer kind by its canonical name, sorted."""
    return register(kind for module in _modules() for kind in _offered(module))


@cache
def kind_named(name: str) -> Kind:
    """Return the kind of this canonical name, without importing every other.

    Raises:
        KeyError: there is none.
    """
    for kind in _offered_alike(name):
        if kind.name == name:
            return kind
    raise KeyError(name)


def spelt(name: str, framework: Framework) -> tuple[Kind, Signature] | None:
    """Return the kind that a framework spells so, and its signature, without importing every other.

    None where the framework has no constructor of this name.
    """
    return _spelt(name, framework) if len(name) <= MAX_NAME else None


@lru_cache(maxsize=4096)
def _spelt(name: str, framework: Framework) -> tuple[Kind, Signature] | None:
    """What was looked for is remembered, whether it is there or not: names of a bounded length."""
    for kind in _offered_alike(name):
        signature = kind.signature(framework)
        if signature is not None and name in signature.names:
            return kind, signature
    return None


def _offered_alike(name: str) -> Iterable[Kind]:
    """Every kind; modules are imported as it is asked for more, those first that begin like the name."""
    start = name[:4].lower()
    for module in sorted(_modules(), key=lambda module: not module.startswith(start)):
        yield from _offered(module)


@cache
def _modules() -> tuple[str, ...]:
    return tuple([found.name for found in pkgutil.iter_modules(__path__)])


def _offered(module: str) -> Iterable[Kind]:
    offered: Iterable[Kind] = getattr(importlib.import_module(f"{__name__}.{module}"), "KINDS", ())
    return offered


@cache
def spellings(framework: Framework) -> dict[str, tuple[Kind, Signature]]:
    """Every constructor name of a framework, aliases included, with its kind and its signature.

    Raises:
        TypeError: two kinds claim one name.
    """
    found: dict[str, tuple[Kind, Signature]] = {}
    for kind in kinds().values():
        signature = kind.signature(framework)
        if signature is None:
            continue
        for name in signature.names:
            if name in found:
                raise TypeError(f"two layer kinds are spelt {name!r} in {framework}")
            found[name] = (kind, signature)
    return found


def frameworks_of(name: str) -> tuple[Framework, ...]:
    """In which frameworks a constructor of this name exists."""
    return _frameworks().get(name, ())


@cache
def _frameworks() -> dict[str, tuple[Framework, ...]]:
    names = {name for framework in FRAMEWORKS for name in spellings(framework)}
    return {name: tuple([one for one in FRAMEWORKS if name in spellings(one)]) for name in names}


def is_kind(name: str) -> bool:
    """Whether a JSON object's `kind` of this name is a layer."""
    lowered = name.lower().replace("_", "")
    return bool(frameworks_of(name)) or lowered in kinds() or any(lowered in _lowered(one) for one in FRAMEWORKS)


def look_up(
    name: str, framework: Framework, beside: Callable[[], Iterable[str]] = tuple[str, ...]
) -> tuple[Kind, Signature]:
    """Find a constructor by its exact name. `beside` gives what else has a name, to suggest.

    Raises:
        UnknownNameError: the framework has none of this name; names what comes close.
    """
    found = spelt(name, framework)
    if found is not None:
        return found
    for other in FRAMEWORKS:
        if name in spellings(other):
            twin = spellings(other)[name][0].signature(framework)
            way_out = f"Write {twin.name} or framework='{other}'" if twin else f"Write framework='{other}'"
            raise UnknownNameError(f"is spelt as in {other}, but framework='{framework}'. {way_out}.")
    hint = closest(name, (*spellings(framework), *beside()))
    raise UnknownNameError(f"{name[:60]} is no layer paramcount knows.{hint}")


@cache
def _lowered(framework: Framework) -> dict[str, str]:
    """The constructor names of a framework by their lower-case form, where it is one name's only."""
    found: dict[str, list[str]] = {}
    for name in spellings(framework):
        found.setdefault(name.lower().replace("_", ""), []).append(name)
    return {lowered: names[0] for lowered, names in found.items() if len(names) == 1}


def look_up_kind(
    name: str, framework: Framework, beside: Callable[[], Iterable[str]] = tuple[str, ...]
) -> tuple[Kind, Signature]:
    """Find a layer by its canonical name, as the `kind` of a JSON object gives it, or by its constructor's.

    Raises:
        UnknownNameError: there is none, or the framework has no such layer.
    """
    found = spellings(framework).get(name)
    if found is not None:
        return found
    lowered = name.lower().replace("_", "")
    kind = kinds().get(lowered)
    if kind is None and lowered in _lowered(framework):
        return spellings(framework)[_lowered(framework)[lowered]]
    if kind is None:
        raise UnknownNameError(f"{name[:60]!r} is no kind of layer.{closest(name, (*kinds(), *beside()))}")
    signature = kind.signature(framework)
    if signature is None:
        raise UnknownNameError(f"{name!r} does not exist in {framework}.")
    return kind, signature
