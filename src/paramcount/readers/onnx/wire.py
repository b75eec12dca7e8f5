"""An ONNX file without its weights: the wire format of protobuf, walked and copied field by field.

A file is mostly weights, gigabytes of them, which no answer needs: their bytes are skipped, and how many there were is
noted. What else is not read is left out. So what the `onnx` package is given to parse is small and bounded, whatever
the file. Source: https://protobuf.dev/programming-guides/encoding, and onnx.proto of the onnx package.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from paramcount.errors import LimitError, NotationError
from paramcount.readers.trace import MAX_CALLS

KEPT: Final = 2**16
"""Bytes of one tensor's numbers that are kept: shapes, axes and the like are short."""

MAX_WORD: Final = 4_096
"""Bytes of one name, or of the sizes of one tensor."""

MAX_REMARK: Final = 2**20
"""Bytes of one remark of an exporter; longer ones are left out."""

MAX_FIELDS: Final = 1_000_000
"""Fields in one file, weights' bytes aside."""

MAX_BYTES: Final = 64 * 2**20
"""Bytes of a file that are kept."""

MAX_DEPTH: Final = 24
"""Graphs and their parts within one another."""

REMARKS: Final = (
    b"pkg.onnxscript.rewriter.rule_name",
    b"pkg.onnxscript.optimizer.folded_from",
    b"pkg.torch.export.ExportedProgram.graph_signature",
    b"pkg.torch.export.graph_signature.InputSpec.kind",
    b"pkg.torch.onnx.name_scopes",
)
"""What exporters remark that says where a parameter comes from; other remarks are left out."""

MEASURED: Final = (4, 9, 10)
"""Fields of a tensor that hold its numbers, each in as many bytes: floats, whatever its type says, doubles."""

NOTED: Final = 12
"""The field of a tensor, its doc_string, in which it is noted which of `MEASURED` it had, and how many bytes."""

type Keep = Literal["number", "word", "data", "remark"]
type Fields = Mapping[int, "Keep | str"]
"""How each field is copied, or which message it holds."""

MESSAGES: Final[Mapping[str, Fields]] = {
    "model": {1: "number", 2: "word", 3: "word", 7: "graph", 8: "opset", 25: "function"},
    "opset": {1: "word", 2: "number"},
    "graph": {1: "node", 2: "word", 5: "tensor", 11: "value", 12: "value", 13: "value", 15: "sparse", 16: "remarks"},
    "node": {1: "word", 2: "word", 3: "word", 4: "word", 5: "attribute", 7: "word", 9: "remarks"},
    "attribute": {
        1: "word", 2: "number", 3: "number", 4: "data", 5: "tensor", 6: "graph", 7: "data", 8: "data", 9: "data",
        10: "tensor", 11: "graph", 20: "number", 21: "word",
    },
    "tensor": {
        1: "word", 2: "number", 4: "data", 5: "data", 7: "data", 8: "word", 9: "data", 10: "data", 11: "data",
        14: "number",
    },
    "sparse": {1: "tensor", 3: "word"},
    "value": {1: "word", 2: "type", 4: "remarks"},
    "type": {1: "tensor_type"},
    "tensor_type": {1: "number", 2: "shape"},
    "shape": {1: "dim"},
    "dim": {1: "number", 2: "word"},
    "function": {1: "word", 4: "word", 5: "word", 6: "word", 7: "node", 9: "opset", 10: "word", 11: "attribute"},
    "remarks": {1: "remark", 2: "remark"},
}  # fmt: skip

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_SINGLE: Final = [bytes([value]) for value in range(0x80)]
_BLOCK: Final = 2**14
"""Bytes that are read at a time."""


def slim(stream: BinaryIO, watch: Callable[[int], None]) -> bytes:
    """The model in a stream, without its weights.

    Args:
        stream: the file.
        watch: told now and then how many fields were read.

    Raises:
        NotationError: it is cut off, or no ONNX.
        LimitError: it holds more than is read.
    """
    size = stream.seek(0, 2)
    return _Walk(stream, size, watch).message("model", size, 0)


@dataclass(slots=True)
class _Walk:
    stream: BinaryIO
    size: int
    watch: Callable[[int], None]
    at: int = 0
    """The place of the next byte."""
    fields: int = 0
    nodes: int = 0
    kept: int = 0
    _block: bytes = b""
    _start: int = 0
    """The place of the block's first byte."""

    def message(self, kind: str, end: int, depth: int) -> bytes:
        """Copy a message that ends at a place of the stream."""
        if depth > MAX_DEPTH * 3:  # a graph in an attribute of a node is three messages
            raise LimitError(f"graphs stand in one another more than {MAX_DEPTH} deep.")
        known, parts, noted = MESSAGES[kind], list[bytes](), ""
        while self.at < end:
            self._count()
            tag = self._varint(end)
            number, wire = tag >> 3, tag & 7
            how = known.get(number)
            if wire == _BYTES:
                length = self._varint(end)
                if length > end - self.at:
                    raise NotationError(
                        f"{length} bytes are to follow byte {self.at} of {self.size}: is it cut off, or no ONNX?"
                    )
                if kind == "tensor" and number in MEASURED:
                    noted = f"{number} {length}"
                after = self.at + length
                parts.append(self._copied(how, tag, length, depth))
                self.at = after
            else:
                value = self._number(wire, end)
                if how in ("number", "data", "word"):
                    parts.append(self._keep(_encoded(tag) + value))
        if kind == "remarks" and not any(part[2:] in REMARKS for part in parts):
            return b""
        if noted:
            parts.append(_field(NOTED << 3 | _BYTES, noted.encode()))
        return b"".join(parts)

    def _copied(self, how: "Keep | str | None", tag: int, length: int, depth: int) -> bytes:
        """A field that has a length: copied, left out where it is long, or a message."""
        if how is None or (how == "data" and length > KEPT) or (how == "remark" and length > MAX_REMARK):
            return b""
        if how == "node":
            self.nodes += 1
            if self.nodes > MAX_CALLS:
                raise LimitError(f"it holds more than {MAX_CALLS:,} operators; at most so many are read.")
        if how in MESSAGES:
            inner = self.message(how, self.at + length, depth + 1)
            return b"" if how == "remarks" and not inner else self._keep(_encoded(tag) + _encoded(len(inner)), inner)
        if how == "word" and length > MAX_WORD:
            raise LimitError(f"a name, or the sizes of a tensor, have {length} bytes; at most {MAX_WORD} are read.")
        return self._keep(_field(tag, self._bytes(length)))

    def _keep(self, new: bytes, inner: bytes = b"") -> bytes:
        self.kept += len(new)
        if self.kept > MAX_BYTES:
            raise LimitError(f"it has more than {MAX_BYTES} bytes beside its weights; at most so many are read.")
        return new + inner

    def _count(self) -> None:
        self.fields += 1
        if self.fields > MAX_FIELDS:
            raise LimitError(f"it has more than {MAX_FIELDS:,} fields beside its weights; at most so many are read.")
        if self.fields % 20_000 == 0:
            self.watch(self.fields)

    def _bytes(self, count: int) -> bytes:
        """The next bytes, from the block that was read, or from the stream."""
        first = self.at - self._start
        if not 0 <= first <= len(self._block) - count:
            self.stream.seek(self.at)
            self._block, self._start, first = self.stream.read(max(count, _BLOCK)), self.at, 0
            if len(self._block) < count:
                raise NotationError(f"it is cut off after {self.size} bytes.")
        self.at += count
        return self._block[first : first + count]

    def _varint(self, end: int) -> int:
        value = shift = 0
        while shift < 70 and self.at < end:
            first = self.at - self._start
            if 0 <= first < len(self._block):
                byte = self._block[first]
                self.at += 1
            else:
                byte = self._bytes(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
        raise NotationError(f"byte {self.at} of {self.size} ends no number: is it cut off, or no ONNX?")

    def _number(self, wire: int, end: int) -> bytes:
        if wire == _VARINT:
            return _encoded(self._varint(end))
        length = {_FIXED64: 8, _FIXED32: 4}.get(wire, 0)
        if not 0 < length <= end - self.at:
            raise NotationError(f"byte {self.at} of {self.size} begins no field: is it cut off, or no ONNX?")
        return self._bytes(length)


def _encoded(value: int) -> bytes:
    if value < 0x80:
        return _SINGLE[value]
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _field(tag: int, value: bytes) -> bytes:
    return _encoded(tag) + _encoded(len(value)) + value
