"""A layer of which only figures are known: they are stated where it was read, and not derived.

Nothing is made up of what is not stated: a shape that is not known flows on as one that is not known, and MACs
that are not known leave the sum of a network without MACs.
"""

from typing import Annotated, override

from pydantic import BeforeValidator

from paramcount.errors import sequence, shown
from paramcount.expression import Expression, Quantity
from paramcount.layers.base import ZERO, Derivation, Example, Kind, Layer, Step, Tensor
from paramcount.layers.fields import refuse, whole
from paramcount.limits import MAX_EXACT, MAX_NAME, MAX_RANK
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_EXACT:
        raise refuse(f"must be a whole number from 0 to 2^53 - 1, received {shown(value)}.")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_NAME or '"' in value or "\n" in value:
        raise refuse(f"must be a name of at most {MAX_NAME} characters, received {shown(value)}.")
    return value


def _shape(value: object) -> Shape | None:
    if value is None:
        return None
    items = sequence(value)
    if items is None or len(items) > MAX_RANK:
        raise refuse(f"must be a shape of at most {MAX_RANK} sizes, received {shown(value)}.")
    return tuple([None if item is None else whole(item, 0) for item in items])


Count = Annotated[int, BeforeValidator(_count)]


class Stated(Layer):
    """Figures as they are stated, for one sample."""

    sequences = frozenset(("output_shape",))

    what: Annotated[str, BeforeValidator(_name)]
    parameters: Count = 0
    non_trainable: Count = 0
    """Those of the parameters that are not trained."""
    output_shape: Annotated[Shape | None, BeforeValidator(_shape)] = None
    macs: Annotated[int | None, BeforeValidator(lambda value: None if value is None else _count(value))] = None

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        total: Expression = Quantity("stated", self.parameters) if self.parameters else ZERO
        fixed = min(self.non_trainable, self.parameters)
        tensors = [
            Tensor(name, (count,), trainable)
            for name, count, trainable in (("stated", self.parameters - fixed, self.trainable), ("fixed", fixed, False))
            if count
        ]
        return Derivation(
            layer=self,
            parameters=total,
            tensors=tuple(tensors),
            output_shape=self.output_shape,
            reach="unknown",
            macs=None if self.macs is None else Quantity("stated_macs", self.macs) if self.macs else ZERO,
            steps=(Step("total", total),) if self.parameters else (),
        )


_SIGNATURE = Signature(
    ("Stated",),
    (
        Parameter("what", "what"),
        Parameter("parameters", "parameters", 0),
        Parameter("non_trainable", "non_trainable", 0),
        Parameter("output_shape", "output_shape", None),
        Parameter("macs", "macs", None),
        Parameter("trainable", "trainable", True, keyword_only=True),
    ),
)

KINDS = (
    Kind(
        "stated",
        "A layer of which only figures are known, as they are stated where it was read.",
        Stated,
        pytorch=_SIGNATURE,
        keras=_SIGNATURE,
        examples=(
            Example(
                'Stated("my_block", 12345, output_shape=(7, 7, 64), macs=0)', 12345, "the call itself", (14, 14, 3),
                (7, 7, 64),
            ),
        ),
        inputs=(0, None),
    ),
)  # fmt: skip
