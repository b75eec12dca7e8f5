"""Network → NetworkReport: shapes run through the nodes, each layer derives itself, the sums are expressions.

Layers that are alike and meet the same shape are derived once.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from paramcount import slips
from paramcount.architectures import meant
from paramcount.errors import JoinError, LayerError, ParamcountError
from paramcount.flow import Flow, Rounds, Run, check_exact
from paramcount.listed import Rows, RowSum, rows_of
from paramcount.memory import memory_of, nonzero
from paramcount.network import UNKNOWN, Block, Network, Node, used
from paramcount.passing import Passed, Passing, sums_of
from paramcount.receptive import receptive_fields
from paramcount.report import NetworkReport, Totals
from paramcount.rows import Row
from paramcount.shapes import Shape, known, text

_MOST_TRIED: Final = 4096
"""Layers that are run through, at most, to find an input that would fit."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a network beside its parameters and shapes."""

    expected: int | None = None
    receptive_field: bool = False
    batch_size: int | None = None
    sparsity: Fraction | None = None


def summed(network: Network, shapes: tuple[Shape, ...] | None, wanted: Wanted) -> NetworkReport:
    """Derive a network, with these shapes flowing in where they are given instead of those it was made with.

    Raises:
        ShapeError: what flows into a layer does not fit it. `report` on the error holds the layers before.
        MissingError: a count depends on a size that was not given.
        LimitError: a number is above 2^53 − 1.
    """
    if shapes is not None:
        if len(shapes) != len(network.inputs):
            raise LayerError(f"the network has {len(network.inputs)} inputs, received {len(shapes)} shapes.")
        network = replace(
            network, inputs=tuple((name, shape) for (name, _), shape in zip(network.inputs, shapes, strict=True))
        )
    if (
        not wanted.receptive_field
        and wanted.batch_size is None
        and any(isinstance(one, Block) for one in network.parts)
    ):
        passing = Passing(Flow(network, dict(network.inputs)))
        try:
            passing.run()
            return _report(passing.flow, passing.trace, passing.flow.unused(), wanted)
        except ParamcountError:
            pass  # it is said of the layer, where each is taken by itself
    flow = Flow(network, dict(network.inputs))
    try:
        flow.run()
        return _report(flow, flow.trace, flow.unused(), wanted)
    except ParamcountError as error:
        if not flow.at:
            raise
        at = flow.at
        if isinstance(error, JoinError):
            error.message += _sides(flow)
        shown = Wanted(receptive_field=wanted.receptive_field)
        error.report = _report(flow, flow.trace, (), shown, failed=(at, str(error)))
        raise error.within(at) from None


def _report(
    flow: Flow,
    trace: Sequence[Run | Rounds | Passed],
    unused: Sequence[Run],
    wanted: Wanted,
    failed: tuple[str, str] | None = None,
) -> NetworkReport:
    network = flow.network
    fields = receptive_fields(flow) if wanted.receptive_field else {}
    rows = Rows(lambda: rows_of(trace, unused, fields, across=not network.catalogued))
    sums = sums_of((*trace, *unused))
    worked = (
        not network.unordered and not network.partial and all(known(shape) is not None for _, shape in network.inputs)
    )
    totals = Totals(
        parameters=RowSum(sums.parameters, rows, "parameters"),
        trainable=RowSum(sums.trainable, rows, "trainable"),
        non_trainable=RowSum(sums.non_trainable, rows, "non_trainable"),
        buffers=RowSum(sums.buffers, rows, "buffers"),
        macs=None if sums.macs is None or not worked else RowSum(sums.macs, rows, "macs"),
    )
    flow.at = ""  # what is refused from here on is the sum
    check_exact(totals.parameters.value, totals.macs)
    notes = list(sums.notes)
    named_so = list({one.name: one for one in network.catalogued.values()}.values())
    if network.unordered or network.partial:
        notes.append(_unordered(network))
    elif totals.macs is None:
        usual = "".join(f" {one.name} is usually given {text(one.input_shape)}." for one in named_so[:1])
        notes.append(f"MACs and the shapes that are not shown depend on input_shape.{usual}")
    notes += [note for one in named_so for note in meant(one)]
    idle = [] if network.partial else _idle(network)
    if idle:
        notes.append(f"What comes out of {', '.join(idle[:8])} flows nowhere.")
    memory = effective = None
    if wanted.batch_size is not None:
        memory = memory_of(
            flow,
            wanted.batch_size,
            parameters=totals.parameters.value,
            trainable=totals.trainable.value,
            buffers=totals.buffers.value,
        )
        if memory is None and not network.unordered and not network.partial:
            notes.append("Memory depends on input_shape.")
    if wanted.sparsity is not None:
        effective = nonzero(totals.parameters.value, wanted.sparsity)
    return NetworkReport(
        framework=network.framework,
        input_shapes=tuple([shape for _, shape in network.inputs]),
        output_shapes=() if failed is not None else tuple([flow.shapes[name] for name in network.outputs]),
        rows=rows,
        totals=totals,
        expected=None if wanted.expected is None else slips.of_network(wanted.expected, rows, totals),
        memory=memory,
        effective=effective,
        failed=failed,
        notes=tuple(notes),
        unused=tuple(_never_run([run.node.name for run in unused], rows, network)),
        catalogued={**network.catalogued, "": None} if network.nested else network.catalogued,
        blocks=network.blocks,
    )


def _never_run(unused: Sequence[str], rows: Sequence[Row], network: Network) -> Iterable[str]:
    """Name the layers that are never run; in a network of the catalogue the largest blocks that hold nothing else."""
    if not unused or not network.catalogued:
        return unused
    run = {block for row in rows if not row.unused for block in _around(row.name)}
    return dict.fromkeys(next((block for block in _around(name) if block not in run), name) for name in unused)


def _around(name: str) -> Iterator[str]:
    """The blocks that a layer stands in, the outermost first, and itself."""
    parts = name.split(".")
    return (".".join(parts[:depth]) for depth in range(1, len(parts) + 1))


def _sides(flow: Flow) -> str:
    """Which sizes of the input would fit where strides leave a remainder: each that is named was run through."""
    network = flow.network
    shape = known(network.inputs[0][1])
    if shape is None or len(network.inputs) > 1:
        return ""
    strides = {
        line.stride
        for seen in receptive_fields(flow).values()
        if not isinstance(seen.field, str)
        for line in seen.field
    }
    largest = max([int(stride) for stride in strides if stride.denominator == 1], default=1)
    if largest < 2:
        return ""
    sides = slice(0, -1) if network.framework == "keras" else slice(1, None)

    def fitting(moved: Sequence[int]) -> str:
        """The input with these sides as text; empty where the layer that failed fails again."""
        wanted = [*shape]
        wanted[sides] = moved
        tried = Flow(replace(network, inputs=((network.inputs[0][0], tuple(wanted)),)), {})
        tried.shapes |= dict(tried.network.inputs)
        with suppress(ParamcountError):  # of a layer further on, perhaps
            tried.run()
        return text(tuple(wanted)) if len(tried.trace) > len(flow.trace) else ""

    whole = [-(-side // largest) * largest for side in shape[sides]]
    if whole != [*shape[sides]] and fitting(whole):
        return f" The input's sides should divide by {largest}."
    if largest * len(network.parts) > _MOST_TRIED:
        return ""
    near = [
        next(filter(None, (fitting([side + sign * by for side in shape[sides]]) for by in range(1, largest + 1))), "")
        for sign in (-1, 1)
    ]
    fit = " or ".join(filter(None, near))
    return f" An input of {fit} would fit." if fit else ""


def _idle(network: Network) -> list[str]:
    """Nodes whose output is never used."""
    values = {*used(network.parts), *network.outputs}
    apart = [one for one in network.parts if isinstance(one, Node) and (UNKNOWN in one.inputs or not one.inputs)]
    values.update([node.name for node in apart])
    outputs = [part.output if isinstance(part, Block) else part.name for part in network.parts]
    return [name for name in outputs if name not in values]


def _unordered(network: Network) -> str:
    """What an answer cannot hold where the order of layers is not known."""
    number = network.unordered
    if network.partial:
        return "How the model runs is known up to a point only: parameters are exact; MACs and memory are not answered."
    which = "the layers run" if number == len(network.parts) else f"{number} of the layers run"
    return f"In which order {which} is not known: parameters are exact; shapes, MACs and memory are not answered."
