"""Checks of a layer's fields, shared by the layers: sizes, one number for each dimension, flags.

Each check returns the value in its canonical form or raises a `PydanticCustomError` whose message
states the rule, the value received and, where it is not obvious, the way out.
"""

from typing import Annotated, cast

from pydantic import BeforeValidator, PlainValidator
from pydantic_core import PydanticCustomError

from paramcount.errors import closest, sequence, shown
from paramcount.limits import MAX_RANK, MAX_SIZE, MAX_STACKED
from paramcount.recorded import is_whole

AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""What the spatial dimensions are called, by their number."""

DATA_FORMATS = ("channels_first", "channels_last")

KERAS_ACTIVATIONS = frozenset(
    [
        "celu",
        "elu",
        "exponential",
        "gelu",
        "glu",
        "hard_shrink",
        "hard_sigmoid",
        "hard_silu",
        "hard_swish",
        "hard_tanh",
        "leaky_relu",
        "linear",
        "log_sigmoid",
        "log_softmax",
        "mish",
        "relu",
        "relu6",
        "selu",
        "sigmoid",
        "silu",
        "soft_shrink",
        "softmax",
        "softplus",
        "softsign",
        "sparse_plus",
        "sparse_sigmoid",
        "sparsemax",
        "squareplus",
        "swish",
        "tanh",
        "tanh_shrink",
        "threshold",
    ]
)
"""The activations Keras knows by name (keras.activations, Keras 3.15.1). None of them has parameters."""


def refuse(message: str) -> PydanticCustomError:
    """Make the error that a check raises; its message is shown as it is."""
    return PydanticCustomError("rule", "{message}", {"message": message})


def whole(value: object, least: int) -> int:
    """Check one whole number of at least `least`."""
    if not is_whole(value):
        raise refuse(f"must be a whole number, received {shown(value)}.")
    if value < least:
        raise refuse(f"must be at least {least}, received {shown(value)}.")
    if value > MAX_SIZE:
        raise refuse(f"must be at most {MAX_SIZE}, received {shown(value)}.")
    return value


def integer(value: object) -> int:
    """Check one whole number, which may be below 0."""
    if type(value) is not int:
        raise refuse(f"must be a whole number, received {shown(value)}.")
    return value


def per_dimension(value: object, dims: int, *, least: int, one_for_all: bool = False) -> tuple[int, ...]:
    """Check a whole number, or one for each of `dims` dimensions, and return one for each.

    `one_for_all` accepts a sequence of one for several dimensions, as PyTorch does for strides.
    """
    if is_whole(value):
        return (whole(value, least),) * dims
    items = sequence(value)
    if items is None:
        raise refuse(f"must be a whole number or {dims} of them, received {shown(value)}.")
    if len(items) == 1 and one_for_all:
        return (whole(items[0], least),) * dims
    if len(items) != dims:
        axes = f" ({', '.join(AXES[dims])})" if dims in AXES else ""
        raise refuse(f"must be one whole number or {dims} of them{axes}, received {shown(value)}.")
    return tuple([whole(item, least) for item in items])


def _dimension(value: object) -> int | None:
    return None if value is None else whole(value, 0)


def sizes(value: object) -> tuple[int | None, ...]:
    """Check the shape of an input: whole numbers, with None for a dimension that is not known."""
    items = sequence((value,) if type(value) is int else value)
    if items is None:
        raise refuse(f"must be a list of whole numbers, received {shown(value)}.")
    if len(items) > MAX_RANK:
        raise refuse(f"must have at most {MAX_RANK} dimensions, received {len(items)}.")
    return tuple([_dimension(item) for item in items])


def whole_dimension(value: object) -> int:
    """Check the number of a dimension, which counts the batch as 0."""
    if type(value) is not int or abs(value) > 100:
        raise refuse(f"must be the number of a dimension, received {value!r:.60}.")
    return value


def _truth(value: object) -> bool:
    if type(value) is bool:
        return value
    if isinstance(value, int | float | str | list | tuple) or value is None:
        return bool(cast("object", value))
    raise refuse(f"must be True or False, received {shown(value)}.")


def _fraction(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise refuse(f"must be a number from 0 to 1, received {shown(value)}.")
    return float(value)


def _stacked(value: object) -> int:
    if type(value) is not int or not 1 <= value <= MAX_STACKED:
        raise refuse(f"must be a whole number from 1 to {MAX_STACKED}, received {shown(value)}.")
    return value


def lowered(value: object) -> object:
    """Read Keras's words in capitals too, as Keras does: padding="SAME"."""
    return value.lower() if isinstance(value, str) else value


def data_format(value: object) -> str | None:
    """Check Keras's `data_format`; "channels_last" is its default."""
    if value is None or value == "channels_last":
        return None
    if value == "channels_first":
        return "channels_first"
    raise refuse(f"must be one of {', '.join(DATA_FORMATS)}, received {shown(value)}.")


def activation(value: object) -> object:
    """Check Keras's `activation`: a name it knows, or an expression, which has no parameters either way."""
    if isinstance(value, str) and value not in KERAS_ACTIVATIONS:
        raise refuse(f"{shown(value)} is no activation of Keras.{closest(value, KERAS_ACTIVATIONS)}")
    return value if value is None or isinstance(value, str) else "…"


def _at_least(least: int) -> PlainValidator:
    return PlainValidator(lambda value: whole(value, least))


def one_of(*words: str) -> PlainValidator:
    """A check that a value is one of these words."""
    allowed = " or ".join(map(repr, words)) if len(words) == 2 else f"one of {', '.join(map(repr, words))}"

    def check(value: object) -> str:
        if value not in words:
            raise refuse(f"must be {allowed}, received {shown(value)}.")
        return str(value)

    return PlainValidator(check)


def _absent(value: object) -> None:
    if value is not None and value is not False:
        raise refuse("adds weights that are not counted here yet. Leave it out to count the layer without them.")


NotCounted = Annotated[None, BeforeValidator(_absent)]
"""An argument that may only be left out, or be False."""

Positive = Annotated[int, _at_least(1)]
"""A whole number of at least 1."""

Natural = Annotated[int, _at_least(0)]
"""A whole number of at least 0."""

Integer = Annotated[int, PlainValidator(integer)]
"""A whole number, which may be below 0."""

Stacked = Annotated[int, BeforeValidator(_stacked)]
"""How many layers of a kind run one after the other in a layer."""

Flag = Annotated[bool, BeforeValidator(_truth)]
"""True or False; any literal counts by its truth value, as it does in the frameworks."""

Probability = Annotated[float, BeforeValidator(_fraction)]
"""A number from 0 to 1."""

Ints = tuple[int, ...]
"""One whole number for each spatial dimension; a field validator expands and checks it."""

DataFormat = Annotated[str | None, BeforeValidator(data_format)]
"""Keras's `data_format`: "channels_first", or None for the default."""

ActivationName = Annotated[object, BeforeValidator(activation)]
"""Keras's `activation`: a name that it knows, or None."""
