"""What a rule of an operation is, and the helpers that all of them use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal, cast

type Sizes = tuple[int, ...]
"""The size of each dimension of a tensor, the batch included."""

type Attributes = Mapping[str, object]
"""The arguments of an operation that are no tensors, by their names in PyTorch."""

type Refusal = Literal["RuntimeError", "IndexError", "ValueError", "TypeError"]


class OperationError(ValueError):
    """The operation refuses these shapes or arguments. `raises` is the class that PyTorch raises."""

    def __init__(self, message: str, raises: Refusal = "RuntimeError") -> None:
        super().__init__(message)
        self.raises: Refusal = raises


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of one operation, or of several that have the same."""

    outputs: Callable[[Sequence[Sizes], Attributes], tuple[Sizes, ...]]
    """Input shapes and attributes to output shapes."""
    macs: Callable[[Sequence[Sizes], Attributes], int] | None = None
    """Multiply-accumulates; None where there are none."""


def text(shape: Sequence[int]) -> str:
    """Show a shape: [1, 3, 224, 224]."""
    return f"[{', '.join(map(str, shape))}]"


def whole(attributes: Attributes, name: str, default: int | None = None) -> int:
    """A whole number among the attributes.

    Raises:
        OperationError: there is none.
    """
    value = attributes.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise OperationError(f"{name} must be a whole number, received {value!r}.", "TypeError")
    return value


def wholes(attributes: Attributes, name: str, count: int | None = None, default: int | None = None) -> Sizes:
    """Whole numbers among the attributes; one number alone stands for `count` of them.

    Raises:
        OperationError: there are none, or not `count`.
    """
    value = attributes.get(name, default)
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,) * (1 if count is None else count)
    if not isinstance(value, list | tuple):
        raise OperationError(f"{name} must be whole numbers, received {value!r}.", "TypeError")
    items = tuple(cast("Sequence[object]", value))
    if not all(isinstance(item, int) and not isinstance(item, bool) for item in items):
        raise OperationError(f"{name} must be whole numbers, received {value!r}.", "TypeError")
    numbers = cast("Sizes", items)
    if count is None or len(numbers) == count:
        return numbers
    if len(numbers) == 1:
        return numbers * count
    raise OperationError(f"{name} must be {count} numbers, received {list(numbers)}.")


def listed(value: object, count: int) -> list[object]:
    """The items of a list or tuple; `count` times the value where it is neither."""
    return list(cast("Sequence[object]", value)) if isinstance(value, list | tuple) else [value] * count


def axis(dim: int, rank: int) -> int:
    """The index of a dimension, counted from the front.

    Raises:
        OperationError: there is no such dimension.
    """
    least = max(rank, 1)
    if not -least <= dim < least:
        raise OperationError(
            f"Dimension out of range (expected to be in range of [{-least}, {least - 1}], but got {dim})",
            "IndexError",
        )
    return dim % least


def axes(attributes: Attributes, rank: int, name: str = "dim") -> Sizes:
    """Several dimensions, counted from the front; all of them where the attribute is None or absent.

    Raises:
        OperationError: one does not exist, or is named twice.
    """
    if attributes.get(name) is None:
        return tuple(range(rank))
    found = tuple([axis(dim, rank) for dim in wholes(attributes, name)])
    if len(set(found)) != len(found):
        raise OperationError(f"{name}={list(found)} names a dimension twice.")
    return found or tuple(range(rank))


def broadcast(*shapes: Sizes) -> Sizes:
    """The shape that all of these spread to.

    Raises:
        OperationError: two sizes differ, and neither is 1.
    """
    found = shapes[0] if shapes else ()
    for shape in shapes[1:]:
        if shape == found or not shape:
            continue
        if not found:
            found = shape
            continue
        rank = max(len(found), len(shape))
        left = (1,) * (rank - len(found)) + found
        right = (1,) * (rank - len(shape)) + shape
        sizes: list[int] = []
        for place, (one, other) in enumerate(zip(left, right, strict=True)):
            if one != other and one != 1 and other != 1:
                raise OperationError(
                    f"The size of tensor a ({one}) must match the size of tensor b ({other}) at non-singleton "
                    f"dimension {place}: {text(found)} and {text(shape)}"
                )
            sizes.append(other if one == 1 else one)
        found = tuple(sizes)
    return found


def numel(shape: Sequence[int]) -> int:
    """How many numbers a tensor of this shape holds."""
    return prod(shape)


def count(shapes: Sequence[Sizes], least: int, operation: str) -> None:
    """Check that there are enough inputs.

    Raises:
        OperationError: there are fewer than `least`.
    """
    if len(shapes) < least:
        raise OperationError(f"{operation} takes {least} tensors, received {len(shapes)}.", "TypeError")
