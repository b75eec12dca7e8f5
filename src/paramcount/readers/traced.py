"""What a trace comes to: a network, and what was read of it."""

from collections.abc import Iterator, Sequence
from typing import Final

from paramcount.errors import LimitError, NotationError
from paramcount.layers.raw import Buffer, Raw
from paramcount.network import INPUT, Network, Node, loose
from paramcount.readers.graph import Graph, Value, raw, trained
from paramcount.readers.trace import Trace
from paramcount.readers.verify import Checked, Held, MismatchError, Tree
from paramcount.shapes import Shape

_CONTAINERS: Final = ("Sequential", "Functional", "ModuleList", "ModuleDict")
"""Classes whose name says nothing of what is in them."""

_SHOWN: Final = 12
"""Things of one sort that are listed."""


def network(trace: Trace, shapes: Sequence[tuple[int, ...]], most: int) -> tuple[Network, list[str]]:
    """Make the network of a trace, everything in it recomputed.

    Args:
        trace: what was recorded.
        shapes: what flowed in, batch excluded.
        most: how many layers it may have.

    Returns:
        The network, and what could not be verified.

    Raises:
        NotationError: what was recorded does not agree with itself.
        LimitError: there is too much of it.
    """
    tree = Tree(trace)
    graph = Graph(tree)
    inputs = _inputs(trace, graph, shapes)
    for call in trace.calls:
        graph.call(call)
    outputs = [graph.value(number).name for number in trace.outputs]
    ran = trace.completeness == "full"
    rest = _Rest(graph, ran=ran)
    rest.collect()
    nodes = _needed(graph, rest.placed(graph.nodes), outputs) if ran else rest.placed(graph.nodes)
    if len(nodes) + len(rest.unused) > most:
        raise LimitError(f"the model has {len(nodes)} layers and operations; at most {most} are answered.")
    made = Network(
        trace.framework,
        tuple(nodes),
        inputs,
        tuple(outputs) if ran else (),
        tuple(rest.unused),
        tuple(_ties(graph, nodes)),
        blocks=_blocks(tree),
        partial=not ran and bool(graph.nodes),
        nested=True,
    )
    return made, [*tree.unverified, *graph.unverified]


def _inputs(trace: Trace, graph: Graph, shapes: Sequence[tuple[int, ...]]) -> tuple[tuple[str, Shape | None], ...]:
    if trace.inputs and len(trace.inputs) != len(shapes):
        raise MismatchError(f"{len(shapes)} inputs were given, {len(trace.inputs)} are recorded.")
    labels = [INPUT] if len(shapes) < 2 else [f"{INPUT}{number}" for number in range(1, len(shapes) + 1)]
    names = [graph.free(label, own=True) for label in labels]
    for number, name, shape in zip(trace.inputs, names, shapes, strict=False):
        graph.set(number, Value(name, (1, *shape), whole=False))
    return tuple(zip(names, shapes, strict=True)) if shapes else ((INPUT, None),)


def _blocks(tree: Tree) -> dict[str, str]:
    """What the modules that hold others are called: the names of their classes."""
    holding = {path.rpartition(".")[0] for path in (*tree.modules, *tree.aliases)}
    return {
        path: "" if one.module.class_name in _CONTAINERS else one.module.class_name
        for path, one in tree.modules.items()
        if path and path in holding
    }


class _Rest:
    """Modules and tensors that nothing has run: they exist, and are counted."""

    def __init__(self, graph: Graph, *, ran: bool) -> None:
        self.unused: list[Node] = []
        self._graph = graph
        self._tree = graph.tree
        self._ran = ran
        """Whether the whole model ran: what is left then is never run."""
        self._beside: list[tuple[str, Node]] = []
        """Nodes that go with those of a module, and its path."""
        self._met = {self._tree.groups[held.full] for held in self._tree.held.values() if _spots(graph, held)}

    def collect(self) -> None:
        """Make the nodes, in the order of the modules."""
        for one in self._tree.modules.values():
            tensors = tuple(one.tensors.values())
            if one.layer is not None and tensors and one.path not in self._graph.owners:
                if any(self._tree.groups[held.full] in self._met for held in tensors):
                    self._one_by_one(one, tensors)
                else:
                    name = self._graph.free(one.path or one.module.class_name, own=True)
                    self._graph.owners[one.path] = name
                    self._put(one, trained(Node(name, one.layer, ()), one), runs=False)
                    self._met.update(self._tree.groups[held.full] for held in tensors)
            self._one_by_one(one, one.raw)

    def _one_by_one(self, one: Checked, several: Sequence[Held]) -> None:
        for held in several:
            group = self._tree.groups[held.full]
            if group not in self._met:
                name = self._graph.free(held.full, own=False)
                self._graph.owners[held.full] = name
                self._put(one, Node(name, raw(held, self._tree.framework), ()), runs=held.buffer)
                self._met.add(group)

    def _put(self, one: Checked, node: Node, *, runs: bool) -> None:
        """A buffer is nothing that runs or does not; the rest is unused, or it is not known how it is used."""
        if self._ran and not runs:
            self.unused.append(node)
        else:
            self._beside.append((one.path, node if self._ran else loose(node)))

    def placed(self, nodes: Sequence[Node]) -> list[Node]:
        """The nodes, each that goes with a module before the first of that module's."""
        firsts: dict[str, int] = {}
        for index, node in enumerate(nodes):
            path = node.name
            while path and path not in firsts:
                firsts[path] = index
                path = path.rpartition(".")[0]
        before: dict[int, list[Node]] = {}
        for path, node in self._beside:
            before.setdefault(firsts.get(path, len(nodes)), []).append(node)
        found: list[Node] = []
        for index, node in enumerate(nodes):
            found += [*before.get(index, ()), node]
        return found + before.get(len(nodes), [])


type Spot = tuple[str, str]
"""Where a tensor stands: a node, and the node's name for it."""


def _spots(graph: Graph, held: Held) -> list[Spot]:
    """Where a tensor stands: in the layer of a module, by itself, or both."""
    found: list[Spot] = []
    if held.full in graph.tree.spots:
        path, name = graph.tree.spots[held.full]
        if path in graph.owners:
            found.append((graph.owners[path], name))
    if held.full in graph.owners:
        found.append((graph.owners[held.full], ""))
    return found


def _groups(graph: Graph) -> list[list[Spot]]:
    """Tensors that stand at more than one place, under whichever name."""
    found: dict[str, list[Spot]] = {}
    for held in graph.tree.held.values():
        spots = found.setdefault(graph.tree.groups[held.full], [])
        spots += [spot for spot in _spots(graph, held) if spot not in spots]
    return [spots for spots in found.values() if len(spots) > 1]


def _needed(graph: Graph, nodes: Sequence[Node], outputs: Sequence[str]) -> list[Node]:
    """Leave out what has no parameters of its own, does no work, and gives nothing that is used."""
    used, kept = set(outputs), list[Node]()
    twice = {spot for spots in _groups(graph) for spot in spots}
    for node in reversed(nodes):
        needed = node.name in graph.working or isinstance(node.layer, Raw | Buffer)
        if (needed and (node.name, "") not in twice) or node.name in used:
            kept.append(node)
            used.update(node.inputs)
    return kept[::-1]


def _ties(graph: Graph, nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """Tensors that stand at several nodes: each of the later is that of the first."""
    place = {node.name: index for index, node in enumerate(nodes)}
    for spots in _groups(graph):
        there = sorted([spot for spot in spots if spot[0] in place], key=lambda spot: place[spot[0]])
        if len(there) > 1 and any("." in name for _, name in there):
            raise NotationError(
                f"{there[0][0]} and {there[1][0]} share a part of a layer, which is not counted here yet."
            )
        yield from ((".".join(spot), ".".join(there[0])) for spot in there[1:])
