"""A comparison as text: a line for each network, and what sets it apart from the first."""

from collections.abc import Iterator

from paramcount.compare import Compared, Comparison, listed, sees
from paramcount.render.text import sees_text, work_text
from paramcount.shapes import known, text

_WORDS = {
    "parameters": "parameters",
    "trainable": "trainable",
    "macs": "MACs",
    "activation_bytes": "bytes of activations",
}


def render(comparison: Comparison) -> str:
    """Write a comparison."""
    first, *others = comparison.networks
    lines = [line for one in comparison.networks for line in _network(one)]
    for one in others:
        lines += _against(one, first.name)
    return "\n".join((*lines, *(f"note: {note}" for note in comparison.notes)))


def _network(one: Compared) -> Iterator[str]:
    totals = one.report.totals
    parts = [f"{one.name} ({one.report.framework}): {totals.parameters.value:,} parameters"]
    if totals.non_trainable.value:
        parts.append(f"{totals.non_trainable.value:,} of them not trainable")
    if totals.buffers.value:
        parts.append(f"{totals.buffers.value:,} in buffers")
    if totals.macs is not None:
        parts.append(work_text(totals.macs.value))
    parts.append(f"{4 * totals.parameters.value:,} bytes in float32")
    if one.report.memory is not None:
        held = one.report.memory
        parts.append(f"activations of {held.batch_size} {held.activations:,} bytes, peak {held.inference_peak:,}")
    seen = sees(one.report)
    if seen is not None:
        parts.append(f"{', '.join(sees_text(seen.seen))} at {seen.last}")
    shapes = one.report.output_shapes
    if shapes and all(known(shape) is not None for shape in shapes):
        parts.append(f"output {', '.join(text(shape) for shape in shapes if shape is not None)}")
    yield " | ".join(parts)


def _against(one: Compared, first: str) -> Iterator[str]:
    yield f"{one.name} against {first}: " + "; ".join(
        change.words(_WORDS[name]) for name, change in one.changes.items()
    )
    for part in one.parts:
        ours, theirs = ", ".join(listed(part.first)) or "nothing", ", ".join(listed(part.here)) or "nothing"
        yield f"    {theirs} in place of {ours}: {_signed(part.parameters)} parameters"
    if not one.parts:
        yield "    layer by layer the same"


def _signed(value: int) -> str:
    return f"{'−' if value < 0 else '+'}{abs(value):,}"
