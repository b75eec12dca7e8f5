"""JSON, and the Python literals that print(config) shows, read alike and never evaluated."""

import json
import re
from typing import Final, cast

from paramcount.errors import LimitError, NotationError, shown

MAX_NESTED: Final = 100
"""Brackets nested in one another."""

_TOKEN: Final = re.compile(
    r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|[A-Za-z_]\w*|[()\[\]{},:]|[^\s()\[\]{},:'"]+|\S"""
)
_WORDS: Final = {"None": "null", "True": "true", "False": "false", "null": "null", "true": "true", "false": "false"}
_OPENING: Final = {"(": "[", "[": "[", "{": "{"}
_CLOSING: Final = {")": "]", "]": "]", "}": "}"}


def load(text: str) -> object:
    """Read a text that holds one value, as JSON or as Python writes it.

    Raises:
        NotationError: it holds something else.
        LimitError: its brackets nest too deeply.
    """
    depth = deepest = 0
    for bracket in re.findall(r"[\[{(\]})]", text):
        depth += 1 if bracket in _OPENING else -1
        deepest = max(deepest, depth)
    if deepest > MAX_NESTED:
        raise LimitError(f"more than {MAX_NESTED} brackets are nested.")
    try:
        return cast("object", json.loads(text))
    except ValueError as error:
        first = str(error)
    written = _as_json(text)
    try:
        return cast("object", json.loads(written))
    except ValueError:
        raise NotationError(f"it is no JSON, and no Python literal: {first:.100}.") from None


def _as_json(text: str) -> str:
    """Python's literals as JSON's: None, True, 'text', (3, 3)."""
    written: list[str] = []
    for token in _TOKEN.findall(text):
        if token in _CLOSING:
            if written and written[-1] == ",":
                written.pop()
            written.append(_CLOSING[token])
        elif token in _OPENING:
            written.append(_OPENING[token])
        elif token[0] == "'":
            written.append(json.dumps(token[1:-1].replace("\\'", "'").replace("\\\\", "\\")))
        elif token[0].isalpha() or token[0] == "_":
            if token not in _WORDS:
                raise NotationError(f"{shown(token)} is no literal. Give model.to_json() rather than what it prints.")
            written.append(_WORDS[token])
        else:
            written.append(token)
    return "".join(written)
