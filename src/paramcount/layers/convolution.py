"""Convolutions: Conv1d, Conv2d, Conv3d and Keras's Conv1D, Conv2D, Conv3D.

Formulas: torch.nn.Conv2d ("Shape", "Variables"), keras.layers.Conv2D; the parameters of one filter
are kernel × in_channels ÷ groups weights and one bias.
"""

from collections.abc import Sequence
from typing import Self, override

from pydantic import ValidationInfo, field_validator, model_validator

from paramcount import shapes
from paramcount.errors import ShapeError
from paramcount.expression import Expression, Quantity
from paramcount.layers.base import Derivation, Example, Kind
from paramcount.layers.common import KERAS_KERNEL_LAYER
from paramcount.layers.fields import Ints, lowered, per_dimension, refuse
from paramcount.layers.filters import Filters, check_groups, filter_steps, taken, weight_and_bias, work_steps
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature, ignored

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class Convolution(Filters):
    """A convolution over `dims` spatial dimensions."""

    padding_mode: str = "zeros"  # before padding, whose check depends on it
    padding: str | Ints

    @field_validator("padding", mode="plain")
    @classmethod
    def _padding(cls, value: object, info: ValidationInfo) -> str | Ints:
        if info.data.get("framework") == "keras":
            value = lowered(value)
            allowed = ("valid", "same", "causal") if info.data["kind"].dims == 1 else ("valid", "same")
            if value not in allowed:
                raise refuse(
                    f"must be one of {', '.join(map(repr, allowed))} in Keras, received {value!r}. "
                    f"For explicit padding put ZeroPadding{info.data['kind'].dims}D before the layer."
                )
            return str(value)
        if isinstance(value, str):
            if value not in ("valid", "same"):
                raise refuse(f"must be whole numbers, 'valid' or 'same', received {value!r}.")
            return value
        return per_dimension(
            value, info.data["kind"].dims, least=0, one_for_all=info.data.get("padding_mode", "zeros") == "zeros"
        )

    @model_validator(mode="after")
    def _rules(self) -> Self:
        name = self.signature.shown_as
        if self.framework == "pytorch" and self.padding == "same" and max(self.stride) > 1:
            raise refuse(
                f"padding='same' needs stride 1 in PyTorch, received stride={self.stride}. "
                f"padding={tuple((k - 1) // 2 for k in self.kernel_size)} divides the size by the stride."
            )
        if self.framework == "keras" and max(self.stride) > 1 and max(self.dilation) > 1:
            raise refuse(
                f"{name('stride')}={self.stride} above 1 does not go with {name('dilation')}={self.dilation} above 1."
            )
        if self.padding_mode not in PADDING_MODES:
            raise refuse(f"padding_mode must be one of {', '.join(PADDING_MODES)}, received {self.padding_mode!r}.")
        check_groups(self)
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        layer, in_channels, spatial = taken(self, shape)
        per_filter, steps = filter_steps(layer, in_channels)
        weight = (self.out_channels, in_channels // self.groups, *self.kernel_size)
        if self.framework == "keras":
            weight = (*self.kernel_size, in_channels // self.groups, self.out_channels)
        sizes = shapes.known(spatial)
        outputs = None
        if sizes is not None:
            outputs = self.each(
                lambda axis: self._positions(axis, sizes),
                sizes,
                self.kernel_size,
                self.stride,
                self.dilation,
                self._pads,
            )
        macs, work = work_steps(layer, per_filter, outputs)
        return Derivation(
            layer=layer,
            parameters=steps[-1].expression,
            tensors=weight_and_bias(layer, weight),
            output_shape=self.join(
                self.out_channels, [output.value for output in outputs] if outputs else self._partly(spatial)
            ),
            macs=macs,
            steps=(*steps, *work),
            reach=self.windows(spatial, self.kernel_size, self.stride, self.dilation, self.padding),
            figures=per_filter.figures,
            facts={"in_channels": in_channels, "groups": self.groups},
        )

    @property
    def _pads(self) -> Ints | None:
        """The padding on each side, where it is given in numbers."""
        if self.padding == "valid":
            return (0,) * self.dims
        return None if isinstance(self.padding, str) else self.padding

    def _partly(self, spatial: Shape) -> Shape:
        """The output's size along each dimension where not all of the input's are known."""
        return tuple(
            None if size is None else self._positions(axis, (size,) * self.dims).value
            for axis, size in enumerate(spatial)
        )

    def _positions(self, axis: int, sizes: Sequence[int]) -> Expression:
        """The output's size along one dimension.

        Raises:
            ShapeError: the kernel does not fit into the padded input.
        """
        where = self.axes[axis]
        size = Quantity("input", sizes[axis])
        kernel = Quantity("kernel", self.kernel_size[axis])
        stride = Quantity("stride", self.stride[axis])
        dilation = Quantity("dilation", self.dilation[axis])
        span = shapes.extent(kernel.value, dilation.value)
        if size.value < 1:
            raise ShapeError(f"needs at least one position along {where}; {size.value} flow in.")
        pads = self._pads
        self._check_padding_mode(where, size.value, span // 2 if pads is None else pads[axis])
        if pads is None:
            return shapes.same(size, stride) if self.framework == "keras" else size
        if size.value + 2 * pads[axis] < span:
            raise ShapeError(self._too_large(where, kernel.value, span, size.value, pads[axis]))
        return shapes.window(size, kernel, stride, Quantity("padding", pads[axis]), dilation)

    def _too_large(self, where: str, kernel: int, span: int, size: int, padding: int) -> str:
        dilated = "" if span == kernel else f" ({span} with {self.signature.shown_as('dilation')})"
        padded = f" with padding {padding}" if padding else ""
        more = -(-(span - size) // 2)
        way_out = "a larger input or 'same'" if self.framework == "keras" else f"padding {more} or a larger input"
        return (
            f"the kernel's {where} {kernel}{dilated} is larger than the input's {size + 2 * padding}{padded}. "
            f"It fits with {way_out}."
        )

    def _check_padding_mode(self, where: str, size: int, padding: int) -> None:
        """Reflection needs more positions than it repeats, circular padding as many."""
        if self.padding_mode in ("zeros", "replicate"):
            return
        most = size - 1 if self.padding_mode == "reflect" else size
        if padding > most:
            raise ShapeError(
                f"padding_mode='{self.padding_mode}' can pad {size} positions along {where} by at most {most}, "
                f"received {padding}."
            )


def _pytorch(dims: int) -> Signature:
    return Signature(
        (f"Conv{dims}d",),
        (
            Parameter("in_channels", "in_channels", inferred=True),
            Parameter("out_channels", "out_channels"),
            Parameter("kernel_size", "kernel_size"),
            Parameter("stride", "stride", 1),
            Parameter("padding", "padding", 0),
            Parameter("dilation", "dilation", 1),
            Parameter("groups", "groups", 1),
            Parameter("bias", "bias", True),
            Parameter("padding_mode", "padding_mode", "zeros"),
            *ignored("device", "dtype"),
        ),
    )


def _keras(dims: int) -> Signature:
    return Signature(
        (f"Conv{dims}D", f"Convolution{dims}D"),
        (
            Parameter("filters", "out_channels"),
            Parameter("kernel_size", "kernel_size"),
            Parameter("strides", "stride", 1),
            Parameter("padding", "padding", "valid"),
            Parameter("data_format", "data_format", None),
            Parameter("dilation_rate", "dilation", 1),
            Parameter("groups", "groups", 1),
            Parameter("activation", "activation", None),
            Parameter("use_bias", "bias", True),
            *KERAS_KERNEL_LAYER,
            Parameter("in_channels", "in_channels", None, canonical_only=True),
        ),
    )


def _kind(dims: int, about: str, *examples: Example) -> Kind:
    return Kind(f"conv{dims}d", about, Convolution, _pytorch(dims), _keras(dims), examples, dims=dims)


KINDS = (
    _kind(
        1,
        "A convolution over a sequence: (C, L) → (C', L').",
        Example("Conv1d(64, 128, 2, dilation=512)", 16512, "torch 2.14.1", (64, 16512), (128, 16000)),
        Example("Conv1D(48, 32)", 6192, "keras 3.15.1", (1000, 4), (969, 48)),
    ),
    _kind(
        2,
        "A convolution over an image: (C, H, W) → (C', H', W').",
        Example("Conv2d(3, 32, 3)", 896, "((3 × 3 × 3) + 1) × 32, the guide's example", (3, 224, 224), (32, 222, 222)),
        Example("Conv2d(3, 64, 7, stride=2, padding=3, bias=False)", 9408, "torchvision 0.29.1, resnet50.conv1",
                (3, 224, 224), (64, 112, 112)),
        Example("Conv2D(32, 3)", 896, "keras 3.15.1", (32, 32, 3), (30, 30, 32)),
    ),
    _kind(
        3,
        "A convolution over a volume: (C, D, H, W) → (C', D', H', W').",
        Example("Conv3d(64, 144, (1, 3, 3), bias=False)", 82944, "R(2+1)D, Tran et al. 2018, section 3.5",
                (64, 8, 14, 14), (144, 8, 12, 12)),
        Example("Conv3D(4, 3)", 328, "keras 3.15.1", (8, 9, 10, 3), (6, 7, 8, 4)),
    ),
)  # fmt: skip
