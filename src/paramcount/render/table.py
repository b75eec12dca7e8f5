"""A report as a table for a terminal: the same numbers as the text, in columns."""

from collections.abc import Sequence

from paramcount.render.text import closing, lines_of_layer, marks, step_parts
from paramcount.report import LayerReport, NetworkReport, Report
from paramcount.rows import Detail, Group, Row
from paramcount.shapes import known, text

_GAP = "  "


def render(report: Report, detail: Detail) -> str:
    """Write a report as a table."""
    if isinstance(report, LayerReport):
        return _layer(report)
    if isinstance(report, NetworkReport):
        return _network(report, detail)
    raise TypeError(f"no table for {type(report).__name__}")


def _layer(report: LayerReport) -> str:
    head, *rest = lines_of_layer(report, "layers")
    steps = {step.name: step for step in report.derivation.steps}
    steps |= {f"{step.name.replace('_', '-')} layer instead": step for step in report.instead}
    rows = [(name, " = ".join(step_parts(step)), f"{step.expression.value:,}") for name, step in steps.items()]
    table = _columns(rows, right={2})
    return "\n".join((head, "", *table, *([""] if table else []), *rest))


def _network(report: NetworkReport, detail: Detail) -> str:
    if detail == "summary":
        return "\n".join(closing(report, detail))
    shown = report.shown(detail)
    shapes_known = any(known(row.output_shape) is not None for row in shown)
    head = ["", "layer", *(["output shape"] if shapes_known else []), "parameters", *(["MACs"] if shapes_known else [])]
    rows: list[Sequence[str]] = [head]
    working: dict[int, list[str]] = {}
    for row in shown:
        cells = _cells(row)
        rows.append(cells if shapes_known else [*cells[:2], cells[3]])
        if detail == "steps" and isinstance(row, Row):
            working[len(rows) - 1] = [
                f"      {step.name} = {' = '.join((*step_parts(step), f'{step.expression.value:,}'))}"
                for step in row.derivation.steps
            ]
    table = _columns(rows, right={3, 4} if shapes_known else {2})
    lines = [table[0], "─" * max(map(len, table))]
    for index, line in enumerate(table[1:], start=1):
        lines += [line, *working.get(index, [])]
    lines.append(lines[1])
    return "\n".join((*lines, *closing(report, detail)))


def _cells(row: Row | Group) -> list[str]:
    name = row.name if row.repeat == 1 else f"{row.name} … {row.last}"
    output = known(row.output_shape)
    times = f"{row.repeat} × " if row.repeat > 1 else ""
    macs = f"{times}{row.macs:,}" if row.macs else ""
    parameters = f"{times}{row.parameters:,}" if row.weighs else ""
    described = ", ".join((row.written, *marks(row)))
    return [name, described, "" if output is None else text(output), parameters, macs]


def _columns(rows: Sequence[Sequence[str]], right: set[int]) -> list[str]:
    """Align cells in columns; those in `right` to the right."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines: list[str] = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(_GAP.join(cells).rstrip())
    return lines
