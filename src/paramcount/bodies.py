"""Blocks that are wired once: a bottleneck of ResNet-50 stands in it six times alike, and in the next call too.

A block becomes a `Body` where it holds layers alone: where nothing in it refers to what is around it, so that it is
the same wherever it stands. Bodies are kept by the text of the block, bounded in number, size and text.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from paramcount.apart import TakenApart
from paramcount.errors import ParamcountError
from paramcount.kept import Kept
from paramcount.layers.base import Layer
from paramcount.limits import MAX_BODY, MAX_BODY_TEXT, MAX_KEPT
from paramcount.network import HERE, INPUT, Block, Body, Node, apart, used
from paramcount.notation import Call
from paramcount.parts import Join, Part, Series, Wired
from paramcount.signature import Framework
from paramcount.wiring import Wiring, WithinError
from paramcount.written import Written

_BODIES: Final = Kept[tuple[str, bool], tuple[Body | None]](MAX_KEPT)
"""Bodies by their text and whether they are frozen; None for a block that is no body."""


@dataclass(slots=True)
class Bodies:
    """Finds bodies for one network."""

    make: Callable[[Written, Framework], Layer]
    found: bool = False
    """Whether there was one."""

    def find(self, call: Call, frozen: bool) -> Body | None:
        """The body of a block; None where it refers to something, or does not fit into what is kept."""
        text = repr(call)
        if len(text) > MAX_BODY_TEXT:
            return None
        kept = _BODIES.get((text, frozen))
        if kept is None:
            kept = (self._wired(call, frozen=frozen),)
            weight = 1 if kept[0] is None else len(kept[0].parts)
            _BODIES.keep((text, frozen), kept, weight + len(text) // 64)
        self.found = self.found or kept[0] is not None
        return kept[0]

    def _wired(self, call: Call, *, frozen: bool) -> Body | None:
        taken = TakenApart(MAX_BODY, wired=self.find, within=1)
        problems: list[ParamcountError] = []
        try:
            part = taken.take(call, HERE, frozen=frozen)
            tells: dict[Framework, Written] = {}
            for one in taken.layers:
                if one.tells is not None:
                    tells.setdefault(one.tells, one)
            if len(tells) != 1 or taken.declared or taken.catalogued or not _is_closed(part):
                return None
            [(framework, first)] = tells.items()
            wiring = Wiring(framework, lambda one: self.make(one, framework), problems, MAX_BODY)
            output = wiring.run(part, INPUT)
        except (ParamcountError, WithinError):  # it is said of the layer, where each is taken by itself
            return None
        parts = tuple([one for one in wiring.nodes if isinstance(one, Node | Block)])
        values = {INPUT, *(one.name if isinstance(one, Node) else one.output for one in parts)}
        if problems or {*used(parts), output} != values:
            return None
        return Body(
            framework,
            parts,
            output,
            names=_after([node.name for node in apart(parts)]),
            variables=_after(taken.variables),
            written=dict(zip(_after(taken.blocks), taken.blocks.values(), strict=True)),
            tells=(first.label[len(HERE) :], first.name),
            depth=taken.deepest,
        )


def _after(names: Iterable[str]) -> tuple[str, ...]:
    """Names as they stand after that of the block."""
    return tuple([name[len(HERE) :] for name in names])


def _is_closed(part: Part) -> bool:
    """Whether there are layers alone in a part, each of which runs on what flows into it."""
    return all(
        isinstance(one, Wired) or (isinstance(one, Written | Series) and one.on is None) or isinstance(one, Join)
        for one in _all(part)
    )


def _all(part: Part) -> Iterator[Part]:
    yield part
    inner = part.parts if isinstance(part, Series) else part.branches if isinstance(part, Join) else ()
    for one in inner:
        yield from _all(one)
