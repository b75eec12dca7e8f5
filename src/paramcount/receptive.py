"""Receptive fields: which positions of the network's first input an output position depends on.

Along one dimension, position o of a value depends on the input positions from low(o) to high(o). Windows repeat,
so low and high do: what holds for o holds for o + period, moved by `shift`. Padding counts as positions
before 0 and after the last. For networks without upsampling the period is 1, and this is

    size = size_before + (extent − 1) × stride_before        stride = stride_before × layer_stride

Source: Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019; branches by
its section on arbitrary graphs, transposed windows by the same counting, position by position.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from typing import Final, Literal

from paramcount.expression import Expression, Quantity
from paramcount.flow import Flow, Round, Rounds, Run, Trace
from paramcount.layers.base import Reach, Step, Window
from paramcount.layers.fields import AXES
from paramcount.network import UNKNOWN
from paramcount.shapes import extent

_MAX_PERIOD = 4096
_MAX_NODES = 1_000_000
_MAX_DIGITS = 10**18
_ITERATIONS = 64


@dataclass(frozen=True, slots=True)
class Line:
    """The receptive fields along one dimension: of the positions of one period, and how far the next one is."""

    shift: int
    low: tuple[int, ...]
    high: tuple[int, ...]

    @property
    def period(self) -> int:
        """After how many positions the pattern repeats."""
        return len(self.low)

    def at(self, position: int) -> tuple[int, int]:
        """The first and the last input position that a position depends on; no position at all where low > high."""
        turns, phase = divmod(position, len(self.low))
        return self.low[phase] + turns * self.shift, self.high[phase] + turns * self.shift

    @property
    def size(self) -> int:
        """The size of the largest receptive field."""
        return max(high - low + 1 for low, high in zip(self.low, self.high, strict=True))

    @property
    def stride(self) -> Fraction:
        """How far apart in the input two neighbouring positions are, on average."""
        return Fraction(self.shift, len(self.low))

    @property
    def padding(self) -> int:
        """How far before the input's start the field of position 0 begins."""
        return -self.low[0]

    def moved(self, by: "Line", times: int) -> "Line":
        """This line after `times` more steps like the one from `by` to it."""
        return Line(
            self.shift,
            tuple([one + times * (one - before) for one, before in zip(self.low, by.low, strict=True)]),
            tuple([one + times * (one - before) for one, before in zip(self.high, by.high, strict=True)]),
        )


type Field = tuple[Line, ...] | Literal["all", "unknown", "none"]
"""Receptive fields along each spatial dimension; everything; what cannot be told; nothing of the first input."""

POINT: Final = Line(1, (0,), (0,))
"""The input itself."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The receptive field of a layer's output, and how it comes from that of what flows in."""

    field: Field
    steps: tuple[Step, ...]

    def to_dict(self) -> object:
        """The field `receptive_field` of a row: sizes, strides and paddings along each dimension, or "all"."""
        if isinstance(self.field, str):
            return self.field
        strides = [line.stride for line in self.field]
        return {
            "size": [line.size for line in self.field],
            "stride": [int(stride) if stride.denominator == 1 else str(stride) for stride in strides],
            "padding": [line.padding for line in self.field],
        }


def receptive_fields(flow: Flow) -> dict[int, Seen]:
    """The receptive field of each `Run` of a trace, by its identity; of the last iteration in loops."""
    first, *others = flow.network.inputs
    start: Field = (POINT,) * _dims(flow.trace)
    others_see: dict[str, Field] = dict.fromkeys((name for name, _ in others), "none")
    walk = _Walk({first[0]: start or "unknown", UNKNOWN: "unknown", **others_see})
    walk.through(tuple(flow.trace))
    return walk.found


def _dims(trace: Sequence[Run | Rounds]) -> int:
    """The spatial dimensions of the first layer that has any."""
    for part in trace:
        if isinstance(part, Rounds):
            found = max(map(_dims, (one.trace for one in part.rounds)), default=0)
        else:
            reach = part.made.reach
            found = part.node.layer.kind.dims if isinstance(reach, str) else len(reach)
        if found:
            return found
    return 0


@dataclass(slots=True)
class _Walk:
    values: dict[str, Field]
    """The field of each value by its name."""
    found: dict[int, Seen] = field(default_factory=dict[int, Seen])
    nodes: int = 0

    def through(self, trace: Trace) -> None:
        for part in trace:
            if isinstance(part, Rounds):
                flowing = self.values[part.loop.input]
                for one in part.rounds:
                    flowing = self._iterate(part, one, flowing)
                self.values[part.loop.name] = flowing
                continue
            self.nodes += 1
            before: list[Field] = [self.values[name] for name in part.node.inputs]
            after: Field = "unknown"
            if self.nodes <= _MAX_NODES and UNKNOWN not in part.node.inputs:
                after = joined([reached(one, part.made.reach) for one in before])
            self.values[part.node.name] = after
            self.found[id(part)] = Seen(after, _steps(part, before[0]) if before else ())

    def _iterate(self, part: Rounds, one: Round, flowing: Field) -> Field:
        """Go through alike iterations: each moves the field as the one before did, once the pattern is settled."""
        seen: list[Field] = [flowing]
        for left in range(one.times, 0, -1):
            self.values[part.loop.entry] = flowing
            self.through(one.trace)
            flowing = self.values[part.loop.output]
            if left == 1 or flowing == seen[-1]:
                return flowing
            if len(seen) > 1 and _steady(seen[-2], seen[-1], flowing):
                self.values[part.loop.entry] = _moved(seen[-1], flowing, left - 2)
                self.through(one.trace)
                return self.values[part.loop.output]
            seen.append(flowing)
            if len(seen) > _ITERATIONS:
                flowing = "unknown"
        return flowing


def _moved(before: Field, now: Field, times: int) -> Field:
    if isinstance(before, str) or isinstance(now, str):
        return now
    return tuple([one.moved(then, times) for then, one in zip(before, now, strict=True)])


def _steady(one: Field, two: Field, three: Field) -> bool:
    """Whether two steps moved every position alike, and left the strides alone."""
    if isinstance(one, str) or isinstance(two, str) or isinstance(three, str):
        return False
    return all(
        a.shift == b.shift == c.shift and a.period == b.period == c.period and b.moved(a, 1) == c
        for a, b, c in zip(one, two, three, strict=True)
    )


def reached(before: Field, reach: Reach) -> Field:
    """The field of what a layer makes of a value."""
    if reach == "same" or before == "none":
        return before
    if reach == "all" or before == "all":
        return "all"
    if reach == "unknown" or before == "unknown" or len(before) != len(reach):
        return "unknown"
    lines: list[Line] = []
    for line, window in zip(before, reach, strict=True):
        after = _transposed(line, window) if window.transposed else _windowed(line, window)
        if after is None:
            return "unknown"
        lines.append(after)
    return tuple(lines)


def joined(fields: Sequence[Field]) -> Field:
    """The field of what depends on several values."""
    own: list[Field] = [one for one in dict.fromkeys(fields) if one != "none"]
    if not own:
        return "none"
    if len(own) == 1:
        return own[0]
    if "all" in own:
        return "all"
    lines = [one for one in own if not isinstance(one, str)]
    if len(lines) < len(own) or len({len(one) for one in lines}) > 1:
        return "unknown"
    united = [_union(along) for along in zip(*lines, strict=True)]
    return "unknown" if any(one is None for one in united) else tuple([one for one in united if one is not None])


def _union(lines: Iterable[Line]) -> Line | None:
    several = list(dict.fromkeys(lines))
    if len({line.stride for line in several}) > 1:
        return None
    period = lcm(*(line.period for line in several))
    if period > _MAX_PERIOD:
        return None
    spans = [[line.at(position) for line in several] for position in range(period)]
    return Line(
        several[0].shift * period // several[0].period,
        tuple([min(low for low, _ in span) for span in spans]),
        tuple([max(high for _, high in span) for span in spans]),
    )


def _windowed(line: Line, window: Window) -> Line | None:
    if window.kernel == window.stride == 1 and not window.padding:
        return line
    period = line.period // gcd(line.period, window.stride)
    spans: list[tuple[int, int]] = []
    turns = line.period // gcd(line.period, window.dilation)  # after so many taps the pattern of the fields repeats
    for position in range(period):
        first = position * window.stride - window.padding
        last = first + (window.kernel - 1) * window.dilation
        few = min(window.kernel, turns)
        spans.append(
            (
                min(line.at(first + tap * window.dilation)[0] for tap in range(few)),
                max(line.at(last - tap * window.dilation)[1] for tap in range(few)),
            )
        )
    return _line(line.shift * window.stride * period // line.period, spans)


def _transposed(line: Line, window: Window) -> Line | None:
    period = line.period * window.stride
    if period > _MAX_PERIOD:
        return None
    common = gcd(window.stride, window.dilation)
    apart, step = window.stride // common, window.dilation // common  # between taps that reach, in taps and positions
    turns = line.period // gcd(line.period, step)
    spans: list[tuple[int, int]] = []
    for position in range(period):
        start = next(
            (tap for tap in range(min(apart, window.kernel))
             if (position + window.padding - tap * window.dilation) % window.stride == 0),
            None,
        )  # fmt: skip
        if start is None:
            return None  # a position that no tap reaches has no field
        many = (window.kernel - 1 - start) // apart + 1
        highest = (position + window.padding - start * window.dilation) // window.stride
        lowest = highest - (many - 1) * step
        few = range(min(many, turns))
        spans.append(
            (
                min(line.at(lowest + one * step)[0] for one in few),
                max(line.at(highest - one * step)[1] for one in few),
            )
        )
    return _line(line.shift, spans)


def _line(shift: int, spans: Sequence[tuple[int, int]]) -> Line | None:
    if max(abs(shift), *(abs(end) for span in spans for end in span)) > _MAX_DIGITS:
        return None
    return Line(shift, tuple([low for low, _ in spans]), tuple([high for _, high in spans]))


def _steps(run: Run, before: Field) -> tuple[Step, ...]:
    """How a layer's receptive field comes from that of what flows into it, where one rule holds for all positions."""
    if isinstance(before, str) or isinstance(run.made.reach, str) or len(before) != len(run.made.reach):
        return ()
    steps: list[Step] = []
    figures: set[tuple[int, ...]] = set()
    for axis, line, window in zip(AXES[len(before)], before, run.made.reach, strict=True):
        if line.period == 1 and not window.transposed and window.kernel > 1:
            figures.add((window.kernel, window.dilation, line.size, line.shift))
            span: Expression = extent(Quantity("kernel", window.kernel), Quantity("dilation", window.dilation))
            size = Quantity("size_before", line.size) + (span - 1) * Quantity("stride_before", line.shift)
            steps.append(Step(f"receptive field, {axis}", size))
    alike = len(figures) == 1  # and so are the expressions
    return (Step("receptive field", steps[0].expression),) if alike and len(steps) == len(before) else tuple(steps)
