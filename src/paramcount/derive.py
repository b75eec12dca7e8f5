"""Layer, Network → Report: the question is checked, and a layer derives itself."""

from fractions import Fraction
from typing import overload

from paramcount import slips
from paramcount.declared import InputShape, checked_shapes
from paramcount.errors import LayerError, ParamcountError
from paramcount.flow import derived_anew
from paramcount.layers.base import Layer
from paramcount.limits import MAX_EXACT, MAX_SIZE
from paramcount.network import Network
from paramcount.recorded import is_whole
from paramcount.report import LayerReport, NetworkReport
from paramcount.shapes import Shape


@overload
def derive(given: Layer, input_shape: InputShape | None = None, *, expected: int | None = None) -> LayerReport: ...
@overload
def derive(
    given: Network,
    input_shape: InputShape | None = None,
    *,
    expected: int | None = None,
    receptive_field: bool = False,
    batch_size: int | None = None,
    sparsity: float | None = None,
) -> NetworkReport: ...
def derive(
    given: Layer | Network,
    input_shape: InputShape | None = None,
    *,
    expected: int | None = None,
    receptive_field: bool = False,
    batch_size: int | None = None,
    sparsity: float | None = None,
) -> LayerReport | NetworkReport:
    """Derive a layer's or a network's parameters, shapes and MACs.

    Args:
        given: a `Layer` or a `Network`.
        input_shape: the shape of one sample, batch excluded, in the framework's order, or a list of
            shapes, one for each input; for a network
            it replaces the one it was made with. Without it parameters are answered wherever they do
            not depend on it.
        expected: a number of parameters to compare with.
        receptive_field: whether to give each layer's receptive field; for a network.
        batch_size: samples to give the memory for; for a network whose shapes are known.
        sparsity: the share of the parameters that are zero, from 0 to 1; for a network.

    Returns:
        A `LayerReport` for a layer, a `NetworkReport` for a network.

    Raises:
        ShapeError: what flows into a layer does not fit it. `report` on the error holds the layers before.
        MissingError: a count depends on a size that was not given.
        LimitError: a number is above 2^53 − 1.
    """
    shapes = None if input_shape is None else checked_shapes(input_shape)
    if expected is not None and not (is_whole(expected) and 0 <= expected <= MAX_EXACT):
        raise LayerError(f"expected must be a whole number from 0 to 2^53 - 1, received {expected!r:.60}.")
    if isinstance(given, Layer):
        return _derive_layer(given, shapes, expected)
    from paramcount.summing import Wanted, summed  # the catalogue and what is asked of networks alone

    return summed(given, shapes, Wanted(expected, receptive_field, _whole("batch_size", batch_size), _share(sparsity)))


def _whole(name: str, value: int | None) -> int | None:
    if value is not None and (type(value) is not int or not 1 <= value <= MAX_SIZE):
        raise LayerError(f"{name} must be a whole number from 1 to {MAX_SIZE}, received {value!r:.60}.")
    return value


def _share(value: object) -> Fraction | None:
    """0.9 as 9 ÷ 10, which is what was written, and not the binary number nearest to it."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise LayerError(f"sparsity must be a number from 0 to 1, received {value!r:.60}.")
    return Fraction(repr(value))


def _derive_layer(layer: Layer, shapes: tuple[Shape, ...] | None, expected: int | None) -> LayerReport:
    inputs: tuple[Shape | None, ...] = (None,) * layer.kind.inputs[0] if shapes is None else shapes
    try:
        made = derived_anew(layer, inputs)  # a layer by itself is hardly met again
    except ParamcountError as error:
        raise error.within(str(layer)) from None
    return LayerReport(
        framework=layer.framework,
        derivation=made,
        inputs=inputs,
        instead=tuple(layer.alternatives(made, inputs)),
        expected=None if expected is None else slips.of_layer(expected, made),
    )
