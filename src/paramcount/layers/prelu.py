"""PReLU: a ReLU whose slope below 0 is learnt.

Source: torch.nn.PReLU (one slope, or one for each channel), keras.layers.PReLU (one for each place, unless shared).
"""

from typing import Annotated, override

from pydantic import BeforeValidator

from paramcount.errors import MissingError, ShapeError, sequence, shown
from paramcount.expression import Expression, Product, Quantity
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import Natural, refuse
from paramcount.limits import MAX_RANK
from paramcount.shapes import Shape, known, text
from paramcount.signature import Parameter, Signature, ignored


def _axes(value: object) -> tuple[int, ...]:
    if value is None:
        return ()
    items = sequence((value,) if type(value) is int else value)
    found = [item for item in items or () if type(item) is int]
    if items is None or len(found) != len(items) or len(items) > MAX_RANK:
        raise refuse(f"must be a list of whole numbers, received {shown(value)}.")
    return tuple(found)


def _slopes(layer: Layer, name: str, shape: tuple[int, ...], total: Expression, output: Shape | None) -> Derivation:
    return Derivation(
        layer=layer,
        parameters=total,
        tensors=(Tensor(name, shape, layer.trainable),),
        output_shape=output,
        steps=(Step("total", total),),
    )


class PReLU(Layer):
    """PyTorch's PReLU: one slope, or one for each channel."""

    num_parameters: Natural = 1

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        count = self.num_parameters
        if shape is not None and count != 1 and (shape[0] if shape else 1) not in (None, count):
            raise ShapeError(f"num_parameters={count}, but {shape[0] if shape else 1} channels flow in; 1 fits any.")
        return _slopes(self, "weight", (count,), Quantity("num_parameters", count), shape)


class KerasPReLU(Layer):
    """Keras's PReLU: a slope for each place of a sample, unless axes are shared."""

    shared_axes: Annotated[tuple[int, ...], BeforeValidator(_axes)] = ()

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is None:
            raise MissingError("the number of slopes is not known. Give input_shape.")
        sizes = list(shape)
        for axis in self.shared_axes:
            if not -len(shape) <= axis - 1 < len(shape):
                raise ShapeError(f"shared_axes={list(self.shared_axes)} names no axis of {text(shape)}.")
            sizes[axis - 1] = 1  # as Keras does: axis 1 is the first beside the batch, and -1 is not the last
        own = known(tuple(sizes))
        if own is None:
            raise MissingError(
                f"the number of slopes depends on every size of {text(shape)}. Give them, or share their axes."
            )
        total = Product(tuple([Quantity(f"size_{place}", size) for place, size in enumerate(own, start=1)]))
        return _slopes(self, "alpha", own, total, shape)


KINDS = (
    Kind(
        "prelu",
        "A ReLU with a learnt slope: PyTorch has one or one for each channel, Keras one for each place unless shared.",
        PReLU,
        Signature(("PReLU",), (Parameter("num_parameters", "num_parameters", 1), *ignored("init", "device", "dtype"))),
        examples=(Example("PReLU(6)", 6, "torch 2.14.1", (6, 4, 4), (6, 4, 4)),),
    ),
    Kind(
        "kerasprelu",
        "Keras's ReLU with learnt slopes, one for each place of a sample unless axes are shared.",
        KerasPReLU,
        keras=Signature(
            ("PReLU",),
            (
                *ignored("alpha_initializer", "alpha_regularizer", "alpha_constraint"),
                Parameter("shared_axes", "shared_axes", None),
                *KERAS_LAYER,
            ),
        ),
        examples=(
            Example("PReLU()", 210, "keras 3.15.1", (5, 6, 7), (5, 6, 7)),
            Example("PReLU(shared_axes=[1, 2])", 7, "keras 3.15.1", (5, 6, 7), (5, 6, 7)),
        ),
    ),
)
