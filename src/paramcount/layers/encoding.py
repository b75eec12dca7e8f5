"""Keras's preprocessing of features: numbers to bins, categories to vectors; nothing is learnt.

Source: keras.layers.CategoryEncoding, Discretization, Hashing.
"""

from typing import Annotated, ClassVar, Final, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import ShapeError, sequence, shown
from paramcount.layers.base import Derivation, Example, Kind, Layer
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import Positive, refuse
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored

_MODES: Final = ("int", "one_hot", "multi_hot", "count")


def _numbers(value: object) -> tuple[float, ...] | None:
    items = sequence(value)
    if items is None and value is None:
        return None
    if items is None or not all(isinstance(item, int | float) for item in items):
        raise refuse(f"must be a list of numbers, received {shown(value)}.")
    return tuple([item for item in items if isinstance(item, int | float)])


class Encoding(Layer):
    """An index, or a vector as long as there are categories: (n) → (n), (categories) or (n, categories)."""

    sequences: ClassVar[frozenset[str]] = frozenset({"bin_boundaries"})

    num_tokens: Positive | None = None
    num_bins: Positive | None = None
    bin_boundaries: Annotated[tuple[float, ...] | None, BeforeValidator(_numbers)] = None
    output_mode: str = "int"

    @model_validator(mode="after")
    def _rules(self) -> Self:
        allowed = _MODES[1:] if self.kind.name == "categoryencoding" else _MODES
        if self.output_mode not in allowed:
            raise refuse(f"output_mode must be {', '.join(map(repr, allowed))}, received {shown(self.output_mode)}.")
        if self.kind.name == "discretization" and (self.num_bins is None) == (self.bin_boundaries is None):
            raise refuse("give bin_boundaries or num_bins, and one of the two only.")
        return self

    def _depth(self) -> int:
        if self.bin_boundaries is not None:
            return len(self.bin_boundaries) + 1
        return self.num_tokens or self.num_bins or 0

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        shape = inputs[0]
        output = shape
        if shape is not None and self.output_mode != "int":
            if not shape:
                raise ShapeError("takes at least one dimension beside the batch; none flows in.")
            whole = self.output_mode == "one_hot" and shape[-1] != 1
            if self.output_mode != "one_hot" and len(shape) > 1 and self.kind.name != "categoryencoding":
                raise ShapeError(f"takes one dimension for {self.output_mode!r}; {text(shape)} flows in.")
            output = (*(shape if whole else shape[:-1]), self._depth())
        return Derivation(layer=self, output_shape=output, reach="unknown")


def _kind(name: str, about: str, own: tuple[Parameter, ...], mode: str, example: Example) -> Kind:
    signature = Signature(
        (name,), (*own, Parameter("output_mode", "output_mode", mode), *ignored("sparse"), *KERAS_LAYER)
    )
    return Kind(name.lower(), about, Encoding, keras=signature, examples=(example,), inputs=(1, 2))


_KERAS: Final = "keras 3.15.1"
KINDS = (
    _kind("CategoryEncoding", "Categories as a vector: which there are, or how many of each.",
          (Parameter("num_tokens", "num_tokens"),), "multi_hot",
          Example("CategoryEncoding(7)", 0, _KERAS, (5,), (7,))),
    _kind("Discretization", "Numbers as the bins that they fall into.",
          (Parameter("bin_boundaries", "bin_boundaries", None), Parameter("num_bins", "num_bins", None),
           *ignored("epsilon")), "int",
          Example("Discretization([0.0, 1.0, 2.0])", 0, _KERAS, (5,), (5,))),
    _kind("Hashing", "Categories as one of a number of bins.",
          (Parameter("num_bins", "num_bins"), *ignored("mask_value", "salt")), "int",
          Example("Hashing(3)", 0, _KERAS, (5,), (5,))),
)  # fmt: skip
