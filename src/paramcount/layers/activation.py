"""Activations without parameters: ReLU and its relatives, softmax, gated linear units, identity.

Source: torch.nn, "Non-linear Activations"; keras.layers, "Activation layers".
"""

from typing import Annotated, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import ShapeError, shown
from paramcount.layers.base import Derivation, Example, Kind, Layer
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import ActivationName, Integer, one_of, refuse
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


class Scaled(Elementwise):
    """A function of each element with one number."""

    alpha: Number

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.kind.name == "celu" and self.alpha == 0:
            raise refuse("alpha must not be 0.")
        if self.kind.name == "softshrink" and self.alpha < 0:
            raise refuse(f"lambd must be at least 0, received {self.alpha}.")
        return self


class Ranged(Elementwise):
    """A function of each element with two numbers."""

    low: Number
    high: Number

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.kind.name == "rrelu" and self.low > self.high:
            raise refuse(f"lower={self.low} must not be above upper={self.high}.")
        if self.kind.name == "hardtanh" and self.low >= self.high:
            raise refuse(f"max_val={self.high} must be above min_val={self.low}.")
        return self


class Approximated(Elementwise):
    """GELU, exact or approximated."""

    approximate: Annotated[str, one_of("none", "tanh")]


class ByName(Unchanged):
    """Keras's Activation."""

    activation: ActivationName


class Along(Unchanged):
    """A function along one dimension, which counts the batch as 0."""

    dim: Integer | None = None

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if self.dim is not None:
            check_dimension(self.signature.shown_as("dim"), self.dim, shape)
        return super().derive(inputs)


class Gated(Layer):
    """One half of a dimension gates the other: (2n) → (n)."""

    dim: Integer

    @override
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
        half = None if size is None else size // 2
        return Derivation(layer=self, output_shape=(*shape[:index], half, *shape[index + 1 :]))


_TORCH, _KERAS = "torch 2.13.0", "keras 3.15.1"
_SHAPE = (6, 4, 4)
_INPLACE = ignored("inplace")


def _torch_kind(
    name: str, model: type[Layer], *parameters: Parameter, call: str = "", keras: Signature | None = None
) -> Kind:
    example = Example(call or f"{name}()", 0, _TORCH, _SHAPE, _SHAPE)
    about = f"{name}, element by element." if issubclass(model, Elementwise) else f"{name} along one dimension."
    return Kind(name.lower(), about, model, Signature((name,), parameters), keras, (example,))


def _keras(name: str, *parameters: Parameter) -> Signature:
    return Signature((name,), (*parameters, *KERAS_LAYER))


def _scaled(name: str, argument: str, default: float, *further: Parameter, keras: Signature | None = None) -> Kind:
    return _torch_kind(name, Scaled, Parameter(argument, "alpha", default), *further, keras=keras)


KINDS = (
    *(
        _torch_kind(name, Elementwise, *_INPLACE)
        for name in ("ReLU6", "SELU", "SiLU", "Mish", "Hardsigmoid", "Hardswish")
    ),
    *(_torch_kind(name, Elementwise) for name in ("Sigmoid", "LogSigmoid", "Tanh", "Tanhshrink", "Softsign")),
    _torch_kind(
        "ReLU", Elementwise, *_INPLACE, keras=_keras("ReLU", *ignored("max_value", "negative_slope", "threshold"))
    ),
    _scaled(
        "LeakyReLU",
        "negative_slope",
        0.01,
        *_INPLACE,
        keras=_keras("LeakyReLU", Parameter("negative_slope", "alpha", 0.3), *ignored("alpha")),
    ),
    _scaled("ELU", "alpha", 1.0, *_INPLACE, keras=_keras("ELU", Parameter("alpha", "alpha", 1.0))),
    _scaled("CELU", "alpha", 1.0, *_INPLACE),
    _scaled("Softshrink", "lambd", 0.5),
    _scaled("Hardshrink", "lambd", 0.5),
    _torch_kind("Softplus", Ranged, Parameter("beta", "low", 1.0), Parameter("threshold", "high", 20.0)),
    _torch_kind(
        "Threshold", Ranged, Parameter("threshold", "low"), Parameter("value", "high"), *_INPLACE,
        call="Threshold(0.1, 20)",
    ),
    _torch_kind("RReLU", Ranged, Parameter("lower", "low", 1 / 8), Parameter("upper", "high", 1 / 3), *_INPLACE),
    _torch_kind(
        "Hardtanh", Ranged, Parameter("min_val", "low", -1.0), Parameter("max_val", "high", 1.0), *_INPLACE,
        *ignored("min_value", "max_value"), call="Hardtanh(0, 6)",
    ),
    _torch_kind("GELU", Approximated, Parameter("approximate", "approximate", "none"), call='GELU(approximate="tanh")'),
    _torch_kind(
        "Softmax", Along, Parameter("dim", "dim", None), call="Softmax(dim=-1)",
        keras=_keras("Softmax", *ignored("axis")),
    ),
    _torch_kind("LogSoftmax", Along, Parameter("dim", "dim", None), call="LogSoftmax(dim=1)"),
    _torch_kind("Softmin", Along, Parameter("dim", "dim", None), call="Softmin(dim=1)"),
    Kind(
        "softmax2d",
        "Softmax over the channels of an image.",
        Unchanged,
        Signature(("Softmax2d",), ()),
        examples=(Example("Softmax2d()", 0, _TORCH, _SHAPE, _SHAPE),),
        ranks=(2, 3),
    ),
    Kind(
        "glu",
        "Gated linear unit: one half of a dimension gates the other.",
        Gated,
        Signature(("GLU",), (Parameter("dim", "dim", -1),)),
        examples=(Example("GLU(dim=1)", 0, _TORCH, (6,), (3,)),),
    ),
    Kind(
        "identity",
        "Nothing at all; PyTorch's takes any argument.",
        Unchanged,
        Signature(("Identity",), (), catch_all=True),
        Signature(("Identity",), KERAS_LAYER),
        (Example("Identity()", 0, _TORCH, _SHAPE, _SHAPE),),
    ),
    Kind(
        "activation",
        "Keras's activation by its name.",
        ByName,
        keras=_keras("Activation", Parameter("activation", "activation")),
        examples=(Example('Activation("relu")', 0, _KERAS, (5,), (5,)),),
    ),
    Kind(
        "activityregularization",
        "Keras's penalty on activations.",
        Elementwise,
        keras=_keras("ActivityRegularization", *ignored("l1", "l2")),
        examples=(Example("ActivityRegularization(l2=0.1)", 0, _KERAS, (5,), (5,)),),
    ),
)  # fmt: skip
