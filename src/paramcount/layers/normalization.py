"""PyTorch's normalisation over parts of one sample: layer, group, instance, RMS.

Source: torch.nn.LayerNorm, torch.nn.GroupNorm, torch.nn.InstanceNorm2d, torch.nn.RMSNorm, torch.nn.LocalResponseNorm.
"""

from dataclasses import replace
from math import prod
from typing import Annotated, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import ShapeError, sequence, shown
from paramcount.expression import Expression, Product, Quantity
from paramcount.expression import Literal as Number
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor
from paramcount.layers.fields import Flag, Natural, Positive, refuse, whole
from paramcount.layers.running import Running
from paramcount.layers.unchanged import Unchanged
from paramcount.limits import MAX_RANK
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored, numbers


def _shape(value: object) -> tuple[int, ...]:
    items = sequence((value,) if type(value) is int else value)
    if not items or len(items) > MAX_RANK:
        raise refuse(f"must be a whole number or a list of 1 to {MAX_RANK}, received {shown(value)}.")
    return tuple([whole(item, 0) for item in items])


Sizes = Annotated[tuple[int, ...], BeforeValidator(_shape)]


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


class InstanceNorm(Running):
    """PyTorch's InstanceNorm: each channel of each sample by itself."""

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        layer, count = self.taken(shape)
        notes: list[str] = []
        if shape is not None and None not in shape and prod(size for size in shape[1:] if size is not None) == 1:
            if not self.track_running_stats:
                raise ShapeError(f"needs more than one position in each channel; {text(shape)} flows in.")
            notes.append("In training PyTorch refuses this: there is one position in each channel.")
        names = ("weight", "bias") if self.bias else ("weight",)
        made = learnt(self, names if self.affine else (), (count,), shape)
        if not self.affine:
            notes.append("InstanceNorm learns nothing unless affine=True.")
        return replace(made, layer=layer, tensors=(*made.tensors, *self.statistics(count)), notes=tuple(notes))


class LocalResponse(Unchanged):
    """Normalisation across neighbouring channels; nothing is learnt."""

    size: Positive

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is not None and len(shape) < 2:
            raise ShapeError(f"takes at least [C, L]; {text(shape)} flows in.")
        return super().derive(inputs)


_TORCH = "torch 2.14.1"
_DEVICE = ignored("device", "dtype")
_BIAS = Parameter("bias", "bias", True, keyword_only=True)


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
)
