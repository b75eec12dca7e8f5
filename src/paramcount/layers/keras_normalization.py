"""Keras's normalisation along chosen axes: layer, group, RMS, to length one, and with kept statistics.

Source: keras.layers.LayerNormalization, GroupNormalization, RMSNormalization, UnitNormalization, Normalization.
"""

from typing import Annotated, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import MissingError, ShapeError, sequence, shown
from paramcount.expression import Literal as Number
from paramcount.expression import Product, Quantity, Sum
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import Flag, refuse
from paramcount.layers.normalization import learnt
from paramcount.limits import MAX_RANK
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored


def _axes(value: object) -> tuple[int, ...]:
    items = sequence((value,) if type(value) is int else value)
    if items is None or len(items) > MAX_RANK or not all(type(item) is int for item in items):
        raise refuse(f"must be a whole number or a list of them, received {shown(value)}.")
    return tuple([item for item in items if isinstance(item, int)])


def _given(value: object) -> str | None:
    return None if value is None else "…"


def _axes_or_none(value: object) -> tuple[int, ...] | None:
    return None if value is None else _axes(value)


Axes = Annotated[tuple[int, ...], BeforeValidator(_axes)]


def sizes_along(axes: tuple[int, ...], shape: Shape | None) -> tuple[int, ...]:
    """The sizes of the chosen axes, which count the batch as 0.

    Raises:
        MissingError: they are not known.
        ShapeError: there is no such axis.
    """
    if shape is None:
        raise MissingError(f"the size of axis {', '.join(map(str, axes))} is not known. Give input_shape.")
    rank = len(shape) + 1
    found: list[int] = []
    for axis in axes:
        if not -rank <= axis < rank or axis % rank == 0:
            raise ShapeError(
                f"axis={axis} is no feature axis of {text(shape)}; with the batch as axis 0 it may be "
                f"1 to {rank - 1} or -1."
            )
        size = shape[axis % rank - 1]
        if size is None:
            raise MissingError(f"the size of axis {axis} of {text(shape)} is not known. Give input_shape.")
        found.append(size)
    return tuple(found)


class UnitNormalization(Layer):
    """Keras's normalisation to length one along axes that count the batch as 0."""

    axis: Axes = (-1,)

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        rank = None if shape is None else len(shape) + 1
        for axis in self.axis:
            if rank is not None and not -rank <= axis < rank:
                raise ShapeError(
                    f"axis={axis} is out of bounds: with the batch as axis 0 it may be {-rank} to {rank - 1}."
                )
        return Derivation(layer=self, output_shape=shape)


class Axis(Layer):
    """Keras's layers that learn one number for each place along chosen axes."""

    axis: Axes = (-1,)
    center: Flag = True
    scale: Flag = True
    rms_scaling: Flag = False

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        sizes = sizes_along(tuple(sorted(self.axis)), shape)  # sorted as they are given: -1 goes before 1
        if self.kind.name == "rmsnormalization":
            return learnt(self, ("scale",), sizes, shape)
        if self.rms_scaling:
            return learnt(self, ("gamma",), sizes, shape)
        names = (*(("gamma",) if self.scale else ()), *(("beta",) if self.center else ()))
        return learnt(self, names, sizes, shape)


class GroupNormalization(Axis):
    """Keras's group normalisation."""

    groups: int = 32

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if type(self.groups) is not int or (self.groups < 1 and self.groups != -1):
            raise refuse(f"groups must be at least 1, or -1 for one to each channel, received {shown(self.groups)}.")
        if len(self.axis) != 1:
            raise refuse(f"axis must be one whole number, received {list(self.axis)}.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (size,) = sizes_along(self.axis, inputs[0])
        if self.groups != -1 and (size < self.groups or size % self.groups):
            raise ShapeError(f"groups={self.groups} does not divide the {size} channels that flow in.")
        return super().derive(inputs)


class Normalization(Layer):
    """Keras's Normalization: mean, variance and a count, kept and not learnt."""

    axis: Annotated[tuple[int, ...] | None, BeforeValidator(_axes_or_none)] = (-1,)
    mean: Annotated[str | None, BeforeValidator(_given)] = None
    """Not None where mean and variance are arguments, and not weights."""
    variance: Annotated[str | None, BeforeValidator(_given)] = None

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if (self.mean is None) != (self.variance is None):
            raise refuse("mean and variance must be given together, or neither.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if self.mean is not None:
            return Derivation(layer=self, output_shape=shape)
        sizes: tuple[int, ...] = ()
        if self.axis:
            rank = len(shape) + 1 if shape is not None else 1
            sizes = sizes_along(tuple(sorted(self.axis, key=lambda axis: axis % rank)), shape)
        tensors = (
            Tensor("mean", sizes, False, role="statistic"),
            Tensor("variance", sizes, False, role="statistic"),
            Tensor("count", (), False, role="statistic"),
        )
        size = Product(tuple([Quantity("size", one) for one in sizes]))
        total = Sum((Product((Number(2), size)), Number(1))) if sizes else Number(3)
        return Derivation(
            layer=self,
            parameters=total,
            tensors=tensors,
            output_shape=shape,
            steps=(Step("mean, variance and one count", total),),
            notes=("Keras counts mean, variance and one count as non-trainable parameters.",),
        )


_KERAS = "keras 3.15.1"
_REGULAR = ignored(
    "beta_initializer",
    "gamma_initializer",
    "beta_regularizer",
    "gamma_regularizer",
    "beta_constraint",
    "gamma_constraint",
)


def _keras(name: str, about: str, model: type[Layer], own: tuple[Parameter, ...], *examples: Example) -> Kind:
    return Kind(name.lower(), about, model, keras=Signature((name,), (*own, *KERAS_LAYER)), examples=examples)


_AXIS = Parameter("axis", "axis", -1)
_CENTRED = (Parameter("center", "center", True), Parameter("scale", "scale", True), *_REGULAR)

KINDS = (
    _keras("LayerNormalization", "Keras's normalisation over chosen axes.", Axis,
           (_AXIS, *ignored("epsilon"), *_CENTRED,
            Parameter("rms_scaling", "rms_scaling", False, keyword_only=True)),
           Example("LayerNormalization()", 14, _KERAS, (5, 6, 7), (5, 6, 7))),
    _keras("GroupNormalization", "Keras's normalisation of groups of channels.", GroupNormalization,
           (Parameter("groups", "groups", 32), _AXIS, *ignored("epsilon"), *_CENTRED),
           Example("GroupNormalization(groups=3)", 12, _KERAS, (5, 5, 6), (5, 5, 6))),
    _keras("RMSNormalization", "Keras's normalisation by the root of the mean square.", Axis,
           (_AXIS, *ignored("epsilon")),
           Example("RMSNormalization()", 6, _KERAS, (5, 6), (5, 6))),
    _keras("Normalization", "Keras's normalisation with a mean and a variance that are kept.", Normalization,
           (_AXIS, Parameter("mean", "mean", None),
            Parameter("variance", "variance", None), *ignored("invert")),
           Example("Normalization()", 7, _KERAS, (5, 6, 3), (5, 6, 3))),
    Kind("unitnormalization", "Keras's normalisation to length one; nothing is learnt.", UnitNormalization,
         keras=Signature(("UnitNormalization",), (Parameter("axis", "axis", -1), *KERAS_LAYER)),
         examples=(Example("UnitNormalization()", 0, _KERAS, (5,), (5,)),)),
)  # fmt: skip
