"""A network: named nodes with named inputs.

Node     one use of a layer
Loop     nodes that run several times over
Block    nodes that are wired alike elsewhere too, as one
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from paramcount.layers.base import Layer
from paramcount.shapes import Shape
from paramcount.signature import Framework

if TYPE_CHECKING:
    from paramcount.architectures.base import Architecture

INPUT: Final = "input"
"""The name of a network's first input."""

UNKNOWN: Final = "?"
"""Stands for a value of which nothing is known: it flows into layers whose order is not known."""

HERE: Final = "~"
"""Stands in the names of a body for what it is called where it stands."""

ANY: Final = "*"
"""Stands in the names of a loop's nodes for the number of the iteration."""


class Node(NamedTuple):
    """One use of a layer: its name, and the names of the nodes whose outputs flow into it."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]
    shares: str = ""
    """The node whose parameters it uses, where it has none of its own."""
    frozen: bool = False
    """Whether its parameters are kept as they are in training."""
    fixed: frozenset[str] = frozenset()
    """Those of its parameters that are, where it is not all of them."""
    takes: tuple[Shape, ...] = ()
    """What flowed into it when its weights were made, where what flows into it now is not known."""


def loose(node: Node) -> Node:
    """The node as one of which it is not known what flows into it."""
    return node._replace(inputs=(UNKNOWN,) * max(1, node.layer.kind.inputs[0]))


@dataclass(frozen=True, slots=True)
class Loop:
    """Nodes that run `times` over: what flows out of one iteration flows into the next.

    Names of its nodes hold `*` where the number of the iteration stands.
    """

    name: str
    times: int
    input: str
    """What flows into the first iteration."""
    entry: str
    """What flows into an iteration, as its nodes call it."""
    nodes: "tuple[Node | Loop, ...]"
    output: str
    """What flows out of an iteration."""
    shared: bool = False
    """Whether every iteration uses the parameters of the first."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Nodes of which nothing but their output flows on, and into which one value flows: `INPUT`.

    However often it stands in networks, and whatever it is called there, it is wired once. Its names begin with `HERE`.
    """

    framework: Framework
    parts: "tuple[Node | Block, ...]"
    output: str
    """What flows out."""
    names: tuple[str, ...]
    """All nodes, those of the blocks in it too; here and below without `HERE`, to be put after another name."""
    variables: tuple[str, ...]
    """What was given a name in it."""
    written: Mapping[str, str]
    """How it and the blocks in it are written."""
    tells: tuple[str, str]
    """The first layer that is spelt as its framework alone spells it: its name, and its constructor's."""
    depth: int
    """In how many blocks its layers stand at most, itself not counted."""


@dataclass(frozen=True, slots=True)
class Block:
    """A body where it stands: what it is called there, and what flows into it."""

    name: str
    body: Body
    input: str

    def called(self, name: str) -> str:
        """What a value of the body is called here."""
        return self.input if name == INPUT else called(name, self.name)

    @property
    def output(self) -> str:
        """What flows out, as it is called here."""
        return self.called(self.body.output)

    def apart(self) -> "Iterator[Node]":
        """The nodes as they are called here."""
        for part in self.body.parts:
            if isinstance(part, Node):
                inputs = tuple([self.called(name) for name in part.inputs])
                yield Node(self.called(part.name), part.layer, inputs, frozen=part.frozen)
            else:
                yield from Block(self.called(part.name), part.body, self.called(part.input)).apart()


def called(name: str, here: str) -> str:
    """What has this name in a body, where the body is called `here`."""
    return here + name[len(HERE) :]


def apart(parts: "Iterable[Node | Loop | Block]") -> "Iterator[Node | Loop]":
    """Nodes and loops, with the blocks among them taken apart."""
    for part in parts:
        if isinstance(part, Block):
            yield from part.apart()
        else:
            yield part


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes in an order in which each comes after what flows into it.

    `inputs` names each input with its shape, batch excluded, or None where nothing is known of it.
    """

    framework: Framework
    parts: tuple[Node | Loop | Block, ...]
    inputs: tuple[tuple[str, Shape | None], ...]
    outputs: tuple[str, ...] = ()
    """The nodes whose outputs the network gives."""
    unused: tuple[Node, ...] = ()
    """Layers that exist and are never run."""
    ties: tuple[tuple[str, str], ...] = ()
    """Pairs of parameters, `node.tensor`, that are one."""
    catalogued: "Mapping[str, Architecture]" = field(default_factory=dict[str, "Architecture"])
    """The networks of the catalogue in it, by the names before those of their layers."""
    blocks: Mapping[str, str] = field(default_factory=dict[str, str])
    """How the blocks in those are written, by the names before those of their layers."""
    partial: bool = False
    """Whether it is known only up to some point how its layers run; the work of what comes after it is not."""
    nested: bool = False
    """Whether the names of its layers tell the blocks that they are in, so that it may be shown by its blocks."""

    @property
    def nodes(self) -> tuple[Node | Loop, ...]:
        """Every node by itself, and loops."""
        return tuple(apart(self.parts))

    @property
    def unordered(self) -> int:
        """Nodes of which it is not known what flows into them: they have parameters, and neither shapes nor MACs."""
        return sum(UNKNOWN in one.inputs for one in self.parts if isinstance(one, Node))


def used(nodes: "Iterable[Node | Loop | Block]") -> Iterator[str]:
    """Every value that flows into a node, a loop or a block."""
    for node in nodes:
        if isinstance(node, Node):
            yield from node.inputs
        elif isinstance(node, Block):
            yield node.input
        else:
            yield node.input
            yield from used(node.nodes)
            yield node.output
