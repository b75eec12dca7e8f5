"""Shapes run through the nodes, and each layer derives itself from what flows into it.

    Network ──▶ Trace: a Run for each node, Rounds for each loop

Layers that are alike and meet the same shape are derived once; so are the iterations of a loop from the
first that gives the shape that it takes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from paramcount.errors import JoinError, LayerError, LimitError, ShapeError, exact
from paramcount.expression import Expression, Quantity
from paramcount.kept import Kept
from paramcount.layers.base import ZERO, Derivation, Layer, Tensor
from paramcount.layers.composite import check_number
from paramcount.limits import MAX_EXACT, MAX_KEPT, MAX_KEPT_TEXT, MAX_TENSORS, MAX_UNROLLED
from paramcount.network import ANY, UNKNOWN, Block, Loop, Network, Node
from paramcount.shapes import Shape, elements, known

BYTES: Mapping[str, int] = {"float32": 4, "float16": 2, "int8": 1}
"""Bytes of one number, by dtype."""

FLOPS_PER_MAC = 2
"""One multiply-accumulate is a multiplication and an addition."""

_MANY = 16
"""Tensors that a layer which stacks no others may have."""

_DERIVED: Final = Kept[tuple[int, tuple[Shape | None, ...]], tuple[Layer, Derivation]](MAX_KEPT)
"""Layers and what they came to, by their identity, which is theirs as long as they are kept, and what flowed in."""

FEWER = " Leave the input's size out to get the parameters alone."


class Run(NamedTuple):
    """One node, derived."""

    node: Node
    inputs: tuple[Shape | None, ...]
    made: Derivation
    tied: tuple[tuple[str, str], ...] = ()
    """Its tensors that are another layer's, and whose."""
    shares: str = ""
    """Whose parameters it uses, where it has none of its own."""

    def is_like(self, other: "Run") -> bool:
        """Whether every figure and every step is the same."""
        if self is other:  # in blocks that are one
            return not self.tied
        one, two = self.made, other.made
        if one.layer.kind is not two.layer.kind:  # which tells most apart, and fast
            return False
        trained = (self.node.frozen, self.node.fixed), (other.node.frozen, other.node.fixed)
        if self.shares != other.shares or self.tied or other.tied or trained[0] != trained[1]:
            return False
        if one is two:
            return True
        if one.output_shape != two.output_shape or one.layer != two.layer:
            return False
        return self.inputs == other.inputs or (one.macs is two.macs is None and one.tensors == two.tensors)


@dataclass(frozen=True, slots=True)
class Round:
    """Iterations of a loop that are alike."""

    start: int
    times: int
    trace: "Trace"
    output: Shape | None
    """What flows out of each of them."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """A loop, derived."""

    loop: Loop
    rounds: tuple[Round, ...]


type Trace = tuple[Run | Rounds, ...]


@dataclass(slots=True)
class Flow:
    """Shapes on their way through a network."""

    network: Network
    shapes: dict[str, Shape | None]
    """The shape of each value so far, by its name."""
    trace: list[Run | Rounds] = field(default_factory=list[Run | Rounds])
    """What was derived so far, whole iterations only."""
    at: str = ""
    """The layer that is derived."""
    _derived: dict[tuple[object, ...], Derivation] = field(default_factory=dict[tuple[object, ...], Derivation])
    """Layers derived before, by what flows into them and by what the node says of them."""
    _own: dict[str, Derivation] = field(default_factory=dict[str, Derivation])
    """What nodes with parameters of their own came to, by name; kept where others refer to them."""
    _ties: dict[str, list[tuple[str, str]]] = field(default_factory=dict[str, list[tuple[str, str]]])
    _kept: frozenset[str] = frozenset()
    stacked: int = 0
    """Tensors of layers that stack others."""
    _count: int = 0

    def run(self) -> None:
        """Derive every node.

        Raises:
            ParamcountError: a node cannot be derived; `trace` holds what was derived before it, `at` is its place.
        """
        nodes = self.network.nodes
        self.begin(nodes)
        for node in nodes:
            self.trace.append(self.step(node))

    def begin(self, parts: Iterable[Node | Loop | Block]) -> None:
        """Note what in the network refers to which other nodes."""
        self.shapes[UNKNOWN] = None
        for pair in self.network.ties:
            for own, other in (pair, pair[::-1]):
                owner, _, tensor = own.rpartition(".")
                self._ties.setdefault(owner, []).append((tensor, other))
        owners = {node.shares for node in _nodes(parts)} | self._ties.keys()
        self._kept = frozenset(owners)

    def step(self, node: Node | Loop) -> Run | Rounds:
        """Derive the next node, or loop."""
        return self._run(node) if isinstance(node, Node) else self._loop(node)

    def unused(self) -> tuple[Run, ...]:
        """Derive the layers that are never run."""
        found: list[Run] = []
        for node in self.network.unused:
            self.at = f"layer {node.name} ({node.layer})"
            inputs: tuple[Shape | None, ...] = node.takes or (None,) * node.layer.kind.inputs[0]
            made = _trained(derived(node.layer, inputs), node)
            found.append(Run(node, inputs, replace(made, macs=ZERO, output_shape=None)))
        return tuple(found)

    def _walk(self, nodes: Sequence[Node | Loop]) -> Trace:
        return tuple(map(self.step, nodes))

    def _run(self, node: Node) -> Run:
        layer, unordered = node.layer, UNKNOWN in node.inputs
        inputs = tuple([self.shapes[name] for name in node.inputs])
        if unordered and (node.takes or layer.kind.inputs == (0, 0)):
            inputs = node.takes
        if node.shares and isinstance(layer, type(self._own[node.shares].layer)):
            layer = self._own[node.shares].layer  # with everything filled in, unless it runs in another way here
        key = (id(layer), inputs, node.frozen, node.fixed, bool(node.shares), unordered)
        made = self._derived.get(key)
        if made is None:
            self.at = f"layer {node.name} ({node.layer})"
            try:
                made = derived(layer, inputs)
            except JoinError as error:
                raise error.naming(node.inputs) from None
            made = _trained(made, node)
            if node.shares:
                made = _shared(made)
            if unordered:
                made = replace(made, macs=None, output_shape=None, more_outputs=())
            self._derived[key] = made
            self._bound(made)
        self.shapes[node.name] = made.output_shape
        tied: tuple[tuple[str, str], ...] = ()
        if node.name in self._kept:
            made, tied = self._tie(node.name, made)
            self._own[node.name] = made
        return Run(node, inputs, made, tied, node.shares)

    def _bound(self, made: Derivation) -> None:
        """Layers that stack others may not hold any number of tensors together.

        Raises:
            LimitError: they hold too many.
        """
        if len(made.tensors) > _MANY:
            self.stacked += len(made.tensors)
            if self.stacked > MAX_TENSORS:
                raise LimitError(f"stacked layers hold more than {MAX_TENSORS} tensors; at most so many are answered.")

    def _tie(self, name: str, made: Derivation) -> tuple[Derivation, tuple[tuple[str, str], ...]]:
        """Leave out the tensors that are those of an earlier node.

        Raises:
            LayerError: there is no such tensor.
            ShapeError: the shapes differ.
        """
        tied: list[tuple[str, str]] = []
        for tensor_name, other in self._ties.get(name, ()):
            own = _tensor(made, tensor_name, name)
            node, _, other_name = other.rpartition(".")
            before = self._own.get(node)
            if before is None:
                continue  # the other comes later, and leaves its own out
            theirs = _tensor(before, other_name, node)
            if own.shape != theirs.shape:
                raise ShapeError(
                    f"{name}.{own.name} {list(own.shape)} cannot be {other} {list(theirs.shape)}: the shapes differ."
                )
            tied.append((tensor_name, other))
            made = replace(made, tensors=tuple([tensor for tensor in made.tensors if tensor is not own]))
            if not own.buffer:
                made = replace(made, parameters=made.parameters - Quantity(f"tied_{tensor_name}", own.count))
        return made, tuple(tied)

    def _loop(self, loop: Loop) -> Rounds:
        rounds: list[Round] = []
        done, flowing = 0, self.shapes[loop.input]
        while done < loop.times:
            self.shapes[loop.entry] = flowing
            trace = self._walk(loop.nodes)
            self._count += len(trace)
            if self._count > MAX_UNROLLED:
                raise LimitError(
                    f"{loop.name} repeats {loop.times} times and gives another shape each time; at most {MAX_UNROLLED} "
                    f"layers that differ are answered."
                )
            out = self.shapes[loop.output]
            times = loop.times - done if out == flowing else 1
            if loop.shared:
                if done:
                    trace = tuple(map(_sharing, trace))
                else:
                    times = 1
            last = rounds[-1] if rounds else None
            if last is not None and _alike(last.trace, trace):
                rounds[-1] = Round(last.start, last.times + times, last.trace, out)
            else:
                rounds.append(Round(done, times, trace, out))
            done, flowing = done + times, out
        self.shapes[loop.name] = flowing
        return Rounds(loop, tuple(rounds))


def derived(layer: Layer, inputs: tuple[Shape | None, ...]) -> Derivation:
    """Derive a layer, or find what it came to when the same flowed in before."""
    key = (id(layer), inputs)
    kept = _DERIVED.get(key)
    if kept is None:
        kept = layer, derived_anew(layer, inputs)
        if len(layer.text) <= MAX_KEPT_TEXT and len(kept[1].tensors) <= _MANY:
            _DERIVED.keep(key, kept)
    return kept[1]


def derived_anew(layer: Layer, inputs: tuple[Shape | None, ...]) -> Derivation:
    """Derive a layer, and refuse by name what a JSON client would read rounded."""
    check_number(layer, inputs)
    made = layer.derive(inputs)
    check_exact(made.parameters.value, made.macs)
    output = known(made.output_shape)
    if output is not None:
        exact(elements(output), "the number of output elements", FEWER)
    return made


def check_exact(parameters: int, macs: Expression | None) -> None:
    """Refuse, by name, what a JSON client would read rounded."""
    exact(parameters, "the number of parameters")
    exact(BYTES["float32"] * parameters, "the bytes of the parameters in float32")
    if macs is not None and FLOPS_PER_MAC * macs.value > MAX_EXACT:
        exact(FLOPS_PER_MAC * macs.value, "the number of FLOPs", FEWER)


def named(name: str, iterations: Sequence[int]) -> str:
    """The name of a node in these iterations of the loops around it, outermost first."""
    for iteration in iterations:
        name = name.replace(ANY, str(iteration), 1)
    return name


def _nodes(parts: Iterable[Node | Loop | Block]) -> Iterator[Node]:
    """The nodes, those in loops too; nothing refers to what is in blocks."""
    for node in parts:
        if isinstance(node, Node):
            yield node
        elif isinstance(node, Loop):
            yield from _nodes(node.nodes)


def _alike(one: Trace, two: Trace) -> bool:
    return len(one) == len(two) and all(
        (isinstance(a, Run) and isinstance(b, Run) and a.is_like(b))
        or (
            isinstance(a, Rounds)
            and isinstance(b, Rounds)
            and len(a.rounds) == len(b.rounds)
            and all(x.times == y.times and _alike(x.trace, y.trace) for x, y in zip(a.rounds, b.rounds, strict=True))
        )
        for a, b in zip(one, two, strict=True)
    )


def _trained(made: Derivation, node: Node) -> Derivation:
    """A layer with those of its parameters marked that are not trained."""
    if not node.frozen and not node.fixed:
        return made
    tensors = [
        replace(tensor, trainable=False) if not tensor.buffer and (node.frozen or tensor.name in node.fixed) else tensor
        for tensor in made.tensors
    ]
    return replace(made, tensors=tuple(tensors))


def _shared(made: Derivation) -> Derivation:
    """What another use of a layer comes to: work, and no parameters."""
    steps = tuple([step for step in made.steps if step.expression is made.macs])
    return replace(made, parameters=ZERO, tensors=(), steps=steps, notes=())


def _sharing(part: Run | Rounds) -> Run | Rounds:
    if isinstance(part, Run):
        return part._replace(made=_shared(part.made), shares=part.shares or part.node.name)
    return Rounds(part.loop, tuple([replace(one, trace=tuple(map(_sharing, one.trace))) for one in part.rounds]))


def _tensor(made: Derivation, name: str, node: str) -> Tensor:
    for tensor in made.tensors:
        if tensor.name == name:
            return tensor
    held = ", ".join(tensor.name for tensor in made.tensors[:8]) or "none"
    raise LayerError(f"{node} has no parameter {name!r:.60}; it has {held}.")
