"""Images into columns of windows, and back. Nothing is learnt.

Source: torch.nn.Unfold, torch.nn.Fold: L = product of ⌊(size + 2 × padding − extent) ÷ stride⌋ + 1.
"""

from typing import override

from pydantic import ValidationInfo, field_validator

from paramcount import shapes
from paramcount.errors import ShapeError
from paramcount.expression import Product, Quantity
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step
from paramcount.layers.fields import Ints, per_dimension
from paramcount.shapes import Shape, elements, text
from paramcount.signature import Parameter, Signature


class Windows(Layer):
    """The windows of an image."""

    kernel_size: Ints
    dilation: Ints
    padding: Ints
    stride: Ints

    @field_validator("kernel_size", "dilation", "padding", "stride", mode="plain")
    @classmethod
    def _pair(cls, value: object, info: ValidationInfo) -> Ints:
        return per_dimension(value, 2, least=0 if info.field_name == "padding" else 1)

    def positions(self, sizes: tuple[int, ...]) -> list[int]:
        """How many windows there are along each dimension.

        Raises:
            ShapeError: none fits.
        """
        found: list[int] = []
        for axis, size in enumerate(sizes):
            kernel, stride = self.kernel_size[axis], self.stride[axis]
            found.append(shapes.window(size, kernel, stride, self.padding[axis], self.dilation[axis]))
            if found[-1] < 1:
                raise ShapeError(f"windows of {list(self.kernel_size)} do not fit into {list(sizes)}.")
        return found


class Unfold(Windows):
    """(C, H, W) → (C × kernel, L)."""

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is None:
            return Derivation(layer=self, reach="unknown")
        if len(shape) != 3:
            raise ShapeError(f"takes [C, H, W]; {text(shape)} flows in.")
        channels, sizes = shape[0], shapes.known(shape[1:])
        if channels == 0:
            raise ShapeError("needs at least one channel; none flows in.")
        rows = None if channels is None else Product((Quantity("channels", channels), *self._kernel()))
        columns = None if sizes is None else Product(_sizes("windows", self.positions(sizes)))
        steps = [Step("output rows", rows)] if rows else []
        steps += [Step("output columns", columns)] if columns else []
        output = (rows.value if rows else None, columns.value if columns else None)
        return Derivation(layer=self, output_shape=output, steps=tuple(steps), reach="unknown")

    def _kernel(self) -> tuple[Quantity, ...]:
        return _sizes("kernel", self.kernel_size)


class Fold(Windows):
    """(C × kernel, L) → (C, H, W): windows that overlap are added."""

    output_size: Ints

    @field_validator("output_size", mode="plain")
    @classmethod
    def _output(cls, value: object) -> Ints:
        return per_dimension(value, 2, least=1)

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        columns = elements(tuple(self.positions(self.output_size)))
        if shape is None:
            return Derivation(layer=self, reach="unknown")
        if len(shape) != 2:
            raise ShapeError(f"takes [C × kernel, L]; {text(shape)} flows in.")
        rows, kernel = shape[0], elements(self.kernel_size)
        if rows is not None and (rows == 0 or rows % kernel):
            raise ShapeError(f"{rows} rows do not divide by the kernel's {kernel} positions.")
        if shape[1] not in (None, columns):
            raise ShapeError(f"{shape[1]} columns flow in; output_size={list(self.output_size)} has {columns} windows.")
        channels = None if rows is None else rows // kernel
        return Derivation(layer=self, output_shape=(channels, *self.output_size), reach="unknown")


def _sizes(name: str, sizes: list[int] | Ints) -> tuple[Quantity, ...]:
    return tuple([Quantity(f"{name}_{axis}", size) for axis, size in zip(("height", "width"), sizes, strict=True)])


_FIELDS = (
    Parameter("kernel_size", "kernel_size"),
    Parameter("dilation", "dilation", 1),
    Parameter("padding", "padding", 0),
    Parameter("stride", "stride", 1),
)

KINDS = (
    Kind(
        "unfold",
        "The windows of an image as columns: (C, H, W) → (C × kernel, L).",
        Unfold,
        Signature(("Unfold",), _FIELDS),
        examples=(Example("Unfold((2, 3))", 0, "torch 2.14.1", (1, 6, 5), (6, 15)),),
    ),
    Kind(
        "fold",
        "An image from columns of windows: (C × kernel, L) → (C, H, W).",
        Fold,
        Signature(("Fold",), (Parameter("output_size", "output_size"), *_FIELDS)),
        examples=(Example("Fold((4, 5), 2)", 0, "torch 2.14.1", (4, 12), (1, 4, 5)),),
    ),
)
