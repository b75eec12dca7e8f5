"""Shapes through a graph: each operator by the core's rule for what it does, recorded as a trace.

A value is a number of the trace with its sizes, a tensor of the file, or a small constant; where none of these is
known, nothing is, and what comes after it is read for its parameters alone. The batch is 1.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from paramcount.errors import ParamcountError
from paramcount.operations import OperationError, outputs
from paramcount.readers.onnx.constants import VIEWS, Array, computed
from paramcount.readers.onnx.model import Model, Op, Sizes, Stored
from paramcount.readers.onnx.names import generated, scope
from paramcount.readers.onnx.weights import Part, Weights
from paramcount.readers.trace import MAX_SHAPE, Call, Operand, Output
from paramcount.shapes import text


@dataclass(frozen=True, slots=True)
class Flow:
    """A value: what is known of it."""

    number: int | None = None
    """Its number in the trace, where it flows."""
    sizes: Sizes | None = None
    """Its sizes, the batch included."""
    constant: Array | None = None
    """Its numbers, where they are few and known."""
    stored: Stored | None = None
    """The tensor of the file that it is, maybe with its dimensions in another order."""

    items: "tuple[Flow, ...]" = ()
    """The parts of a sequence."""

    @property
    def known(self) -> bool:
        """Whether its sizes are known."""
        return self.sizes is not None


UNKNOWN = Flow()

_LACKING: Final = "it has not the inputs and attributes that it needs."

type Handler = Callable[["Run", Op, Sequence[Flow]], Sequence[Flow]]
"""What an operator does: of a run, the operator and what flows in, one value for each output."""


class Unanswered(Exception):  # noqa: N818 - it stops shapes, and is no mistake of the caller's
    """Why shapes are not known after an operator."""


@dataclass(slots=True)
class Run:
    """A graph that is gone through."""

    model: Model
    weights: Weights
    handlers: Mapping[str, Handler]
    checked: bool
    """Whether the sizes that the file states of its values are those of these inputs."""
    flows: dict[str, Flow] = field(default_factory=dict[str, Flow])
    calls: list[Call] = field(default_factory=list[Call])
    stopped: tuple[Op, str] | None = None
    """After which operator shapes are not known, and why."""
    aliases: list[str] = field(default_factory=list[str])
    """Parameters that are stored once with another of equal value, under a second name.

    torch.onnx stores parameters of equal value once, and names the others by Identity; those that are one in the model
    it gives no second name. Where the names are generated, a matrix is taken for the same, a vector for another.
    """
    doubles: list[str] = field(default_factory=list[str])
    """Matrices that were taken for the same so."""
    absorbed: dict[int, Flow] = field(default_factory=dict[int, Flow])
    """Operators that are part of a layer already, by their place, and what comes out of them."""
    _users: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    _copies: dict[str, Stored] = field(default_factory=dict[str, Stored])
    """Parameters by name, or the first tensor that holds one in their place."""
    _numbers: int = 0
    _scope: Op | None = None

    def go(self, inputs: Mapping[str, Sizes | None]) -> None:
        """Go through the whole graph."""
        for one in self.model.tensors.values():
            self.flows[one.name] = Flow(sizes=one.sizes, constant=one.value, stored=self._original(one))
        for name, sizes in inputs.items():
            self.flows[name] = UNKNOWN if sizes is None else Flow(self.number(), sizes)
        for place, op in enumerate(self.model.ops):
            for name in op.inputs:
                self._users.setdefault(name, []).append(place)
        for place, op in enumerate(self.model.ops):
            found = [self.absorbed[place]] if place in self.absorbed else self._op(op)
            for name, flow in zip(op.outputs, [*found, *[UNKNOWN] * len(op.outputs)], strict=False):
                self.flows[name] = self._agreed(op, name, flow)

    def _original(self, one: Stored) -> Stored:
        """The parameter that a tensor is, where the exporter remarks that it is one with its dimensions exchanged."""
        sources = self.weights.folded(one.name)
        if len(sources) != 1 or not self.weights.sources(one.name):
            return one
        first = self._copies.setdefault(sources[0], self.model.tensors.get(sources[0], one))
        if first is one or first.count != one.count:
            return one
        self.weights.met.add(one.name)
        return first

    def _op(self, op: Op) -> Sequence[Flow]:
        given = [self.flows.get(name, UNKNOWN) if name else UNKNOWN for name in op.inputs]
        self._scope = op
        if op.inner:  # it is not known whether it runs
            given = [UNKNOWN if flow.number is not None else flow for flow in given]
        constant = self._constant(op, given)
        if constant is not None:
            return [constant]
        handler = self.handlers.get(op.kind)
        before = len(self.calls)
        try:
            if handler is None:
                raise Unanswered(f"there is no rule for {op.kind[:60]}.")
            found = handler(self, op, given)
            if (found and found[0].known) or not any(flow.number is not None for flow in given):
                return found
            why = _LACKING
        except (Unanswered, OperationError) as error:
            why = str(error)
        except ParamcountError:
            raise
        except (IndexError, ValueError, TypeError, KeyError, OverflowError):
            why = _LACKING
        del self.calls[before:]
        self.take(given)
        if self.stopped is None and any(flow.number is not None for flow in given):
            self.stopped = (op, why)
        return ()

    def _constant(self, op: Op, given: Sequence[Flow]) -> Flow | None:
        """What comes out where nothing flows in: computed, or the same tensor in another shape."""
        if any(flow.number is not None for flow in given) or not given:
            return None
        one = given[0].stored
        if one is not None and (one.real or op.kind == "DequantizeLinear") and op.kind in (*VIEWS, *SAME):
            return self._viewed(op, given, one)
        if any(flow.stored is not None and self.weights.kind(flow.stored) for flow in given):
            return None  # arithmetic on a parameter is no arithmetic on shapes
        if any(flow.constant is None for flow, name in zip(given, op.inputs, strict=True) if name):
            return None
        found = computed(op, [flow.constant for flow, name in zip(given, op.inputs, strict=True) if name])
        return None if found is None else Flow(sizes=found.shape, constant=found)

    def _viewed(self, op: Op, given: Sequence[Flow], one: Stored) -> Flow | None:
        """A tensor of the file with its dimensions in another order."""
        flow = given[0]
        if op.kind == "Identity" and op.name.startswith("Identity_") and one.real and flow.sizes == one.sizes:
            apart = not generated(op.outputs[0]) or len(one.sizes) <= 1
            (self.aliases if apart else self.doubles).append(op.outputs[0])
            return replace(flow, stored=replace(one, name=op.outputs[0])) if apart else flow
        if op.kind in SAME:
            return flow
        sizes = None if flow.sizes is None else VIEWS[op.kind](op, flow.sizes, [one.constant for one in given])
        if sizes is None:
            return None
        found = computed(op, [one.constant for one in given]) if flow.constant is not None else None
        return Flow(sizes=sizes, constant=found, stored=one)

    def _agreed(self, op: Op, name: str, flow: Flow) -> Flow:
        """The value where the file states the same sizes of it, or none."""
        stated = self.model.declared.get(name)
        if not self.checked or stated is None or flow.number is None or flow.sizes is None:
            return flow
        if agrees(stated, flow.sizes):
            return flow
        if self.stopped is None:
            shown = ", ".join("?" if one is None else str(one) for one in stated)
            self.stopped = (op, f"it gives {text(flow.sizes)}, but the file states [{shown}].")
        return UNKNOWN

    # what handlers use

    @property
    def rank(self) -> int:
        """How many dimensions the first input has, the batch included, as the file states it; 0 where it does not."""
        return len(next(iter(self.model.inputs.values()), None) or ())

    def number(self) -> int:
        """A new number for a value."""
        self._numbers += 1
        return self._numbers

    def take(self, flows: Sequence[Flow]) -> None:
        """Count the parameters among these, though it is not known what is done with them."""
        for flow in flows:
            if flow.stored is not None:
                self.weights.alone(flow.stored)

    def call(self, name: str, flows: Sequence[Flow], attributes: Mapping[str, object] | None = None) -> list[Flow]:
        """Run an operation of the core's; nothing is known of what comes out where something flows in unknown.

        Raises:
            OperationError: its rule refuses what flows in.
            Unanswered: there are too many dimensions.
        """
        given = {key: one for key, one in (attributes or {}).items() if one is not None}
        operands = [self._operand(flow) for flow in flows]
        if self.stopped is not None or any(one is None for one in operands):
            return [UNKNOWN]
        found = outputs(name, [flow.sizes or () for flow in flows], given)
        return self._record(name, None, [one for one in operands if one is not None], found, given)

    def layer(self, op: Op, kind: str, hyper: Mapping[str, object], parts: Mapping[str, Part], flows: Sequence[Flow],
              found: Callable[[], Sequence[Sizes]]) -> list[Flow] | None:  # fmt: skip
        """Run a layer that has parameters; None where it cannot have these, since another has them in another shape.

        Args:
            op: the operator.
            kind: its class in torch.nn.
            hyper: its arguments.
            parts: its tensors, by PyTorch's names.
            flows: what flows in.
            found: gives the sizes of what comes out.
        """
        path = self.weights.layer(op, kind, hyper, parts)
        if not path:
            return None
        operands = [self._operand(flow) for flow in flows]
        if self.stopped is not None or any(one is None for one in operands):
            return [UNKNOWN]
        return self._record(kind, path, [one for one in operands if one is not None], found(), {})

    def follower(self, op: Op) -> tuple[int, Op] | None:
        """The only operator that takes what comes out of this one, and its place."""
        users = self._users.get(op.outputs[0], []) if op.outputs else []
        if len(users) != 1 or op.outputs[0] in self.model.outputs:
            return None
        return users[0], self.model.ops[users[0]]

    def _record(self, name: str, path: str | None, operands: Sequence[Operand], found: Sequence[Sizes],
                attributes: Mapping[str, object]) -> list[Flow]:  # fmt: skip
        if any(len(one) > MAX_SHAPE for one in found):
            raise Unanswered(f"what comes out has more than {MAX_SHAPE} dimensions.")
        flows = [Flow(self.number(), one) for one in found]
        made = tuple([Output(value=flow.number or 0, shape=flow.sizes or ()) for flow in flows])
        within = "" if self._scope is None or path is not None else scope(self._scope)[:400]
        call = {"op": name, "module": path, "scope": within, "attributes": dict(attributes), "outputs": made}
        self.calls.append(Call.model_validate({**call, "inputs": tuple(operands)}))
        return flows

    def _operand(self, flow: Flow) -> Operand | None:
        if flow.number is not None:
            return Operand(value=flow.number)
        full = None if flow.stored is None else self.weights.alone(flow.stored)
        if flow.sizes is None:
            return None
        if full is None or flow.stored is None:
            return Operand(constant=flow.sizes)
        if flow.sizes == flow.stored.sizes or self.stopped is not None:
            return Operand(parameter=full)
        turned = self._record("reshape", None, [Operand(parameter=full)], [flow.sizes], {"shape": list(flow.sizes)})
        return Operand(value=turned[0].number)


def agrees(stated: tuple[int | None, ...], sizes: Sizes) -> bool:
    """Whether sizes are those that are stated, as far as they are."""
    return len(stated) == len(sizes) and all(a in (None, b) for a, b in zip(stated, sizes, strict=True))


SAME: Final = ("Identity", "Cast", "CastLike", "DequantizeLinear", "QuantizeLinear", "Dropout")
"""Operators out of which the same tensor comes, maybe in another type."""
