"""Layers that are made of others: their parts' parameters, tensors and work, put together. No layer kind of its own."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import ValidationError

from paramcount.errors import LayerError, ShapeError
from paramcount.expression import Expression, Quantity, Sum
from paramcount.layers.base import ZERO, Derivation, Layer, Reach, Step, Tensor
from paramcount.shapes import Shape

type Parts = Sequence[tuple[str, Derivation]]
"""What a layer is made of: the name of each part, and what it comes to."""


def made_of(layer: Layer, parts: Parts, output_shape: Shape | None, *, reach: Reach) -> Derivation:
    """Add up parts, each of which runs once.

    Args:
        layer: the layer that is made of them; where it is frozen, so are they.
        parts: what it is made of, named as the framework names them.
        output_shape: what comes out, batch excluded.
        reach: what each output position reads.
    """
    held = [(name, made) for name, made in parts if made.tensors]
    total = added([Quantity(name.replace(".", "_"), made.parameters.value, made.parameters) for name, made in held])
    steps = [Step(name, made.parameters) for name, made in held]
    work = work_of(parts)
    return Derivation(
        layer=layer,
        parameters=total,
        tensors=tuple([tensor for name, made in parts for tensor in within(layer, f"{name}.", made.tensors)]),
        output_shape=output_shape,
        macs=work,
        reach=reach,
        steps=(*steps, Step("total", total), *((Step("MACs", work),) if work is not None and work.value else ())),
    )


def work_of(parts: Parts) -> Expression | None:
    """The work of all parts; None where one part's is not known."""
    found: list[Expression] = []
    for name, made in parts:
        if made.macs is None:
            return None
        if made.macs.value:
            found.append(Quantity(name.replace(".", "_"), made.macs.value, made.macs))
    return added(found)


def added(terms: Sequence[Expression]) -> Expression:
    """The sum of any number of terms."""
    if not terms:
        return ZERO
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def within(layer: Layer, prefix: str, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """The tensors of a part, named as those of the whole, and frozen with it."""
    return tuple(
        [
            replace(tensor, name=prefix + tensor.name, trainable=tensor.trainable and layer.trainable)
            for tensor in tensors
        ]
    )


def check_number(layer: Layer, inputs: Sequence[Shape | None]) -> None:
    """As many inputs must flow in as the kind takes.

    Raises:
        ShapeError: more or fewer flow in.
    """
    least, most = layer.kind.inputs
    if len(inputs) < least or (most is not None and len(inputs) > most):
        takes = str(least) if most == least else f"at least {least}" if most is None else f"{least} to {most}"
        raise ShapeError(f"takes {takes} input{'' if takes == '1' else 's'}; {len(inputs)} flow in.")


def part(kind: str, like: Layer, **fields: object) -> Layer:
    """Make a layer that another is made of, in the framework of the other.

    Raises:
        LayerError: it cannot be what the other asks for.
    """
    from paramcount.layers import kind_named  # the registry reads every module, so none can import it first

    found = kind_named(kind)
    try:
        return found.model.model_validate({"kind": found, "framework": like.framework, **fields})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise LayerError(" ".join((*map(str, first["loc"]), first["msg"]))) from None
