"""The base of layers without parameters that leave the shape as it is. No layer kind of its own."""

from typing import override

from paramcount.errors import ShapeError
from paramcount.layers.base import Derivation, Layer
from paramcount.shapes import Shape, text


class Unchanged(Layer):
    """A layer that has no parameters and changes no shape."""

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        check_rank(self, shape)
        return Derivation(layer=self, output_shape=shape)


def check_rank(layer: Layer, shape: Shape | None) -> None:
    """As many dimensions must flow in as the kind takes.

    Raises:
        ShapeError: another number flows in.
    """
    ranks = layer.kind.ranks
    if shape is not None and ranks and len(shape) not in ranks:
        allowed = " or ".join(str(rank) for rank in ranks)
        more = f" Leave the batch out: {text(shape[1:])}." if len(shape) - 1 in ranks and shape[0] in (None, 1) else ""
        raise ShapeError(f"takes {allowed} dimensions without the batch; {text(shape)} flows in.{more}")


def check_dimension(name: str, dimension: int, shape: Shape | None) -> int | None:
    """Return the index into a batch-free shape of a dimension that counts the batch as 0, -1 for the batch.

    Raises:
        ShapeError: there is no such dimension.
    """
    if shape is None:
        return None
    rank = len(shape) + 1
    if not -rank <= dimension < rank:
        raise ShapeError(
            f"{name}={dimension} is no dimension of {text(shape)}; with the batch as dimension 0 it may be "
            f"{-rank} to {rank - 1}."
        )
    return dimension % rank - 1
