"""Shapes run through a network whose blocks are passed as one: a block into which the same flows is derived once.

    Network ──▶ a Run for each node, Rounds for each loop, Passed for each block

Where a layer does not fit, or where it is asked what happens within blocks, `flow` takes each layer by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from paramcount.errors import LimitError
from paramcount.flow import Flow, Rounds, Run
from paramcount.kept import Kept
from paramcount.layers.base import Derivation
from paramcount.limits import MAX_KEPT
from paramcount.network import INPUT, Block, Body, Network
from paramcount.shapes import Shape


@dataclass(slots=True)
class Sums:
    """What layers come to together."""

    parameters: int = 0
    trainable: int = 0
    non_trainable: int = 0
    buffers: int = 0
    macs: int | None = 0
    """None where those of a layer are not known."""
    notes: dict[str, None] = field(default_factory=dict[str, None])
    """What is to be noted, in order and each once."""

    def add(self, other: "Sums", times: int = 1) -> None:
        """Add what others come to, so many times over."""
        self.parameters += times * other.parameters
        self.trainable += times * other.trainable
        self.non_trainable += times * other.non_trainable
        self.buffers += times * other.buffers
        self.macs = None if self.macs is None or other.macs is None else self.macs + times * other.macs
        self.notes |= other.notes

    def add_layer(self, made: Derivation, times: int = 1) -> None:
        """Add what one layer comes to, so many times over."""
        self.parameters += times * made.parameters.value
        self.trainable += times * made.trainable
        self.non_trainable += times * made.non_trainable
        self.buffers += times * made.buffers
        self.macs = None if self.macs is None or made.macs is None else self.macs + times * made.macs.value
        for note in made.notes:
            self.notes[note] = None


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """What a body comes to for what flows in."""

    trace: "tuple[Run | Passed, ...]"
    output: Shape | None
    sums: Sums


@dataclass(frozen=True, slots=True)
class Passed:
    """A block, derived."""

    block: Block
    passage: Passage


_PASSAGES: Final = Kept[tuple[Body, Shape | None], Passage](MAX_KEPT)
"""What bodies came to before."""


@dataclass(slots=True)
class Passing:
    """Shapes on their way through a network, block by block."""

    flow: Flow
    trace: list[Run | Rounds | Passed] = field(default_factory=list[Run | Rounds | Passed])

    def run(self) -> None:
        """Derive everything.

        Raises:
            ParamcountError: something cannot be derived, or not as one.
        """
        self.flow.begin(self.flow.network.parts)
        for part in self.flow.network.parts:
            self.trace.append(self._pass(part) if isinstance(part, Block) else self.flow.step(part))

    def _pass(self, block: Block) -> Passed:
        flowing = self.flow.shapes[block.input]
        key = (block.body, flowing)
        passage = _PASSAGES.get(key)
        if passage is None:
            passage = _PASSAGES.keep(key, _passage(block.body, flowing), len(block.body.parts))
        self.flow.shapes[block.output] = passage.output
        return Passed(block, passage)


def _passage(body: Body, flowing: Shape | None) -> Passage:
    inner = Passing(Flow(Network(body.framework, body.parts, ((INPUT, flowing),)), {INPUT: flowing}))
    inner.run()
    if inner.flow.stacked:
        raise LimitError("Layers that hold many tensors are counted each by itself.")
    trace = tuple([one for one in inner.trace if not isinstance(one, Rounds)])  # for there are no loops in bodies
    return Passage(trace, inner.flow.shapes[body.output], sums_of(trace))


def sums_of(trace: Iterable[Run | Rounds | Passed]) -> Sums:
    """Add up what was derived."""
    sums = Sums()
    for part in trace:
        if isinstance(part, Run):
            sums.add_layer(part.made)
        elif isinstance(part, Passed):
            sums.add(part.passage.sums)
        else:
            for one in part.rounds:
                sums.add(sums_of(one.trace), one.times)
    return sums
