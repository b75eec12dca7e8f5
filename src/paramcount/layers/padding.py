"""Padding and cropping: nothing is learnt, sizes grow or shrink.

Source: torch.nn.ZeroPad2d and its relatives, keras.layers.ZeroPadding2D, keras.layers.Cropping2D. PyTorch gives the
pairs from the last dimension on: (left, right, top, bottom).
"""

from collections.abc import Sequence
from typing import override

from pydantic import ValidationInfo, field_validator

from paramcount.errors import ShapeError, sequence, shown
from paramcount.expression import Expression, Quantity
from paramcount.layers.base import Derivation, Example, Kind, Spatial, Window
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import DataFormat, refuse, whole
from paramcount.limits import MAX_SIZE
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature

type Pairs = tuple[int, ...] | tuple[tuple[int, int], ...]


class Pad(Spatial):
    """Positions put before and after each dimension, or taken away."""

    padding: Pairs
    value: float | None = None
    """What a constant pads with."""
    data_format: DataFormat = None

    @field_validator("padding", mode="plain")
    @classmethod
    def _padding(cls, value: object, info: ValidationInfo) -> Pairs:
        kind = info.data["kind"]
        if info.data.get("framework") == "keras":
            return _keras_pairs(value, kind.dims, cropping=kind.name.startswith("cropping"))
        return _torch_pairs(value, kind.dims)

    @field_validator("value", mode="plain")
    @classmethod
    def _value(cls, value: object) -> float | None:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise refuse(f"must be a number, received {shown(value)}.")
        return value

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """What goes before and after each dimension."""
        flat = [one for one in self.padding if isinstance(one, int)]
        if not flat:
            return tuple([one for one in self.padding if isinstance(one, tuple)])
        pairs = [(flat[i], flat[i + 1]) for i in range(0, len(flat), 2)]
        return tuple(pairs if self.framework == "keras" else reversed(pairs))

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        channels, spatial, leading = self._parts(shape)
        sign = -1 if self.kind.name.startswith("cropping") else 1
        outputs: list[Expression | None] = []
        for axis, size in enumerate(spatial):
            before, after = self.pairs[axis]
            outputs.append(None if size is None else self._size(axis, size, sign * before, sign * after))
        steps = self.size_steps([one for one in outputs if one is not None]) if None not in outputs else []
        sizes = [None if one is None else one.value for one in outputs]
        self._check_any_left(sizes)
        output = None if shape is None else self.join(channels, sizes) if leading is None else (*leading, *sizes)
        reach = tuple([Window(padding=sign * before) for before, _ in self.pairs])
        return Derivation(layer=self, output_shape=output, steps=tuple(steps), reach=reach)

    def _parts(self, shape: Shape | None) -> tuple[int | None, Shape, Shape | None]:
        """Channels, spatial dimensions, and what stands before these where a constant pads any number of dimensions."""
        if self.kind.name.startswith(("zeropad", "constantpad")) and self.framework == "pytorch" and shape is not None:
            if len(shape) < self.dims:
                raise ShapeError(f"pads {self.dims} dimensions; {text(shape)} flows in.")
            return None, shape[len(shape) - self.dims :], shape[: len(shape) - self.dims]
        return *self.split(shape), None

    def _size(self, axis: int, size: int, before: int, after: int) -> Expression:
        where, most = self.axes[axis], max(before, after)
        if self.kind.name.startswith("reflection") and most >= size:
            raise ShapeError(f"can pad {size} positions along {where} by at most {size - 1}, received {most}.")
        if self.kind.name.startswith("circular") and most > size:
            raise ShapeError(f"can pad {size} positions along {where} by at most {size}, received {most}.")
        left = size + before + after
        least = 0 if self.framework == "pytorch" else 1
        constant = self.kind.name.startswith(("zeropad", "constantpad", "cropping"))
        if left < least or (constant and min(size + before, size + after) < least):
            raise ShapeError(f"would leave {left} of {size} positions along {where}.")
        made: Expression = Quantity("input", size)
        for amount in (before, after):
            if amount:
                made = made + amount if amount > 0 else made - -amount
        return made

    def _check_any_left(self, sizes: Sequence[int | None]) -> None:
        """PyTorch's replication refuses an output that is empty, its reflection one that is so along every dimension.

        Source: ATen/native/ReplicationPadding.cpp, ATen/native/ReflectionPad.cpp.
        """
        empty = [size == 0 for size in sizes]
        if self.kind.name.startswith("replication") and any(empty):
            raise ShapeError(f"would leave no position along {self.axes[empty.index(True)]}.")
        if self.kind.name.startswith("reflection") and all(empty):
            raise ShapeError("would leave no position along any dimension.")


def _torch_pairs(value: object, dims: int) -> tuple[int, ...]:
    if type(value) is int:
        return (_signed(value),) * (2 * dims)
    items = sequence(value)
    if items is None or len(items) != 2 * dims:
        raise refuse(f"must be a whole number or {2 * dims} of them, received {shown(value)}.")
    return tuple([_signed(item) for item in items])


def _signed(value: object) -> int:
    if type(value) is not int or abs(value) > MAX_SIZE:
        raise refuse(f"must be a whole number of at most {MAX_SIZE}, received {shown(value)}.")
    return value


def _both(value: int, dims: int) -> Pairs:
    pair = (whole(value, 0), value)
    return pair if dims == 1 else (pair,) * dims


def _keras_pairs(value: object, dims: int, *, cropping: bool) -> Pairs:
    if type(value) is int:  # Keras takes one negative number, and crops
        return ((_signed(value), value),) * dims if dims > 1 and not cropping else _both(value, dims)
    items = sequence(value)
    if dims == 1:
        if items is None or len(items) != 2:
            raise refuse(f"must be a whole number or 2 of them (before, after), received {shown(value)}.")
        return whole(items[0], 0), whole(items[1], 0)
    if items is None or len(items) != dims:
        raise refuse(f"must be a whole number, or {dims} numbers or pairs, received {shown(value)}.")
    return tuple([_pair(item) for item in items])


def _pair(value: object) -> tuple[int, int]:
    items = sequence(value)
    if items is None:
        return whole(value, 0), whole(value, 0)
    if len(items) != 2:
        raise refuse(f"must hold pairs (before, after), received {shown(value)}.")
    return whole(items[0], 0), whole(items[1], 0)


_OVER = ("a sequence", "an image", "a volume")
_INPUTS = ((2, 7), (2, 7, 8), (2, 7, 8, 9))
_WAYS = {
    "Zero": "zeros",
    "Constant": "a constant",
    "Reflection": "its mirror image",
    "Replication": "its edge",
    "Circular": "its other end",
}


def _torch(which: str, dims: int) -> Kind:
    name = f"{which}Pad{dims}d"
    value = (Parameter("value", "value"),) if which == "Constant" else ()
    fields = ", value=0.5" if which == "Constant" else ""
    channels, *sizes = _INPUTS[dims - 1]
    zero = which == "Zero"
    keras = [Parameter("padding", "padding", 1), Parameter("data_format", "data_format", None), *KERAS_LAYER]
    return Kind(
        f"zeropadding{dims}d" if zero else name.lower(),
        f"{_OVER[dims - 1].capitalize()} padded with {_WAYS[which]}.",
        Pad,
        Signature((name,), (Parameter("padding", "padding"), *value)),
        Signature((f"ZeroPadding{dims}D",), tuple(keras)) if zero else None,
        (Example(f"{name}(1{fields})", 0, "torch 2.14.1", (channels, *sizes), (channels, *(s + 2 for s in sizes))),),
        dims=dims,
    )


def _cropping(dims: int) -> Kind:
    default: object = ((0, 0),) * dims if dims > 1 else (1, 1)
    parameters = [Parameter("cropping", "padding", default)]
    if dims > 1:
        parameters.append(Parameter("data_format", "data_format", None))
    channels, *sizes = _INPUTS[dims - 1]
    return Kind(
        f"cropping{dims}d",
        f"{_OVER[dims - 1].capitalize()} without its edges.",
        Pad,
        keras=Signature((f"Cropping{dims}D",), (*parameters, *KERAS_LAYER)),
        examples=(
            Example(f"Cropping{dims}D(2)", 0, "keras 3.15.1", (*sizes, channels), (*(s - 4 for s in sizes), channels)),
        ),
        dims=dims,
    )


KINDS = (
    *(_torch(which, dims) for which in _WAYS for dims in (1, 2, 3)),
    *(_cropping(dims) for dims in (1, 2, 3)),
)
