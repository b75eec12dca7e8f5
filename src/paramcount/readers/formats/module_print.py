"""What print(model) shows of a PyTorch module: the tree of its modules, and what each was built with.

The text says what there is, and neither how it is wired nor what a class of its own holds itself. Where every
container is an nn.Sequential the layers run in their order; elsewhere they are counted, each by itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from paramcount.blocks import joined
from paramcount.build import layer_from
from paramcount.errors import NotationError, ParamcountError, sequence
from paramcount.flow import derived
from paramcount.layers import frameworks_of
from paramcount.layers.base import Layer
from paramcount.network import INPUT, Network, Node, loose
from paramcount.notation import Call, Name, read
from paramcount.readers.base import NO, UNMISTAKABLE, Asked, Given, Reader, Reading, first_of, inputs
from paramcount.readers.known_modules import CONTAINERS, FREE, HOLDING, SAME, SHAPES_ONLY, UNPRINTED
from paramcount.readers.module_tree import CHILD, Module, parse
from paramcount.report import Completeness, Read

NEVER: Final = "print(model) never shows what is frozen, tied or shared, nor weight norms of torch.nn.utils."

_SEQUENTIAL: Final = "Sequential"
_NUMBERED: Final = (_SEQUENTIAL, "ModuleList")
"""Containers that number what they hold from 0 on; a Sequential may give names instead."""

_MOST_NAMED: Final = 8
_PARAMETRIZED: Final = "Parametrized"
_PARAMETRIZATIONS: Final[Mapping[str, str]] = {
    "_WeightNorm": "parametrizations.weight_norm",
    "_SpectralNorm": "parametrizations.spectral_norm",
    "_Orthogonal": "parametrizations.orthogonal",
}
"""The classes that torch.nn.utils.parametrizations put into a module, and the functions that did."""

_PATTERNS: Final = (
    (re.compile(r"\d+, \d+, kernel_size=\((\d+), ?(\d+, ?\d+|\d+)?\).*"), "Conv"),
    (re.compile(r"in_features=\d+, out_features=\d+, bias=(?:True|False)"), "Linear"),
    (re.compile(r"\d+, eps=[\de.-]+, momentum=\S+, affine=\w+.*track_running_stats=\w+"), "BatchNorm2d"),
    (re.compile(r"\(\d.*\), eps=[\de.-]+, elementwise_affine=\w+.*"), "LayerNorm"),
)
"""How layers of torch.nn show themselves: what a class of another name derives from, in all likelihood."""


def _likeness(given: Given) -> float:
    lines = [line.strip() for line in given.head.splitlines() if line.strip()]
    children = sum(CHILD.fullmatch(line) is not None for line in lines)
    return UNMISTAKABLE if children and 4 * children >= len(lines) else NO


def _read(given: Given, asked: Asked) -> Reading:
    root, beside, gaps = parse(given.text, asked.most)
    ordered = _is_sequential(root) and not gaps
    found = _Found(ordered, gaps=gaps)
    found.take(root, "")
    nodes = tuple(found.in_order() if ordered else [loose(one) for one in found.nodes if one is not None])
    if not nodes:
        raise NotationError("no layer of torch.nn is printed here.", place=(root.cls,) if root.cls else ())
    notes = [NEVER]
    if beside:
        notes.append(f"{beside} lines are no part of the module.")
    network = Network("pytorch", nodes, inputs(asked), (nodes[-1].name,) if ordered else ())
    what = "a printed PyTorch module" if root.cls else "a part of a printed PyTorch module, or several modules"
    said = Read(
        "module_print",
        f"{what}, {len(nodes)} layers",
        root.cls,
        found.completeness(),
        tuple(found.said()),
        notes=tuple(notes),
    )
    return Reading(network, said)


def _is_sequential(module: Module) -> bool:
    """Whether every container runs what it holds in order."""
    if not module.children:
        return True
    return module.cls == _SEQUENTIAL and all(map(_is_sequential, module.children))


@dataclass(slots=True)
class _Found:
    """The layers that were found, and what could not be seen."""

    ordered: bool
    """Whether the layers run in the order in which they are printed."""
    gaps: list[int] = field(default_factory=list[int])
    """Lines that stand for others which were left out."""
    skipping: list[str] = field(default_factory=list[str])
    """Modules whose numbered children do not count from 0 on, one by one."""
    nodes: list[Node | None] = field(default_factory=list[Node | None])
    """In the order in which they are printed; None for a module that is not understood."""
    own: dict[str, None] = field(default_factory=dict[str, None])
    """Classes that are nobody's but the user's, and hold layers."""
    holding: dict[str, str] = field(default_factory=dict[str, str])
    """Classes that hold parameters which are not printed."""
    unknown: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Modules that are not understood, by what they are, with their names."""
    likely: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Modules that were taken for a layer by what they show."""
    unprinted: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def take(self, module: Module, path: str) -> None:
        """Take a module and what is in it."""
        for name in module.names:
            self._one(module, joined(path, name) if path or name else "")

    def _one(self, module: Module, path: str) -> None:
        made, rest = self._layer(module, path)
        if made is not None:
            self.nodes.append(Node(path or "0", made, ()))
            if module.cls in UNPRINTED:
                self.unprinted.setdefault(module.cls, []).append(path)
        elif not module.children and module.cls not in CONTAINERS | FREE:
            self.nodes.append(None)
            self.unknown.setdefault(f"{module.cls}({module.shows[:60]})", []).append(path)
        elif not module.children and module.cls in FREE:
            self.nodes.append(None)
        elif module.cls in HOLDING:
            self.holding[module.cls] = HOLDING[module.cls]
        elif module.cls not in CONTAINERS:
            self.own.setdefault(module.cls)
        if module.cls in _NUMBERED:
            numbers = [name for child in module.children for name in child.names]
            if all(map(str.isdecimal, numbers)) and numbers != list(map(str, range(len(numbers)))):
                self.skipping.append(path)
        for child in rest:
            self.take(child, path)

    def _layer(self, module: Module, path: str) -> tuple[Layer | None, list[Module]]:
        """The layer that a module is, if it is one, and the modules in it that are still to be taken."""
        if module.cls in CONTAINERS or (module.children and not module.shows and module.cls != "MultiheadAttention"):
            return None, module.children
        try:
            if module.cls.startswith(_PARAMETRIZED):
                return self._parametrized(module, path), []
            if module.cls == "MultiheadAttention":
                return _attention(module), []
            cls = SAME.get(module.cls, module.cls)
            if not frameworks_of(cls):
                cls = _shows_itself_as(module.shows)
                if not cls:
                    return None, module.children
                self.likely.setdefault(f"{module.cls} as {cls}", []).append(path)
            made = _made(_call(cls, module.shows))
            if not self.ordered:  # what has parameters that depend on what flows in cannot be counted
                derived(made, (None,) * made.kind.inputs[0])
            return made, module.children
        except ParamcountError:
            return None, module.children

    def _parametrized(self, module: Module, path: str) -> Layer | None:
        """A layer whose weight is made of others: weight_norm(Conv2d(3, 8, 3))."""
        held = [child for child in module.children if child.name == "parametrizations"]
        lists = held[0].children if len(held) == 1 and len(module.children) == 1 else []
        kinds = [one.cls for one in lists[0].children] if len(lists) == 1 else []
        if len(kinds) != 1 or kinds[0] not in _PARAMETRIZATIONS:
            return None
        if kinds[0] in UNPRINTED:
            self.unprinted.setdefault(kinds[0], []).append(path)
        inner = _call(module.cls.removeprefix(_PARAMETRIZED), module.shows)
        return _made(Call(_PARAMETRIZATIONS[kinds[0]], (inner,), {"name": lists[0].name}))

    def in_order(self) -> Iterator[Node]:
        """The layers as they run, as far as that is known: what a module makes that is not understood, is not."""
        flow: str | None = INPUT
        for node in self.nodes:
            if node is None or node.layer.kind.inputs[0] != 1:
                flow = None
            if node is not None:
                yield loose(node) if flow is None else Node(node.name, node.layer, (flow,))
                flow = flow and node.name

    def completeness(self) -> Completeness:
        """What the answer holds."""
        if self.unknown or self.holding or self.likely or self.gaps or self.skipping:
            return "partial"
        return "full" if self.ordered and None not in self.nodes else "params_only"

    def said(self) -> Iterator[str]:
        """What could not be seen."""
        if self.gaps:
            lines = _named(map(str, self.gaps))
            yield f"In line {lines} stands that something was left out of the text; its parameters are missing."
        if self.skipping:
            where = _named(self.skipping)
            yield f"{where} does not number what it holds one by one; if something was left out, it is missing."
        for what, paths in self.unknown.items():
            yield f"{what} at {_named(paths)}: not known; if it has parameters, they are missing."
        for cls, held in self.holding.items():
            yield f"{cls} holds {held} in torchvision or timm, which is not printed and is missing."
        for what, paths in self.likely.items():
            yield f"{what} at {_named(paths)}, by what it shows; if it holds more, that is missing."
        for cls, paths in self.unprinted.items():
            if self.ordered or cls not in SHAPES_ONLY:
                yield f"{cls} at {_named(paths)} does not print {UNPRINTED[cls]}."
        if self.own:
            yield f"What these hold themselves is not printed, and would come on top: {_named(self.own)}."


def _named(names: Iterable[str]) -> str:
    return first_of([name or "the root" for name in names], _MOST_NAMED)


def _call(cls: str, shows: str) -> Call:
    """What a module shows of itself as a call.

    Raises:
        NotationError: it shows itself in another way.
    """
    found = read(f"{cls}({shows})", most=1)
    if len(found) != 1 or not isinstance(found[0], Call):
        raise NotationError(f"{cls} shows itself in another way.")
    args = [_plain(one) for one in found[0].args if not (isinstance(one, Name) and one.text == "inplace")]
    return Call(cls, tuple(args), {name: _plain(one) for name, one in found[0].kwargs.items()})


def _plain(value: object) -> object:
    """A word that is printed without quotes, padding=same, as text."""
    if isinstance(value, Name):
        return value.text
    inner = sequence(value)
    return value if inner is None else tuple(map(_plain, inner))


def _made(call: Call) -> Layer:
    return layer_from(call, framework="pytorch")


def _attention(module: Module) -> Layer | None:
    """MultiheadAttention shows nothing but its last projection."""
    projections = [child for child in module.children if child.name == "out_proj"]
    if len(projections) != 1 or len(module.children) != 1:
        return None
    shown = _call("Linear", projections[0].shows).kwargs
    width = cast("int", shown.get("in_features"))
    return _made(Call(module.cls, (width, 1), {"bias": shown.get("bias", True)}))


def _shows_itself_as(shows: str) -> str:
    """The layer of torch.nn that shows itself in this way; "" where there is none."""
    for pattern, cls in _PATTERNS:
        found = pattern.fullmatch(shows)
        if found is not None and cls == "Conv":
            transposed = "Transpose" if "output_padding=" in shows else ""
            return f"Conv{transposed}{1 + (found[2] or '').count(',') + bool(found[2])}d"
        if found is not None:
            return cls
    return ""


READER = Reader(
    "module_print",
    "what print(model) shows of a PyTorch module",
    _likeness,
    _read,
)
