"""`fit_to_budget`: which numbers give a network of so many parameters, MACs or bytes."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, cast, override

from pydantic import BeforeValidator, Field

from paramcount import LayerError, LimitError
from paramcount.declared import InputShape
from paramcount.errors import raise_all, sequence, shown
from paramcount.fit import MAX_CHOICES, MAX_UNKNOWNS, MODES, QUANTITIES, Mode, Problem, Quantity
from paramcount.notation import Number
from paramcount.search import Search
from paramcount.signature import Framework
from paramcount.written import Item
from paramcount_mcp import limits
from paramcount_mcp.arguments import Arguments, WhichFramework, Whole, check, refuse, unstringified
from paramcount_mcp.networks import InputShapes, Layers
from paramcount_mcp.tool import Answer, Pending, Tool

_RANGE = re.compile(r"\s*(\d{1,9})\s*(?:\.\.|-|to|…)\s*(\d{1,9})\s*(?:step\s*(\d{1,9}))?\s*")
_RANGE_FIELDS = {"min", "max", "step"}


def _unknowns(value: object) -> object:
    """The values of each unknown: [1, 512], {"min": 8, "max": 512, "step": 8}, "8..512 step 8", {"choices": […]}."""
    sent = unstringified(value)
    if not isinstance(sent, dict) or not 1 <= len(cast("dict[object, object]", sent)) <= MAX_UNKNOWNS:
        raise refuse(f"must hold one to {MAX_UNKNOWNS} names, such as {{'w': [1, 512]}}; received {shown(value)}.")
    return {str(name)[:200]: _values(str(name)[:60], one) for name, one in cast("dict[object, object]", sent).items()}


def _values(name: str, value: object) -> Sequence[Number]:
    received = shown(value)
    items = sequence(value)
    if items is not None and len(items) == 2:
        return _range(name, items[0], items[1], 1)
    if isinstance(value, str) and (found := _RANGE.fullmatch(value[:60])):
        return _range(name, int(found[1]), int(found[2]), int(found[3] or 1))
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        if {"min", "max"} <= fields.keys() <= _RANGE_FIELDS:
            return _range(name, fields["min"], fields["max"], fields.get("step", 1))
        items = sequence(fields.get("choices")) if fields.keys() == {"choices"} else None
    if not items or len(items) > MAX_CHOICES or not all(type(one) in (int, float) for one in items):
        raise refuse(
            f"{name} must be a range, such as [1, 512] or {{'min': 8, 'max': 64, 'step': 8}}, or a list, "
            f"{{'choices': [16, 32]}}; received {received}."
        )
    return cast("tuple[Number, ...]", tuple(dict.fromkeys(items)))


def _range(name: str, least: object, most: object, step: object) -> Sequence[Number]:
    if not (type(least) is int and type(most) is int and type(step) is int and step > 0):
        raise refuse(
            f"{name} must run between whole numbers, in steps of 1 or more; received {shown((least, most, step))}."
        )
    if not 0 <= least <= most <= 2**31 or (most - least) // step >= MAX_CHOICES:
        raise refuse(
            f"{name} must hold one to {MAX_CHOICES} values from 0 up; received {least} to {most}, step {step}."
        )
    return range(least, most + 1, step)


def _one_of(known: Sequence[str]) -> BeforeValidator:
    def check_one(value: object) -> object:
        plain = value.strip().lower().replace(" ", "_") if isinstance(value, str) else value
        if plain not in known:
            raise refuse(f"must be one of {', '.join(map(repr, known))}, received {shown(value)}.")
        return plain

    return BeforeValidator(check_one)


def _budget(value: object) -> object:
    """One number; where it comes with what it is of, as {"parameters": 10000}, the error says where that goes."""
    sent = unstringified(value)
    fields = cast("dict[str, object]", sent) if isinstance(sent, dict) else {}
    for name, number in list(fields.items())[:1]:
        if name in QUANTITIES and type(number) is int:
            raise refuse(f"must be a whole number. Write target={number:.0f} and quantity={name!r}.")
    if not isinstance(sent, int | float | str) or (isinstance(sent, str) and not sent.strip().isdecimal()):
        raise refuse(f"must be a whole number, such as 10000, received {shown(value)}; quantity says of what.")
    return sent


class FitArguments(Arguments):
    """A network with unknowns, and the budget."""

    layers: Annotated[
        Layers,
        Field(
            description="The network, as for network_params, with names where numbers are to be found; sums, products, "
            "quotients (//) and remainders of them are understood.",
            examples=[["Conv2d(3, w, 3)", "Conv2d(w, 2*w, 3)"]],
        ),
    ]
    unknowns: Annotated[
        dict[str, list[int | float] | str | dict[str, object]],
        BeforeValidator(_unknowns),
        Field(
            description="What each name may be: [least, most], {'min', 'max', 'step'}, or {'choices': […]}.",
            examples=[{"w": [8, 512]}],
        ),
    ]
    target: Annotated[Whole, BeforeValidator(_budget), Field(description="The budget.", examples=[100000])]
    quantity: Annotated[
        Literal["parameters", "macs", "bytes"],
        _one_of(QUANTITIES),
        Field(description="What the budget is of; bytes are those of the parameters in float32.", examples=["macs"]),
    ] = "parameters"
    mode: Annotated[
        Literal["exactly", "at_most", "closest"],
        _one_of(MODES),
        Field(description="How the target is to be met.", examples=["exactly"]),
    ] = "at_most"
    input_shape: Annotated[
        InputShapes, Field(description="Shape of one sample without the batch; MACs need it.", examples=[[3, 32, 32]])
    ] = None
    framework: Annotated[WhichFramework | None, Field(description="Whose rules.", examples=["pytorch"])] = None


SYNONYMS = {"network": "layers", "model": "layers", "ranges": "unknowns", "variables": "unknowns", "budget": "target"}


@dataclass(slots=True)
class Fitting(Pending):
    """A search that is under way."""

    search: Search
    _steps: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self._steps = iter(self.search)

    @override
    def advance(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        return any(time.monotonic() >= end for _ in self._steps)

    @property
    @override
    def progress(self) -> tuple[int, int, str]:
        return self.search.done, self.search.rows, f"{self.search.tried:,} networks tried"

    @override
    def answer(self) -> Answer:
        return Answer(self.search.result(), "summary")

    @override
    def too_long(self, seconds: float) -> LimitError:
        done, rows, tried = self.progress
        return LimitError(
            f"the search was stopped after {seconds:g} seconds: {tried}, {done:,} of {rows:,} rows done. Give "
            "narrower ranges or wider steps."
        )


def begin(arguments: Mapping[str, object]) -> Fitting:
    """Begin to answer one call.

    Raises:
        ParamcountError: every mistake of the call.
    """
    given, problems = check(FitArguments, arguments, SYNONYMS)
    raise_all(problems)
    missing = [name for name in ("layers", "unknowns", "target") if name not in given]
    if missing:
        raise LayerError(f"{' and '.join(missing)} must be given.")
    problem = Problem(
        cast("Item | Sequence[Item]", given["layers"]),
        cast("Mapping[str, Sequence[Number]]", given["unknowns"]),
        cast("int", given["target"]),
        cast("Quantity", given.get("quantity", "parameters")),
        cast("Mode", given.get("mode", "at_most")),
        cast("InputShape | None", given.get("input_shape")),
        cast("Framework | None", given.get("framework")),
        limits.MAX_LAYERS,
    )
    return Fitting(Search(problem))


def answer(arguments: Mapping[str, object]) -> Answer:
    """Answer one call, however long it takes."""
    fitting = begin(arguments)
    if fitting.advance(limits.MAX_SECONDS):
        raise fitting.too_long(limits.MAX_SECONDS)
    return fitting.answer()


TOOL = Tool(
    name="fit_to_budget",
    title="Numbers that meet a budget",
    description=(
        "Solve for a budget: which widths, kernel sizes, depths or other numbers give a network of exactly, at "
        "most, or closest to so many parameters, MACs or bytes. Write the unknowns as names in the layers and "
        "give each a range. Answers all solutions, the best where there are many, and the nearest below and above "
        "where there is none."
    ),
    arguments=FitArguments,
    answer=answer,
    begin=begin,
    output={
        "type": "object",
        "description": (
            "target: {quantity, mode, value}; found, the solutions listed, and complete, whether they are all; "
            "solutions: [{values, value, difference}], best first; nearest_below and nearest_above where there is "
            "none, nearest_above also for at_most; tried; candidates; bisected; notes."
        ),
        "properties": {"solutions": {"type": "array"}},
        "required": ["target", "solutions"],
    },
    threaded=True,
)
