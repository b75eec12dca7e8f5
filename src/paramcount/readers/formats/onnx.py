"""ONNX files, read through the `onnx` package (`pip install 'paramcount[onnx]'`), and never run."""

from typing import Final

from paramcount.readers.base import LIKELY, NO, POSSIBLE, Asked, Given, Reader, Reading

_BEGINNING: Final = b"\x08"
"""The tag of the first field of a model, its version."""

_SECOND: Final = b"\x12\x1a\x22\x28\x32\x3a\x42"
"""Tags of the fields that may come next."""


def _likeness(given: Given) -> float:
    if given.stream is None:
        return NO
    given.stream.seek(0)
    head = given.stream.read(3)
    given.stream.seek(0)
    alike = len(head) == 3 and head[:1] == _BEGINNING and 0 < head[1] < 64 and head[2:] in _SECOND
    if given.name.endswith(".onnx"):
        return LIKELY
    return POSSIBLE if alike else NO


def _read(given: Given, asked: Asked) -> Reading:
    from paramcount.readers.onnx.reading import reading  # it draws in what only these files need

    return reading(given, asked)


READER = Reader("onnx", "an ONNX file", _likeness, _read, suffixes=(".onnx",))
