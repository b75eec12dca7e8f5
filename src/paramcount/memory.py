"""Memory of a network: activations, the peak while it answers, and an estimate for training.

Counted in float32, without the framework's own memory and without the workspace of its kernels. Every layer's
output is a tensor of its own; it is held until the last layer that reads it, or, for the backward pass, to the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from paramcount.errors import exact
from paramcount.expression import Floor, Literal, Product, Quantity
from paramcount.flow import BYTES, Flow, Rounds, Run
from paramcount.layers.base import Step
from paramcount.network import INPUT, used
from paramcount.shapes import elements, known

OPTIMIZER_STATES: Final[Mapping[str, int]] = {"sgd": 0, "momentum": 1, "adam": 2}
"""Numbers that an optimizer keeps for each trainable parameter."""

ASSUMPTIONS: Final = (
    "float32; each layer's output is a tensor of its own, kept for the backward pass in training; gradients and "
    "optimizer states for trainable parameters; kernel workspaces and the framework's own memory are left out"
)


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes in float32, for a batch."""

    batch_size: int
    parameters: int
    activations: int
    """Outputs of all layers together."""
    inference_peak: int
    """Parameters, buffers, and the outputs that are held at once, at the worst layer."""
    inference_peak_at: str
    model_states: Mapping[str, int]
    """By optimizer: parameters, gradients and optimizer states."""
    training: Mapping[str, int]
    """By optimizer: model states, buffers, and the outputs of all layers."""

    def to_dict(self) -> dict[str, object]:
        """The field `memory` of an answer."""
        return {
            "batch_size": self.batch_size,
            "parameters": self.parameters,
            "activations": self.activations,
            "inference_peak": self.inference_peak,
            "inference_peak_at": self.inference_peak_at,
            "model_states": dict(self.model_states),
            "training": dict(self.training),
            "assumptions": ASSUMPTIONS,
        }


def memory_of(flow: Flow, batch_size: int, *, parameters: int, trainable: int, buffers: int) -> Memory | None:
    """Measure a network whose shapes were derived; None where a size is not known.

    Raises:
        LimitError: a number is above 2^53 − 1.
    """
    measure = _Measure(flow)
    own = {name: measure.size(name) for name, _ in flow.network.inputs}
    total = sum(_outputs(part) for part in flow.trace)
    if measure.unknown or total < 0:
        return None
    peak, at = measure.peak(tuple(flow.trace), own, set(flow.network.outputs))
    each, held = BYTES["float32"], parameters + buffers
    model_states = {name: each * (parameters + trainable * (1 + states)) for name, states in OPTIMIZER_STATES.items()}
    training = {name: size + each * (buffers + batch_size * total) for name, size in model_states.items()}
    exact(max(training.values()), "the bytes of training")
    return Memory(
        batch_size=batch_size,
        parameters=each * parameters,
        activations=each * batch_size * total,
        inference_peak=each * (held + batch_size * peak),
        inference_peak_at=at,
        model_states=model_states,
        training=training,
    )


_UNKNOWN: Final = -(10**30)


def _outputs(part: Run | Rounds) -> int:
    """The numbers in everything that comes out; far below 0 where a size is not known."""
    if isinstance(part, Rounds):
        return sum(one.times * _outputs(inner) for one in part.rounds for inner in one.trace)
    sizes = [known(shape) for shape in (part.made.output_shape, *part.made.more_outputs)]
    return sum(_UNKNOWN if size is None else elements(size) for size in sizes)


class _Measure:
    """Follows which values are held."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.unknown = False

    def size(self, name: str) -> int:
        """The numbers in a value."""
        shape = known(self.flow.shapes[name])
        if shape is None:
            self.unknown = True
            return 0
        return elements(shape)

    def peak(self, trace: Sequence[Run | Rounds], held: Mapping[str, int], kept: set[str]) -> tuple[int, str]:
        """The most numbers held at once, and where; `kept` are values that are read afterwards."""
        last: dict[str, int] = {}
        for index, part in enumerate(trace):
            for name in used((part.node,) if isinstance(part, Run) else (part.loop,)):
                last[name] = index
        live = dict(held)
        total, most, at = sum(live.values()), sum(live.values()), INPUT
        for index, part in enumerate(trace):
            if isinstance(part, Run):
                name, size = part.node.name, _outputs(part)
                total += size
                now, where = total, name
            else:
                name = part.loop.name
                now, where, size = self._loop(part, total, live, last_use=last[part.loop.input] == index)
                total += size
            live[name] = size
            if now > most:
                most, at = now, where
            for read in {name, *used((part.node,) if isinstance(part, Run) else (part.loop,))}:
                if last.get(read, -1) <= index and read not in kept and read in live:
                    total -= live.pop(read)
        return most, at

    def _loop(self, part: Rounds, total: int, live: Mapping[str, int], *, last_use: bool) -> tuple[int, str, int]:
        """The most held within a loop, where, and the size of what comes out."""
        loop = part.loop
        entry = live.get(loop.input, 0)
        outside = total - (entry if last_use else 0)
        most, at = total, loop.name
        for one in part.rounds:
            peak, where = self.peak(one.trace, {loop.entry: entry}, {loop.output})
            if outside + peak > most:
                most, at = outside + peak, where
            entry = elements(known(one.output) or ())
        return most, at, entry


def nonzero(parameters: int, sparsity: Fraction) -> Step:
    """How many parameters are not zero: the count stays, what works falls."""
    count = Quantity("parameters", parameters)
    zeros = Floor(Product((count, Literal(sparsity.numerator))), Literal(sparsity.denominator))
    return Step("parameters that are not zero", count - zeros)
