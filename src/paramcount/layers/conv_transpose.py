"""Transposed convolutions: ConvTranspose1d/2d/3d and Keras's Conv1DTranspose, Conv2DTranspose, Conv3DTranspose.

Formulas: torch.nn.ConvTranspose2d ("Shape"), keras.ops.conv_transpose. The filters are applied at
the positions of the input, so the MACs are counted there.
"""

from collections.abc import Sequence
from typing import Self, override

from pydantic import ValidationInfo, field_validator, model_validator

from paramcount import shapes
from paramcount.errors import ShapeError
from paramcount.expression import Expression, Quantity
from paramcount.layers.base import Derivation, Example, Kind, Window
from paramcount.layers.common import KERAS_KERNEL_LAYER
from paramcount.layers.fields import Ints, lowered, per_dimension, refuse
from paramcount.layers.filters import Filters, check_groups, filter_steps, taken, weight_and_bias, work_steps
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature, ignored


class TransposedConvolution(Filters):
    """A transposed convolution over `dims` spatial dimensions."""

    padding: str | Ints
    output_padding: Ints | None
    padding_mode: str = "zeros"
    output_size: Ints | None = None
    """PyTorch: the size asked for when the layer is called; it settles output_padding."""

    @field_validator("padding", mode="plain")
    @classmethod
    def _padding(cls, value: object, info: ValidationInfo) -> str | Ints:
        if info.data.get("framework") == "keras":
            value = lowered(value)
            if value not in ("valid", "same"):
                raise refuse(f"must be 'valid' or 'same' in Keras, received {value!r}.")
            return str(value)
        if isinstance(value, str):
            raise refuse(f"must be whole numbers for a transposed convolution in PyTorch, received {value!r}.")
        return per_dimension(value, info.data["kind"].dims, least=0, one_for_all=True)

    @field_validator("output_padding", mode="plain")
    @classmethod
    def _output_padding(cls, value: object, info: ValidationInfo) -> Ints | None:
        if value is None and info.data.get("framework") == "keras":
            return None
        return per_dimension(
            value, info.data["kind"].dims, least=0, one_for_all=info.data.get("framework") == "pytorch"
        )

    @field_validator("output_size", mode="plain")
    @classmethod
    def _output_size(cls, value: object, info: ValidationInfo) -> Ints | None:
        return None if value is None else per_dimension(value, info.data["kind"].dims, least=1)

    @model_validator(mode="after")
    def _rules(self) -> Self:
        names = self.signature.shown_as
        if self.padding_mode != "zeros":
            raise refuse(f"padding_mode must be 'zeros' for a transposed convolution, received {self.padding_mode!r}.")
        if self.framework == "keras" and max(self.stride) > 1 and max(self.dilation) > 1:
            raise refuse(
                f"{names('stride')}={self.stride} above 1 does not go with {names('dilation')}={self.dilation} above 1."
            )
        for axis, padding in enumerate(self.output_padding or ()):
            most = self.stride[axis] if self.framework == "keras" else max(self.stride[axis], self.dilation[axis])
            if padding >= most:
                of = names("stride") if self.framework == "keras" else "stride and dilation"
                raise refuse(
                    f"output_padding={padding} must be below the {of} along {self.axes[axis]}, {most}: "
                    f"at most {most - 1}."
                )
        check_groups(self)
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        layer, in_channels, spatial = taken(self, shape)
        per_filter, steps = filter_steps(layer, in_channels)
        weight = (in_channels, self.out_channels // self.groups, *self.kernel_size)
        if self.framework == "keras":
            weight = (*self.kernel_size, self.out_channels, in_channels)
        sizes = shapes.known(spatial)
        outputs = positions = None
        if sizes is not None:
            numbers = (sizes, self.kernel_size, self.stride, self.dilation, self._pads, self.output_padding)
            outputs = self.each(lambda axis: self._size(axis, sizes), *numbers, self.output_size)
            positions = tuple([Quantity(f"input_{axis}", size) for axis, size in zip(self.axes, sizes, strict=True)])
        macs, work = work_steps(layer, per_filter, outputs, positions)
        partly = (
            None if size is None else self._size(axis, (size,) * self.dims).value for axis, size in enumerate(spatial)
        )
        empty = outputs is not None and any(output.value == 0 for output in outputs)
        return Derivation(
            notes=("The output is empty: PyTorch accepts that on some back ends only.",) if empty else (),
            layer=layer,
            parameters=steps[-1].expression,
            tensors=weight_and_bias(layer, weight),
            output_shape=self.join(self.out_channels, [output.value for output in outputs] if outputs else partly),
            macs=macs,
            steps=(*steps, *work),
            reach=self._reach(),
            figures=per_filter.figures,
            facts={"in_channels": in_channels, "groups": self.groups},
        )

    def _reach(self) -> tuple[Window, ...]:
        """What each output position reads; Keras's "same" crops half of what is over."""
        found: list[Window] = []
        for axis, pad in enumerate(self._pads):
            kernel, stride, dilation = self.kernel_size[axis], self.stride[axis], self.dilation[axis]
            span = shapes.extent(kernel, dilation)
            before = max(span - stride, 0) // 2 if self.padding == "same" else pad
            found.append(Window(kernel, stride, before, dilation, transposed=True))
        return tuple(found)

    @property
    def _pads(self) -> Ints:
        """The padding on each side, where it is given in numbers; Keras's words pad nothing here."""
        return (0,) * self.dims if isinstance(self.padding, str) else self.padding

    def _size(self, axis: int, sizes: Sequence[int]) -> Expression:
        """The output's size along one dimension.

        Raises:
            ShapeError: the output would be empty, or the size asked for cannot be reached.
        """
        where = self.axes[axis]
        size = self.along("input_size", sizes, axis)
        if size.value < 1:
            raise ShapeError(f"needs at least one position along {where}; {size.value} flow in.")
        kernel = self.along("kernel_size", self.kernel_size, axis)
        stride = self.along("stride", self.stride, axis)
        dilation = self.along("dilation", self.dilation, axis)
        if self.framework == "keras":
            output = self._keras_size(axis, size, kernel, stride, dilation)
        else:
            padding = self.along("padding", self._pads, axis)
            output = shapes.transposed(size, kernel, stride, padding, dilation, self._extra(axis, size.value))
        if output.value < 0:
            raise ShapeError(
                f"the output's {where} would be {output.substitution} = {output.value}, below 0. Lower the padding or "
                f"give a larger input."
            )
        return output

    def _extra(self, axis: int, size: int) -> Quantity:
        """The output_padding along one dimension, as it was given or as `output_size` settles it."""
        if self.output_size is None:
            return self.along("output_padding", self.output_padding or (0,) * self.dims, axis)
        stride, dilation, wanted = self.stride[axis], self.dilation[axis], self.output_size[axis]
        least = shapes.transposed(size, self.kernel_size[axis], stride, self._pads[axis], dilation, 0)
        most = least + max(stride, dilation) - 1
        if not least <= wanted <= most:
            raise ShapeError(
                f"output_size={wanted} along {self.axes[axis]} cannot be reached: from {least} to {most} can."
            )
        return Quantity("output_padding", wanted - least)

    def _keras_size(
        self, axis: int, size: Quantity, kernel: Quantity, stride: Quantity, dilation: Quantity
    ) -> Expression:
        """Keras's rule. Source: keras.src.backend.common.backend_utils, `_get_output_shape_given_tf_padding`."""
        span = shapes.extent(kernel.value, dilation.value)
        if self.output_padding is None:
            if self.padding == "same" or span < stride.value:
                return size * stride
            return (size - 1) * stride + shapes.extent(kernel, dilation)
        extra = self.along("output_padding", self.output_padding, axis)
        if self.padding == "same":
            return (size - 1) * stride + span % 2 + extra
        return (size - 1) * stride + shapes.extent(kernel, dilation) + extra


def _pytorch(dims: int) -> Signature:
    return Signature(
        (f"ConvTranspose{dims}d",),
        (
            Parameter("in_channels", "in_channels", inferred=True),
            Parameter("out_channels", "out_channels"),
            Parameter("kernel_size", "kernel_size"),
            Parameter("stride", "stride", 1),
            Parameter("padding", "padding", 0),
            Parameter("output_padding", "output_padding", 0),
            Parameter("groups", "groups", 1),
            Parameter("bias", "bias", True),
            Parameter("dilation", "dilation", 1),
            Parameter("padding_mode", "padding_mode", "zeros"),
            *ignored("device", "dtype"),
            Parameter("output_size", "output_size", None, canonical_only=True),
        ),
    )


def _keras(dims: int) -> Signature:
    # Conv3DTranspose alone has data_format before output_padding (keras 3.15.1).
    middle = [Parameter("output_padding", "output_padding", None), Parameter("data_format", "data_format", None)]
    return Signature(
        (f"Conv{dims}DTranspose", f"Convolution{dims}DTranspose"),
        (
            Parameter("filters", "out_channels"),
            Parameter("kernel_size", "kernel_size"),
            Parameter("strides", "stride", 1),
            Parameter("padding", "padding", "valid"),
            *(reversed(middle) if dims == 3 else middle),
            Parameter("dilation_rate", "dilation", 1),
            Parameter("activation", "activation", None),
            Parameter("use_bias", "bias", True),
            *KERAS_KERNEL_LAYER,
            Parameter("in_channels", "in_channels", None, canonical_only=True),
        ),
    )


def _kind(dims: int, about: str, *examples: Example) -> Kind:
    return Kind(
        f"convtranspose{dims}d", about, TransposedConvolution, _pytorch(dims), _keras(dims), examples, dims=dims
    )


KINDS = (
    _kind(
        1,
        "A transposed convolution over a sequence: (C, L) → (C', L').",
        Example("ConvTranspose1d(4, 3, 3, stride=2, output_padding=1)", 39, "torch 2.14.1", (4, 7), (3, 16)),
        Example("Conv1DTranspose(3, 3)", 39, "keras 3.15.1", (6, 4), (8, 3)),
    ),
    _kind(
        2,
        "A transposed convolution over an image: (C, H, W) → (C', H', W').",
        Example("ConvTranspose2d(256, 128, 3, stride=2, padding=1, output_padding=1)", 295040, "torch 2.14.1",
                (256, 16, 16), (128, 32, 32)),
        Example('Conv2DTranspose(3, 3, strides=(2, 3), padding="same")', 111, "keras 3.15.1", (5, 7, 4), (10, 21, 3)),
    ),
    _kind(
        3,
        "A transposed convolution over a volume: (C, D, H, W) → (C', D', H', W').",
        Example("ConvTranspose3d(32, 16, 2, stride=2)", 4112, "torch 2.14.1", (32, 8, 16, 16), (16, 16, 32, 32)),
        Example('Conv3DTranspose(3, 2, strides=2, padding="same")', 51, "keras 3.15.1", (3, 4, 5, 2), (6, 8, 10, 3)),
    ),
)  # fmt: skip
