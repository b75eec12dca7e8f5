"""Pooling over windows: MaxPool1d/2d/3d, AvgPool1d/2d/3d and Keras's MaxPooling and AveragePooling.

Formulas: torch.nn.MaxPool2d, torch.nn.AvgPool2d ("Shape"), keras.ops.max_pool. Nothing is learnt.
"""

from collections.abc import Sequence
from typing import Self, override

from pydantic import StrictBool, ValidationInfo, field_validator, model_validator

from paramcount import shapes
from paramcount.errors import ShapeError, shown
from paramcount.expression import Expression
from paramcount.layers.base import Derivation, Example, Kind, Spatial, Window
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import DataFormat, Ints, lowered, per_dimension, refuse
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature, ignored

WORDS = ("valid", "same")
"""How Keras pads."""


class Pool(Spatial):
    """Pooling over windows."""

    kernel_size: Ints
    stride: Ints | None = None
    padding: str | Ints = "valid"
    dilation: Ints | None = None
    ceil_mode: StrictBool = False
    divisor_override: int | None = None
    norm_type: float | None = None
    """The power of an LP pool."""
    data_format: DataFormat = None

    @field_validator("kernel_size", "stride", "dilation", mode="plain")
    @classmethod
    def _expanded(cls, value: object, info: ValidationInfo) -> Ints | None:
        if value is None and info.field_name == "stride":
            return None
        kind = info.data["kind"]
        one_for_all = info.data.get("framework") == "pytorch"
        if kind.name.startswith("lppool") and info.field_name == "kernel_size":
            one_for_all = False  # PyTorch takes it apart, or multiplies by it (torch.nn.functional.lp_pool1d)
            if kind.dims == 1 and type(value) is not int:
                raise refuse(f"must be a whole number, received {shown(value)}.")
        return per_dimension(value, kind.dims, least=1, one_for_all=one_for_all)

    @field_validator("padding", mode="plain")
    @classmethod
    def _padding(cls, value: object, info: ValidationInfo) -> str | Ints:
        if info.data.get("framework") == "keras":
            if value not in WORDS:
                small = lowered(value)
                hint = f" Write {small!r}: Keras 3 takes capitals in convolutions only." if small in WORDS else ""
                raise refuse(f"must be 'valid' or 'same' in Keras, received {shown(value)}.{hint}")
            return str(value)
        if isinstance(value, str):
            raise refuse(f"must be whole numbers for pooling in PyTorch, received {value!r}.")
        return per_dimension(value, info.data["kind"].dims, least=0, one_for_all=True)

    @field_validator("norm_type", mode="plain")
    @classmethod
    def _norm(cls, value: object) -> float | None:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value == 0):
            raise refuse(f"must be a number other than 0, received {shown(value)}.")
        return value

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if not isinstance(self.padding, str):
            for axis, padding, kernel in zip(self.axes, self.padding, self.kernel_size, strict=True):
                if 2 * padding > kernel:
                    raise refuse(
                        f"padding={padding} along {axis} is more than half of kernel_size={kernel}; "
                        f"at most {kernel // 2} is."
                    )
        if self.divisor_override == 0:
            raise refuse("divisor_override must not be 0.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        channels, spatial = self.split(shape)
        if channels == 0:
            raise ShapeError("needs at least one channel; none flows in.")
        sizes = shapes.known(spatial)
        if sizes is None:
            partly = [
                None if size is None else self._positions(axis, (size,) * self.dims).value
                for axis, size in enumerate(spatial)
            ]
            output = None if shape is None else self.join(channels, partly)
            return Derivation(layer=self, output_shape=output, reach=self._reach(spatial))
        pads = None if isinstance(self.padding, str) else self.padding
        numbers = (sizes, self.kernel_size, self.stride, self.dilation, pads)
        outputs = self.each(lambda axis: self._positions(axis, sizes), *numbers)
        output_shape = self.join(channels, [output.value for output in outputs])
        return Derivation(
            layer=self,
            output_shape=output_shape,
            steps=tuple(self.size_steps(outputs)),
            reach=self._reach(spatial),
        )

    def _reach(self, spatial: Shape) -> tuple[Window, ...]:
        dilation = self.dilation or (1,) * self.dims
        return self.windows(spatial, self.kernel_size, self.stride or self.kernel_size, dilation, self.padding)

    def _positions(self, axis: int, sizes: Sequence[int]) -> Expression:
        """The output's size along one dimension.

        Raises:
            ShapeError: no window fits.
        """
        size = self.along("input_size", sizes, axis)
        kernel = self.along("kernel_size", self.kernel_size, axis)
        stride = self.along("stride", self.stride or self.kernel_size, axis)
        dilation = self.along("dilation", self.dilation or (1,) * self.dims, axis)
        if self.padding == "same":
            output = shapes.same(size, stride)
        else:
            pads = (0,) * self.dims if isinstance(self.padding, str) else self.padding
            rule = shapes.window_ceil if self.ceil_mode else shapes.window
            output = rule(size, kernel, stride, self.along("padding", pads, axis), dilation)
        # PyTorch's AvgPool3d alone asks for a whole window inside the unpadded input (ATen/native/Pool.h).
        volume = self.kind.name in ("avgpool3d", "lppool3d")
        whole = volume and self.framework == "pytorch" and size.value < kernel.value
        if output.value < 1 or size.value < 1 or whole:
            span = shapes.extent(kernel.value, dilation.value)
            raise ShapeError(
                f"the window's {self.axes[axis]} {span} is larger than the input's {size.value}. Pool less often, or "
                f"over smaller windows."
            )
        return output


_CEIL = (Parameter("ceil_mode", "ceil_mode", False),)


def _torch_max(dims: int) -> Signature:
    return Signature(
        (f"MaxPool{dims}d",),
        (
            Parameter("kernel_size", "kernel_size"),
            Parameter("stride", "stride", None),
            Parameter("padding", "padding", 0),
            Parameter("dilation", "dilation", 1),
            *ignored("return_indices"),
            *_CEIL,
        ),
    )


def _torch_average(dims: int) -> Signature:
    return Signature(
        (f"AvgPool{dims}d",),
        (
            Parameter("kernel_size", "kernel_size"),
            Parameter("stride", "stride", None),
            Parameter("padding", "padding", 0),
            *_CEIL,
            *ignored("count_include_pad"),
            *((Parameter("divisor_override", "divisor_override", None),) if dims > 1 else ()),
        ),
    )


def _keras(dims: int, long: str, short: str, *, has_default: bool) -> Signature:
    pool_size = Parameter("pool_size", "kernel_size", 2) if has_default else Parameter("pool_size", "kernel_size")
    return Signature(
        (f"{long}{dims}D", f"{short}{dims}D"),
        (
            pool_size,
            Parameter("strides", "stride", None),
            Parameter("padding", "padding", "valid"),
            Parameter("data_format", "data_format", None),
            *ignored("name"),
            *(parameter for parameter in KERAS_LAYER if parameter.name != "name"),
        ),
    )


def _kind(dims: int, which: str, *examples: Example) -> Kind:
    largest = which == "max"
    over = ("a sequence", "an image", "a volume")[dims - 1]
    return Kind(
        f"{which}pool{dims}d",
        f"The {'largest' if largest else 'mean'} of each window of {over}.",
        Pool,
        _torch_max(dims) if largest else _torch_average(dims),
        _keras(dims, "MaxPooling", "MaxPool", has_default=True)
        if largest
        else _keras(dims, "AveragePooling", "AvgPool", has_default=False),
        examples,
        dims=dims,
    )


def _power(dims: int, *examples: Example) -> Kind:
    parameters = (
        Parameter("norm_type", "norm_type"),
        Parameter("kernel_size", "kernel_size"),
        Parameter("stride", "stride", None),
        Parameter("ceil_mode", "ceil_mode", False),
    )
    over = ("a sequence", "an image", "a volume")[dims - 1]
    about = f"The sum of powers of each window of {over}, and its root."
    return Kind(f"lppool{dims}d", about, Pool, Signature((f"LPPool{dims}d",), parameters), None, examples, dims=dims)


_TORCH, _KERAS = "torch 2.14.1", "keras 3.15.1"

KINDS = (
    _kind(
        1,
        "max",
        Example("MaxPool1d(5, stride=2)", 0, _TORCH, (3, 6), (3, 1)),
        Example('MaxPooling1D(padding="same")', 0, _KERAS, (7, 2), (4, 2)),
    ),
    _kind(
        2,
        "max",
        Example("MaxPool2d(3, stride=2, padding=1)", 0, "torchvision 0.29.1, resnet50.maxpool", (64, 112, 112),
                (64, 56, 56)),
        Example("MaxPool2d((4, 3), padding=1, ceil_mode=True)", 0, _TORCH, (3, 15, 8), (3, 4, 3)),
        Example("MaxPooling2D()", 0, _KERAS, (7, 8, 2), (3, 4, 2)),
    ),
    _kind(3, "max", Example("MaxPool3d((3, 3, 2))", 0, _TORCH, (1, 9, 7, 5), (1, 3, 2, 2))),
    _kind(1, "avg", Example("AvgPool1d(5, stride=2)", 0, _TORCH, (1, 14), (1, 5))),
    _kind(2, "avg", Example("AvgPool2d((2, 4), stride=3, padding=1)", 0, _TORCH, (1, 13, 7), (1, 5, 2))),
    _kind(3, "avg", Example("AvgPool3d((2, 3, 3), padding=1)", 0, _TORCH, (3, 8, 9, 9), (3, 5, 3, 3))),
    _power(1, Example("LPPool1d(2, 3)", 0, _TORCH, (2, 8), (2, 2))),
    _power(2, Example("LPPool2d(2, 3, stride=2, ceil_mode=True)", 0, _TORCH, (2, 8, 9), (2, 4, 4))),
    _power(3, Example("LPPool3d(2, 2)", 0, _TORCH, (2, 8, 9, 7), (2, 4, 4, 3))),
)  # fmt: skip
