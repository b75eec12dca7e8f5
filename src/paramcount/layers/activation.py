"""Activations without parameters: ReLU and its relatives, softmax, gated linear units, identity.

Source: torch.nn, "Non-linear Activations"; keras.layers, "Activation layers". One row of `_ELEMENTWISE`
makes a kind that works element by element; those with rules of their own are classes.
"""

from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, create_model, field_validator, model_validator

from paramcount.errors import ShapeError, shown
from paramcount.layers.base import Derivation, Example, Layer
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import activation, refuse
from paramcount.layers.unchanged import Unchanged, check_dimension
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature, ignored


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(f"must be a number, received {shown(value)}.")
    return float(value)


Number = Annotated[float, BeforeValidator(_number)]


class Elementwise(Unchanged):
    """A function of each element by itself."""


_ELEMENTWISE: tuple[tuple[str, tuple[Parameter, ...] | None, tuple[Parameter, ...] | None], ...] = (
    # name, PyTorch's parameters, Keras's parameters; None where the framework has no such layer
    ("ReLU", ignored("inplace"), ignored("max_value", "negative_slope", "threshold")),
    ("ReLU6", ignored("inplace"), None),
    ("SELU", ignored("inplace"), None),
    ("SiLU", ignored("inplace"), None),
    ("Mish", ignored("inplace"), None),
    ("Sigmoid", (), None),
    ("LogSigmoid", (), None),
    ("Hardsigmoid", ignored("inplace"), None),
    ("Hardswish", ignored("inplace"), None),
    ("Tanh", (), None),
    ("Tanhshrink", (), None),
    ("Softsign", (), None),
    ("ActivityRegularization", None, ignored("l1", "l2")),
)


def _made(name: str, pytorch: tuple[Parameter, ...] | None, keras: tuple[Parameter, ...] | None) -> type[Elementwise]:
    kind = create_model(name, __base__=Elementwise, __module__=__name__, __doc__=f"{name}, element by element.")
    kind.kind = name.lower()
    kind.pytorch = None if pytorch is None else Signature((name,), pytorch)
    kind.keras = None if keras is None else Signature((name,), (*keras, *KERAS_LAYER))
    source = "keras 3.15.1" if pytorch is None else "torch 2.14.1"
    kind.examples = (Example(f"{name}()", 0, source, (6, 4, 4), (6, 4, 4)),)
    return kind


KINDS = tuple(_made(*row) for row in _ELEMENTWISE)
"""The kinds that the rows make; discovery takes them beside the classes of this module."""


class _Scaled(Elementwise):
    """An elementwise function with one number that must be one."""

    alpha: Number = 1.0


def _scaled(name: str, argument: str, default: float) -> Signature:
    inplace = () if name in ("Softshrink", "Hardshrink") else ("inplace",)
    return Signature((name,), (Parameter(argument, "alpha", default), *ignored(*inplace)))


_SHAPE = (6, 4, 4)


class LeakyReLU(_Scaled):
    """ReLU with a slope below zero."""

    kind: ClassVar[str] = "leakyrelu"
    pytorch = _scaled("LeakyReLU", "negative_slope", 0.01)
    keras = Signature(
        ("LeakyReLU",), (Parameter("negative_slope", "alpha", 0.3), *ignored("alpha"), *KERAS_LAYER)
    )
    examples = (Example("LeakyReLU(0.2)", 0, "torch 2.13.0", _SHAPE, _SHAPE),)


class ELU(_Scaled):
    """Exponential linear unit."""

    kind: ClassVar[str] = "elu"
    pytorch = _scaled("ELU", "alpha", 1.0)
    keras = Signature(("ELU",), (Parameter("alpha", "alpha", 1.0), *KERAS_LAYER))
    examples = (Example("ELU()", 0, "torch 2.13.0", _SHAPE, _SHAPE),)


class CELU(_Scaled):
    """Continuously differentiable ELU."""

    kind: ClassVar[str] = "celu"
    pytorch = _scaled("CELU", "alpha", 1.0)
    examples = (Example("CELU()", 0, "torch 2.13.0", _SHAPE, _SHAPE),)

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.alpha == 0:
            raise refuse("alpha must not be 0.")
        return self


class Softshrink(_Scaled):
    """Soft shrinkage."""

    kind: ClassVar[str] = "softshrink"
    pytorch = _scaled("Softshrink", "lambd", 0.5)
    examples = (Example("Softshrink()", 0, "torch 2.14.1", _SHAPE, _SHAPE),)

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.alpha < 0:
            raise refuse(f"lambd must be at least 0, received {self.alpha}.")
        return self


class Hardshrink(_Scaled):
    """Hard shrinkage."""

    kind: ClassVar[str] = "hardshrink"
    pytorch = _scaled("Hardshrink", "lambd", 0.5)
    examples = (Example("Hardshrink()", 0, "torch 2.13.0", _SHAPE, _SHAPE),)


class _Bounded(Elementwise):
    """An elementwise function with two numbers."""

    low: Number
    high: Number


class Softplus(_Bounded):
    """A smooth ReLU."""

    kind: ClassVar[str] = "softplus"
    pytorch = Signature(("Softplus",), (Parameter("beta", "low", 1.0), Parameter("threshold", "high", 20.0)))
    examples = (Example("Softplus()", 0, "torch 2.14.1", _SHAPE, _SHAPE),)


class Threshold(_Bounded):
    """Values at or below a threshold are replaced."""

    kind: ClassVar[str] = "threshold"
    pytorch = Signature(("Threshold",), (Parameter("threshold", "low"), Parameter("value", "high"), *ignored("inplace")))
    examples = (Example("Threshold(0.1, 20)", 0, "torch 2.13.0", _SHAPE, _SHAPE),)


class RReLU(_Bounded):
    """ReLU with a random slope below zero."""

    kind: ClassVar[str] = "rrelu"
    pytorch = Signature(
        ("RReLU",), (Parameter("lower", "low", 1 / 8), Parameter("upper", "high", 1 / 3), *ignored("inplace"))
    )
    examples = (Example("RReLU()", 0, "torch 2.14.1", _SHAPE, _SHAPE),)

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.low > self.high:
            raise refuse(f"lower={self.low} must not be above upper={self.high}.")
        return self


class Hardtanh(_Bounded):
    """Values are cut to a range."""

    kind: ClassVar[str] = "hardtanh"
    pytorch = Signature(
        ("Hardtanh",),
        (
            Parameter("min_val", "low", -1.0),
            Parameter("max_val", "high", 1.0),
            *ignored("inplace", "min_value", "max_value"),
        ),
    )
    examples = (Example("Hardtanh(0, 6)", 0, "torch 2.13.0", _SHAPE, _SHAPE),)

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.low >= self.high:
            raise refuse(f"max_val={self.high} must be above min_val={self.low}.")
        return self


class GELU(Elementwise):
    """Gaussian error linear unit."""

    kind: ClassVar[str] = "gelu"
    pytorch = Signature(("GELU",), (Parameter("approximate", "approximate", "none"),))
    examples = (Example('GELU(approximate="tanh")', 0, "torch 2.13.0", _SHAPE, _SHAPE),)

    approximate: object = "none"

    @field_validator("approximate", mode="plain")
    @classmethod
    def _approximate(cls, value: object) -> object:
        if value not in ("none", "tanh"):
            raise refuse(f"must be 'none' or 'tanh', received {shown(value)}.")
        return value


class Identity(Unchanged):
    """Nothing at all; any argument is accepted."""

    kind: ClassVar[str] = "identity"
    pytorch = Signature(("Identity",), (), catch_all=True)
    keras = Signature(("Identity",), KERAS_LAYER)
    examples = (Example("Identity()", 0, "torch 2.13.0", _SHAPE, _SHAPE),)


class Activation(Unchanged):
    """Keras: an activation by its name."""

    kind: ClassVar[str] = "activation"
    keras = Signature(("Activation",), (Parameter("activation", "activation"), *KERAS_LAYER))
    examples = (Example('Activation("relu")', 0, "keras 3.15.1", (5,), (5,)),)

    activation: object

    @field_validator("activation", mode="plain")
    @classmethod
    def _activation(cls, value: object) -> object:
        return activation(value)


class _Along(Unchanged):
    """A function along one dimension, which counts the batch as 0."""

    dim: int | None = None

    @field_validator("dim", mode="plain")
    @classmethod
    def _dim(cls, value: object) -> int | None:
        if value is not None and type(value) is not int:
            raise refuse(f"must be a whole number, received {shown(value)}.")
        return value

    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if self.dim is not None:
            check_dimension(self.signature.shown_as("dim"), self.dim, shape)
        return super().derive(inputs)


def _along(name: str) -> Signature:
    return Signature((name,), (Parameter("dim", "dim", None),))


class Softmax(_Along):
    """Softmax along one dimension."""

    kind: ClassVar[str] = "softmax"
    pytorch = _along("Softmax")
    keras = Signature(("Softmax",), (*ignored("axis"), *KERAS_LAYER))
    examples = (Example("Softmax(dim=-1)", 0, "torch 2.14.1", (6,), (6,)),)


class LogSoftmax(_Along):
    """Logarithm of the softmax along one dimension."""

    kind: ClassVar[str] = "logsoftmax"
    pytorch = _along("LogSoftmax")
    examples = (Example("LogSoftmax(dim=1)", 0, "torch 2.13.0", (6,), (6,)),)


class Softmin(_Along):
    """Softmax of the negated input."""

    kind: ClassVar[str] = "softmin"
    pytorch = _along("Softmin")
    examples = (Example("Softmin(dim=1)", 0, "torch 2.13.0", (6,), (6,)),)


class Softmax2d(Unchanged):
    """Softmax over the channels of an image."""

    kind: ClassVar[str] = "softmax2d"
    ranks = (2, 3)
    pytorch = Signature(("Softmax2d",), ())
    examples = (Example("Softmax2d()", 0, "torch 2.13.0", (4, 3, 3), (4, 3, 3)),)


class GLU(Layer):
    """Gated linear unit: one half of a dimension gates the other, (2n) → (n)."""

    kind: ClassVar[str] = "glu"
    pytorch = Signature(("GLU",), (Parameter("dim", "dim", -1),))
    examples = (Example("GLU(dim=1)", 0, "torch 2.14.1", (6,), (3,)),)

    dim: int = -1

    @field_validator("dim", mode="plain")
    @classmethod
    def _dim(cls, value: object) -> int:
        if type(value) is not int:
            raise refuse(f"must be a whole number, received {shown(value)}.")
        return value

    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        index = check_dimension("dim", self.dim, shape)
        if shape is None or index is None:
            return Derivation(layer=self)
        if index < 0:
            raise ShapeError("dim=0 is the batch, which shapes leave out.")
        size = shape[index]
        if size is not None and size % 2:
            raise ShapeError(f"dim={self.dim} has size {size}; it must be even to be halved.")
        return Derivation(
            layer=self, output_shape=(*shape[:index], None if size is None else size // 2, *shape[index + 1 :])
        )
