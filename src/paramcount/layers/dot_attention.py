"""Keras's attention without projections, and products of two tensors.

Queries meet keys, and the weights that come of it meet the values: queries × keys × width MACs for each product.
Source: keras.layers.Attention, keras.layers.AdditiveAttention, keras.layers.Dot.
"""

from typing import Annotated, override

from pydantic import BeforeValidator

from paramcount.errors import MissingError, ShapeError, sequence, shown
from paramcount.expression import Expression, Product, Quantity
from paramcount.layers.base import ZERO, Derivation, Example, Kind, Layer, Step, Tensor
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import Flag, one_of, refuse
from paramcount.shapes import Shape, elements, known, text
from paramcount.signature import Parameter, Signature, ignored


class Attention(Layer):
    """Attention of queries to keys: [query, value] or [query, value, key], each (T, width)."""

    use_scale: Flag = False
    score_mode: Annotated[str, one_of("dot", "concat")] = "dot"

    @property
    def additive(self) -> bool:
        """Whether queries and keys are added, not multiplied."""
        return self.kind.name == "additiveattention" or self.score_mode == "concat"

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        query, value, *rest = inputs
        key = rest[0] if rest else value
        for shape in (query, value, key):
            if shape is not None and len(shape) < 2:
                raise ShapeError(f"takes [positions, width] without the batch; {text(shape)} flows in.")
        width = None if query is None else query[-1]
        if query is not None and key is not None and None not in (width, key[-1]) and width != key[-1]:
            raise ShapeError(f"queries and keys must have the same width; {width} and {key[-1]} flow in.")
        total, tensors = self._scale(width)
        output = None if query is None or value is None else (*query[:-1], value[-1])
        macs = self._macs(query, value)
        return Derivation(
            layer=self,
            parameters=total,
            tensors=tensors,
            output_shape=output,
            macs=macs,
            steps=(*((Step("total", total),) if tensors else ()), *((Step("MACs", macs),) if macs else ())),
            reach="all",
        )

    def _scale(self, width: int | None) -> tuple[Expression, tuple[Tensor, ...]]:
        if self.kind.name == "additiveattention":
            if not self.use_scale:
                return ZERO, ()
            if width is None:
                raise MissingError("the width of what flows in is not known. Give input_shape.")
            return Quantity("width", width), (Tensor("scale", (width,), self.trainable),)
        names = (("scale", self.use_scale), ("concat_score_weight", self.score_mode == "concat"))
        tensors = tuple([Tensor(name, (), self.trainable) for name, present in names if present])
        return (Quantity("scalars", len(tensors)) if tensors else ZERO), tensors

    def _macs(self, query: Shape | None, value: Shape | None) -> Expression | None:
        asked, given = known(query), known(value)
        if asked is None or given is None:
            return None
        leading = [Quantity("leading", size) for size in asked[:-2]]
        queries, positions = Quantity("queries", asked[-2]), Quantity("keys", given[-2])
        widths = Quantity("value_width", given[-1])
        both = widths if self.additive else Quantity("width", asked[-1]) + widths
        return Product((*leading, queries, positions, both))


def _axes(value: object) -> tuple[int, int]:
    items = sequence((value, value) if type(value) is int else value)
    if items is None or len(items) != 2:
        raise refuse(f"must be a whole number or two of them, received {shown(value)}.")
    one, two = items
    if not isinstance(one, int) or not isinstance(two, int) or 0 in (one, two):
        raise refuse(f"must be axes other than the batch, which is 0; received {shown(value)}.")
    return one, two


class Dot(Layer):
    """The products of two tensors, summed along one axis of each; axes count the batch as 0."""

    axes: Annotated[tuple[int, int], BeforeValidator(_axes)]

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        one, two = inputs
        if one is None or two is None:
            return Derivation(layer=self, macs=None, reach="all")
        first, second = (self._index(axis, shape) for axis, shape in zip(self.axes, (one, two), strict=True))
        if None not in (one[first], two[second]) and one[first] != two[second]:
            raise ShapeError(f"axes={self.axes} have sizes {one[first]} and {two[second]}; they must agree.")
        output = (*one[:first], *one[first + 1 :], *two[:second], *two[second + 1 :])
        sizes = known((*output, one[first]))
        macs = None
        if sizes is not None:
            outs, summed = Quantity("output_elements", elements(sizes[:-1])), Quantity("summed", sizes[-1])
            macs = Product((outs, summed))
        steps = (Step("MACs", macs),) if macs is not None else ()
        return Derivation(layer=self, output_shape=output or (1,), macs=macs, steps=steps, reach="all")

    def _index(self, axis: int, shape: Shape) -> int:
        rank = len(shape) + 1
        if not -rank < axis < rank:
            raise ShapeError(f"axes={self.axes}: {axis} is no axis of {text(shape)} beside the batch.")
        return axis % rank - 1


_KERAS = "keras 3.15.1"
_TWO = ((3, 4), (5, 4))

KINDS = (
    Kind(
        "attention",
        "Keras's attention without projections: query, value and key, each (T, width).",
        Attention,
        keras=Signature(
            ("Attention",),
            (
                Parameter("use_scale", "use_scale", False),
                Parameter("score_mode", "score_mode", "dot"),
                *ignored("dropout", "seed"),
                *KERAS_LAYER,
            ),
        ),
        examples=(Example("Attention(use_scale=True)", 1, _KERAS, _TWO, (3, 4)),),
        inputs=(2, 3),
    ),
    Kind(
        "additiveattention",
        "Keras's additive attention: query, value and key, each (T, width).",
        Attention,
        keras=Signature(
            ("AdditiveAttention",), (Parameter("use_scale", "use_scale", True), *ignored("dropout"), *KERAS_LAYER)
        ),
        examples=(Example("AdditiveAttention()", 4, _KERAS, _TWO, (3, 4)),),
        inputs=(2, 3),
    ),
    Kind(
        "dot",
        "The products of two tensors, summed along one axis of each.",
        Dot,
        keras=Signature(("Dot",), (Parameter("axes", "axes"), *ignored("normalize"), *KERAS_LAYER)),
        examples=(Example("Dot(axes=(2, 1))", 0, _KERAS, ((3, 4), (4, 5)), (3, 5)),),
        inputs=(2, 2),
    ),
)
