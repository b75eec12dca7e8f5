"""Layers whose weight is computed from other tensors: weight, spectral and orthogonal normalisation.

Weight normalisation splits a weight into directions and one length for each slice along `dim`: it adds parameters.
Spectral normalisation adds two vectors that are no parameters; orthogonal a square matrix that is none.
Source: torch.nn.utils.weight_norm, torch.nn.utils.spectral_norm, torch.nn.utils.parametrizations;
keras.layers.SpectralNormalization.
"""

from dataclasses import replace
from math import prod
from typing import Annotated, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import LayerError, ShapeError, shown
from paramcount.expression import Product, Quantity
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor
from paramcount.layers.common import KERAS_LAYER, keras_name
from paramcount.layers.composite import check_number, within
from paramcount.layers.fields import Flag, Positive, refuse
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature, ignored


def _dimension(value: object) -> int | None:
    if value is not None and type(value) is not int:
        raise refuse(f"must be the number of a dimension of the weight, received {shown(value)}.")
    return value


Dimension = Annotated[int | None, BeforeValidator(_dimension)]


class Reparametrized(Layer):
    """A layer of PyTorch, one of whose weights is computed anew each time it runs."""

    module: Layer
    weight: str = "weight"

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.module.kind.name.startswith("lazy"):
            raise refuse(f"takes a layer that has its weights, and {self.module} has none before it has run. Give its "
                         f"channels, as {self.module.signature.name.removeprefix('Lazy')} takes them.")  # fmt: skip
        return self

    @property
    def parametrized(self) -> bool:
        """Whether it is one of torch.nn.utils.parametrizations, which name their tensors in another way."""
        return self.kind.name.startswith("parametrizations.")

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        if inputs == (None,):
            inputs = inputs * self.module.kind.inputs[0]
        check_number(self.module, inputs)
        made = self.module.derive(inputs)
        own = next((tensor for tensor in made.tensors if tensor.name == self.weight and not tensor.buffer), None)
        if own is None:
            held = ", ".join(tensor.name for tensor in made.tensors if not tensor.buffer) or "none"
            raise LayerError(f"{self.module} has no parameter {shown(self.weight)}; it has {held}.")
        kept = [tensor for tensor in made.tensors if tensor is not own]
        new = [replace(tensor, trainable=own.trainable) for tensor in self.computed_from(own)]
        tensors = (*(t for t in kept if not t.buffer), *(t for t in new if not t.buffer),
                   *(t for t in kept if t.buffer), *(t for t in new if t.buffer))  # fmt: skip
        more = sum(tensor.count for tensor in new if not tensor.buffer) - own.count
        before = Quantity("parameters_of_the_layer", made.parameters.value, made.parameters)
        total = before + Quantity("lengths", more) if more else made.parameters
        steps = [Step("total of the layer", made.parameters), Step("total", total)] if more else made.steps
        return replace(
            made,
            layer=self,
            parameters=total,
            tensors=within(self, "", tensors),
            steps=(*(step for step in made.steps if step.name != "total"), *steps) if more else tuple(steps),
            figures=(),
            notes=(*self.notes(own), *made.notes),
        )

    def computed_from(self, weight: Tensor) -> list[Tensor]:
        """The tensors that stand in the weight's place."""
        raise NotImplementedError  # each kind of norm has its own

    def notes(self, weight: Tensor) -> tuple[str, ...]:  # noqa: ARG002 - kinds with a note on the weight read it
        """What surprises."""
        return ()

    def named(self, old: str, new: str) -> str:
        """The name of a tensor, in the function's own way or the parametrization's."""
        return f"parametrizations.{self.weight}.{new}" if self.parametrized else f"{self.weight}_{old}"


class WeightNorm(Reparametrized):
    """Directions, and one length for each slice of the weight along `dim`, or one for all of it."""

    dim: Dimension = 0

    @override
    def computed_from(self, weight: Tensor) -> list[Tensor]:
        rank = len(weight.shape)
        dim = -1 if self.dim is None else self.dim
        if dim != -1:
            dim = _checked(dim, rank)
        lengths = tuple([size if place == dim else 1 for place, size in enumerate(weight.shape)])
        return [
            replace(weight, name=self.named("g", "original0"), shape=() if dim == -1 else lengths),
            replace(weight, name=self.named("v", "original1")),
        ]

    @override
    def notes(self, weight: Tensor) -> tuple[str, ...]:
        return ("Weight normalisation adds one parameter for each length.",)


class SpectralNorm(Reparametrized):
    """A weight divided by its largest singular value, which two vectors in buffers estimate."""

    dim: Dimension = None
    n_power_iterations: Positive = 1

    @override
    def computed_from(self, weight: Tensor) -> list[Tensor]:
        found = [replace(weight, name=self.named("orig", "original"))]
        rank = len(weight.shape)
        default = int(self.module.kind.name.startswith("convtranspose"))
        dim = _checked(default if self.dim is None else self.dim, rank)
        if self.parametrized and rank == 1:
            return found
        if not self.parametrized and self.dim is not None and self.dim < 0:
            raise ShapeError(f"dim={self.dim} is refused by PyTorch's spectral_norm; dim={dim} is the same dimension.")
        vector = replace(weight, role="statistic", buffer=True)
        columns = prod(size for place, size in enumerate(weight.shape) if place != dim)
        return [
            *found,
            replace(vector, name=self.named("u", "0._u"), shape=(weight.shape[dim],)),
            replace(vector, name=self.named("v", "0._v"), shape=(columns,)),
        ]


class Orthogonal(Reparametrized):
    """A weight whose columns, or rows, are orthonormal."""

    use_trivialization: Flag = True

    @override
    def computed_from(self, weight: Tensor) -> list[Tensor]:
        if len(weight.shape) < 2:
            raise ShapeError(f"takes a weight of at least 2 dimensions; {self.weight} is {list(weight.shape)}.")
        found = [replace(weight, name=self.named("", "original"))]
        if not self.use_trivialization:
            return found
        *leading, rows, columns = weight.shape
        side = max(rows, columns)
        base = replace(weight, name=self.named("", "0.base"), shape=(*leading, side, side))
        return [*found, replace(base, role="statistic", buffer=True)]

    @override
    def notes(self, weight: Tensor) -> tuple[str, ...]:
        return ("MACs leave out what computes the weight, once in each call whatever the batch.",)


class SpectralNormalization(Layer):
    """Keras's: a kernel divided by its largest singular value, which one vector estimates."""

    layer: Layer
    power_iterations: Positive = 1

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        made = self.layer.derive(inputs)
        names = [tensor.name for tensor in made.tensors]
        own = next((made.tensors[names.index(name)] for name in ("kernel", "embeddings") if name in names), None)
        if own is None:
            raise LayerError(f"{self.layer} has neither a kernel nor embeddings to normalise.")
        vector = Tensor("vector_u", (1, own.shape[-1]), False, role="statistic")
        prefix = f"{keras_name(self.layer)}/"
        before = Quantity("parameters_of_the_layer", made.parameters.value, made.parameters)
        total = before + Product((Quantity("vector_u", vector.count),))
        return replace(
            made,
            layer=self,
            parameters=total,
            tensors=(
                *within(self, prefix, [own]),
                vector,
                *within(self, prefix, [tensor for tensor in made.tensors if tensor is not own]),
            ),
            steps=(*made.steps, Step("total with vector_u", total)),
            figures=(),
            notes=("Keras counts vector_u as a non-trainable parameter.", *made.notes),
        )


def _checked(dim: int, rank: int) -> int:
    """The index of a dimension of the weight.

    Raises:
        ShapeError: the weight has no such dimension.
    """
    if not -rank <= dim < rank:
        raise ShapeError(f"dim={dim} is no dimension of a weight of {rank}.")
    return dim % rank


_TORCH = "torch 2.14.1"
_MODULE = Parameter("module", "module", layer=True)
_NAME = Parameter("name", "weight", "weight")
_IMAGE = (3, 8, 8)


def _kinds(
    name: str, about: str, model: type[Layer], fields: tuple[Parameter, ...], parameters: int
) -> tuple[Kind, ...]:
    """The function of torch.nn.utils, and the one of torch.nn.utils.parametrizations."""
    return tuple(
        Kind(
            spelled,
            about,
            model,
            Signature((spelled,), (_MODULE, _NAME, *fields)),
            examples=(Example(f"{spelled}(Conv2d(3, 8, 3))", parameters, _TORCH, _IMAGE, (8, 6, 6)),),
            inputs=(1, None),
        )
        for spelled in (name, f"parametrizations.{name}")
    )


KINDS = (
    *_kinds(
        "weight_norm",
        "A layer whose weight is split into directions and lengths.",
        WeightNorm,
        (Parameter("dim", "dim", 0),),
        232,
    ),
    *_kinds(
        "spectral_norm",
        "A layer whose weight is divided by its largest singular value.",
        SpectralNorm,
        (Parameter("n_power_iterations", "n_power_iterations", 1), *ignored("eps"), Parameter("dim", "dim", None)),
        224,
    ),
    Kind(
        "parametrizations.orthogonal",
        "A layer whose weight is orthogonal.",
        Orthogonal,
        Signature(
            ("parametrizations.orthogonal",),
            (
                _MODULE,
                _NAME,
                *ignored("orthogonal_map"),
                Parameter("use_trivialization", "use_trivialization", True, keyword_only=True),
            ),
        ),
        examples=(Example("parametrizations.orthogonal(Linear(6, 4))", 28, _TORCH, (6,), (4,)),),
        inputs=(1, None),
    ),
    Kind(
        "spectralnormalization",
        "A layer whose kernel is divided by its largest singular value.",
        SpectralNormalization,
        keras=Signature(
            ("SpectralNormalization",),
            (
                Parameter("layer", "layer", layer=True),
                Parameter("power_iterations", "power_iterations", 1),
                *KERAS_LAYER,
            ),
        ),
        examples=(Example("SpectralNormalization(Conv2D(4, 3))", 116, "keras 3.15.1", (8, 8, 3), (6, 6, 4)),),
    ),
)
