"""The header of a safetensors file: names, shapes and dtypes of tensors. The numbers themselves are not read.

    8 bytes: length n of the header, little-endian; n bytes: {"name": {"dtype", "shape", "data_offsets"}, …}

Source: https://github.com/huggingface/safetensors, "Format".
"""

import json
import re
from collections.abc import Mapping
from typing import Final, cast

from paramcount.build import layer_of_kind
from paramcount.errors import LayerError, LimitError, NotationError, sequence, shown
from paramcount.limits import MAX_NAME, MAX_SIZE
from paramcount.network import Network, Node, loose
from paramcount.readers.base import LIKELY, NO, UNMISTAKABLE, Asked, Given, Reader, Reading, inputs
from paramcount.report import Read
from paramcount.shapes import elements

MAX_HEADER: Final = 100_000_000
"""Bytes of a header, as the format itself bounds it."""

BITS: Final[Mapping[str, int]] = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "F64": 64, "I64": 64, "U64": 64,
    "C64": 64,
}  # fmt: skip
"""Bits of one number, by dtype."""

BUFFERS: Final = re.compile(r"(?:^|\.)(?:running_mean|running_var|num_batches_tracked)$")
"""What PyTorch calls the statistics of its norms: buffers, and no parameters."""


def _likeness(given: Given) -> float:
    if given.stream is None:
        return NO
    given.stream.seek(0)
    head = given.stream.read(9)
    if len(head) == 9 and head[8:] == b"{" and int.from_bytes(head[:8], "little") <= MAX_HEADER:
        return UNMISTAKABLE
    return LIKELY if given.name.endswith(".safetensors") else NO


def _read(given: Given, asked: Asked) -> Reading:
    header, length = _header(given)
    header.pop("__metadata__", None)
    if len(header) > asked.most:
        raise LimitError(f"the header names {len(header)} tensors; at most {asked.most} are answered.")
    nodes: list[Node] = []
    buffers = 0
    for name, entry in header.items():
        sizes = _checked(name, entry, length)
        buffer = bool(BUFFERS.search(name))
        buffers += buffer
        made = layer_of_kind("buffer" if buffer else "parameter", {"sizes": sizes}, framework="pytorch")
        nodes.append(loose(Node(name, made, ())))
    if not nodes:
        raise NotationError("the header names no tensor.")
    notes = [f"{len(nodes)} tensors by their names and shapes; which layers they belong to is not written there."]
    if buffers:
        notes.append(f"{buffers} tensors are taken for buffers by their names, as PyTorch names running statistics.")
    read = Read("safetensors", "the header of a safetensors file", completeness="params_only", notes=tuple(notes))
    return Reading(Network("pytorch", tuple(nodes), inputs(asked)), read)


def _header(given: Given) -> tuple[dict[str, object], int]:
    """The header, and how many bytes come after it."""
    stream = given.stream
    if stream is None:
        raise NotationError("a safetensors file is read from a file, not from text.")
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    length = int.from_bytes(stream.read(8), "little")
    if size < 8 or length > size - 8:
        raise NotationError(f"the header is said to have {length} bytes; the file has {size}.")
    if length > MAX_HEADER:
        raise LimitError(f"the header has {length} bytes; at most {MAX_HEADER} are read.")
    try:
        read = cast("object", json.loads(stream.read(length)))
    except (ValueError, RecursionError) as error:
        raise NotationError(f"the header is no JSON: {error!s:.80}.") from None
    if not isinstance(read, dict):
        raise NotationError(f"the header must be an object, received {shown(read)}.")
    return cast("dict[str, object]", read), size - 8 - length


def _checked(name: str, entry: object, length: int) -> tuple[int, ...]:
    """The shape of a tensor, once everything that is said of it agrees."""
    place = f"tensor {name[:60]!r}"
    fields = cast("dict[str, object]", entry) if isinstance(entry, dict) else {}
    sizes, offsets = sequence(fields.get("shape")), sequence(fields.get("data_offsets"))
    bits = BITS.get(str(fields.get("dtype")))
    if not name or len(name) > MAX_NAME:
        raise LimitError(f"a name has at most {MAX_NAME} characters.", place=(place,))
    if sizes is None or any(type(one) is not int or not 0 <= one <= MAX_SIZE for one in sizes):
        raise LayerError(f"shape must hold whole numbers up to {MAX_SIZE}, received {shown(fields.get('shape'))}.",
                         place=(place,))  # fmt: skip
    if bits is None:
        raise LayerError(f"dtype must be one of {', '.join(BITS)}, received {shown(fields.get('dtype'))}.",
                         place=(place,))  # fmt: skip
    shape = cast("tuple[int, ...]", sizes)
    if offsets is None or len(offsets) != 2 or any(type(one) is not int for one in offsets):
        raise LayerError(f"data_offsets must be a pair, received {shown(fields.get('data_offsets'))}.", place=(place,))
    start, end = cast("tuple[int, int]", offsets)
    needed = (elements(shape) * bits + 7) // 8
    if not 0 <= start <= end <= length or end - start != needed:
        raise LayerError(
            f"{list(shape)} in {fields['dtype']} takes {needed} bytes; data_offsets {start} to {end} of {length}.",
            place=(place,),
        )
    return shape


READER = Reader(
    "safetensors",
    "the header of a safetensors file",
    _likeness,
    _read,
    suffixes=(".safetensors",),
)
