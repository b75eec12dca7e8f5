"""A network: named nodes with named inputs."""

from dataclasses import dataclass
from typing import Final

from paramcount.layers.base import Layer
from paramcount.shapes import Shape
from paramcount.signature import Framework

INPUT: Final = "input"
"""The name of a network's input."""


@dataclass(frozen=True, slots=True)
class Node:
    """One use of a layer: its name, and the names of the nodes whose outputs flow into it."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes in an order in which each comes after what flows into it.

    `inputs` names each input with its shape, batch excluded, or None where nothing is known of it.
    """

    framework: Framework
    nodes: tuple[Node, ...]
    inputs: tuple[tuple[str, Shape | None], ...]
