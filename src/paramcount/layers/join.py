"""Layers that join several inputs: sums, products, extremes and concatenation. None has parameters.

Shapes follow NumPy's broadcasting, as PyTorch's operators and Keras's merging layers do. Source: torch.add,
torch.cat, keras.layers.Add, keras.layers.Concatenate.
"""

from collections.abc import Sequence
from typing import Annotated, override

from pydantic import BeforeValidator

from paramcount.errors import JoinError, ShapeError
from paramcount.layers.base import Derivation, Example, Kind, Layer
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import whole_dimension
from paramcount.layers.unchanged import check_dimension
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature


class Elementwise(Layer):
    """An operation on elements that stand at the same place."""

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        if any(shape is None for shape in inputs):
            return Derivation(layer=self, output_shape=None)
        shapes = _of_one_sample(self, [shape for shape in inputs if shape is not None])
        output = shapes[0]
        for index in range(1, len(shapes)):
            output = self._broadcast(shapes, output, index)
        return Derivation(layer=self, output_shape=output)

    def _broadcast(self, shapes: Sequence[Shape], so_far: Shape, index: int) -> Shape:
        one, two = so_far, shapes[index]
        rank = max(len(one), len(two))
        one, two = (1,) * (rank - len(one)) + one, (1,) * (rank - len(two)) + two
        joined: list[int | None] = []
        for place, (left, right) in enumerate(zip(one, two, strict=True)):
            if left == right or right == 1:
                joined.append(left)
            elif left == 1:
                joined.append(right)
            elif left is None or right is None:
                joined.append(left if right is None else right)
            else:
                raise clash(self, shapes, index, f"{axis_name(self, rank, place)} the sizes must agree, or be 1")
        return tuple(joined)


class Concatenation(Layer):
    """What flows in, one after the other along one dimension."""

    dim: Annotated[int, BeforeValidator(whole_dimension)]

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        if any(shape is None for shape in inputs):
            return Derivation(layer=self, output_shape=None)
        shapes = _of_one_sample(self, [shape for shape in inputs if shape is not None])
        first = shapes[0]
        along = check_dimension(self.signature.shown_as("dim"), self.dim, first)
        if along is None or along < 0:
            raise ShapeError(f"{self.signature.shown_as('dim')}={self.dim} is the batch; samples cannot be joined.")
        output = list(first)
        for index, shape in enumerate(shapes[1:], start=1):
            if len(shape) != len(first):
                raise clash(self, shapes, index, "the inputs must have as many dimensions")
            for place, (left, right) in enumerate(zip(output, shape, strict=True)):
                if place == along:
                    output[place] = None if left is None or right is None else left + right
                elif left is None:
                    output[place] = right
                elif right is not None and left != right:
                    others = ", ".join(
                        _letter(self, len(first), other) for other in range(len(first)) if other != along
                    )
                    raise clash(self, shapes, index, f"along {others} the inputs must agree")
        return Derivation(layer=self, output_shape=tuple(output))


def _of_one_sample(layer: Layer, shapes: list[Shape]) -> list[Shape]:
    """Leave the batch out of the shape of one of PyTorch's raw parameters: [1, 197, 768] beside [197, 768]."""
    if layer.framework != "pytorch":
        return shapes
    rank = min(map(len, shapes))
    return [shape[1:] if len(shape) == rank + 1 and shape[0] == 1 else shape for shape in shapes]


def clash(layer: Layer, shapes: Sequence[Shape], index: int, rule: str) -> JoinError:
    """An error that names both ends: what differs first from input `index` is the first input."""
    name = layer.signature.name
    return JoinError(
        f"{name} joins {text(shapes[0])} ({{first}}) with {text(shapes[index])} ({{second}}); {rule}.", 0, index
    )


def axis_name(layer: Layer, rank: int, place: int) -> str:
    """Name a dimension of a shape as its error does: along H."""
    return f"along {_letter(layer, rank, place)}"


def _letter(layer: Layer, rank: int, place: int) -> str:
    letters = {2: "LC", 3: "HWC", 4: "DHWC"}.get(rank)
    if letters is None:
        return f"dimension {place + 1}"
    if not layer.channels_last:
        letters = letters[-1] + letters[:-1]
    return letters[place]


def _elementwise(name: str, about: str, inputs: tuple[int, int | None] = (1, None)) -> Kind:
    spelling = name.capitalize()
    return Kind(
        name,
        about,
        Elementwise,
        pytorch=Signature((spelling,), ()),
        keras=Signature((spelling,), KERAS_LAYER),
        examples=(Example(f"{spelling}()", 0, "keras 3.15.1", ((4, 4, 3), (4, 4, 3)), (4, 4, 3)),),
        inputs=inputs,
    )


KINDS = (
    _elementwise("add", "The sum of what flows in: a residual connection."),
    _elementwise("average", "The mean of what flows in."),
    _elementwise("maximum", "The largest of what flows in, element by element."),
    _elementwise("minimum", "The smallest of what flows in, element by element."),
    _elementwise("multiply", "The product of what flows in, element by element: a gate."),
    _elementwise("subtract", "The first of what flows in, less the others.", (2, 2)),
    Kind(
        "concatenate",
        "What flows in, one after the other along one dimension, the channels unless told.",
        Concatenation,
        pytorch=Signature(("Concat", "Cat", "Concatenate"), (Parameter("dim", "dim", 1),)),
        keras=Signature(("Concatenate", "Concat"), (Parameter("axis", "dim", -1), *KERAS_LAYER)),
        examples=(Example("Concatenate()", 0, "keras 3.15.1", ((4, 4, 3), (4, 4, 5)), (4, 4, 8)),),
        inputs=(1, None),
    ),
)
