"""Network → Report: shapes run through the nodes, each layer derives itself, the sums are expressions.

Layers that are alike and meet the same shape are derived once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from paramcount import slips
from paramcount.errors import LayerError, ParamcountError, ShapeError, exact
from paramcount.expression import Expression, Literal, Product, Quantity, Sum
from paramcount.layers.base import Derivation, Layer
from paramcount.limits import MAX_EXACT
from paramcount.network import Network
from paramcount.report import BYTES, FLOPS_PER_MAC, LayerReport, NetworkReport, Row, Totals
from paramcount.shapes import Shape, elements, known
from paramcount.written import checked_shapes

type InputShape = Sequence[int | None] | Sequence[Sequence[int | None]]
"""One shape, or one for each input."""

_FEWER = " Leave the input's size out to get the parameters alone."


@overload
def derive(given: Layer, input_shape: InputShape | None = None, *, expected: int | None = None) -> LayerReport: ...
@overload
def derive(given: Network, input_shape: InputShape | None = None, *, expected: int | None = None) -> NetworkReport: ...
def derive(
    given: Layer | Network, input_shape: InputShape | None = None, *, expected: int | None = None
) -> LayerReport | NetworkReport:
    """Derive a layer's or a network's parameters, shapes and MACs.

    Args:
        given: a `Layer` or a `Network`.
        input_shape: the shape of one sample, batch excluded, in the framework's order, or a list of
            shapes, one for each input; for a network
            it replaces the one it was made with. Without it parameters are answered wherever they do
            not depend on it.
        expected: a number of parameters to compare with.

    Returns:
        A `LayerReport` for a layer, a `NetworkReport` for a network.

    Raises:
        ShapeError: what flows into a layer does not fit it. `report` on the error holds the layers before.
        MissingError: a count depends on a size that was not given.
        LimitError: a number is above 2^53 − 1.
    """
    shapes = None if input_shape is None else checked_shapes(input_shape)
    if expected is not None and (type(expected) is not int or not 0 <= expected <= MAX_EXACT):
        raise LayerError(f"expected must be a whole number from 0 to 2^53 - 1, received {expected!r:.60}.")
    if isinstance(given, Layer):
        return _derive_layer(given, shapes, expected)
    return _derive_network(given, shapes, expected)


def _derive_layer(layer: Layer, shapes: tuple[Shape, ...] | None, expected: int | None) -> LayerReport:
    inputs: tuple[Shape | None, ...] = (None,) * layer.kind.inputs[0] if shapes is None else shapes
    try:
        made = _derived(layer, inputs)
    except ParamcountError as error:
        raise error.within(str(layer)) from None
    return LayerReport(
        framework=layer.framework,
        derivation=made,
        inputs=inputs,
        steps=(*made.steps, *layer.alternatives(made, inputs)),
        expected=None if expected is None else slips.of_layer(expected, made),
    )


def _derive_network(network: Network, shapes: tuple[Shape, ...] | None, expected: int | None) -> NetworkReport:
    flowing: dict[str, Shape | None] = dict(network.inputs)
    if shapes is not None:
        flowing = dict(zip(flowing, shapes, strict=True))
    first = next(iter(flowing.values()))
    derived: dict[tuple[Layer, tuple[Shape | None, ...]], Derivation] = {}
    found: list[_Found] = []
    for node in network.nodes:
        inputs = tuple([flowing[name] for name in node.inputs])
        key = (node.layer, inputs)
        made = derived.get(key)
        if made is None:
            try:
                made = derived[key] = _derived(node.layer, inputs)
            except ParamcountError as error:
                place = f"layer {node.name} ({node.layer})"
                error.report = _report(network, first, found, failed=(place, str(error)))
                raise error.within(place) from None
        flowing[node.name] = made.output_shape
        found.append(_Found(node.name, inputs, made))
    return _report(network, first, found, expected=expected)


def _report(
    network: Network,
    shape: Shape | None,
    found: Sequence["_Found"],
    *,
    expected: int | None = None,
    failed: tuple[str, str] | None = None,
) -> NetworkReport:
    rows = tuple(_rows(found))
    totals = Totals(
        parameters=_sum((row, row.parameters) for row in rows),
        trainable=_sum((row, row.derivation.trainable) for row in rows),
        non_trainable=_sum((row, row.derivation.non_trainable) for row in rows),
        buffers=_sum((row, row.derivation.buffers) for row in rows),
        macs=_macs(rows, shape),
    )
    _check_exact(totals.parameters.value, totals.macs)
    notes = list(dict.fromkeys(note for row in rows for note in row.derivation.notes))
    if totals.macs is None:
        notes.append("MACs and the shapes that are not shown depend on input_shape.")
    return NetworkReport(
        framework=network.framework,
        input_shape=shape,
        output_shape=found[-1].made.output_shape if found and failed is None else None,
        rows=rows,
        totals=totals,
        expected=None if expected is None else slips.of_network(expected, rows, totals),
        failed=failed,
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """One node, derived."""

    name: str
    inputs: tuple[Shape | None, ...]
    made: Derivation

    def is_like(self, other: "_Found") -> bool:
        """Whether every figure and every step is the same."""
        if self.made is other.made:
            return True
        one, two = self.made, other.made
        if one.output_shape != two.output_shape or one.layer != two.layer:
            return False
        return self.inputs == other.inputs or (one.macs is None and two.macs is None)


def _rows(found: Sequence[_Found]) -> Iterator[Row]:
    """Group what is alike and in a row."""
    start = 0
    for index in range(1, len(found) + 1):
        if index == len(found) or not found[index].is_like(found[start]):
            yield Row(found[start].name, index - start, found[start].made, found[index - 1].name)
            start = index


def _sum(parts: Iterable[tuple[Row, int]]) -> Expression:
    """Add up one figure of the rows; rows where it is 0 are left out of the expression."""
    terms: list[Expression] = []
    for row, value in parts:
        if value:
            one = Quantity(f"layer_{row.name}" if row.name[0].isdigit() else row.name, value)
            terms.append(one if row.repeat == 1 else Product((Literal(row.repeat), one)))
    return Sum(tuple(terms))


def _macs(rows: Sequence[Row], shape: Shape | None) -> Expression | None:
    if known(shape) is None or any(row.derivation.macs is None for row in rows):
        return None
    return _sum((row, row.derivation.macs.value) for row in rows if row.derivation.macs is not None)


def _derived(layer: Layer, inputs: tuple[Shape | None, ...]) -> Derivation:
    least, most = layer.kind.inputs
    if len(inputs) < least or (most is not None and len(inputs) > most):
        takes = str(least) if most == least else f"at least {least}" if most is None else f"{least} to {most}"
        raise ShapeError(f"takes {takes} input{'' if takes == '1' else 's'}; {len(inputs)} flow in.")
    made = layer.derive(inputs)
    _check_exact(made.parameters.value, made.macs)
    output = known(made.output_shape)
    if output is not None:
        exact(elements(output), "the number of output elements", _FEWER)
    return made


def _check_exact(parameters: int, macs: Expression | None) -> None:
    """Refuse, by name, what a JSON client would read rounded."""
    exact(parameters, "the number of parameters")
    exact(max(BYTES.values()) * parameters, "the bytes of the parameters in float32")
    if macs is not None:
        exact(FLOPS_PER_MAC * macs.value, "the number of FLOPs", _FEWER)
