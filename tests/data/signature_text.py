"""Signatures as source text, for the scripts that write tables of what real libraries have."""

import inspect
from collections.abc import Iterable


def written(parameters: Iterable[inspect.Parameter]) -> list[str]:
    """Parameters as they stand in a signature, with literals for defaults; what is no literal is told by its name."""
    parts: list[str] = []
    star = False
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            parts.append(f"*{parameter.name}")
            star = True
        elif parameter.kind is parameter.VAR_KEYWORD:
            parts.append(f"**{parameter.name}")
        else:
            if parameter.kind is parameter.KEYWORD_ONLY and not star:
                parts.append("*")
                star = True
            default = parameter.default
            if not isinstance(default, int | float | str | tuple | list | None):
                default = getattr(default, "__name__", type(default).__name__)
            parts.append(parameter.name + ("" if parameter.default is parameter.empty else f"={default!r}"))
    return parts
