"""Networks side by side: what each costs, how far it is from the first, and the layers where they part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from typing import Final, cast, override

from paramcount.build import network
from paramcount.declared import InputShape
from paramcount.derive import derive
from paramcount.errors import LayerError, LimitError, ParamcountError, raise_all, sequence, shown
from paramcount.limits import MAX_LAYERS
from paramcount.report import NetworkReport, Report
from paramcount.rows import Detail, Group, Row
from paramcount.shapes import known
from paramcount.signature import Framework
from paramcount.written import Item

MAX_NETWORKS: Final = 8
"""Networks in one comparison."""

MOST_PARTS: Final = 6
"""Places where two networks part that are listed; what comes after them is put together."""

_MOST_ALIGNED: Final = 400
"""Rows that are aligned with one another; more are taken as one part, from their first difference to their last."""

_MOST_LISTED: Final = 4
_MOST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """A network to compare: what it is called, its layers, and what it is given."""

    name: str
    layers: Item | Sequence[Item]
    input_shape: InputShape | None = None
    framework: Framework | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How far a figure is from the first network's."""

    first: int
    here: int

    @property
    def difference(self) -> int:
        """What is more here; negative where it is less."""
        return self.here - self.first

    def to_dict(self) -> dict[str, object]:
        """Difference, ratio to the first, per cent of it, and how many times larger or smaller it is.

        All but the difference are rounded, and left out where they would divide by 0.
        """
        answer: dict[str, object] = {"difference": self.difference}
        if self.first:
            answer["ratio"] = rounded(Fraction(self.here, self.first), 6)
            answer["percent"] = rounded(Fraction(100 * self.difference, self.first), 2)
        if self.times is not None:
            answer["times"] = rounded(self.times, 2)
        return answer

    @property
    def times(self) -> Fraction | None:
        """The larger of both by the smaller; None where one is 0."""
        return Fraction(max(self.first, self.here), min(self.first, self.here)) if self.first and self.here else None

    def words(self, what: str) -> str:
        """The same for a reader: 521,744 fewer, −88.5 %, 8.69 times smaller."""
        if not self.difference:
            return f"as many {what}"
        said = [f"{abs(self.difference):,} {'more' if self.difference > 0 else 'fewer'} {what}"]
        if self.first:
            sign = "+" if self.difference > 0 else "−"
            said.append(f"{sign}{rounded(Fraction(100 * abs(self.difference), self.first), 2)} %")
        if self.times is not None and rounded(self.times, 2) > 1:
            said.append(f"{rounded(self.times, 2)} times {'larger' if self.difference > 0 else 'smaller'}")
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Part:
    """Layers in a row that the first network has and this one has not, and the other way round."""

    first: tuple[Row | Group, ...]
    here: tuple[Row | Group, ...]

    @property
    def parameters(self) -> int:
        """What it adds to the parameters."""
        return _sum(self.here) - _sum(self.first)

    def to_dict(self) -> dict[str, object]:
        """One element of `parts`."""
        return {"first": listed(self.first), "here": listed(self.here), "parameters": self.parameters}


@dataclass(frozen=True, slots=True)
class Compared:
    """One network of a comparison."""

    name: str
    report: NetworkReport
    changes: Mapping[str, Change]
    """Against the first network, by figure; empty for the first itself."""
    parts: tuple[Part, ...]

    def to_dict(self) -> dict[str, object]:
        """One element of `networks`."""
        answer = {"name": self.name} | self.report.to_dict("summary") | {"layers": _layers(self.report)}
        answer.pop("notes", None)  # said once for all networks
        seen = sees(self.report)
        if seen is not None and seen.seen is not None:
            answer["receptive_field"] = {"at": seen.last} | cast("dict[str, object]", seen.seen.to_dict())
        if self.changes:
            answer["against_first"] = {name: change.to_dict() for name, change in self.changes.items()}
            answer["parts"] = [part.to_dict() for part in self.parts]
        return answer


@dataclass(frozen=True, slots=True)
class Comparison(Report):
    """Two networks or more, each against the first."""

    networks: tuple[Compared, ...]
    notes: tuple[str, ...] = ()

    @override
    def to_dict(self, detail: Detail = "summary") -> dict[str, object]:
        answer: dict[str, object] = {"networks": [one.to_dict() for one in self.networks]}
        if self.notes:
            answer["notes"] = list(self.notes)
        return answer

    @override
    def to_text(self, detail: Detail = "summary") -> str:
        from paramcount.render.compare import render  # the renderer reads what is here

        return render(self)


def compare(candidates: Sequence[Candidate], *, batch_size: int | None = None, most: int = MAX_LAYERS) -> Comparison:
    """Compare networks with the first of them.

    Args:
        candidates: two to eight networks.
        batch_size: samples to give the memory for.
        most: how many layers each may have.

    Raises:
        ParamcountError: one of them cannot be derived; all mistakes together, each with the network's name.
    """
    if not 2 <= len(candidates) <= MAX_NETWORKS:
        raise LimitError(f"two to {MAX_NETWORKS} networks are compared, received {len(candidates)}.")
    reports: list[NetworkReport] = []
    problems: list[ParamcountError] = []
    shapes: dict[Framework, list[InputShape | None]] = {"pytorch": [], "keras": []}
    for one in candidates:
        try:
            made = network(one.layers, input_shape=one.input_shape, framework=one.framework, most=most)
            shapes[made.framework].append(one.input_shape)
            reports.append(derive(made, receptive_field=True, batch_size=batch_size))
        except ParamcountError as error:
            error.report = None  # an answer as far as it got is one network's, not a comparison's
            problems.append(error.within(one.name))
    _refuse_one_shape_for_both(shapes)
    raise_all(problems)
    compared = [
        Compared(one.name, report, _changes(reports[0], report), tuple(_parts(reports[0], report)))
        if index
        else Compared(one.name, report, {}, ())
        for index, (one, report) in enumerate(zip(candidates, reports, strict=True))
    ]
    return Comparison(tuple(compared), tuple(_notes(reports)))


def _refuse_one_shape_for_both(shapes: Mapping[Framework, Sequence[InputShape | None]]) -> None:
    """One shape of an image cannot be right for networks of both frameworks, whose channels stand at its two ends."""
    for shape in shapes["pytorch"]:
        if shape is not None and len(shape) > 2 and shape[0] != shape[-1] and shape in shapes["keras"]:
            raise LayerError(
                f"input_shape={list(shape)} is given for networks of both frameworks: channels come first in PyTorch's "
                'and last in Keras\'s. Give each network its own: {"layers": …, "input_shape": …}.'
            )


def candidate(
    given: object, position: int, input_shape: InputShape | None = None, framework: Framework | None = None
) -> Candidate:
    """Read one network as a caller gives it: layers, or an object with `layers` and what else differs.

    Raises:
        LayerError: it is neither.
    """
    fallback = f"network {position + 1}"
    if isinstance(given, str):
        short = " ".join(given.split())
        return Candidate(short if 0 < len(short) <= _MOST_NAME else fallback, given, input_shape, framework)
    if sequence(given) is not None:
        return Candidate(fallback, cast("Sequence[Item]", given), input_shape, framework)
    if not isinstance(given, Mapping):
        raise LayerError(f"{fallback}: layers are expected, as text, a list or an object, not {shown(given)}.")
    fields = {str(name): value for name, value in cast("Mapping[object, object]", given).items()}
    if "layers" not in fields:
        return Candidate(fallback, fields, input_shape, framework)
    name = str(fields.pop("name", None) or fallback)[:_MOST_NAME]
    layers = cast("Item | Sequence[Item]", fields.pop("layers"))
    shape = cast("InputShape | None", fields.pop("input_shape", None))
    asked = cast("Framework | None", fields.pop("framework", None))
    if fields:
        raise LayerError(f"{name}: {shown(min(fields))} is not understood; name, layers, input_shape, framework are.")
    return Candidate(name, layers, shape or input_shape, asked or framework)


def listed(lines: Sequence[Row | Group]) -> list[str]:
    """Name rows, the first few of many."""
    shown = [f"{line.name}: {line.written}" + (f" × {line.repeat}" if line.repeat > 1 else "") for line in lines]
    more = len(shown) - _MOST_LISTED
    return shown if more <= 0 else [*shown[:_MOST_LISTED], f"and {more} more"]


def sees(report: NetworkReport) -> Row | None:
    """The last layer whose receptive field is not the whole input, whatever its size."""
    sized = [row for row in report.rows if row.seen is not None and not isinstance(row.seen.field, str)]
    return sized[-1] if sized else None


def rounded(value: Fraction, digits: int) -> float:
    """Round half to even, exactly, before it becomes a decimal number."""
    return float(round(value, digits))


def _layers(report: NetworkReport) -> int:
    return sum(row.repeat for row in report.rows)


def _sum(lines: Sequence[Row | Group]) -> int:
    return sum(line.repeat * line.parameters for line in lines)


def _changes(first: NetworkReport, here: NetworkReport) -> Mapping[str, Change]:
    changes = {"parameters": Change(first.totals.parameters.value, here.totals.parameters.value)}
    if first.totals.non_trainable.value or here.totals.non_trainable.value:
        changes["trainable"] = Change(first.totals.trainable.value, here.totals.trainable.value)
    if first.totals.macs is not None and here.totals.macs is not None:
        changes["macs"] = Change(first.totals.macs.value, here.totals.macs.value)
    if first.memory is not None and here.memory is not None:
        changes["activation_bytes"] = Change(first.memory.activations, here.memory.activations)
    return changes


def _notes(reports: Sequence[NetworkReport]) -> Iterator[str]:
    yield from dict.fromkeys(note for report in reports for note in report.notes)
    if len({report.framework for report in reports}) > 1:
        yield (
            "Totals count as each network's framework does: Keras holds the moving statistics of batch "
            "normalisation among its parameters, PyTorch in buffers."
        )


def _parts(first: NetworkReport, here: NetworkReport) -> Iterator[Part]:
    sized = first.totals.macs is not None and here.totals.macs is not None
    found = list(_differences(first.shown("layers"), here.shown("layers"), sized=sized))
    yield from found[:MOST_PARTS]
    rest = found[MOST_PARTS:]
    if rest:
        yield Part(
            tuple([line for part in rest for line in part.first]), tuple([line for part in rest for line in part.here])
        )


def _differences(ours: Sequence[Row | Group], theirs: Sequence[Row | Group], *, sized: bool) -> Iterator[Part]:
    one, two = ([_key(line, sized=sized) for line in lines] for lines in (ours, theirs))
    start = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    end = 0
    while end < min(len(one), len(two)) - start and one[-1 - end] == two[-1 - end]:
        end += 1
    lower, upper = len(one) - end, len(two) - end
    if max(lower, upper) - start > _MOST_ALIGNED:
        yield Part(tuple(ours[start:lower]), tuple(theirs[start:upper]))
        return
    matcher = SequenceMatcher(None, one[start:lower], two[start:upper], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield Part(tuple(ours[start + a : start + b]), tuple(theirs[start + c : start + d]))


def _key(line: Row | Group, *, sized: bool) -> tuple[object, ...]:
    """What alike layers share; shapes and MACs too where those of both networks are known."""
    key = (line.written, line.repeat, line.parameters)
    return (*key, known(line.output_shape), line.macs) if sized else key
