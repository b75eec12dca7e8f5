"""Structure: blocks that hold layers and say how they are wired.

    Sequential(a, b)                     one after the other
    Residual(a, b, shortcut=c)           what comes out of a and b, added to what comes out of c, or to what flows in
    Concat([a], [b, c], dim=1)           branches that start from what flows in, joined; [] is what flows in itself
    Add(…)  Multiply(…)  Subtract(…)     the same, joined by another layer
    Repeat(3, a, b)                      a and b three times over; shared=True runs the same layers three times
    Frozen(a, b)  Unused(a, b)           layers that are not trained; layers that exist and are never run
    Unordered(a, b)                      layers that run in an order that is not known: counted, without shapes and MACs
    Tie("head.weight", "embed.weight")   two parameters that are one
    Outputs(a, b)                        the values that the network gives, where it is more than the last

Blocks nest. Anything in them may be named, `conv1 = Conv2d(3, 8, 3)`; a name alone continues from its value, and a
call of it, `conv1()` or `conv1(x)`, runs the layer once more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol, cast

from paramcount.errors import LayerError, UnknownNameError, sequence, shown
from paramcount.layers.base import Example
from paramcount.limits import MAX_SIZE
from paramcount.notation import Assigned, Call, Name
from paramcount.parts import NOTHING, Join, Loose, Outputs, Part, Repeated, Series, Spare, Tie
from paramcount.written import Written


@dataclass(frozen=True, slots=True)
class Given:
    """A block as it was written."""

    name: str
    args: tuple[object, ...]
    kwargs: Mapping[str, object]
    path: str
    """What it is called, with the blocks around it: the scope of the names in it."""
    variable: str
    on: tuple[Part, ...] | None
    frozen: bool


class Inside(Protocol):
    """What a block may ask for what is in it."""

    def take(self, value: object, name: str, *, frozen: bool = False) -> Part:
        """Take a value apart; `name` is what it is called, within the block, where it has no name of its own."""
        ...

    def layer(self, name: str, at: str = "", kwargs: Mapping[str, object] | None = None) -> Written:
        """A layer of the block itself, called as the block is, or `at` within it."""
        ...


@dataclass(frozen=True, slots=True)
class Block:
    """A kind of block."""

    take: Callable[[Inside, Given], Part]
    signature: str
    about: str
    example: Example
    always: bool = True
    """False where the name without arguments is a layer: Add() joins what it is called on."""


def joined(path: str, name: object) -> str:
    """Put the name of a block before the name of something in it."""
    return f"{path}.{name}" if path else str(name)


def series(inside: Inside, values: Iterable[object], *, within: str = "", frozen: bool = False) -> Series:
    """Take values apart that run one after the other."""
    return Series(tuple([inside.take(one, joined(within, index), frozen=frozen) for index, one in enumerate(values)]))


def named(given: Given, *known: str) -> list[object]:
    """What a block holds: its arguments, then what has a name in it, Sequential(conv1=Conv2d(…)).

    Raises:
        UnknownNameError: an argument that is not `known` holds no layer.
    """
    held = list(given.args)
    for name, value in given.kwargs.items():
        if isinstance(value, Call):
            held.append(replace(value, label=name))
        elif isinstance(value, list):
            held.append(Assigned(name, cast("list[object]", value)))
        elif name not in known:
            raise UnknownNameError(f"has no argument {shown(name)}.")
    return held


def _sequential(inside: Inside, given: Given) -> Part:
    held = named(given, "name", "trainable")
    only = sequence(held[0]) if len(held) == 1 else None
    frozen = given.kwargs.get("trainable") is False
    return series(inside, held if only is None else only, frozen=frozen)


def _residual(inside: Inside, given: Given) -> Part:
    shortcut = given.kwargs.get("shortcut")
    body = replace(given, kwargs={name: value for name, value in given.kwargs.items() if name != "shortcut"})
    return Join(
        inside.layer("Add"),
        (
            series(inside, named(body, "name", "trainable")),
            NOTHING if shortcut is None else inside.take(shortcut, "shortcut"),
        ),
    )


def _join(inside: Inside, given: Given) -> Part:
    literal = {name: value for name, value in given.kwargs.items() if not isinstance(value, Call | list)}
    held = named(given, *literal)
    only = sequence(held[0]) if len(held) == 1 else None
    branches = held if only is None else only
    return Join(
        inside.layer(given.name, kwargs=literal),
        tuple([inside.take(one, str(index)) for index, one in enumerate(branches)]),
    )


def _repeat(inside: Inside, given: Given) -> Part:
    args, kwargs = list(given.args), dict(given.kwargs)
    times = kwargs.pop("times", None)
    if times is None and args:
        times = args.pop(0)
    shared = kwargs.pop("shared", False)
    if type(times) is not int or not 0 <= times <= MAX_SIZE:
        raise LayerError(f"times must be a whole number from 0 to {MAX_SIZE}, received {shown(times)}.")
    held = named(replace(given, args=tuple(args), kwargs=kwargs))
    only = sequence(held[0]) if len(held) == 1 else None
    return Repeated(
        times,
        series(inside, held if only is None else only, within="*"),
        given.path,
        shared=bool(shared),
    )


def _frozen(inside: Inside, given: Given) -> Part:
    return series(inside, named(given), frozen=True)


def _unused(inside: Inside, given: Given) -> Part:
    return Spare(series(inside, named(given)))


def _unordered(inside: Inside, given: Given) -> Part:
    held = named(given)
    only = sequence(held[0]) if len(held) == 1 else None
    return Loose(series(inside, held if only is None else only))


def _tie(_inside: Inside, given: Given) -> Part:
    names = [one.text if isinstance(one, Name) else one for one in given.args]
    first, second = names if len(names) == 2 else (None, None)
    if not isinstance(first, str) or not isinstance(second, str) or given.kwargs:
        raise LayerError('takes two parameters, such as Tie("head.weight", "embedding.weight").')
    return Tie(first, second, given.path.rpartition(".")[0])


def _outputs(inside: Inside, given: Given) -> Part:
    values = given.args
    if given.name == "Model":  # keras.Model(inputs, outputs)
        named_outputs = given.kwargs.get("outputs", given.args[1] if len(given.args) > 1 else None)
        values = sequence(named_outputs) or (named_outputs,)
    if not values or not all(isinstance(one, Name | Call) for one in values):
        raise LayerError(f"takes the names of values, received {shown(values)}.")
    return Outputs(tuple([inside.take(one, str(index)) for index, one in enumerate(values)]))


JOINS: Final = ("Add", "Average", "Cat", "Concat", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")
"""Layers that join branches, and may be written around them."""

_PLAIN: Final = "torch 2.13.0"
_SMALL: Final = (3, 9, 9)


def _joining(name: str) -> Block:
    example = Example(f"{name}([Conv2d(3, 3, 1)], [])", 12, _PLAIN, _SMALL, _SMALL)
    if name in ("Cat", "Concat", "Concatenate"):
        example = Example(f"{name}([Conv2d(3, 5, 1)], [])", 20, _PLAIN, _SMALL, (8, 9, 9))
    about = "Branches that each start from what flows in, joined. An empty branch is what flows in."
    return Block(_join, f"{name}([…], [Conv2d(…), …], …)", about, example, always=False)


BLOCKS: Final[dict[str, Block]] = {
    "Sequential": Block(
        _sequential,
        "Sequential(Conv2d(…), …)",
        "One after the other.",
        Example("Sequential(Conv2d(3, 8, 3), ReLU())", 224, _PLAIN, _SMALL, (8, 7, 7)),
    ),
    "Residual": Block(
        _residual,
        "Residual(Conv2d(…), …, shortcut=…)",
        "What comes out of the layers, added to what comes out of the shortcut, or to what flows in.",
        Example("Residual(Conv2d(3, 8, 3, padding=1), shortcut=Conv2d(3, 8, 1))", 256, _PLAIN, _SMALL, (8, 9, 9)),
    ),
    "Repeat": Block(
        _repeat,
        "Repeat(times, Conv2d(…), …, shared=False)",
        "Layers a number of times over, each time with parameters of their own unless they are shared.",
        Example("Repeat(3, Conv2d(3, 3, 3, padding=1))", 252, _PLAIN, _SMALL, _SMALL),
    ),
    "Frozen": Block(
        _frozen,
        "Frozen(Conv2d(…), …)",
        "Layers that are not trained.",
        Example("Frozen(Conv2d(3, 8, 3))", 224, _PLAIN, _SMALL, (8, 7, 7)),
    ),
    "Unused": Block(
        _unused,
        "Unused(Linear(…), …)",
        "Layers that exist and are never run: counted, and named.",
        Example("Conv2d(3, 8, 3), Unused(Linear(4, 2))", 234, _PLAIN, _SMALL, (8, 7, 7)),
    ),
    "Unordered": Block(
        _unordered,
        "Unordered(Conv2d(…), …)",
        "Layers that run in an order that is not known: counted, without shapes and MACs.",
        Example("Unordered(Linear(4, 2), Conv2d(3, 8, 3))", 234, _PLAIN),
    ),
    "Tie": Block(
        _tie,
        'Tie("head.weight", "embedding.weight")',
        "Two parameters that are one.",
        Example('e = Embedding(9, 4), h = Linear(4, 9), Tie("h.weight", "e.weight")', 45, _PLAIN, (5,), (5, 9)),
    ),
    "Outputs": Block(
        _outputs,
        "Outputs(a, b)",
        "The values that the network gives, where it is more than the last.",
        Example("a = Conv2d(3, 8, 3), b = ReLU(), Outputs(a, b)", 224, _PLAIN, _SMALL, (8, 7, 7)),
    ),
    "Model": Block(
        _outputs,
        "Model(inputs, outputs)",
        "The same, as Keras writes it.",
        Example(
            "x = Input((9, 9, 3)), a = Conv2D(8, 3)(x), b = ReLU()(a), Model(x, [a, b])",
            224,
            "keras 3.15.1",
            (9, 9, 3),
            (7, 7, 8),
        ),
    ),
    **{name: _joining(name) for name in JOINS},
}
"""The blocks by name."""
