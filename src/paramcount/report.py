"""Reports: what `derive` answers, frozen, and the one shape in which it leaves.

`to_dict` is the structured content of the tools and the command line's `--json`; fields that do not
apply are left out. `to_text` says the same for a reader.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, override

from paramcount.expression import Expression
from paramcount.flow import BYTES, FLOPS_PER_MAC
from paramcount.layers.base import Derivation, Step
from paramcount.memory import Memory
from paramcount.rows import Detail, Group, Row, outlined, split, step_dict, tensor_dicts
from paramcount.shapes import Shape, known
from paramcount.signature import Framework

DETAILS: tuple[Detail, ...] = ("summary", "layers", "steps")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the caller expected, and which slip explains it where it does not match."""

    value: int
    match: bool
    slip: str | None = None

    def to_dict(self) -> dict[str, object]:
        """The field `expected` of an answer."""
        answer: dict[str, object] = {"value": self.value, "match": self.match}
        if self.slip:
            answer["slip"] = self.slip
        return answer


type Completeness = Literal["full", "params_only", "partial"]
"""What an answer to something that was read holds: everything; no shapes and MACs; not even every parameter."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a network was read from, and how far."""

    format: str
    what: str
    """What was read and how, in a few words."""
    entry: str = ""
    """Which model of those that were there."""
    completeness: Completeness = "full"
    not_understood: tuple[str, ...] = ()
    """What could not be read, or could not be seen in what was given."""
    stopped: Mapping[str, object] = field(default_factory=dict[str, object])
    """Where a run of source code ended early: stage, reason, file, line and the line's text, as far as they apply."""
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The field `read` of an answer."""
        answer: dict[str, object] = {"format": self.format, "what": self.what}
        if self.entry:
            answer["entry"] = self.entry
        answer["completeness"] = self.completeness
        if self.not_understood:
            answer["not_understood"] = list(self.not_understood)
        if self.stopped:
            answer["stopped"] = dict(self.stopped)
        if self.notes:
            answer["notes"] = list(self.notes)
        return answer


class Report(ABC):
    """What `derive` answers."""

    framework: Framework

    @abstractmethod
    def to_dict(self, detail: Detail = "steps") -> dict[str, object]:
        """The structured answer: "summary", "layers" or, with every derivation, "steps"."""

    def to_text(self, detail: Detail = "steps") -> str:
        """The same answer for a reader."""
        from paramcount.render.text import render  # the renderer reads reports, so they cannot import it first

        return render(self, detail)


@dataclass(frozen=True, slots=True)
class LayerReport(Report):
    """One layer, with every step of its derivation."""

    framework: Framework
    derivation: Derivation
    inputs: tuple[Shape | None, ...]
    instead: tuple[Step, ...] = ()
    """What other layers would need in its place."""
    expected: Expected | None = None

    @property
    def macs(self) -> Expression | None:
        """Multiply-accumulates for one sample, where the size of what flows in is known."""
        sized = self.inputs and all(known(shape) is not None for shape in self.inputs)
        return self.derivation.macs if sized else None

    @property
    def total(self) -> int:
        """The parameters, trainable or not."""
        return self.derivation.parameters.value

    @override
    def to_dict(self, detail: Detail = "steps") -> dict[str, object]:
        made = self.derivation
        answer: dict[str, object] = {"layer": str(made.layer), "framework": self.framework}
        answer |= {name: figure.value for name, figure in made.figures}
        answer["total"] = self.total
        divided = split(made)
        if len(divided) > 1:
            answer |= divided
        if detail == "steps":
            answer["steps"] = [step_dict(step) for step in made.steps]
        if detail != "summary":
            answer["tensors"] = tensor_dicts(made)
        output = known(made.output_shape)
        if output is not None:
            answer["output_shape"] = list(output)
        if made.more_outputs:
            answer["more_outputs"] = [list(shape) for shape in map(known, made.more_outputs) if shape is not None]
        macs = self.macs
        if macs is not None:
            answer |= work(macs)
        if self.instead and detail == "steps":
            answer["instead"] = {step.name: step.expression.value for step in self.instead}
        answer["memory_bytes"] = memory(self.total)
        return finish(answer, self.expected, made.notes)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the layers, each an expression of the layers' own figures."""

    parameters: Expression
    trainable: Expression
    non_trainable: Expression
    buffers: Expression
    macs: Expression | None
    """None where a layer's MACs depend on a size that is not known."""

    def to_dict(self) -> dict[str, object]:
        """The field `totals` of an answer."""
        answer: dict[str, object] = {
            "parameters": self.parameters.value,
            "trainable": self.trainable.value,
            "non_trainable": self.non_trainable.value,
            "buffers": self.buffers.value,
        }
        if self.macs is not None:
            answer |= work(self.macs)
        answer["memory_bytes"] = memory(self.parameters.value)
        return answer


@dataclass(frozen=True)
class NetworkReport(Report):
    """A network: its layers, the alike ones in a row together, and their sums."""

    framework: Framework
    input_shapes: tuple[Shape | None, ...]
    output_shapes: tuple[Shape | None, ...]
    rows: Sequence[Row]
    totals: Totals
    expected: Expected | None = None
    memory: Memory | None = None
    effective: Step | None = None
    """Parameters that are not zero, at the sparsity that was asked for."""
    failed: tuple[str, str] | None = None
    """Where the derivation stopped, and why."""
    notes: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    """Layers that exist and are never run; their parameters are in the totals."""
    catalogued: Mapping[str, object] = field(default_factory=dict[str, object])
    """The networks of the catalogue in it, by the names before those of their layers; "" where all of it has blocks."""
    blocks: Mapping[str, str] = field(default_factory=dict[str, str])
    """How the blocks in those are written."""
    read: Read | None = None
    """What the network was read from, where it was."""
    notation: str = ""
    """The network in notation, where it was asked for."""

    def shown(self, detail: Detail) -> Sequence[Row | Group]:
        """The rows of an answer: every layer, or the blocks where a network of the catalogue has many layers."""
        if detail == "summary":
            return ()
        return self.rows if detail == "steps" else self._outline

    @cached_property
    def _outline(self) -> Sequence[Row | Group]:
        """Put together once, for the text and the structure of an answer both show it."""
        return outlined(self.rows, self.catalogued, self.blocks)

    @property
    def input_shape(self) -> Shape | None:
        """What flows in, of the first input where there are several."""
        return self.input_shapes[0] if self.input_shapes else None

    @property
    def output_shape(self) -> Shape | None:
        """What comes out, of the first output where there are several."""
        return self.output_shapes[0] if self.output_shapes else None

    @override
    def to_dict(self, detail: Detail = "steps") -> dict[str, object]:
        answer: dict[str, object] = {"framework": self.framework}
        for name, shapes in (("input_shape", self.input_shapes), ("output_shape", self.output_shapes)):
            sizes = [list(shape) for shape in map(known, shapes) if shape is not None]
            if shapes and len(sizes) == len(shapes):
                answer[name] = sizes[0] if len(sizes) == 1 else sizes
        answer["totals"] = self.totals.to_dict()
        if detail != "summary":
            answer["layers"] = [row.to_dict(detail) for row in self.shown(detail)]
        if detail == "steps":
            answer["steps"] = [step_dict(Step("total", self.totals.parameters))]
        if self.memory is not None:
            answer["memory"] = self.memory.to_dict()
        if self.effective is not None:
            answer["nonzero_parameters"] = step_dict(self.effective)
        if self.unused:
            answer["unused"] = list(self.unused)
        if self.failed is not None:
            answer["failed"] = {"at": self.failed[0], "reason": self.failed[1]}
        answer |= self._source()
        return finish(answer, self.expected, self.notes)

    def _source(self) -> dict[str, object]:
        """What the network was read from, and how it is written."""
        read = {} if self.read is None else {"read": self.read.to_dict()}
        return {**read, **({"notation": self.notation} if self.notation else {})}


def work(macs: Expression) -> dict[str, object]:
    """MACs and FLOPs."""
    return {"macs": macs.value, "flops": FLOPS_PER_MAC * macs.value}


def memory(parameters: int) -> dict[str, int]:
    """Bytes of the parameters, by dtype."""
    return {dtype: size * parameters for dtype, size in BYTES.items()}


def finish(answer: dict[str, object], expected: Expected | None, notes: Iterable[str]) -> dict[str, object]:
    """Put what every answer ends with at its end."""
    if expected is not None:
        answer["expected"] = expected.to_dict()
    notes = list(notes)
    if notes:
        answer["notes"] = notes
    return answer
