"""Constructor signatures: how a framework spells a layer, and how a call is bound to its fields.

The canonical fields of a layer are named as PyTorch names them; a `Signature` maps one framework's
parameter names, order and defaults onto them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, cast

from paramcount.errors import LayerError, ParamcountError, UnknownNameError, closest, enough, raise_all, shown

type Framework = Literal["pytorch", "keras"]

FRAMEWORKS: Final[tuple[Framework, ...]] = ("pytorch", "keras")


class Required:
    """The default of a parameter that has none."""

    def __repr__(self) -> str:
        return "required"


REQUIRED: Final = Required()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a constructor.

    `field` is the layer's field it sets, or "" where it changes nothing that is counted here.
    `inferred` marks a required parameter that what flows in can stand for; `canonical_only` one that
    the framework's constructor does not have and only a JSON object can give; `layer` one whose value
    is a layer itself, as TimeDistributed's is, and `several` that it may be a list of them; `tensor` one
    whose value is a tensor, of which the shape counts;
    `number` one that changes nothing here and must be a number, or None where that is its default.
    """

    name: str
    field: str = ""
    default: object = REQUIRED
    keyword_only: bool = False
    inferred: bool = False
    canonical_only: bool = False
    layer: bool = False
    several: bool = False
    tensor: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A constructor: its names (the first is printed, the others are aliases) and its parameters in order."""

    names: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    catch_all: bool = False
    """Any further argument is accepted and changes nothing (torch.nn.Identity)."""
    rest: str = ""
    """The field that takes every further argument, by its name."""
    by_name: dict[str, Parameter] = field(init=False, repr=False, compare=False)
    by_field: dict[str, Parameter] = field(init=False, repr=False, compare=False)
    positional: tuple[Parameter, ...] = field(init=False, repr=False, compare=False)
    required: tuple[Parameter, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {parameter.name: parameter for parameter in self.parameters}
        if len(by_name) != len(self.parameters):
            raise TypeError(f"{self.names[0]} declares a parameter twice")
        object.__setattr__(self, "by_name", by_name)
        object.__setattr__(self, "by_field", {p.field: p for p in reversed(self.parameters) if p.field})
        object.__setattr__(
            self, "positional", tuple(p for p in self.parameters if not (p.keyword_only or p.canonical_only))
        )
        object.__setattr__(
            self, "required", tuple(p for p in self.parameters if p.default is REQUIRED and not p.inferred)
        )

    @property
    def name(self) -> str:
        """The name that is printed."""
        return self.names[0]

    def shown_as(self, field_name: str) -> str:
        """Name a field as this framework names it."""
        parameter = self.by_field.get(field_name)
        return parameter.name if parameter else field_name

    def bind(self, args: Sequence[object], kwargs: Mapping[str, object], *, canonical: bool) -> dict[str, object]:
        """Map a call's arguments to fields.

        Args:
            args: the positional arguments.
            kwargs: the keyword arguments.
            canonical: whether the layer's own field names are understood beside this framework's.

        Raises:
            ParamcountError: unknown, repeated, superfluous or missing arguments, all of them together.
        """
        given, problems = self._given(args, kwargs, canonical=canonical)
        missing = [parameter.name for parameter in self.required if parameter.name not in given]
        if missing:
            hint = self._left_out(args, kwargs, missing)
            problems.append(LayerError(f"{' and '.join(missing)} must be given. The signature is {self}.{hint}"))
        raise_all(problems)
        fields = {
            parameter.field: given.get(parameter.name, parameter.default)
            for parameter in self.parameters
            if parameter.field and (parameter.name in given or parameter.default is not REQUIRED)
        }
        further = {name: value for name, value in given.items() if name not in self.by_name}
        if self.rest and (further or self.rest not in given):
            fields[self.rest] = further
        return fields

    def _left_out(self, args: Sequence[object], kwargs: Mapping[str, object], missing: Sequence[str]) -> str:
        """How to write a call that leaves out what flows in, and gives the other sizes in its place."""
        names = [parameter.name for parameter in self.positional[1 : len(args) + 1]]
        if not args or not self.positional[0].inferred or missing != names[-1:]:
            return ""
        given = {**dict(zip(names, args, strict=True)), **kwargs}
        call = ", ".join([f"{name}={_literal(value)}" for name, value in given.items()])
        return f" Where what flows in tells {self.positional[0].name}, write {self.name}({call:.100})."

    def _given(
        self, args: Sequence[object], kwargs: Mapping[str, object], *, canonical: bool
    ) -> tuple[dict[str, object], list[ParamcountError]]:
        """Map arguments to parameters by position and name, with a mistake for each that cannot be."""
        problems: list[ParamcountError] = []
        if len(args) > len(self.positional) and not self.catch_all:
            problems.append(
                LayerError(f"takes at most {len(self.positional)} positional arguments, received {len(args)}.")
            )
        given = {parameter.name: value for parameter, value in zip(self.positional, args, strict=False)}
        for name, value in kwargs.items():
            if enough(problems):
                break
            target = self.by_name.get(name) or (self.by_field.get(name) if canonical else None)
            if target is None or (target.canonical_only and not canonical):
                if self.rest:
                    given[name] = value
                elif not self.catch_all:
                    problems.append(self._unknown(name, canonical=canonical))
            elif target.name in given:
                problems.append(LayerError(f"{name} is given twice ({shown(given[target.name])} and {shown(value)})."))
            else:
                given[target.name] = value
        for name, value in given.items():
            if name in self.by_name and self.by_name[name].number and not _is_number(value, self.by_name[name]):
                problems.append(LayerError(f"{name} must be a number, received {shown(value)}."))
        return given, problems

    def _unknown(self, name: str, *, canonical: bool) -> UnknownNameError:
        known = [name for name, parameter in self.by_name.items() if canonical or not parameter.canonical_only]
        known += self.by_field if canonical else ()
        hint = closest(name, known) or f" The signature is {self}."
        return UnknownNameError(f"has no argument {shown(name)}.{hint}")

    def __str__(self) -> str:
        parts = [
            parameter.name if parameter.default is REQUIRED else f"{parameter.name}={_literal(parameter.default)}"
            for parameter in self.parameters
            if parameter.field and not parameter.canonical_only
        ]
        parts += ["…"] if self.rest else []
        return f"{self.name}({', '.join(parts)})"

    def write(self, fields: Mapping[str, object]) -> str:
        """Write the call that makes a layer with these fields, defaults left out."""
        parts: list[str] = []
        by_position = True
        for parameter in self.parameters:
            if not parameter.field or parameter.canonical_only:
                by_position = False
                continue
            value = fields[parameter.field]
            if parameter.default is REQUIRED and value is None:
                by_position = False
            elif parameter.default is REQUIRED and by_position:
                parts.append(_literal(value))
            elif parameter.default is REQUIRED or value != parameter.default:
                parts.append(f"{parameter.name}={_literal(value)}")
                by_position = False
            else:
                by_position = False
        if self.rest:
            further = cast("Iterable[tuple[str, object]]", fields[self.rest])
            parts += [f"{name}={_literal(value)}" for name, value in further]
        return f"{self.name}({', '.join(parts)})"


def ignored(*names: str) -> tuple[Parameter, ...]:
    """Parameters that are accepted and change nothing that is counted."""
    return tuple(Parameter(name, default=None) for name in names)


def numbers(*names: str, none: bool = False) -> tuple[Parameter, ...]:
    """Parameters that change nothing that is counted, and must be numbers; `none` takes None as well."""
    return tuple(Parameter(name, default=None if none else 0.0, number=True) for name in names)


def _is_number(value: object, parameter: Parameter) -> bool:
    return isinstance(value, int | float) or (value is None and parameter.default is None)


def _literal(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return str(value)
