"""The same numbers in another shape: unflatten, reshape, permute, repeat. Nothing is learnt.

Source: torch.nn.Unflatten, torchvision.ops.Permute, keras.layers.Reshape, keras.layers.Permute,
keras.layers.RepeatVector.
"""

from typing import Annotated, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import ShapeError, sequence, shown
from paramcount.layers.base import Derivation, Example, Kind, Layer
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import Integer, Positive, integer, refuse, whole
from paramcount.layers.unchanged import check_dimension
from paramcount.limits import MAX_RANK
from paramcount.shapes import Shape, elements, known, text
from paramcount.signature import Parameter, Signature


def _sizes(value: object) -> tuple[int, ...]:
    items = sequence(value)
    if items is None or len(items) > MAX_RANK:
        raise refuse(f"must be a list of at most {MAX_RANK} whole numbers, received {shown(value)}.")
    found = tuple([-1 if item == -1 and type(item) is int else whole(item, 0) for item in items])
    if found.count(-1) > 1:
        raise refuse(f"may leave one size open with -1, received {shown(value)}.")
    return found


def _order(value: object) -> tuple[int, ...]:
    items = sequence(value)
    if items is None or not 0 < len(items) <= MAX_RANK + 1:
        raise refuse(f"must be a list of dimensions, received {shown(value)}.")
    return tuple([integer(item) for item in items])


Sizes = Annotated[tuple[int, ...], BeforeValidator(_sizes)]
Order = Annotated[tuple[int, ...], BeforeValidator(_order)]


def filled(sizes: tuple[int, ...], count: int | None, shape: Shape) -> Shape:
    """Settle the size that is left open with -1.

    Raises:
        ShapeError: the sizes hold another number of elements.
    """
    fixed = elements(tuple(size for size in sizes if size != -1))
    if count is None:
        return tuple([None if size == -1 else size for size in sizes])
    if -1 not in sizes:
        if fixed != count:
            raise ShapeError(f"{list(sizes)} holds {fixed} elements; {text(shape)} has {count}.")
        return sizes
    if fixed == 0 or count % fixed:
        raise ShapeError(f"{list(sizes)} does not divide the {count} elements of {text(shape)}.")
    return tuple([count // fixed if size == -1 else size for size in sizes])


class Unflatten(Layer):
    """One dimension as several. Dimensions count the batch as 0."""

    dim: Integer
    sequences = frozenset(("unflattened_size",))

    unflattened_size: Sizes

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        place = check_dimension("dim", self.dim, shape)
        if not self.unflattened_size:
            raise ShapeError("unflattened_size must hold at least one size.")
        if shape is None or place is None:
            return Derivation(layer=self, reach="unknown")
        if place < 0:
            return self._of_batch(shape)
        sizes = filled(self.unflattened_size, shape[place], shape[place : place + 1])
        return Derivation(layer=self, output_shape=(*shape[:place], *sizes, *shape[place + 1 :]), reach="unknown")

    def _of_batch(self, shape: Shape) -> Derivation:
        """The first of the sizes is the batch that is left."""
        sizes = [None if size == -1 else size for size in self.unflattened_size]
        note = (
            f"dim={self.dim} splits the batch into {list(self.unflattened_size)}: the first of these is the batch now."
        )
        return Derivation(layer=self, output_shape=(*sizes[1:], *shape), notes=(note,), reach="unknown")


class Reshape(Layer):
    """All dimensions beside the batch in another shape."""

    sequences = frozenset(("target_shape",))

    target_shape: Sizes

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is None:
            return Derivation(
                layer=self, output_shape=None if -1 in self.target_shape else self.target_shape, reach="unknown"
            )
        sizes = known(shape)
        output = filled(self.target_shape, None if sizes is None else elements(sizes), shape)
        return Derivation(layer=self, output_shape=output, reach="unknown")


class Permute(Layer):
    """The dimensions in another order: Keras counts them from 1, torchvision with the batch as 0."""

    sequences = frozenset(("dims",))

    dims: Order

    @model_validator(mode="after")
    def _rules(self) -> Self:
        least = 1 if self.framework == "keras" else 0
        rank = len(self.dims)
        order = (
            self.dims if self.framework == "keras" else tuple(one % rank if one >= -rank else one for one in self.dims)
        )
        if sorted(order) != list(range(least, rank + least)):
            raise refuse(f"dims must hold each of {least} to {rank + least - 1} once, received {list(self.dims)}.")
        if self.framework == "pytorch" and order[0] != 0:
            raise refuse("dims must leave the batch, dimension 0, in its place.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        rank = len(self.dims)
        order = (
            [one - 1 for one in self.dims] if self.framework == "keras" else [one % rank - 1 for one in self.dims[1:]]
        )
        if shape is None:
            return Derivation(layer=self, output_shape=(None,) * len(order), reach="unknown")
        if len(shape) != len(order):
            raise ShapeError(f"orders {len(order)} dimensions beside the batch; {text(shape)} flows in.")
        same = order == sorted(order)
        output = tuple([shape[one] for one in order])
        return Derivation(layer=self, output_shape=output, reach="same" if same else "unknown")


class RepeatVector(Layer):
    """A vector n times: (features) → (n, features)."""

    n: Positive

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is not None and len(shape) != 1:
            raise ShapeError(f"takes one dimension without the batch; {text(shape)} flows in.")
        return Derivation(layer=self, output_shape=(self.n, *(shape or (None,))), reach="unknown")


_TORCH, _KERAS = "torch 2.14.1", "keras 3.15.1"

KINDS = (
    Kind(
        "unflatten",
        "One dimension as several.",
        Unflatten,
        Signature(("Unflatten",), (Parameter("dim", "dim"), Parameter("unflattened_size", "unflattened_size"))),
        examples=(Example("Unflatten(1, (2, -1))", 0, _TORCH, (6,), (2, 3)),),
    ),
    Kind(
        "reshape",
        "The same numbers in another shape, batch left out.",
        Reshape,
        Signature(("Reshape",), (Parameter("target_shape", "target_shape"),)),
        Signature(("Reshape",), (Parameter("target_shape", "target_shape"), *KERAS_LAYER)),
        (Example("Reshape((3, -1))", 0, _KERAS, (12,), (3, 4)),),
    ),
    Kind(
        "permute",
        "The dimensions in another order.",
        Permute,
        Signature(("Permute",), (Parameter("dims", "dims"),)),
        Signature(("Permute",), (Parameter("dims", "dims"), *KERAS_LAYER)),
        (
            Example("Permute((2, 1))", 0, "keras.layers.Permute, its example", (10, 64), (64, 10)),
            Example("Permute((0, 2, 3, 1))", 0, "torchvision.ops.Permute", (3, 5, 7), (5, 7, 3)),
        ),
    ),
    Kind(
        "repeatvector",
        "A vector n times: (features) → (n, features).",
        RepeatVector,
        keras=Signature(("RepeatVector",), (Parameter("n", "n"), *KERAS_LAYER)),
        examples=(Example("RepeatVector(4)", 0, _KERAS, (5,), (4, 5)),),
    ),
)
