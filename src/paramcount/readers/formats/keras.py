"""Keras source code, `keras` and `tensorflow.keras`, Keras 2 and 3 spellings: read as PyTorch's is, in the sandbox.

A layer's weights depend on what flows into it, so the trace tells for what shapes they were made, and the core makes
them again. Where the source declares its inputs (`Input`, `input_shape=`, `build`), no input shape need be given.
"""

import re
from typing import Final

from paramcount.readers.base import LIKELY, NO, POSSIBLE, UNMISTAKABLE, Asked, Given, Reader, Reading
from paramcount.readers.formats.pytorch import KERAS_IMPORTS, LINE, MAX_SOURCE, read_source

_TORCH: Final = re.compile(LINE + r"(?:import|from)[ \t]+torch\b", re.MULTILINE)
_USES: Final = re.compile(
    r"\b(?:keras|layers)\.[A-Z]\w{1,40}\(|\.add\((?:Dense|Conv2D|Flatten|Dropout|LSTM|Embedding)\(|=[ \t]?Sequential\("
)
"""How a piece of source that imports nothing makes layers of Keras."""


def _likeness(given: Given) -> float:
    texts = [text[:MAX_SOURCE] for text in (given.text, *given.files.values())]
    if given.stream is not None:
        return NO
    if not any(map(KERAS_IMPORTS.search, texts)):
        return POSSIBLE if any(map(_USES.search, texts)) else NO
    alone = KERAS_IMPORTS.search(texts[0]) and not _TORCH.search(texts[0])  # whatever the other files import
    return UNMISTAKABLE if alone or not any(map(_TORCH.search, texts)) else LIKELY


def _read(given: Given, asked: Asked) -> Reading:
    return read_source(given, asked, "keras")


READER = Reader("keras", "Keras source code", _likeness, _read)
