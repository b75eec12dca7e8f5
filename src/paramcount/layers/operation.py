"""Operations on tensors that no layer does, as source code writes them, and layers that run on many samples at once.

    Op("permute", dims=(0, 2, 1))      what torch.permute does; shapes and MACs are those of `paramcount.operations`
    Batched(Conv2d(3, 8, 3))           the layer on each element of the first dimension: frames, windows, crops

Operations count dimensions as PyTorch's code does, with the batch in front. Shapes leave the batch out here, so it is
put back as 1, and left out of what comes out again; but where the code has moved it, shapes stand whole: `whole` lists
the inputs that flow in so, and holds -1 where the output flows out so.
Source: the functions of torch, torch.nn.functional and torch.Tensor of the same names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Final, Self, cast, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import LayerError, LimitError, ShapeError, closest, sequence, shown
from paramcount.expression import Expression, Literal, Product, Quantity
from paramcount.layers.base import ZERO, Derivation, Example, Kind, Layer, Reach, Step, Window
from paramcount.layers.fields import Natural, refuse
from paramcount.layers.raw import shape_of_tensor
from paramcount.limits import MAX_EXACT, MAX_RANK
from paramcount.operations import OPERATIONS, OperationError
from paramcount.shapes import Shape, elements, known, text
from paramcount.signature import Parameter, Signature

MAX_ATTRIBUTES: Final = 16
MAX_OUTPUTS: Final = 10_000
_OUT: Final = -1

SHAPED: Final = "shaped"
"""Stands for an operation that is written by its shapes: `takes` what flows in, `gives` what comes out; and `macs`."""

UNKNOWN: Final = "unknown"
"""The same for an operation of which it is not known what work it does."""

BY_SHAPE: Final = (SHAPED, UNKNOWN)

ELEMENTWISE: Final = (OPERATIONS["relu"].outputs, OPERATIONS["add"].outputs)
"""The rules of operations that keep the shape, or spread their inputs to one."""

MOVED: Final = ("flip", "roll", "rot180", "fft", "fft2", "fftn", "ifft", "ifft2", "ifftn", "fftshift", "ifftshift")
"""Operations that keep the shape, though elements do not keep their places."""


def _name(value: object) -> str:
    if not isinstance(value, str) or value not in (*OPERATIONS, *BY_SHAPE):
        hint = closest(value, OPERATIONS) if isinstance(value, str) else ""
        raise refuse(f"{shown(value)} is no operation that is known.{hint}")
    return value


def _whole(value: object) -> tuple[int, ...]:
    items = sequence((value,) if type(value) is int else value)
    if items is None or len(items) > MAX_OUTPUTS or any(type(one) is not int or one < _OUT for one in items):
        raise refuse(f"must list inputs by their number from 0, and -1 for the output; received {shown(value)}.")
    return cast("tuple[int, ...]", items)


def _attributes(value: object) -> tuple[tuple[str, object], ...]:
    """Arguments by name, frozen: lists become tuples."""
    own: object = list(cast("Mapping[str, object]", value).items()) if isinstance(value, Mapping) else value
    given = sequence(own)
    pairs: list[tuple[object, ...]] = [sequence(one) or () for one in given or ()]
    if given is None or any(len(pair) != 2 for pair in pairs):
        raise refuse(f"must be arguments by name, received {shown(own)}.")
    found = tuple([(str(name), _literal(one)) for name, one in pairs])
    if len(found) > MAX_ATTRIBUTES:
        raise refuse(f"must be at most {MAX_ATTRIBUTES}, received {len(found)}.")
    return found


def _literal(value: object, depth: int = 0) -> object:
    items = sequence(value)
    if items is not None and depth < 3 and len(items) <= MAX_OUTPUTS:
        return tuple([_literal(one, depth + 1) for one in items])
    if value is None or isinstance(value, bool | float) or (type(value) is int and abs(value) <= MAX_EXACT):
        return value
    if isinstance(value, str) and len(value) <= 200:
        return value
    raise refuse(f"must be numbers, words and lists of them, received {shown(value)}.")


class Operation(Layer):
    """One operation on tensors."""

    operation: Annotated[str, BeforeValidator(_name)]
    output: Natural = 0
    """Which of several outputs flows on."""
    whole: Annotated[tuple[int, ...], BeforeValidator(_whole)] = ()
    attributes: Annotated[tuple[tuple[str, object], ...], BeforeValidator(_attributes)] = ()

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        sizes = [known(shape) for shape in inputs]
        rule = OPERATIONS.get(self.operation)
        works = self.operation in BY_SHAPE or (rule is not None and rule.macs is not None)
        if None in sizes:
            return Derivation(layer=self, macs=None if works else ZERO, reach="unknown")
        full = [size if place in self.whole else (1, *size) for place, size in enumerate(sizes) if size is not None]
        output, macs = self._shaped(full) if rule is None else self._ruled(full)
        return Derivation(
            layer=self,
            output_shape=self._flowing(output),
            macs=macs,
            steps=(Step("MACs", macs),) if macs is not None and macs.value else (),
            reach="same" if rule and rule.outputs in ELEMENTWISE and self.operation not in MOVED else "unknown",
        )

    def _ruled(self, full: list[tuple[int, ...]]) -> tuple[tuple[int, ...], Expression]:
        """The output and the work, by the rule of the operation."""
        attributes = dict(self.attributes)
        if self.operation == "unbind" and spread(full, attributes) > MAX_OUTPUTS:
            raise LimitError(f"unbind would give more than {MAX_OUTPUTS} tensors of {text(full[0])}.")
        try:
            found = OPERATIONS[self.operation].outputs(full, attributes)
            work = OPERATIONS[self.operation].macs
            count = 0 if work is None else work(full, attributes)
        except OperationError as error:
            raise ShapeError(f"{str(error).removesuffix('.')}.") from None
        except (TypeError, ValueError, IndexError, KeyError, OverflowError, MemoryError):
            raise LayerError(f"the arguments do not fit the operation on {', '.join(map(text, full))}.") from None
        if self.output >= len(found):
            raise ShapeError(f"output={self.output}, but {len(found)} come out, counted from 0.")
        output = found[self.output]
        return output, _work(count, elements(output))

    def _shaped(self, full: list[tuple[int, ...]]) -> tuple[tuple[int, ...], Expression | None]:
        """The output and the work, as they are written."""
        attributes = dict(self.attributes)
        takes, gives = sequence(attributes.get("takes")) or (), sequence(attributes.get("gives"))
        if gives is None or len(gives) > 2 * MAX_RANK or any(type(one) is not int or one < 0 for one in gives):
            raise LayerError(f"gives must be a shape, received {shown(attributes.get('gives'))}.")
        if takes != tuple(full):
            raise ShapeError(
                f"was read with {', '.join(map(str, takes)) or 'nothing'} flowing in, and is not known for "
                f"{', '.join(map(text, full)) or 'nothing'}; read the source again with these shapes."
            )
        macs = attributes.get("macs", 0)
        if type(macs) is not int or macs < 0:
            raise LayerError(f"macs must be a whole number, received {shown(macs)}.")
        return cast("tuple[int, ...]", gives), None if self.operation == UNKNOWN else Literal(macs)

    def _flowing(self, full: tuple[int, ...]) -> Shape:
        """The output as it flows on: without the batch unless it stands whole."""
        if _OUT in self.whole:
            return full
        if not full or full[0] != 1:
            raise ShapeError(f"gives {text(full)}, which has no batch of 1 in front. Write whole=({_OUT},).")
        return full[1:]


def spread(shapes: Sequence[tuple[int, ...]], attributes: Mapping[str, object]) -> int:
    """How many tensors torch.unbind gives, as far as its arguments tell."""
    shape, dim = shapes[0] if shapes else (), attributes.get("dim", 0)
    return shape[dim] if isinstance(dim, int) and -len(shape) <= dim < len(shape) else 0


def _work(count: int, outputs: int) -> Expression:
    if not count or not outputs or count % outputs:
        return Literal(count)
    return Product((Quantity("output_elements", outputs), Quantity("products_each", count // outputs)))


class Constant(Layer):
    """A tensor that is made while the model runs, and is neither learnt nor saved."""

    sizes: Annotated[tuple[int, ...], BeforeValidator(shape_of_tensor)]

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        return Derivation(layer=self, output_shape=self.sizes, reach="unknown")


class Batched(Layer):
    """A layer on each element of the first dimension, which stands for the batch."""

    layer: Layer

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if isinstance(self.layer, Batched) or self.layer.kind.inputs[0] < 1:
            raise refuse("layer must be one that something flows into, and not Batched itself.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        if any(shape is not None and len(shape) < 1 for shape in inputs):
            raise ShapeError("takes at least one dimension, the batch; nothing flows in.")
        made = self.layer.derive(tuple([None if shape is None else shape[1:] for shape in inputs]))
        batches = {shape[0] for shape in inputs if shape is not None}
        if len(batches) > 1:
            raise ShapeError(f"takes inputs of one batch; {', '.join(map(str, batches))} flow in.")
        batch = batches.pop() if batches and None not in {*inputs} else None
        macs: Expression | None = None
        if made.macs is not None and (batch is not None or made.macs.value == 0):
            macs = made.macs
            if batch is not None and macs.value:
                macs = Product((Quantity("batch", batch), Quantity("each", macs.value, macs)))
        inner = [step for step in made.steps if step.expression is not made.macs]
        return replace(
            made,
            layer=self,
            output_shape=None if made.output_shape is None else (batch, *made.output_shape),
            more_outputs=tuple([None if one is None else (batch, *one) for one in made.more_outputs]),
            macs=macs,
            steps=(*inner, *((Step("MACs", macs),) if macs is not None and macs.value else ())),
            reach=_of_each(made.reach),
        )


def _of_each(reach: Reach) -> Reach:
    if reach == "all":
        return "unknown"
    return reach if isinstance(reach, str) else (Window(), *reach)


_TORCH: Final = "torch 2.14.1"

_OP: Final = Signature(
    ("Op",),
    (
        Parameter("name", "operation"),
        Parameter("output", "output", 0, keyword_only=True),
        Parameter("whole", "whole", (), keyword_only=True),
        Parameter("attributes", "attributes", (), canonical_only=True),
    ),
    rest="attributes",
)
_CONSTANT: Final = Signature(("Constant",), (Parameter("data", "sizes", tensor=True),))
_BATCHED: Final = Signature(("Batched",), (Parameter("layer", "layer", layer=True),))

KINDS = (
    Kind(
        "operation",
        "An operation on tensors by PyTorch's name, dimensions counted with the batch in front; whole lists inputs, "
        "and -1 for the output, that flow with all their dimensions.",
        Operation,
        _OP,
        _OP,
        examples=(
            Example('Op("permute", dims=(0, 2, 3, 1))', 0, _TORCH, (3, 5, 7), (5, 7, 3)),
            Example('Op("matmul")', 0, _TORCH, ((4, 9, 16), (4, 16, 9)), (4, 9, 9)),
            Example('Op("reshape", whole=-1, shape=(-1, 49, 96))', 0, _TORCH, (56, 56, 96), (64, 49, 96)),
        ),
        inputs=(0, None),
    ),
    Kind(
        "constant",
        "A tensor that is made while the model runs: neither learnt nor saved.",
        Constant,
        _CONSTANT,
        _CONSTANT,
        examples=(Example("Constant((1, 9))", 0, _TORCH, None, (1, 9)),),
        inputs=(0, 0),
    ),
    Kind(
        "batched",
        "A layer on each element of the first dimension.",
        Batched,
        _BATCHED,
        _BATCHED,
        examples=(Example("Batched(Conv2d(3, 8, 3))", 224, _TORCH, (5, 3, 9, 9), (5, 8, 7, 7)),),
        inputs=(1, None),
    ),
)
