"""Shapes that flow in: what a caller gives, and what Keras's layers declare: `Input(shape=…)`, `input_shape=…`."""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic_core import PydanticCustomError

from paramcount.errors import LayerError, LimitError, ParamcountError, sequence, shown
from paramcount.layers import frameworks_of, spellings
from paramcount.layers.fields import sizes
from paramcount.limits import MAX_INPUTS
from paramcount.notation import Call
from paramcount.shapes import Shape
from paramcount.written import Written

type InputShape = Sequence[int | None] | Sequence[Sequence[int | None]]
"""The shape of one input, or one shape for each."""

INPUT_LAYERS: Final = ("Input", "InputLayer")
_SHAPES = ("input_shape", "batch_input_shape", "batch_shape", "input_dim")
_DECLARING = frozenset(_SHAPES)
_DOTTED = tuple(f".{name}" for name in INPUT_LAYERS)
_INPUT_IGNORED = frozenset(("batch_size", "dtype", "name", "sparse", "ragged", "optional"))


def is_input(name: str) -> bool:
    """Whether a constructor, with its prefix or without, makes an input."""
    return name in INPUT_LAYERS or name.endswith(_DOTTED)


def checked_shapes(value: object) -> tuple[Shape, ...]:
    """Check the shape of one input, or a list of them.

    Raises:
        LayerError: one is no shape, or there are too many.
    """
    items = sequence(value)
    if not items or sequence(items[0]) is None:
        return (checked_shape(value),)
    if len(items) > MAX_INPUTS:
        raise LimitError(f"input_shape holds {len(items)} shapes; at most {MAX_INPUTS} are answered.")
    return tuple(map(checked_shape, items))


def checked_shape(value: object) -> Shape:
    """Check the shape of an input; a list of one shape is that shape.

    Raises:
        LayerError: it is no shape.
    """
    items = sequence(value)
    inner = sequence(items[0]) if items is not None and len(items) == 1 else None
    try:
        return sizes(value if inner is None else inner)
    except PydanticCustomError as error:
        raise LayerError(f"input_shape {error.message()}") from None


def pop_shape(kwargs: dict[str, object], place: str) -> Shape | None:
    """Take Keras's `input_shape` and its relatives out of a layer's arguments."""
    name = next((name for name in _SHAPES if name in kwargs), None) if kwargs else None
    if name is None:
        return None
    try:
        value = kwargs.pop(name)
        if name == "input_dim":
            return checked_shape((value,))
        return checked_shape(value)[1 if name.startswith("batch") else 0 :]
    except ParamcountError as error:
        raise error.within(place) from None


def may_declare(kwargs: Mapping[str, object]) -> bool:
    """Whether one of these arguments may say what shape flows in."""
    return not _DECLARING.isdisjoint(kwargs)


def parted(one: Written) -> tuple[Written, Shape | None]:
    """A layer without the shape that it declares, and that shape, if any."""
    if not may_declare(one.kwargs) or _is_argument("input_dim", one):
        return one, None
    own = dict(one.kwargs)
    shape = pop_shape(own, one.place)
    return (one, None) if shape is None else (one._replace(kwargs=own), shape)


def _is_argument(name: str, one: Written) -> bool:
    """Whether what elsewhere declares a shape is an argument of this layer: Embedding's input_dim."""
    return name in one.kwargs and any(
        name in spellings(framework)[one.name][1].by_name for framework in frameworks_of(one.name)
    )


def declared(call: Call, place: str) -> Shape | None:
    """The shape that an Input declares, if any."""
    kwargs = {name: value for name, value in call.kwargs.items() if name not in _INPUT_IGNORED}
    shape = kwargs.pop("shape", call.args[0] if call.args else None)
    popped = pop_shape(kwargs, place)
    if kwargs:
        raise LayerError(
            f"{shown(next(iter(kwargs)))} is not understood. Write Input(shape=(28, 28, 1)).", place=(place,)
        )
    if shape is None and popped is None:
        return None
    try:
        return popped if popped is not None else checked_shape(shape)
    except ParamcountError as error:
        raise error.within(place) from None
