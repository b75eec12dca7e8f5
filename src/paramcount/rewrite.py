"""Network → notation: a network that was read or built, written so that it can be changed and asked again.

    Network ──write──▶ text ──network(…)──▶ a Network with the same totals, shapes and MACs

One line a layer. A layer runs on what the line before it gives, unless it is called on values by their names.
Names that the notation cannot hold are changed: `0.conv` becomes `_0.conv`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from textwrap import indent
from typing import Final

from paramcount.architectures import find
from paramcount.errors import NotationError
from paramcount.flow import derived
from paramcount.layers import is_kind
from paramcount.limits import MAX_NAME
from paramcount.modules import EVERY_BLOCK
from paramcount.network import ANY, INPUT, UNKNOWN, Loop, Network, Node, loose, used

_LABEL: Final = re.compile(r"[^\W\d]\w*(?:\.\w+)*")
_RESERVED: Final = frozenset((INPUT, "inputs", "x", "True", "False", "None", "self"))


def write(network: Network) -> str:
    """Write a network.

    Raises:
        NotationError: it is wired in a way that the notation has no words for.
    """
    network = _one_way(network)
    uses = Counter((*used(network.nodes), *network.outputs, *_run_again(network.nodes)))
    scope = _Scope(uses, INPUT if not network.inputs else network.inputs[0][0])
    items: list[str] = []
    if len(network.inputs) > 1:
        for name, shape in network.inputs:
            scope.flow = name
            items.append(f"{scope.label(name)} = Input({'' if shape is None else shape})")
    else:
        scope.names[scope.flow] = INPUT
    apart = [one for one in network.nodes if isinstance(one, Node) and UNKNOWN in one.inputs]
    items += scope.items([one for one in network.nodes if not (isinstance(one, Node) and UNKNOWN in one.inputs)])
    inside = scope.items(apart)
    ties = [f'Tie("{scope.parameter(one)}", "{scope.parameter(other)}")' for one, other in network.ties]
    items += [_block("Unordered([", [*inside, *ties], "])")] if apart else ties
    if network.outputs not in ((), (scope.flow,), (UNKNOWN,)):
        items.append(f"Outputs({', '.join(map(scope.value, network.outputs))})")
    if network.unused:
        items.append(_block("Unused([", _Scope(uses, UNKNOWN).items([loose(one) for one in network.unused]), "])"))
    return "\n".join(items)


def _one_way(network: Network) -> Network:
    """The same, where a layer is run once more in another way (`Batched` here, and not there): tied to the first."""
    owners = {one.name: one for one in network.nodes if isinstance(one, Node)}
    nodes: list[Node | Loop] = []
    ties = list(network.ties)
    for one in network.nodes:
        owner = owners.get(one.shares) if isinstance(one, Node) else None
        if isinstance(one, Node) and owner is not None and type(owner.layer) is not type(one.layer):
            made = derived(one.layer, (None,) * one.layer.kind.inputs[0])
            ties += [(f"{one.name}.{tensor.name}", f"{owner.name}.{tensor.name}") for tensor in made.tensors]
            nodes.append(one._replace(shares=""))
        else:
            nodes.append(one)
    return replace(network, parts=tuple(nodes), ties=tuple(ties))


def _run_again(nodes: Iterable[Node | Loop]) -> Iterator[str]:
    """The layers that are run once more."""
    for one in nodes:
        if isinstance(one, Loop):
            yield from _run_again(one.nodes)
        elif one.shares:
            yield one.shares


def _block(opening: str, items: Iterable[str], closing: str) -> str:
    return "\n".join((opening, indent(",\n".join(items), "    "), closing))


@dataclass(slots=True)
class _Scope:
    """Items side by side: at the outermost level, or in a repetition."""

    uses: Mapping[str, int]
    """How often each value is used, and each layer run once more."""
    flow: str
    """The value that flows into the next item."""
    within: str = ""
    """What the names of its nodes begin with, and are written without."""
    names: dict[str, str] = field(default_factory=dict[str, str])
    """What each value is called."""
    taken: set[str] = field(default_factory=set[str])
    count: int = 0
    """Items so far: a layer without a name is called by its number."""

    def items(self, nodes: Sequence[Node | Loop]) -> list[str]:
        """Each node as an item; before it, where it continues from another value, that value."""
        items: list[str] = []
        for index, one in enumerate(nodes):
            after = nodes[index + 1] if index + 1 < len(nodes) else None
            several = self._loop(one) if isinstance(one, Loop) else self._node(one, after)
            items += several
            self.count += len(several)
        return items

    def value(self, name: str) -> str:
        """What a value is called here.

        Raises:
            NotationError: it has no name here.
        """
        if name not in self.names:
            raise NotationError(f"the value {name[:60]!r} is used where the notation cannot name it.")
        return self.names[name]

    def parameter(self, reference: str) -> str:
        """What a parameter of a layer is called."""
        node, _, tensor = reference.rpartition(".")
        return f"{self.value(node)}.{tensor}"

    def label(self, name: str) -> str:
        """Name a value so that the notation can hold it, and nothing else is called so."""
        wanted = re.sub(r"[^\w.]", "_", name.removeprefix(self.within).replace(ANY, "each"))
        if not _LABEL.fullmatch(wanted) or wanted.split(".")[0] in _RESERVED or _means_something(wanted):
            wanted = "_" + re.sub(r"\.+", ".", wanted).strip(".")
        wanted = label = wanted[: MAX_NAME - 10].rstrip(".")
        number = 2
        while label in self.taken:
            label, number = f"{wanted}_{number}", number + 1
        self.taken.add(label)
        self.names[name] = label
        return label

    def _node(self, node: Node, after: Node | Loop | None) -> list[str]:
        straight = not node.inputs or UNKNOWN in node.inputs or node.inputs == (self.flow,)
        written = self.value(node.shares) if node.shares else str(node.layer)
        called = "" if straight else f"({', '.join(map(self.value, node.inputs))})"
        before: list[str] = []
        if node.shares:
            called = called or "()"
        elif node.frozen:
            if len(node.inputs) == 1 and called:  # called on a value within Frozen, it could not be run once more
                before, called = [called[1:-1]], ""
            written, called = f"Frozen({written}{called})", ""
        quiet = not before and self._goes_without_name(node, after)
        if quiet:
            self.names[node.name] = node.name
        label = "" if quiet else f"{self.label(node.name)} = "
        if node.layer.kind.inputs != (0, 0) and UNKNOWN not in node.inputs:
            self.flow = node.name
        return [*before, f"{label}{written}{called}"]

    def _goes_without_name(self, node: Node, after: Node | Loop | None) -> bool:
        """Whether a node is called by its number, and nothing but the next one names it."""
        if node.name.removeprefix(self.within) != str(self.count) or UNKNOWN in node.inputs or not node.inputs:
            return False
        if after is None:
            return self.uses.get(node.name, 0) <= 1
        next_takes = after.inputs if isinstance(after, Node) else (after.input,)
        return self.uses.get(node.name, 0) == 1 and next_takes == (node.name,)

    def _loop(self, loop: Loop) -> list[str]:
        reached = {*used(loop.nodes), *_run_again(loop.nodes)}
        inner = _Scope(self.uses, loop.entry, f"{loop.name}.{ANY}.")
        inner.names = {name: label for name, label in self.names.items() if name in reached}
        inner.taken = set(inner.names.values())
        items: list[str] = []
        if self.uses.get(loop.entry, 0) > 1:
            items, inner.count = [f"{inner.label(loop.entry)} = []"], 1
        items += inner.items(loop.nodes)
        if inner.flow != loop.output:
            items.append(inner.value(loop.output))
        before = [] if loop.input == self.flow else [self.value(loop.input)]
        self.flow = loop.name
        shared = ", shared=True" if loop.shared else ""
        return [*before, _block(f"{self.label(loop.name)} = Repeat({loop.times}, [", items, f"]{shared})")]


def _means_something(name: str) -> bool:
    """Whether a name is a layer's, a block's or a network's of the catalogue, and calling it would make one."""
    return name in EVERY_BLOCK or is_kind(name) or find(name, None) is not None
