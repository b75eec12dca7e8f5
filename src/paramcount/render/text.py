"""A report as plain text, for a model or a person: small, complete, and from the same expressions."""

from collections.abc import Sequence

from paramcount.flow import FLOPS_PER_MAC
from paramcount.layers.base import Step, Tensor
from paramcount.memory import ASSUMPTIONS
from paramcount.receptive import Seen
from paramcount.report import Expected, LayerReport, NetworkReport, Read, Report, memory
from paramcount.rows import Detail, Group, Row
from paramcount.shapes import Shape, known, text


def render(report: Report, detail: Detail) -> str:
    """Write a report as text."""
    if isinstance(report, LayerReport):
        return "\n".join(lines_of_layer(report, detail))
    if isinstance(report, NetworkReport):
        rows = [] if detail == "summary" else [line for row in report.shown(detail) for line in _row(row, detail)]
        return "\n".join((*rows, *closing(report, detail)))
    raise TypeError(f"no text for {type(report).__name__}")


def lines_of_layer(report: LayerReport, detail: Detail) -> list[str]:
    """The lines of a layer's answer."""
    made = report.derivation
    lines = [f"{made.layer} ({report.framework}): {report.total:,} parameters"]
    if detail == "steps":
        lines += steps_text(made.steps)
    if detail != "summary" and made.tensors:
        lines.append(_tensors(made.tensors))
    output = known(made.output_shape)
    if output is not None:
        lines.append(f"output: {text(output)}")
    if any(map(known, made.more_outputs)):
        lines.append(f"further outputs: {', '.join(text(shape) for shape in made.more_outputs if shape is not None)}")
    macs = report.macs
    if macs is not None:
        done = detail == "steps" and any(step.name == "MACs" for step in made.steps)
        lines.append(_flops(macs.value) if done else work_text(macs.value))
    if detail == "steps" and report.instead:
        others = [f"{step.name.replace('_', '-')} {step.expression.value:,}" for step in report.instead]
        lines.append(f"instead: {', '.join(others)} parameters")
    lines.append(_memory(report.total))
    return [*lines, *_ending(report.expected, made.notes)]


def closing(report: NetworkReport, detail: Detail) -> list[str]:
    """The lines after a network's rows: totals, memory, shapes, and what else there is to say."""
    totals = report.totals
    counted = [f"total ({report.framework}): {totals.parameters.value:,} parameters"]
    if totals.non_trainable.value:
        counted.append(f"{totals.trainable.value:,} trainable")
        counted.append(f"{totals.non_trainable.value:,} not")
    if totals.buffers.value:
        counted.append(f"{totals.buffers.value:,} in buffers")
    lines = [", ".join(counted)]
    if detail == "steps" and totals.parameters.value:
        lines.append(f"    = {totals.parameters.formula} = {totals.parameters.substitution}")
    if totals.macs is not None:
        lines.append(work_text(totals.macs.value))
    lines.append(_memory(totals.parameters.value))
    lines += _held(report)
    ins, outs = report.input_shapes, report.output_shapes
    if ins and outs and all(known(shape) is not None for shape in (*ins, *outs)):
        lines.append(f"{_all(ins)} → {_all(outs)}")
    if report.unused:
        lines.append(f"never run, and counted: {', '.join(report.unused)}")
    if report.failed is not None:
        lines.append(f"stopped at {report.failed[0]}: {report.failed[1]}")
    lines += _ending(report.expected, report.notes)
    if report.read is not None:
        lines += read_lines(report.read)
    if report.notation:
        lines += ["in notation:", report.notation]
    return lines


_COMPLETENESS = {
    "full": "",
    "params_only": "; parameters only",
    "partial": "; not everything could be read: the total may lack what is not understood",
}


def read_lines(read: Read) -> list[str]:
    """What was read, and how far."""
    entry = f": {read.entry}" if read.entry else ""
    lines = [f"read ({read.format}): {read.what}{entry}{_COMPLETENESS[read.completeness]}"]
    if read.stopped:
        lines.append("    stopped: " + ", ".join(f"{name} {value}" for name, value in read.stopped.items()))
    lines += [f"    not understood: {one}" for one in read.not_understood]
    return [*lines, *(f"    {one}" for one in read.notes)]


def _all(several: Sequence[Shape | None]) -> str:
    return ", ".join(text(shape) for shape in several if shape is not None)


def sees_text(seen: Seen | None) -> list[str]:
    """What a layer sees."""
    if seen is None:
        return []
    if isinstance(seen.field, str):
        return ["sees all"] if seen.field == "all" else []
    size = "×".join(str(line.size) for line in seen.field)
    strides = list(dict.fromkeys(str(line.stride) for line in seen.field))
    return [f"sees {size}, stride {'×'.join(strides)}"]


def _held(report: NetworkReport) -> list[str]:
    lines: list[str] = []
    if report.memory is not None:
        held = report.memory
        training, states = (
            ", ".join(f"{name} {size:,}" for name, size in sizes.items())
            for sizes in (held.training, held.model_states)
        )
        lines += [
            f"batch of {held.batch_size}, bytes: activations {held.activations:,}; inference peak "
            f"{held.inference_peak:,} at {held.inference_peak_at}; training {training}; of it model states {states}",
            f"    {ASSUMPTIONS}",
        ]
    if report.effective is not None:
        lines.append(_step(report.effective))
    return lines


def marks(row: Row | Group) -> list[str]:
    """What is to be said of a row beside its numbers."""
    if isinstance(row, Group):
        said = [f"{row.holds} layers"] if row.block else []
        said += sees_text(row.rows[-1].seen)
        return [*said, "never run"] if row.unused else said
    said = [f"parameters of {row.shares}"] if row.shares else []
    said += [f"{own} is {other}" for own, other in row.run.tied]
    if row.run.node.frozen and row.weighs:
        said.append("frozen")
    said += sees_text(row.seen)
    return [*said, "never run"] if row.unused else said


def step_parts(step: Step) -> tuple[str, ...]:
    """Formula and substitution of a step, without what would be said twice."""
    formula, substitution = step.expression.texts
    value = str(step.expression.value)
    if formula == substitution:
        return () if formula == value else (formula,)
    return (formula,) if substitution == value else (formula, substitution)


def latex(report: LayerReport) -> str:
    """The derivation of a layer as lines of a LaTeX `align*` environment."""
    lines: list[str] = []
    for step in report.derivation.steps:
        made = step.expression
        shown = dict.fromkeys((*made.latex, str(made.value)))
        lines.append(rf"\text{{{step.name}}} &= " + " = ".join(shown) + r" \\")
    return "\n".join((r"\begin{align*}", *lines, r"\end{align*}"))


def _row(row: Row | Group, detail: Detail) -> list[str]:
    name = row.name if row.repeat == 1 else f"{row.name} … {row.last}"
    parts = [f"{name}: {row.written}" + (f" × {row.repeat}" if row.repeat > 1 else "")]
    output = known(row.output_shape)
    if output is not None:
        parts.append(text(output))
    if row.weighs:
        working = row.derivation.parameters.expanded if isinstance(row, Row) else row.working
        parts.append(f"{row.parameters:,}" + (f" = {working}" if working != str(row.parameters) else ""))
    if row.non_trainable:
        parts.append(f"{row.non_trainable:,} not trainable")
    if row.buffers:
        parts.append(f"{row.buffers:,} in buffers")
    if row.macs:
        parts.append(f"{row.macs:,} MACs")
    parts += marks(row)
    lines = [" | ".join(parts)]
    if detail == "steps" and isinstance(row, Row):
        lines += [f"    {_step(step)}" for step in row.steps]
        if row.weighs:
            lines.append(f"    {_tensors(row.derivation.tensors)}")
    return lines


def steps_text(steps: Sequence[Step]) -> list[str]:
    """A line for each step; a formula that is that of the step before is not said again."""
    lines: list[str] = []
    before = ""
    for step in steps:
        parts = step_parts(step)
        formula = parts[0] if parts else ""
        shown = parts[1:] if formula == before else parts
        lines.append(" = ".join((step.name, *shown, f"{step.expression.value:,}")))
        before = formula
    return lines


def _step(step: Step) -> str:
    return " = ".join((step.name, *step_parts(step), f"{step.expression.value:,}"))


def _tensors(tensors: Sequence[Tensor]) -> str:
    shown: list[str] = []
    for tensor in tensors:
        mark = " (buffer)" if tensor.buffer else "" if tensor.trainable else " (not trainable)"
        shown.append(f"{tensor.name} {text(tensor.shape)}{mark}")
    return f"tensors: {', '.join(shown)}"


def work_text(macs: int) -> str:
    """MACs and FLOPs."""
    return f"MACs: {macs:,}; {_flops(macs)}"


def _flops(macs: int) -> str:
    return f"FLOPs = {FLOPS_PER_MAC} × MACs = {FLOPS_PER_MAC * macs:,}"


def _memory(parameters: int) -> str:
    return "bytes: " + ", ".join([f"{dtype} {size:,}" for dtype, size in memory(parameters).items()])


def _ending(expected: Expected | None, notes: Sequence[str]) -> list[str]:
    lines: list[str] = []
    if expected is not None:
        verdict = "matches" if expected.match else f"does not match{f': {expected.slip}' if expected.slip else ''}"
        lines.append(f"expected {expected.value:,}: {verdict}")
    return [*lines, *(f"note: {note}" for note in notes)]
