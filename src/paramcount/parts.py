"""What a caller wrote, taken apart: layers not yet looked up, and how they are wired.

A part takes the value that flows in and gives the value that flows on.

    Written     a layer, run on what flows in or on the parts in `on`
    Series      parts one after the other
    Join        branches that each start from what flows in, and the layer that joins them
    Wired       a block that was wired before, by the name that it has here
    Repeated    a part n times over, each time with parameters of its own
    Start       what flows on is an earlier value, by its name
    Source      an input of the network
    Again       an earlier layer once more, with the same parameters
    Spare       layers that exist and are never run
    Loose       layers that run in an order that is not known
    Tie         two parameters that are one
    Outputs     which values the network gives
"""

from dataclasses import dataclass

from paramcount.network import Body
from paramcount.shapes import Shape
from paramcount.written import Written


@dataclass(frozen=True, slots=True)
class Series:
    """Parts that run one after the other."""

    parts: "tuple[Part, ...]"
    variable: str = ""
    """The name that its value is assigned to, if any."""
    on: "tuple[Part, ...] | None" = None
    """What it starts from, where that is not what flows in."""


@dataclass(frozen=True, slots=True)
class Join:
    """Branches that each start from what flows in, and the layer that joins what comes out of them."""

    layer: Written
    branches: "tuple[Part, ...]"


@dataclass(frozen=True, slots=True)
class Wired:
    """A block whose nodes were wired before, and what it is called here."""

    body: Body
    label: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """A part n times over, each time with parameters of its own unless they are shared."""

    times: int
    body: "Part"
    label: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """An earlier value flows on."""

    name: str
    scope: str
    """The block that it is named in; names of inner blocks go before those of outer ones."""


@dataclass(frozen=True, slots=True)
class Source:
    """An input of the network."""

    shape: Shape | None
    label: str
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """An earlier layer once more, with the same parameters."""

    name: str
    scope: str
    label: str
    on: "tuple[Part, ...] | None" = None
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Spare:
    """Layers that exist and are never run."""

    body: "Part"


@dataclass(frozen=True, slots=True)
class Loose:
    """Layers that run in an order that is not known; nothing is known of what flows out of them either."""

    body: "Part"


@dataclass(frozen=True, slots=True)
class Tie:
    """Two parameters that are one, each written layer.tensor."""

    first: str
    second: str
    scope: str


@dataclass(frozen=True, slots=True)
class Outputs:
    """The values that the network gives."""

    parts: "tuple[Part, ...]"


type Part = Written | Series | Join | Wired | Repeated | Start | Source | Again | Spare | Loose | Tie | Outputs

NOTHING = Series(())
"""What flows in flows on."""
