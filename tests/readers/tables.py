"""Tables of texts that are kept packed, and how a text is read."""

import json
import lzma
from collections.abc import Sequence
from typing import Any

from paramcount.readers import Asked, Given, read
from paramcount.report import NetworkReport
from tests.conftest import DATA


def packed(name: str) -> Any:
    return json.loads(lzma.decompress((DATA / name).read_bytes()))


def report(text: str, *shapes: Sequence[int], **asked: Any) -> NetworkReport:
    """The report of a text, whatever it is taken for."""
    return read(Given(text), Asked(input_shapes=tuple(map(tuple, shapes)), **asked)).report()
