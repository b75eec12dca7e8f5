"""The layer kinds, one file a kind or a tight family, found by looking into this package.

A module offers every `Layer` class it defines that names a `kind`, and those in its `KINDS`.
Nothing lists kinds by hand: the notation, the reference and the tests ask here.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType

from paramcount.errors import UnknownNameError, closest
from paramcount.layers.base import Layer
from paramcount.signature import Framework, Signature


def _offered(module: ModuleType) -> Iterator[type[Layer]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Layer) and value.__module__ == module.__name__:
            if "kind" in vars(value):
                yield value
    yield from getattr(module, "KINDS", ())


def register(offered: Iterable[type[Layer]]) -> dict[str, type[Layer]]:
    """Sort kinds by name.

    Raises:
        TypeError: two kinds have one name.
    """
    kinds: dict[str, type[Layer]] = {}
    for layer in offered:
        if layer.kind in kinds:
            raise TypeError(f"two layer kinds are called {layer.kind!r}")
        kinds[layer.kind] = layer
    return dict(sorted(kinds.items()))


@cache
def kinds() -> dict[str, type[Layer]]:
    """Every layer kind by its canonical name, sorted."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return register(kind for module in modules for kind in _offered(module))


@cache
def spellings(framework: Framework) -> dict[str, tuple[type[Layer], Signature]]:
    """Every constructor name of a framework, aliases included, with its kind and its signature.

    Raises:
        TypeError: two kinds claim one name.
    """
    found: dict[str, tuple[type[Layer], Signature]] = {}
    for kind in kinds().values():
        signature = kind.pytorch if framework == "pytorch" else kind.keras
        for name in signature.names if signature else ():
            if name in found:
                raise TypeError(f"two layer kinds are spelt {name!r} in {framework}")
            assert signature is not None  # noqa: S101 - for the type checker: its names are being read
            found[name] = (kind, signature)
    return found


def frameworks_of(name: str) -> frozenset[Framework]:
    """In which frameworks a constructor of this name exists."""
    both: tuple[Framework, ...] = ("pytorch", "keras")
    return frozenset(framework for framework in both if name in spellings(framework))


def look_up(name: str, framework: Framework) -> tuple[type[Layer], Signature]:
    """Find a constructor by its exact name.

    Raises:
        UnknownNameError: the framework has none of this name; names what comes close.
    """
    found = spellings(framework).get(name)
    if found is not None:
        return found
    other: Framework = "keras" if framework == "pytorch" else "pytorch"
    if name in spellings(other):
        twin = _twin(name, framework)
        raise UnknownNameError(
            f"{name} is spelt as in {other}, but framework='{framework}'. Write {twin} or framework='{other}'."
        )
    raise UnknownNameError(f"{name[:60]} is no layer paramcount knows.{closest(name, spellings(framework))}")


def _twin(name: str, framework: Framework) -> str:
    """What the other framework's layer is called in `framework`."""
    other: Framework = "keras" if framework == "pytorch" else "pytorch"
    kind, _ = spellings(other)[name]
    signature = kind.pytorch if framework == "pytorch" else kind.keras
    return signature.name if signature else "another layer"


def look_up_kind(name: str, framework: Framework) -> tuple[type[Layer], Signature]:
    """Find a layer by its canonical name, as the `kind` of a JSON object gives it, or by its constructor's.

    Raises:
        UnknownNameError: there is none, or the framework has no such layer.
    """
    if name in spellings(framework):
        return spellings(framework)[name]
    kind = kinds().get(name.lower().replace("_", ""))
    if kind is None:
        raise UnknownNameError(f"{name[:60]!r} is no kind of layer.{closest(name, kinds())}")
    signature = kind.pytorch if framework == "pytorch" else kind.keras
    if signature is None:
        raise UnknownNameError(f"{name!r} does not exist in {framework}.")
    return kind, signature
