"""What an ONNX file holds, as plain values: operators in order, tensors by name. The `onnx` package parses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from paramcount.errors import LayerError, LimitError, MissingError, NotationError
from paramcount.limits import MAX_SIZE
from paramcount.readers.base import Asked, Given
from paramcount.readers.onnx.wire import slim
from paramcount.readers.trace import MAX_SHAPE
from paramcount.shapes import elements, text

if TYPE_CHECKING:
    import numpy
    import onnx

type Sizes = tuple[int, ...]

MAX_VALUE: Final = 2**14
"""Numbers of one tensor that are looked at."""

TYPES: Final[Mapping[int, tuple[str, int]]] = {
    1: ("float32", 32), 2: ("uint8", 8), 3: ("int8", 8), 4: ("uint16", 16), 5: ("int16", 16), 6: ("int32", 32),
    7: ("int64", 64), 8: ("string", 0), 9: ("bool", 8), 10: ("float16", 16), 11: ("float64", 64), 12: ("uint32", 32),
    13: ("uint64", 64), 14: ("complex64", 64), 15: ("complex128", 128), 16: ("bfloat16", 16), 17: ("float8e4m3fn", 8),
    18: ("float8e4m3fnuz", 8), 19: ("float8e5m2", 8), 20: ("float8e5m2fnuz", 8), 21: ("uint4", 4), 22: ("int4", 4),
    23: ("float4e2m1", 4), 24: ("float8e8m0", 8), 25: ("uint2", 2), 26: ("int2", 2), 27: ("float6e2m3", 6),
    28: ("float6e3m2", 6),
}  # fmt: skip
"""Name and bits of one number, by onnx.TensorProto.DataType."""

_PER_NUMBER: Final[Mapping[str, int]] = {"4": 4, "10": 8}
"""Bytes of one number, by the field of a tensor in which they stand."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor in the file: an initializer, or the value of a constant."""

    name: str
    sizes: Sizes
    dtype: str
    value: "numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.generic]] | None" = None
    """Its numbers, where they are few and stand in the file."""
    constant: bool = False
    """Whether it stands in an operator and not among the initializers."""

    @property
    def real(self) -> bool:
        """Whether it holds numbers that can be learnt."""
        return "float" in self.dtype or "complex" in self.dtype

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return elements(self.sizes)


@dataclass(frozen=True, slots=True)
class File:
    """A parsed file."""

    proto: "onnx.ModelProto"
    opset: int
    producer: str
    external: int
    """Tensors whose numbers lie in other files."""


def load(given: Given, asked: Asked) -> File:
    """Parse a file without its weights; other files that it names are never opened.

    Raises:
        MissingError: the `onnx` package is not installed.
        NotationError: it is no ONNX, or cut off.
        LimitError: it is too large.
    """
    stream = given.stream
    if stream is None:
        raise NotationError("an ONNX model is read from a file, not from text.")
    try:
        import onnx
    except ImportError:
        raise MissingError(
            "ONNX files are read with the onnx package, which is not installed: pip install 'paramcount[onnx]'."
        ) from None
    lean = slim(stream, lambda fields: asked.watch(fields / 500_000))
    try:
        proto = onnx.ModelProto.FromString(lean)
    except Exception:  # protobuf's DecodeError; its module has no types
        raise NotationError("it cannot be parsed as ONNX: it is cut off, or something else.") from None
    if not proto.HasField("graph") or not (proto.graph.node or proto.graph.initializer):
        raise NotationError("it holds no ONNX graph.")
    opsets = {one.domain: one.version for one in proto.opset_import}
    opset = opsets.get("", opsets.get("ai.onnx", 1))
    external = sum(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in proto.graph.initializer)
    return File(proto, opset, " ".join(filter(None, (proto.producer_name, proto.producer_version))), external)


def stored(tensor: "onnx.TensorProto", name: str, *, constant: bool = False) -> Stored:
    """A tensor, checked.

    Raises:
        LayerError: its sizes, its type or its bytes cannot be.
    """
    from onnx import TensorProto, numpy_helper

    place = f"tensor {name[:80]!r}"
    sizes = tuple(tensor.dims)
    if len(sizes) > MAX_SHAPE or any(not 0 <= one <= MAX_SIZE for one in sizes):
        raise LayerError(
            f"sizes must be at most {MAX_SHAPE} whole numbers up to {MAX_SIZE}, received {text(sizes[:8])}.",
            place=(place,),
        )
    if tensor.data_type not in TYPES:
        raise LayerError(f"data_type must be one of 1 to {max(TYPES)}, received {tensor.data_type}.", place=(place,))
    dtype, bits = TYPES[tensor.data_type]
    external = tensor.data_location == TensorProto.EXTERNAL
    if not external:
        _fits(tensor.doc_string, sizes, dtype, bits, place)
    value = None
    if not external and elements(sizes) <= MAX_VALUE and bits >= 8:
        try:
            value = numpy_helper.to_array(tensor)
        except (ValueError, TypeError, KeyError, NotImplementedError):  # its bytes are left out, or are too few
            value = None
    return Stored(name, sizes, dtype, value, constant)


def _fits(noted: str, sizes: Sizes, dtype: str, bits: int, place: str) -> None:
    """Refuse a tensor whose bytes, as `wire` noted how many there were, are not those of its sizes."""
    where, _, length = noted.partition(" ")
    if not length or not bits:
        return
    needed = (elements(sizes) * bits + 7) // 8
    if where in _PER_NUMBER:
        needed = elements(sizes) * _PER_NUMBER[where] * (2 if dtype in ("complex64", "complex128") else 1)
    if int(length) != needed:
        raise LayerError(f"{text(sizes)} of {dtype} takes {needed} bytes; it has {length}.", place=(place,))


def attribute(given: "onnx.AttributeProto") -> object:
    """The value of an attribute: a number, a word, a tuple of them, or a message."""
    from onnx import AttributeProto as Kind

    match given.type:
        case Kind.INT:
            return given.i
        case Kind.FLOAT:
            return given.f
        case Kind.STRING:
            return given.s.decode("utf-8", "replace")
        case Kind.INTS:
            return tuple(given.ints)
        case Kind.FLOATS:
            return tuple(given.floats)
        case Kind.STRINGS:
            return tuple([one.decode("utf-8", "replace") for one in given.strings])
        case Kind.TENSOR:
            return given.t
        case Kind.GRAPH:
            return given.g
        case Kind.GRAPHS:
            return tuple(given.graphs)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Op:
    """One operator that runs."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    """Values by name; "" for one that is left out."""
    outputs: tuple[str, ...]
    attributes: Mapping[str, object]
    remarks: Mapping[str, str]
    """What the exporter remarks, by the last part of the remark's name."""
    inner: bool = False
    """Whether it stands in the body of a branch or a loop, so that it is not known whether and how often it runs."""

    @property
    def place(self) -> str:
        """How it is called in errors."""
        return f"{self.kind[:60]} {self.name[:120]}".strip()

    def ints(self, name: str, default: Sequence[int] = ()) -> tuple[int, ...]:
        """Whole numbers among its attributes."""
        found = self.attributes.get(name)
        if isinstance(found, tuple) and all(type(one) is int for one in cast("tuple[object, ...]", found)):
            return cast("tuple[int, ...]", found)
        return tuple(default)

    def int(self, name: str, default: int = 0) -> int:
        """A whole number among its attributes."""
        found = self.attributes.get(name)
        return found if isinstance(found, int) else default

    def text(self, name: str, default: str = "") -> str:
        """A word among its attributes."""
        found = self.attributes.get(name)
        return found if isinstance(found, str) else default


@dataclass(slots=True)
class Model:
    """A graph with its functions put in place: what runs, in order."""

    inputs: dict[str, tuple[int | None, ...] | None] = field(default_factory=dict[str, "tuple[int | None, ...] | None"])
    """What flows in: its sizes with the batch; None where one is not stated."""
    outputs: tuple[str, ...] = ()
    ops: list[Op] = field(default_factory=list[Op])
    tensors: dict[str, Stored] = field(default_factory=dict[str, Stored])
    declared: dict[str, tuple[int | None, ...]] = field(default_factory=dict[str, "tuple[int | None, ...]"])
    """Sizes of values as the file states them."""
    remarks: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    """What the exporter remarks on values, by name."""
    signature: str = ""
    """Parameters and buffers of the exported program, as torch.export lists them."""


def last(key: str) -> str:
    """The last part of a remark's name."""
    return key.rpartition(".")[2]


def too_many(what: str, many: int, most: int) -> LimitError:
    """The error for more than is read."""
    return LimitError(f"it holds {many:,} {what}; at most {most:,} are read.")
