"""Pooling over windows of random places, and its inverse. Nothing is learnt.

Source: torch.nn.FractionalMaxPool2d, torch.nn.MaxUnpool2d: (size − 1) × stride − 2 × padding + kernel_size.
"""

from typing import Self, override

from pydantic import ValidationInfo, field_validator, model_validator

from paramcount.errors import ShapeError, sequence, shown
from paramcount.expression import Expression, Quantity
from paramcount.layers.base import Derivation, Example, Kind, Spatial, Window
from paramcount.layers.fields import Ints, per_dimension, refuse
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature, ignored


class FractionalMaxPool(Spatial):
    """The largest of windows that stand at random places."""

    kernel_size: Ints
    output_size: Ints | None = None
    output_ratio: tuple[float, ...] | None = None

    @field_validator("kernel_size", "output_size", mode="plain")
    @classmethod
    def _expanded(cls, value: object, info: ValidationInfo) -> Ints | None:
        if value is None and info.field_name == "output_size":
            return None
        return per_dimension(value, info.data["kind"].dims, least=1)

    @field_validator("output_ratio", mode="plain")
    @classmethod
    def _ratio(cls, value: object, info: ValidationInfo) -> tuple[float, ...] | None:
        if value is None:
            return None
        dims = info.data["kind"].dims
        items = sequence(value) or (value,) * dims
        found = [one for one in items if isinstance(one, float) and 0 < one < 1]
        if len(found) != dims or len(items) != dims:
            raise refuse(f"must be a number between 0 and 1, or {dims} of them, received {shown(value)}.")
        return tuple(found)

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if (self.output_size is None) == (self.output_ratio is None):
            raise refuse("needs either output_size or output_ratio, and not both.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        channels, spatial = self.split(inputs[0])
        outputs: list[int | None] = []
        for axis, size in enumerate(spatial):
            if self.output_size is not None:
                outputs.append(self.output_size[axis])
            else:
                outputs.append(
                    None if size is None or self.output_ratio is None else int(size * self.output_ratio[axis])
                )
            output, kernel = outputs[-1], self.kernel_size[axis]
            room = 1 if self.dims == 3 else 0  # PyTorch asks one position more of a volume
            if size is not None and output is not None and output + kernel - 1 + room > size:
                raise ShapeError(
                    f"{output} windows of {kernel} need {output + kernel - 1} positions along {self.axes[axis]}; "
                    f"{size} flow in."
                )
        return Derivation(layer=self, output_shape=self.join(channels, outputs), reach="unknown")


class MaxUnpool(Spatial):
    """Each value back at the place that a max pool took it from; the second input holds the places."""

    kernel_size: Ints
    stride: Ints | None = None
    padding: Ints

    @field_validator("kernel_size", "stride", "padding", mode="plain")
    @classmethod
    def _expanded(cls, value: object, info: ValidationInfo) -> Ints | None:
        if value is None and info.field_name == "stride":
            return None
        least = 0 if info.field_name == "padding" else 1
        return per_dimension(value, info.data["kind"].dims, least=least, one_for_all=True)

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        values, places = inputs
        if values is not None and places is not None and values != places:
            raise ShapeError(f"the indices {list(places)} must have the shape of the values {list(values)}.")
        channels, spatial = self.split(values)
        outputs = [None if size is None else self._size(axis, size) for axis, size in enumerate(spatial)]
        steps = self.size_steps([one for one in outputs if one is not None]) if None not in outputs else []
        stride = self.stride or self.kernel_size
        numbers = zip(self.kernel_size, stride, self.padding, strict=True)
        return Derivation(
            layer=self,
            output_shape=self.join(channels, [None if one is None else one.value for one in outputs]),
            steps=tuple(steps),
            reach=tuple([Window(kernel, step, pad, transposed=True) for kernel, step, pad in numbers]),
        )

    def _size(self, axis: int, size: int) -> Expression:
        stride = self.along("stride", self.stride or self.kernel_size, axis)
        made = (Quantity("input", size) - 1) * stride
        if self.padding[axis]:
            made = made - 2 * self.along("padding", self.padding, axis)
        made = made + self.along("kernel_size", self.kernel_size, axis)
        if made.value < 1:
            raise ShapeError(f"would leave {made.value} positions along {self.axes[axis]}.")
        return made


def _fractional(dims: int, *examples: Example) -> Kind:
    parameters = (
        Parameter("kernel_size", "kernel_size"),
        Parameter("output_size", "output_size", None),
        Parameter("output_ratio", "output_ratio", None),
        *ignored("return_indices", "_random_samples"),
    )
    about = f"The largest of windows at random places of {'an image' if dims == 2 else 'a volume'}."
    signature = Signature((f"FractionalMaxPool{dims}d",), parameters)
    return Kind(f"fractionalmaxpool{dims}d", about, FractionalMaxPool, signature, None, examples, dims=dims)


def _unpool(dims: int, *examples: Example) -> Kind:
    parameters = (
        Parameter("kernel_size", "kernel_size"),
        Parameter("stride", "stride", None),
        Parameter("padding", "padding", 0),
    )
    return Kind(
        f"maxunpool{dims}d",
        f"The values of a max pool back at their places in {('a sequence', 'an image', 'a volume')[dims - 1]}.",
        MaxUnpool,
        Signature((f"MaxUnpool{dims}d",), parameters),
        None,
        examples,
        dims=dims,
        inputs=(2, 2),
    )


_TORCH = "torch 2.13.0"

KINDS = (
    _fractional(2, Example("FractionalMaxPool2d(3, output_ratio=0.5)", 0, _TORCH, (2, 9, 9), (2, 4, 4))),
    _fractional(3, Example("FractionalMaxPool3d(3, output_size=5)", 0, _TORCH, (2, 9, 9, 9), (2, 5, 5, 5))),
    _unpool(1, Example("MaxUnpool1d(2)", 0, _TORCH, ((2, 7), (2, 7)), (2, 14))),
    _unpool(2, Example("MaxUnpool2d(3, stride=2)", 0, _TORCH, ((2, 7, 5), (2, 7, 5)), (2, 15, 11))),
    _unpool(3, Example("MaxUnpool3d(2)", 0, _TORCH, ((2, 3, 5, 7), (2, 3, 5, 7)), (2, 6, 10, 14))),
)
