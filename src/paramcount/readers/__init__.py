"""Readers: what a caller has in another form → Network. One file a format, found by looking into `formats`.

    print(model), summary tables, configurations, source code, model files ──read──▶ Reading: Network, and what was read

A file there is called as its format and offers its `READER`; nothing lists formats by hand. To name them imports none.
What is read is never run here.
"""

import importlib
import pkgutil
import re
from dataclasses import replace
from functools import cache
from typing import Final

from paramcount.errors import NotationError, ParamcountError, UnknownNameError, closest, shown
from paramcount.readers import formats
from paramcount.readers.base import Asked, Given, Reader, Reading

AUTO: Final = "auto"
"""The format that stands for whichever it is."""

__all__ = ["AUTO", "Asked", "Given", "Reader", "Reading", "format_names", "read", "readers"]


@cache
def format_names() -> tuple[str, ...]:
    """The name of every format, sorted."""
    return tuple(sorted([found.name for found in pkgutil.iter_modules(formats.__path__)]))


_COLOURS: Final = re.compile(r"\x1b\[[\d;]*[A-Za-z]")
"""What turns colours of a terminal on and off: Keras prints its tables in them."""


@cache
def readers() -> dict[str, Reader]:
    """Every reader by its format, sorted.

    Raises:
        TypeError: a reader is not called as its file.
    """
    found: dict[str, Reader] = {
        name: importlib.import_module(f"{formats.__name__}.{name}").READER for name in format_names()
    }
    for name, reader in found.items():
        if reader.format != name:
            raise TypeError(f"the reader of {name} says that it reads {reader.format}")
    return found


def read(given: Given, asked: Asked | None = None, *, format: str = AUTO) -> Reading:  # noqa: A002 - what it is called
    """Read a network.

    Args:
        given: text, files or an open file.
        asked: the entry, input shapes and framework that the caller names.
        format: one of `format_names()`, or "auto": what it looks like most.

    Raises:
        UnknownNameError: there is no such format.
        NotationError: it looks like none of the formats.
        ParamcountError: it cannot be read; each reader says why.
    """
    if "\x1b" in given.text:
        given = replace(given, text=_COLOURS.sub("", given.text))
    reader = _looks_like(given) if format == AUTO else readers().get(format)
    if reader is None:
        known = (AUTO, *format_names())
        raise UnknownNameError(
            f"format must be one of {', '.join(known)}, received {shown(format)}.{closest(format, known)}"
        )
    try:
        return reader.read(given, asked or Asked())
    except ParamcountError as error:
        taken = f"read as {reader.format}" if format == AUTO else reader.format
        raise error.within(f"{given.name}, {taken}" if given.name else taken) from None


def _looks_like(given: Given) -> Reader:
    likeness = {name: reader.likeness(given) for name, reader in readers().items()}
    best = max(likeness, key=lambda name: likeness[name])
    if likeness[best] > 0:
        return readers()[best]
    if given.stream is None and not given.text.strip():
        raise NotationError("nothing was given to read.")
    known = "; ".join(f"{name}: {reader.about}" for name, reader in readers().items())
    hint = "" if given.stream is not None else " Layers in notation go to network_params or `paramcount network`."
    raise NotationError(f"{given.name or 'the text'} is in no format that is known ({known}).{hint}")
