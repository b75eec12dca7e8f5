"""A layer as a caller writes it, not yet looked up."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from paramcount.layers import frameworks_of
from paramcount.signature import Framework

if TYPE_CHECKING:
    from paramcount.parts import Part

type Item = str | Mapping[str, object]
"""What a caller writes a layer as: notation, or a JSON object."""


class Written(NamedTuple):
    """A layer as it was written: its name without prefix, its arguments, and what to call it."""

    name: str
    args: tuple[object, ...]
    kwargs: dict[str, object]
    label: str
    framework: Framework | None = None
    """The framework that its prefix tells, if any."""
    from_json: bool = False
    on: "tuple[Part, ...] | None" = None
    frozen: bool = False
    variable: str = ""
    """The name that it was assigned to, with the names of the blocks around it."""

    @property
    def place(self) -> str:
        """How an error names the layer."""
        return f"layer {self.label[:60]} ({self.name[:60]})"

    @property
    def tells(self) -> Framework | None:
        """The framework that its spelling tells, if it does."""
        known = frameworks_of(self.name) if self.framework is None else (self.framework,)
        return known[0] if len(known) == 1 else None

    @property
    def arguments(self) -> str:
        """The arguments as text: the same for layers that are written alike, and 1, 1.0 and True are not."""
        return f"{self.args!r} {self.kwargs!r}"
