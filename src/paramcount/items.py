"""The items that a caller gives for a layer or a network, read and taken apart one after the other."""

import re
from collections.abc import Mapping, Sequence
from typing import cast

from paramcount import shapes
from paramcount.apart import SEQUENTIAL, UNORDERED, FindBody, TakenApart, is_catalogued
from paramcount.architectures import catalogue, find
from paramcount.errors import (
    LayerError,
    LimitError,
    NotationError,
    ParamcountError,
    UnknownNameError,
    closest,
    enough,
    plain,
    raise_all,
    shown,
)
from paramcount.limits import MAX_LAYERS, MAX_NAME
from paramcount.notation import NO_VALUES, Call, Name, Number, read
from paramcount.parts import Part, Series
from paramcount.prefixes import PREFIXES, split_prefix
from paramcount.signature import Framework
from paramcount.written import Item, Written


def take_apart(
    items: Sequence[Item],
    most: int,
    problems: list[ParamcountError],
    framework: Framework | None = None,
    values: Mapping[str, Number] = NO_VALUES,
    wired: FindBody | None = None,
) -> tuple[TakenApart, Series]:
    """Take what a caller gives apart, as far as it can be read. Mistakes go to `problems`.

    Raises:
        LimitError: a bound is reached.
    """
    flat: list[object] = []
    for index, item in enumerate(items):
        if enough(problems):
            break
        try:
            flat.extend(_read(item, most, values) if isinstance(item, str) else [item])
        except NotationError as error:
            problems.append(error.within(f"layers[{index}]") if len(items) > 1 else error)
    taken = TakenApart(most, framework, values, wired=wired)
    parts: list[Part] = []
    for index, value in enumerate(flat):
        if enough(problems):
            break
        try:
            # Layers of a single Sequential are numbered as the framework numbers them: 0, 1, …
            parts.append(taken.take(value, "" if len(flat) == 1 and _is_unnamed_whole(value) else str(index)))
        except LimitError:
            raise
        except ParamcountError as error:
            problems.append(error)
    if len(set(taken.declared)) > 1:
        problems.append(
            LayerError(f"several input shapes are declared: {', '.join(map(shapes.text, taken.declared))}.")
        )
    return taken, Series(tuple(parts))


def one_layer(item: Item, framework: Framework | None) -> tuple[Written, Sequence[Written]]:
    """Take apart what is to be one layer: it, and every layer that is written with it.

    Raises:
        ParamcountError: it is something else, or cannot be read.
    """
    problems: list[ParamcountError] = []
    found, parts = take_apart([item], MAX_LAYERS, problems, framework)
    raise_all(problems)
    one: Part = parts
    while isinstance(one, Series) and len(one.parts) == 1:
        one = one.parts[0]
    if isinstance(one, Written) and found.declared:
        raise NotationError(
            "what flows into a layer by itself is given apart: take input_shape out, and give it to derive(), or as "
            "--input on the command line."
        )
    if not isinstance(one, Written):
        raise NotationError(f"one layer is expected, {len(found.layers)} were given.")
    return one, found.layers


def _is_unnamed_whole(value: object) -> bool:
    """Whether a value is a whole network by itself, whose layers are called as the framework calls them."""
    if isinstance(value, Call):
        name = split_prefix(value.name)[0]
        return not value.label and (name in (SEQUENTIAL, UNORDERED) or is_catalogued(name))
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        kind = str(fields.get("kind"))[:MAX_NAME]
        return "name" not in fields and (kind.lower() == SEQUENTIAL.lower() or is_catalogued(kind))
    return isinstance(value, list) or (isinstance(value, Name) and is_catalogued(value.text))


def _read(text: str, most: int, values: Mapping[str, Number]) -> Sequence[object]:
    """Read notation; the bare name of a network, as people write it, is a call of it: ResNet-50."""
    if _BARE.fullmatch(text) and len(text) <= MAX_NAME:
        named = text.strip()
        prefix, _, last = named.rpartition(".")
        if prefix in PREFIXES and find(last, PREFIXES[prefix]) is not None:
            return [Call(named, (), {})]
        if find(named, None) is not None:
            return [Call(named.replace(".", "_"), (), {})]  # a point would part module names from it
        words = [] if any(plain(name).startswith(plain(named)) for name in catalogue()) else named.split()
        begun = (find(" ".join(words[:end]), None) for end in range(len(words) - 1, 0, -1))
        if (known := next(filter(None, begun), None)) is not None:
            raise UnknownNameError(
                f"{shown(named)} is not understood. Write what is to be changed as arguments, such as "
                f"{known.name}(include_top=False) or {known.name}(num_classes=10)."
            )
        near = closest(named, catalogue())
        if near and "=" not in named and not named.isidentifier():
            raise UnknownNameError(f"{shown(named)} is no network paramcount knows.{near}")
    if (hyphened := _HYPHENED.match(text)) and (near := closest(hyphened[1], catalogue())):
        raise UnknownNameError(f"{shown(hyphened[1])} is no name that can be called.{near}")
    return read(text, most=most, values=values)


_BARE = re.compile(r"\s*[A-Za-z](?:[\w ./-]|(?<=\w)=(?=\w))*")
_HYPHENED = re.compile(rf"\s*([A-Za-z][\w.]{{0,{MAX_NAME}}}-[\w.-]{{0,{MAX_NAME}}})\(")
