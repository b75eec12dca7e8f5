"""What a caller gives, taken apart: layers as they were written, not yet looked up, and their wiring.

    notation, JSON objects ──▶ Part, and the input shapes they declare, if any

Names are given here: a layer is called what it is assigned to, else its place among its neighbours, with
the blocks around it before it: `features.0`. Prefixes are split off; Keras's `input_shape=` is taken out.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from paramcount import shapes
from paramcount.architectures import find
from paramcount.architectures.base import Architecture
from paramcount.blocks import Block, Given, joined
from paramcount.declared import declared, is_input, parted, pop_shape
from paramcount.errors import (
    LayerError,
    LimitError,
    ParamcountError,
    UnknownNameError,
    sequence,
    shown,
)
from paramcount.layers import frameworks_of, is_kind
from paramcount.limits import MAX_DEPTH, MAX_NAME, MAX_SIZE
from paramcount.modules import EVERY_BLOCK
from paramcount.network import HERE, Body
from paramcount.notation import Assigned, Call, Name, Number, evaluate, read
from paramcount.parts import Again, Part, Series, Source, Start, Wired
from paramcount.prefixes import split_prefix
from paramcount.shapes import Shape
from paramcount.signature import Framework
from paramcount.written import Written

type FindBody = Callable[[Call, bool], Body | None]
"""Finds the body of a block, frozen or not, that was wired before; None where it cannot be."""

SEQUENTIAL: Final = "Sequential"
UNORDERED: Final = "Unordered"


@dataclass(slots=True)
class TakenApart:
    """What was taken apart so far: every layer of it, and the input shapes that its layers declare."""

    most: int
    """How many layers there may be."""
    framework: Framework | None = None
    """The one asked for, which settles what a name in the catalogue means."""
    values: Mapping[str, Number] = field(default_factory=dict[str, Number])
    """What names of numbers stand for."""
    within: int = 0
    """In how many networks of the catalogue what is taken stands."""
    layers: list[Written] = field(default_factory=list[Written])
    """The layers; of a block that was wired before, its first that tells the framework."""
    count: int = 0
    """How many layers there are."""
    deepest: int = 0
    """In how many blocks they stand at most."""
    declared: list[Shape] = field(default_factory=list[Shape])
    usual: Shape | None = None
    """What the builder of the network that comes first gives it, where nothing else is said."""
    channels: int | None = None
    """The channels that it was said to take, which what is given must have."""
    variables: set[str] = field(default_factory=set[str])
    catalogued: dict[str, Architecture] = field(default_factory=dict[str, Architecture])
    """The networks of the catalogue, by what they are called here."""
    blocks: dict[str, str] = field(default_factory=dict[str, str])
    """How the blocks in them are written, by what they are called."""
    wired: FindBody | None = None
    """Finds blocks that were wired before; None where each layer is to be taken apart by itself."""

    def take(self, value: object, path: str, scope: str = "", depth: int = 0, *, frozen: bool = False) -> Part:
        """Take an item apart.

        Args:
            value: a call, a name, notation, a JSON object, or a sequence of them.
            path: what it is called where it has no name of its own.
            scope: the block that it stands in.
            depth: in how many blocks it stands.
            frozen: whether its parameters are kept as they are in training.

        Raises:
            ParamcountError: it is none of these, or a bound is reached.
        """
        if depth > MAX_DEPTH:
            raise LimitError(f"more than {MAX_DEPTH} blocks are nested.")
        self.deepest = max(self.deepest, depth)
        if isinstance(value, Call):
            return self._call(value, path, scope, depth, frozen=frozen)
        if isinstance(value, Name):
            if self.variables.isdisjoint(scopes(value.text, scope)) and is_catalogued(value.text):
                return self._call(Call(value.text, (), {}), path, scope, depth, frozen=frozen)
            return Start(value.text, scope)
        if isinstance(value, str):
            found = read(value, most=self.most, values=self.values)
            return self.take(found[0] if len(found) == 1 else found, path, scope, depth + 1, frozen=frozen)
        if isinstance(value, Assigned):
            label = self._variable(value.label, scope)
            return Series((self.take(value.value, label, scope, depth, frozen=frozen),), label)
        if isinstance(value, Mapping):
            return self._object(cast("Mapping[str, object]", value), path, scope, depth, frozen=frozen)
        inner = sequence(value)
        if inner is None:
            raise LayerError(
                f"a layer is expected, such as Conv2d(3, 64, 3), not {shown(value)}.", place=(f"layer {path}",)
            )
        return Series(
            tuple(
                [self.take(one, joined(path, index), path, depth + 1, frozen=frozen) for index, one in enumerate(inner)]
            )
        )

    def _variable(self, label: str, scope: str) -> str:
        if "*" in label:
            raise LayerError(f"a name may not hold '*', received {shown(label)}.")
        variable = joined(scope, label)
        self.variables.add(variable)
        return variable

    def _call(self, call: Call, path: str, scope: str, depth: int, *, frozen: bool) -> Part:
        label = self._variable(call.label, scope) if call.label else path
        variable = label if call.label else ""
        if is_input(call.name):
            shape = declared(call, f"layer {label} ({call.name[:60]})")
            return Source(shape, label, variable)
        on = None if call.on is None else self._operands(call.on, label, scope, depth, frozen=frozen)
        again = self._again(call, on, label, variable, scope, depth, frozen=frozen)
        if again is not None:
            return again
        name, framework = split_prefix(call.name)
        block = EVERY_BLOCK.get(name)
        if block is not None and (block.always or (call.args and type(call.args[0]) is not int)):
            return self._block(block, Given(name, call.args, call.kwargs, label, variable, on, frozen=frozen), depth)
        architecture = None if frameworks_of(name) else find(name, framework or self.framework)
        if architecture is not None:
            given = Given(name, call.args, call.kwargs, label, variable, on, frozen=frozen)
            return self._architecture(architecture, given, depth)
        own_name = call.kwargs.get("name")
        if not call.label and isinstance(own_name, str) and 0 < len(own_name) < MAX_NAME and "*" not in own_name:
            label = joined(scope, own_name) if "keras" in frameworks_of(name) else label
        return self.add(Written(name, call.args, call.kwargs, label, framework, False, on, frozen, variable))

    def _architecture(self, one: Architecture, given: Given, depth: int) -> Part:
        """The layers of a network of the catalogue."""
        try:
            if self.framework not in (None, one.framework):
                raise UnknownNameError(
                    f"is {one.framework}'s, and framework='{self.framework}' has no network of this name."
                    f" Leave framework out, or write framework='{one.framework}'."
                )
            kwargs = dict(given.kwargs)
            if one.framework == "keras":
                self._flows_into(one, kwargs, first=not self.layers and given.on is None)
            layers = one.layers(given.args, kwargs)
        except ParamcountError as error:
            raise error.within(f"{given.path[:60]} ({given.name[:60]})" if given.path else given.name[:60]) from None
        self.catalogued[given.path] = one
        inside = _Inside(self, given, depth + 1)
        self.within += 1
        try:
            parts = tuple([inside.take(layer, str(index)) for index, layer in enumerate(layers)])
        finally:
            self.within -= 1
        return Series(parts, given.variable, given.on)

    def _flows_into(self, one: Architecture, kwargs: dict[str, object], *, first: bool) -> None:
        """Take what Keras's builder is told of its input, or gives its network by default, out of the arguments."""
        shape = pop_shape(kwargs, "")
        channels = kwargs.pop("in_channels", None)
        if channels is not None and (type(channels) is not int or not 1 <= channels <= MAX_SIZE):
            raise LayerError(f"in_channels must be a whole number from 1 to {MAX_SIZE}, received {shown(channels)}.")
        if channels is not None and not first:
            raise LayerError("in_channels is told by what flows in; leave it out.")
        if shape is not None:
            if channels not in (None, shape[-1] if shape else None):
                raise LayerError(f"in_channels={channels}, but input_shape={shapes.text(shape)}. Give one.")
            self.declared.append(shape)
        elif first:
            self.channels = channels
            self.usual = one.usual(channels or one.channels, include_top=kwargs.get("include_top") is not False)

    def _block(self, block: Block, given: Given, depth: int) -> Part:
        part: Part | None = self._wired(given, depth)
        if part is None:
            part = self._open(block, given, depth)
        return Series((part,), given.variable, given.on) if given.variable or given.on else part

    def _open(self, block: Block, given: Given, depth: int) -> Part:
        """A block, with what is in it taken apart."""
        self.blocks[given.path] = _outline(given)
        try:
            return block.take(_Inside(self, given, depth + 1), given)
        except ParamcountError as error:
            raise error if error.place else error.within(f"layer {given.path[:60]} ({given.name[:60]})") from None

    def _wired(self, given: Given, depth: int) -> Wired | None:
        """A block of the catalogue, or of literals alone, as one, where it was wired before or can be."""
        if self.wired is None or given.path in ("", HERE):
            return None
        held = (*given.args, *given.kwargs.values())
        if not self.within and any(isinstance(one, Call | list | tuple | Mapping) for one in held):
            return None
        body = self.wired(Call(given.name, given.args, dict(given.kwargs)), given.frozen)
        if body is None or depth + body.depth > MAX_DEPTH or self.count + len(body.names) > self.most:
            return None
        self.deepest = max(self.deepest, depth + body.depth)
        first, constructor = body.tells
        self.layers.append(Written(constructor, (), {}, given.path + first, body.framework))
        self.count += len(body.names)
        self.variables.update([given.path + name for name in body.variables])
        self.blocks.update({given.path + name: written for name, written in body.written.items()})
        return Wired(body, given.path)

    def _operands(
        self, values: Sequence[object], label: str, scope: str, depth: int, *, frozen: bool
    ) -> tuple[Part, ...]:
        """What a call is called on; a list stands for its elements."""
        flat = [one for value in values for one in (sequence(value) or (value,))]
        return tuple(
            [self.take(one, f"{label}.in{index}", scope, depth + 1, frozen=frozen) for index, one in enumerate(flat)]
        )

    def _again(
        self,
        call: Call,
        on: tuple[Part, ...] | None,
        label: str,
        variable: str,
        scope: str,
        depth: int,
        *,
        frozen: bool,
    ) -> Again | None:
        """An earlier layer, called once more: conv1() or conv1(x)."""
        if not self.variables or call.kwargs or on is not None:
            return None
        if self.variables.isdisjoint(scopes(call.name, scope)):
            return None
        operands = self._operands(call.args, label, scope, depth, frozen=frozen) if call.args else None
        return Again(call.name, scope, label, operands, variable)

    def _object(self, value: Mapping[str, object], path: str, scope: str, depth: int, *, frozen: bool) -> Part:
        fields: dict[str, object] = {str(name): self._number(held) for name, held in value.items()}
        kind, label = fields.pop("kind", None), fields.pop("name", None)
        if label is not None and (not isinstance(label, str) or not 0 < len(label) <= MAX_NAME):
            raise LayerError(f"name must be a text of at most {MAX_NAME} characters, received {shown(label)}.")
        variable = self._variable(label, scope) if label else ""
        path = variable or path
        if not isinstance(kind, str) or len(kind) > MAX_NAME:
            message = f"a JSON object needs a kind, such as {{'kind': 'conv2d', …}}; received {shown(value)}."
            raise LayerError(message, place=(f"layer {path}",))
        inputs = sequence(fields.pop("inputs", None))
        on = None
        if inputs is not None:
            names = [Name(one) if isinstance(one, str) else one for one in inputs]
            on = self._operands(names, path, scope, depth, frozen=frozen)
        if kind.lower() == "reuse":
            return Again(str(fields.get("layer"))[:MAX_NAME], scope, path, on, variable)
        name, framework = split_prefix(kind)
        block = next((block for known, block in EVERY_BLOCK.items() if known.lower() == name.lower()), None)
        if block is not None and (block.always or fields.keys() & set(_LISTS)):
            args = tuple([one for held in _LISTS for one in sequence(fields.pop(held, None)) or ()])
            return self._block(block, Given(name, args, fields, path, variable, on, frozen=frozen), depth)
        architecture = None if is_kind(name) else find(name, framework or self.framework)
        if architecture is not None:
            return self._architecture(architecture, Given(name, (), fields, path, variable, on, frozen=frozen), depth)
        return self._object_layer(Written(name, (), fields, path, framework, True, on, frozen, variable))

    def _number(self, held: object) -> object:
        """A value of a JSON object; where it is written with names of numbers, "2*w", what they come to."""
        if isinstance(held, str) and any(name in self.values for name in _WORD.findall(held[:MAX_NAME])):
            return evaluate(held, self.values)
        inner = sequence(held) if self.values else None
        return held if inner is None else [self._number(one) for one in inner]

    def _object_layer(self, one: Written) -> Part:
        fields, frozen = one.kwargs, one.frozen
        if isinstance(fields.get("trainable"), bool) and "keras" not in (one.framework, *frameworks_of(one.name)):
            frozen = not fields.pop("trainable")
        for name, inner in fields.items():
            if len(name) > MAX_NAME or _nests(inner):
                raise LayerError(f"{shown(name)} may not hold {shown(inner)}.", place=(f"layer {one.label}",))
        return self.add(one._replace(frozen=frozen))

    def add(self, one: Written) -> Written:
        """Note a layer.

        Raises:
            LimitError: there are too many.
        """
        if self.count >= self.most:
            raise LimitError(f"the network has more than {self.most} layers; at most {self.most} are answered.")
        one, shape = parted(one)
        if shape is not None:
            self.declared.append(shape)
        self.layers.append(one)
        self.count += 1
        return one


@dataclass(frozen=True, slots=True)
class _Inside:
    """What is in a block."""

    taken: TakenApart
    given: Given
    depth: int

    def take(self, value: object, name: str, *, frozen: bool = False) -> Part:
        path = joined(self.given.path, name)
        scope = joined(self.given.path, "*") if name.startswith("*") else self.given.path
        return self.taken.take(value, path, scope, self.depth, frozen=frozen or self.given.frozen)

    def layer(self, name: str, at: str = "", kwargs: Mapping[str, object] | None = None) -> Written:
        label = joined(self.given.path, at) if at else self.given.path or "0"
        return self.taken.add(Written(name, (), dict(kwargs or {}), label))


def scopes(name: str, scope: str) -> Iterator[str]:
    """Where a name may be bound, innermost block first."""
    while scope:
        yield f"{scope}.{name}"
        scope = scope.rpartition(".")[0]
    yield name


def is_catalogued(name: str) -> bool:
    """Whether a name without prefix is a network's of the catalogue, and no layer's or block's."""
    return "." not in name and name not in EVERY_BLOCK and not is_kind(name) and find(name, None) is not None


def _outline(given: Given) -> str:
    """A block as it is written, without the layers in it."""
    if given.name == SEQUENTIAL:
        return ""
    literal = [shown(one) for one in given.args if isinstance(one, int | float | str)]
    literal += [f"{name}={shown(one)}" for name, one in given.kwargs.items() if isinstance(one, int | float | str)]
    return f"{given.name}({', '.join(literal)})"


def _nests(value: object) -> bool:
    """Whether a value of a JSON object is more than a literal, a layer, or a list of literals, layers or lists."""
    return _is_no_layer(value) or any(
        _is_no_layer(inner) or any(isinstance(one, list | tuple | Mapping) for one in sequence(inner) or ())
        for inner in sequence(value) or ()
    )


def _is_no_layer(value: object) -> bool:
    """Whether a value is an object, and none of a layer."""
    return isinstance(value, Mapping) and "kind" not in value


_WORD = re.compile(r"[A-Za-z_]\w*")
_LISTS = ("layers", "branches")
