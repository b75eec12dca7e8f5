"""Which common slip explains a number that somebody expected.

Each candidate is the number that a slip leads to, and a sentence that names it. Only a number that
is explained exactly is explained at all. The slips are those people make: see the README.
"""

from collections.abc import Iterable, Iterator, Sequence

from paramcount.flow import BYTES, FLOPS_PER_MAC
from paramcount.layers.base import Derivation
from paramcount.report import Expected, Totals
from paramcount.rows import Row
from paramcount.shapes import elements, known

type Candidate = tuple[int, str]


def of_layer(expected: int, made: Derivation) -> Expected:
    """Compare what was expected of one layer."""
    return _compare(expected, made.parameters.value, _of_layer(made))


def of_network(expected: int, rows: Sequence[Row], totals: Totals) -> Expected:
    """Compare what was expected of a network."""
    return _compare(expected, totals.parameters.value, _of_network(rows, totals))


def _compare(expected: int, total: int, candidates: Iterable[Candidate]) -> Expected:
    if expected == total:
        return Expected(expected, match=True)
    sentences = list(dict.fromkeys(sentence for value, sentence in candidates if value == expected))
    return Expected(expected, match=False, slip=", or ".join(sentences[:2]) or None)


def _of_layer(made: Derivation) -> Iterator[Candidate]:
    total = made.parameters.value
    biases = sum(tensor.count for tensor in made.tensors if tensor.role == "bias")
    weights = total - biases
    figures = {name: figure.value for name, figure in made.figures}
    if "filters" in figures:
        yield from _of_filters(made, figures["weights_per_filter"], figures["bias_per_filter"], figures["filters"])
    elif biases:
        yield weights, f"weights only: the {biases:,} biases are missing"
        yield weights + 1, "one bias in all: each output has one"
    yield from _of_statistics(total, [(made, 1)])
    yield from _of_work(total, made.macs.value if made.macs is not None else 0)


def _of_filters(made: Derivation, weights: int, bias: int, filters: int) -> Iterator[Candidate]:
    channels, groups = made.facts["in_channels"], made.facts["groups"]
    kernel = weights * groups // channels
    all_weights = weights * filters
    if bias:
        yield all_weights, f"weights only: the {filters:,} biases are missing"
        each = "each filter has one"
        yield all_weights + 1, f"one bias in all: {each}"
        yield all_weights + channels, "one bias per input channel"
        yield all_weights + channels * filters, f"one bias per kernel: {each}"
    else:
        yield all_weights + filters, f"{filters:,} biases counted: there are none (bias=False)"
    if channels // groups > 1:
        forgotten = f"the {channels // groups:,} input channels of a filter{{}} are forgotten"
        yield (kernel + bias) * filters, forgotten.format("")
        yield kernel * filters, forgotten.format(" and the biases" if bias else "")
    if groups > 1:
        sees = f"a filter sees {channels // groups:,} of {channels:,} channels"
        yield (kernel * channels + bias) * filters, f"groups={groups} is forgotten: {sees}"
        yield (
            kernel * channels * filters,
            f"groups={groups}{' and the biases are' if bias else ' is'} forgotten: {sees}",
        )
    output = known(made.output_shape)
    if output is not None:
        positions = elements(output) // filters
        yield (all_weights + bias * filters) * positions, f"multiplied by the {positions:,} output positions"
    yield weights + bias, f"one filter only: there are {filters:,}"


def _of_statistics(total: int, layers: Iterable[tuple[Derivation, int]]) -> Iterator[Candidate]:
    """Running statistics, which one framework counts and the other does not."""
    parameters = buffers = 0
    for made, times in layers:
        for tensor in made.tensors:
            if tensor.role == "statistic":
                parameters += 0 if tensor.buffer else times * tensor.count
                buffers += times * tensor.count if tensor.buffer and tensor.shape else 0
    if parameters:
        yield (
            total - parameters,
            (f"without the {parameters:,} moving statistics, which Keras counts as non-trainable parameters"),
        )
    if buffers:
        yield (
            total + buffers,
            (f"with the {buffers:,} running statistics, which PyTorch keeps in buffers and Keras counts"),
        )


def _of_work(total: int, macs: int) -> Iterator[Candidate]:
    if macs:
        yield macs, "these are the MACs"
        yield FLOPS_PER_MAC * macs, "these are the FLOPs"
    for dtype, size in BYTES.items():
        if size > 1:
            yield size * total, f"these are the bytes in {dtype}"


def _of_network(rows: Sequence[Row], totals: Totals) -> Iterator[Candidate]:
    total = totals.parameters.value
    layers = [(row.derivation, row.repeat) for row in rows]
    biases = sum(times * tensor.count for made, times in layers for tensor in made.tensors if tensor.role == "bias")
    norms = sum(times * tensor.count for made, times in layers for tensor in made.tensors if tensor.role == "norm")
    biased = sum(times for made, times in layers if any(tensor.role == "bias" for tensor in made.tensors))
    if biases:
        yield total - biases, f"weights only: the {biases:,} biases are missing"
        yield total - biases + biased, "one bias for each layer: there is one for each output of a layer"
    yield from _of_statistics(total, layers)
    if norms:
        yield total - norms, f"without the {norms:,} parameters of the normalisation layers"
        yield total - norms - biases, f"without the {norms:,} of the normalisation layers and the {biases:,} biases"
    if totals.non_trainable.value:
        yield totals.trainable.value, f"trainable only: {totals.non_trainable.value:,} are not"
    for row in rows:
        if row.parameters:
            named = f"layer {row.name} ({row.derivation.layer}, {row.parameters:,})"
            yield total - row.parameters, f"{named} is missing"
            yield total + row.parameters, f"{named} is counted twice"
    yield from _of_work(total, totals.macs.value if totals.macs is not None else 0)
