"""Parts → nodes: layers are made, and what flows into each is found by name."""

from collections.abc import Callable
from dataclasses import dataclass, field

from paramcount.apart import scopes
from paramcount.architectures import catalogue
from paramcount.blocks import joined
from paramcount.errors import LayerError, LimitError, ParamcountError, UnknownNameError, closest, enough, shown
from paramcount.layers.base import Layer
from paramcount.limits import MAX_UNROLLED
from paramcount.network import ANY, INPUT, UNKNOWN, Block, Loop, Node, apart, loose
from paramcount.parts import (
    Again,
    Join,
    Loose,
    Outputs,
    Part,
    Repeated,
    Series,
    Source,
    Spare,
    Start,
    Tie,
    Wired,
)
from paramcount.shapes import Shape
from paramcount.signature import Framework
from paramcount.written import Written


class WithinError(Exception):
    """Something is said of what is in a block that is one: its layers must be taken each by itself."""


_INPUT_NAMES = (INPUT, "inputs", "x")


@dataclass(slots=True)
class Wiring:
    """A network while it is built."""

    framework: Framework
    make: Callable[[Written], Layer]
    problems: list[ParamcountError]
    most: int
    """How many nodes there may be."""
    nodes: list[Node | Loop | Block] = field(default_factory=list[Node | Loop | Block])
    sources: list[tuple[str, Shape | None]] = field(default_factory=list[tuple[str, Shape | None]])
    outputs: tuple[str, ...] = ()
    unused: list[Node] = field(default_factory=list[Node])
    ties: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _values: dict[str, str] = field(default_factory=dict[str, str])
    """The value that each name is bound to."""
    _parts: dict[str, Part] = field(default_factory=dict[str, Part])
    """What each name was assigned, to be run once more."""
    _owners: dict[int, str] = field(default_factory=dict[int, str])
    """The node that has the parameters of a written layer, by its identity."""
    _names: set[str] = field(default_factory=lambda: {INPUT})
    _inner: set[str] = field(default_factory=set[str])
    """Names in blocks that are one."""
    _beside: set[str] = field(default_factory=set[str])
    """Values that nothing flows into: they stand beside what flows, and do not flow on themselves."""
    _again: str = ""
    """Where layers are run once more: what the new nodes are called after."""
    _unrolled: int = 0
    _spare: bool = False

    def run(self, part: Part, flow: str) -> str:
        """Add the nodes of a part; takes and returns the name of the value that flows."""
        if isinstance(part, Written):
            return self._layer(part, self._operands(part.on, flow))
        if isinstance(part, Series):
            if part.on is not None:
                flow = self._one(part.on, flow)
            for inner in part.parts:
                if enough(self.problems):
                    break
                value = self.run(inner, flow)
                if len(part.parts) == 1 or value not in self._beside:
                    flow = value
            return self._bind(part.variable, flow, part)
        if isinstance(part, Join):
            return self._layer(part.layer, tuple([self.run(branch, flow) for branch in part.branches]))
        if isinstance(part, Wired | Repeated | Loose):
            return self._several(part, flow)
        if isinstance(part, Start | Again | Source):
            return self._earlier(part, flow)
        self._declare(part, flow)
        return flow

    def _earlier(self, part: Start | Again | Source, flow: str) -> str:
        if isinstance(part, Start):
            return self._resolve(part)
        if isinstance(part, Again):
            return self._once_more(part, flow)
        name = self._free(part.label, rename=True) if self.sources else INPUT
        self.sources.append((name, part.shape))
        return self._bind(part.variable, name, part)

    def _several(self, part: Wired | Repeated | Loose, flow: str) -> str:
        if isinstance(part, Wired):
            return self._block(part, flow)
        return self._loop(part, flow) if isinstance(part, Repeated) else self._unordered(part)

    def _unordered(self, part: Loose) -> str:
        """Each layer by itself: what flows into it, and out of it, is not known."""
        start = len(self.nodes)
        self.run(part.body, UNKNOWN)
        nodes = list(apart(self.nodes[start:]))
        if any(isinstance(node, Loop) for node in nodes):
            raise LayerError("Unordered holds layers and no repetition; write each of them.")
        self.nodes[start:] = [loose(node) for node in nodes if isinstance(node, Node)]
        return UNKNOWN

    def _declare(self, part: Spare | Tie | Outputs, flow: str) -> None:
        """What changes nothing that flows."""
        if isinstance(part, Spare):
            kept, self._spare = (self.nodes, self._spare), True
            self.nodes = []
            self.run(part.body, INPUT)
            self.unused += [node for node in apart(self.nodes) if isinstance(node, Node)]
            self.nodes, self._spare = kept
        elif isinstance(part, Tie):
            self.ties.append((self._parameter(part.first, part.scope), self._parameter(part.second, part.scope)))
        else:
            self.outputs = tuple([self.run(one, flow) for one in part.parts])

    def _operands(self, on: tuple[Part, ...] | None, flow: str) -> tuple[str, ...]:
        return (flow,) if on is None else tuple([self.run(operand, flow) for operand in on])

    def _one(self, on: tuple[Part, ...], flow: str) -> str:
        if len(on) != 1:
            raise LayerError(f"a block is called on one value, not on {len(on)}.")
        return self.run(on[0], flow)

    def _layer(self, one: Written, inputs: tuple[str, ...], again: str = "") -> str:
        """Add a node; `again` is what it is called where the layer is run once more."""
        if len(self._names) > self.most:
            raise LimitError(f"the network has more than {self.most} layers; at most {self.most} are answered.")
        if again or self._again:
            self._unrolled += 1
            if self._unrolled > MAX_UNROLLED:
                raise LimitError(
                    f"calls of what is named run layers once more; at most {MAX_UNROLLED} such runs are answered."
                )
        try:
            name = self._free(
                again or joined(self._again, one.label),
                rename=one.on is not None or bool(again or self._again),
            )
            layer = self.make(one)
        except ParamcountError as error:
            self.problems.append(error.within(one.place))
            return inputs[0] if inputs else INPUT
        if layer.kind.inputs == (0, 0):
            self._beside.add(name)
            inputs = inputs if one.on else ()
        shares = self._owners.setdefault(id(one), name)
        self.nodes.append(Node(name, layer, inputs, "" if shares == name else shares, one.frozen))
        return name if again else self._bind(one.variable, name, one)

    def _block(self, part: Wired, flow: str) -> str:
        """Add the nodes of a block as one.

        Raises:
            WithinError: it is run once more, or is not of this framework, or a name in it is taken.
        """
        names = [part.label + name for name in part.body.names]
        if self._again or part.body.framework != self.framework or not self._names.isdisjoint(names):
            raise WithinError
        self._names.update(names)
        self._inner.update(names, [part.label + name for name in part.body.variables])
        block = Block(part.label, part.body, flow)
        self.nodes.append(block)
        return block.output

    def _bind(self, variable: str, value: str, part: Part) -> str:
        if variable:
            self._values[variable] = value
            self._parts.setdefault(variable, part)
        return value

    def _free(self, label: str, *, rename: bool) -> str:
        """A name that no node has yet."""
        name, number = label, 2
        while name in self._names:
            if not rename:
                raise LayerError(f"the name {shown(label)} is taken.")
            name, number = f"{label}_{number}", number + 1
        self._names.add(name)
        return name

    def _resolve(self, start: Start) -> str:
        if not self._inner.isdisjoint(scopes(start.name, start.scope)):
            raise WithinError
        for candidate in scopes(start.name, start.scope):
            if candidate in self._values:
                return self._values[candidate]
        for candidate in scopes(start.name, start.scope):
            if candidate in self._names:
                return candidate
        if start.name in _INPUT_NAMES and len(self.sources) <= 1:
            return INPUT
        hint = closest(start.name, (*self._values, *catalogue())) or (
            " Name it where it is made: conv1 = Conv2d(3, 8, 3); of a network that is not known by name, "
            "give the layers, or have its source read."
        )
        raise UnknownNameError(f"{shown(start.name)} names nothing that comes before.{hint}")

    def _once_more(self, part: Again, flow: str) -> str:
        for candidate in scopes(part.name, part.scope):
            if candidate in self._parts:
                again = self._parts[candidate]
                break
        else:
            raise UnknownNameError(
                f"{shown(part.name)} names no layer that comes before.{closest(part.name, self._parts)}"
            )
        if isinstance(again, Source | Again):
            raise LayerError(f"{shown(part.name)} is a value and cannot be called.")
        if isinstance(again, Written):
            label = part.variable or again.label
            value = self._layer(again, self._operands(part.on, flow), joined(self._again, label))
        else:
            kept, self._again = self._again, joined(self._again, part.label)
            value = self.run(again, self._one(part.on, flow) if part.on else flow)
            self._again = kept
        return self._bind(part.variable, value, part)

    def _loop(self, part: Repeated, flow: str) -> str:
        label = joined(self._again, part.label)
        kept, self.nodes = self.nodes, []
        entry = f"{label}.{ANY}"
        output = self.run(part.body, entry)
        kept.append(Loop(label, part.times, flow, entry, tuple(apart(self.nodes)), output, part.shared))
        self.nodes = kept
        return label

    def _parameter(self, reference: str, scope: str) -> str:
        """The layer that has a parameter, and the parameter: `conv.weight`."""
        node, _, tensor = reference.rpartition(".")
        if not node:
            node, tensor = tensor, "weight"
        return f"{self._resolve(Start(node, scope))}.{tensor}"
