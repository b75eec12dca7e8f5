"""Normalisation over parts of one sample: layer, group, instance, RMS; and with given statistics.

Source: torch.nn.LayerNorm, torch.nn.GroupNorm, torch.nn.InstanceNorm2d, torch.nn.RMSNorm, torch.nn.LocalResponseNorm;
keras.layers.LayerNormalization, GroupNormalization, RMSNormalization, UnitNormalization, Normalization.
"""

from dataclasses import replace
from math import prod
from typing import Annotated, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import MissingError, ShapeError, sequence, shown
from paramcount.expression import Expression, Product, Quantity, Sum
from paramcount.expression import Literal as Number
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor, agreed
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import Flag, Natural, Positive, refuse, whole
from paramcount.layers.unchanged import Unchanged, check_rank
from paramcount.limits import MAX_RANK
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored, numbers


def _shape(value: object) -> tuple[int, ...]:
    items = sequence((value,) if type(value) is int else value)
    if not items or len(items) > MAX_RANK:
        raise refuse(f"must be a whole number or a list of 1 to {MAX_RANK}, received {shown(value)}.")
    return tuple([whole(item, 0) for item in items])


def _axes(value: object) -> tuple[int, ...]:
    items = sequence((value,) if type(value) is int else value)
    if items is None or len(items) > MAX_RANK or not all(type(item) is int for item in items):
        raise refuse(f"must be a whole number or a list of them, received {shown(value)}.")
    return tuple([item for item in items if isinstance(item, int)])


def _given(value: object) -> str | None:
    return None if value is None else "…"


def _axes_or_none(value: object) -> tuple[int, ...] | None:
    return None if value is None else _axes(value)


Sizes = Annotated[tuple[int, ...], BeforeValidator(_shape)]
Axes = Annotated[tuple[int, ...], BeforeValidator(_axes)]


def learnt(layer: Layer, names: tuple[str, ...], shape: tuple[int, ...], output: Shape | None) -> Derivation:
    """A derivation for a layer with one number for each place of `shape` under each of `names`."""
    tensors = tuple([Tensor(name, shape, layer.trainable, role="norm") for name in names])
    sizes = [Quantity(f"size_{place}" if len(shape) > 1 else "size", size) for place, size in enumerate(shape)]
    total: Expression = Product((Number(len(names)), *sizes)) if len(names) != 1 else Product(tuple(sizes))
    steps = (Step("total", total),) if names else ()
    return Derivation(
        layer=layer, parameters=total if names else Number(0), tensors=tensors, output_shape=output, steps=steps
    )


class OverShape(Layer):
    """PyTorch's LayerNorm and RMSNorm, over the last dimensions."""

    normalized_shape: Sizes
    elementwise_affine: Flag = True
    bias: Flag = True

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        own = self.normalized_shape
        if shape is not None:
            last = shape[len(shape) - len(own) :] if len(shape) >= len(own) else ()
            if len(last) != len(own) or any(a not in (None, b) for a, b in zip(last, own, strict=True)):
                raise ShapeError(f"normalises {list(own)}, which must be the last dimensions of {text(shape)}.")
        names: tuple[str, ...] = ()
        if self.elementwise_affine:
            names = ("weight", "bias") if self.bias and self.kind.name == "layernorm" else ("weight",)
        return learnt(self, names, own, shape)


class GroupNorm(Layer):
    """PyTorch's GroupNorm: (C, …)."""

    num_groups: Positive
    num_channels: Natural
    affine: Flag = True
    bias: Flag = True

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.num_channels % self.num_groups:
            raise refuse(f"num_groups={self.num_groups} does not divide num_channels={self.num_channels}.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is not None and not shape:
            raise ShapeError("takes at least the channels; nothing flows in.")
        channels = shape[0] if shape else None
        notes: tuple[str, ...] = ()
        if channels is not None:
            if self.affine and channels != self.num_channels:
                raise ShapeError(f"num_channels={self.num_channels}, but {channels} flow in.")
            if channels % self.num_groups:
                raise ShapeError(f"num_groups={self.num_groups} does not divide the {channels} channels that flow in.")
            if shape and channels == self.num_groups and all(size == 1 for size in shape[1:]):
                notes = ("PyTorch refuses a batch of one here: there is one value in each group.",)
        names = ("weight", "bias") if self.bias else ("weight",)
        made = learnt(self, names if self.affine else (), (self.num_channels,), shape)
        return replace(made, notes=notes)


class InstanceNorm(Layer):
    """PyTorch's InstanceNorm: each channel of each sample by itself."""

    num_features: Natural | None = None  # None for a lazy one
    affine: Flag = False
    track_running_stats: Flag = False
    bias: Flag = True

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        check_rank(self, shape)
        count = self.num_features or 0  # without a tensor nothing is compared
        if self.affine or self.track_running_stats:
            count = agreed(self, "num_features", self.num_features, shape[0] if shape else None)
        notes: list[str] = []
        if shape is not None and None not in shape and prod(size for size in shape[1:] if size is not None) == 1:
            if not self.track_running_stats:
                raise ShapeError(f"needs more than one position in each channel; {text(shape)} flows in.")
            notes.append("In training PyTorch refuses this: there is one position in each channel.")
        names = ("weight", "bias") if self.bias else ("weight",)
        made = learnt(self, names if self.affine else (), (count,), shape)
        statistics: tuple[Tensor, ...] = ()
        if self.track_running_stats:
            shapes = {"running_mean": (count,), "running_var": (count,), "num_batches_tracked": ()}
            statistics = tuple(
                [Tensor(name, one, False, role="statistic", buffer=True) for name, one in shapes.items()]
            )
        if not self.affine:
            notes.append("InstanceNorm learns nothing unless affine=True.")
        layer = self if self.num_features is not None else self.filled(num_features=count)
        return replace(made, layer=layer, tensors=(*made.tensors, *statistics), notes=tuple(notes))


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

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if self.kind.name == "rmsnormalization":
            return learnt(self, ("scale",), sizes_along(self.axis, shape), shape)
        names = (*(("gamma",) if self.scale else ()), *(("beta",) if self.center else ()))
        return learnt(self, names, sizes_along(self.axis, shape), shape)


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

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if self.mean is not None:
            return Derivation(layer=self, output_shape=shape)
        sizes = () if not self.axis else sizes_along(self.axis, shape)
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


class LocalResponse(Unchanged):
    """Normalisation across neighbouring channels; nothing is learnt."""

    size: Positive

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is not None and len(shape) < 2:
            raise ShapeError(f"takes at least [C, L]; {text(shape)} flows in.")
        return super().derive(inputs)


_TORCH, _KERAS = "torch 2.14.1", "keras 3.15.1"
_DEVICE = ignored("device", "dtype")
_BIAS = Parameter("bias", "bias", True, keyword_only=True)
_REGULAR = ignored(
    "beta_initializer",
    "gamma_initializer",
    "beta_regularizer",
    "gamma_regularizer",
    "beta_constraint",
    "gamma_constraint",
)


def _instance(dims: int, shape: tuple[int, ...]) -> Kind:
    name = f"InstanceNorm{dims}d"
    parameters = (
        Parameter("num_features", "num_features"),
        *numbers("eps"),
        *numbers("momentum", none=True),
        Parameter("affine", "affine", False),
        Parameter("track_running_stats", "track_running_stats", False),
        *_DEVICE,
        _BIAS,
    )
    return Kind(
        name.lower(),
        f"Normalisation of each channel of each {('sequence', 'image', 'volume')[dims - 1]}.",
        InstanceNorm,
        Signature((name,), parameters),
        examples=(Example(f"{name}(6, affine=True)", 12, _TORCH, shape, shape),),
        ranks=(dims + 1,),
    )


def _keras(name: str, about: str, model: type[Layer], own: tuple[Parameter, ...], *examples: Example) -> Kind:
    return Kind(name.lower(), about, model, keras=Signature((name,), (*own, *KERAS_LAYER)), examples=examples)


_AXIS = Parameter("axis", "axis", -1)
_CENTRED = (Parameter("center", "center", True), Parameter("scale", "scale", True), *_REGULAR)

KINDS = (
    Kind(
        "layernorm",
        "Normalisation over the last dimensions.",
        OverShape,
        Signature(
            ("LayerNorm",),
            (
                Parameter("normalized_shape", "normalized_shape"),
                *numbers("eps"),
                Parameter("elementwise_affine", "elementwise_affine", True),
                Parameter("bias", "bias", True),
                *_DEVICE,
            ),
        ),
        examples=(Example("LayerNorm([5, 6])", 60, _TORCH, (4, 5, 6), (4, 5, 6)),),
    ),
    Kind(
        "rmsnorm",
        "Normalisation over the last dimensions by the root of the mean square, without bias.",
        OverShape,
        Signature(
            ("RMSNorm",),
            (
                Parameter("normalized_shape", "normalized_shape"),
                *numbers("eps", none=True),
                Parameter("elementwise_affine", "elementwise_affine", True),
                *_DEVICE,
            ),
        ),
        examples=(Example("RMSNorm(6)", 6, _TORCH, (5, 6), (5, 6)),),
    ),
    Kind(
        "groupnorm",
        "Normalisation of groups of channels: (C, …).",
        GroupNorm,
        Signature(
            ("GroupNorm",),
            (
                Parameter("num_groups", "num_groups"),
                Parameter("num_channels", "num_channels"),
                *numbers("eps"),
                Parameter("affine", "affine", True),
                *_DEVICE,
                _BIAS,
            ),
        ),
        examples=(Example("GroupNorm(3, 6)", 12, _TORCH, (6, 4, 5), (6, 4, 5)),),
    ),
    _instance(1, (6, 9)),
    _instance(2, (6, 5, 7)),
    _instance(3, (6, 3, 5, 7)),
    Kind(
        "localresponsenorm",
        "Normalisation across neighbouring channels (AlexNet).",
        LocalResponse,
        Signature(("LocalResponseNorm",), (Parameter("size", "size"), *numbers("alpha", "beta", "k"))),
        examples=(Example("LocalResponseNorm(5)", 0, _TORCH, (6, 4, 5), (6, 4, 5)),),
    ),
    Kind(
        "crossmaplrn2d",
        "Normalisation across neighbouring channels, as in Caffe.",
        LocalResponse,
        Signature(("CrossMapLRN2d",), (Parameter("size", "size"), *numbers("alpha", "beta", "k"))),
        examples=(Example("CrossMapLRN2d(5)", 0, "torch 2.13.0", (6, 4, 5), (6, 4, 5)),),
    ),
    _keras("LayerNormalization", "Keras's normalisation over chosen axes.", Axis,
           (_AXIS, *ignored("epsilon"), *_CENTRED),
           Example("LayerNormalization()", 14, _KERAS, (5, 6, 7), (5, 6, 7))),
    _keras("GroupNormalization", "Keras's normalisation of groups of channels.", GroupNormalization,
           (Parameter("groups", "groups", 32), _AXIS, *ignored("epsilon"), *_CENTRED),
           Example("GroupNormalization(groups=3)", 12, _KERAS, (5, 5, 6), (5, 5, 6))),
    _keras("RMSNormalization", "Keras's normalisation by the root of the mean square.", Axis,
           (_AXIS, *ignored("epsilon")),
           Example("RMSNormalization()", 6, _KERAS, (5, 6), (5, 6))),
    _keras("Normalization", "Keras's normalisation with a mean and a variance that are kept.", Normalization,
           (_AXIS, Parameter("mean", "mean", None), *ignored("variance", "invert")),
           Example("Normalization()", 7, _KERAS, (5, 6, 3), (5, 6, 3))),
    Kind("unitnormalization", "Keras's normalisation to length one; nothing is learnt.", UnitNormalization,
         keras=Signature(("UnitNormalization",), (Parameter("axis", "axis", -1), *KERAS_LAYER)),
         examples=(Example("UnitNormalization()", 0, _KERAS, (5,), (5,)),)),
)  # fmt: skip
