"""Files for the readers: opened for the command line and for a local server, told apart, and bounded."""

import codecs
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from paramcount.errors import LimitError, NotationError
from paramcount.limits import MAX_TEXT
from paramcount.readers import Given, readers

_PEEK: Final = 8_192
"""Bytes by which a file that holds no text is known."""

STANDARD_INPUT: Final = "-"


@contextmanager
def opened(names: Sequence[str], standard_input: BinaryIO | None = None) -> Generator[Given]:
    """Open files for a reader; several must hold text. "-" is standard input.

    Raises:
        NotationError: a file cannot be read, or is not UTF-8 text where it should be.
        LimitError: the text is too long.
    """
    if not names:
        raise NotationError("no file was named.")
    if len(names) > 1:
        texts = {name: _text(name, _read(name)) for name in names}
        if sum(map(len, texts.values())) > MAX_TEXT:
            raise LimitError(f"the files have more than {MAX_TEXT} characters together.")
        yield Given(texts[names[0]], texts, names[0])
        return
    (name,) = names
    if name == STANDARD_INPUT and standard_input is not None:
        yield Given(_text("standard input", standard_input.read(MAX_TEXT + 1)))
        return
    with _open(name) as file:
        if _is_binary(name, file.read(_PEEK)):
            file.seek(0)
            yield Given(name=name, stream=file)
        else:
            file.seek(0)
            yield Given(_text(name, file.read(MAX_TEXT + 1)), name=name)


def _read(name: str) -> bytes:
    with _open(name) as file:
        return file.read(MAX_TEXT + 1)


def _open(name: str) -> BinaryIO:
    """Open an ordinary file: no pipe and no device, which could be waited for without end."""
    try:
        ordinary = Path(name).is_file() or not Path(name).exists()
        file = Path(name).open("rb") if ordinary else None  # noqa: SIM115 - the caller closes it
    except (OSError, ValueError) as error:
        raise NotationError(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    if file is None:
        raise NotationError(f"{name} is no ordinary file.")
    return file


def _is_binary(name: str, head: bytes) -> bool:
    if name.endswith(tuple(suffix for reader in readers().values() for suffix in reader.suffixes)) or b"\0" in head:
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # a character that is cut off at the end is none
    except UnicodeDecodeError:
        return True
    return False


def _text(name: str, read: bytes) -> str:
    if len(read) > MAX_TEXT:
        raise LimitError(f"{name} has more than {MAX_TEXT} bytes of text.")
    try:
        return read.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotationError(f"{name} is not UTF-8 text.") from None
