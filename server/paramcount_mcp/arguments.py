"""From what a host sends to checked arguments: names first, then values, every mistake collected.

Hosts stringify: "3", "[3, 3]" and 64.0 are read as the numbers they hold. True is not read as 1.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

from paramcount import LayerError, ParamcountError, UnknownNameError
from paramcount.errors import closest, enough, sequence, shown
from paramcount.limits import MAX_RANK
from paramcount.recorded import is_whole
from paramcount.signature import Framework

_FRAMEWORKS: Mapping[str, Framework] = {
    "pytorch": "pytorch",
    "torch": "pytorch",
    "keras": "keras",
    "tf.keras": "keras",
    "tensorflow": "keras",
    "tf": "keras",
}
_MAX_JSON = 1_000_000


class Arguments(BaseModel):
    """The arguments of a tool. Unknown names are refused before this is made."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def check[A: Arguments](
    model: type[A], arguments: Mapping[str, object], synonyms: Mapping[str, str]
) -> tuple[dict[str, object], list[ParamcountError]]:
    """Return the arguments that are right, and one error for each that is not.

    Args:
        model: what the tool takes.
        arguments: what was sent.
        synonyms: other names for the arguments.
    """
    problems: list[ParamcountError] = []
    given: dict[str, object] = {}
    fields = model.model_fields
    for sent, value in arguments.items():
        if enough(problems):
            break
        name = synonyms.get(sent, sent)
        if name not in fields:
            hint = closest(sent, [*fields, *synonyms]) or f" Known are {', '.join(fields)}."
            problems.append(UnknownNameError(f"there is no argument {shown(sent)}.{hint}"))
        elif name in given:
            problems.append(LayerError(f"{name} is given twice, once as {sent}."))
        elif value is not None:
            given[name] = value
    try:
        made = model.model_validate(given)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            problems.append(_explained(cast("dict[str, Any]", problem)))
            given.pop(str(problem["loc"][0]) if problem["loc"] else "", None)
        # What is right is read all the same, so that every mistake is found; examples stand in for the rest.
        required = {name: field for name, field in fields.items() if field.is_required()}
        stand_in = {name: (field.examples or [None])[0] for name, field in required.items()}
        made = model.model_validate({**stand_in, **given})
    return {name: getattr(made, name) for name in given}, problems


def _explained(problem: dict[str, Any]) -> ParamcountError:
    name = str(problem["loc"][0]) if problem["loc"] else ""
    if problem["type"] == "missing":
        return LayerError(f"{name} is missing.")
    if problem["type"] == "rule":
        return LayerError(f"{name} {problem['msg']}")
    message = str(problem["msg"])
    return LayerError(f"{name}: {message[:1].lower()}{message[1:]}, received {shown(problem.get('input'))}.")


def refuse(message: str) -> PydanticCustomError:
    """Make the error that a check raises; its message is shown as it is, after the argument's name."""
    return PydanticCustomError("rule", "{message}", {"message": message})


def unstringified(value: object) -> object:
    """Read a JSON list or object that a host sent as a string; leave any other value as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{") and len(value) <= _MAX_JSON:
        try:
            return cast("object", json.loads(value))
        except (ValueError, RecursionError):
            return value
    return value


def _whole(value: object) -> object:
    """Read a whole number from 64.0 and "3"; leave any other value as it is."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal() and len(value) < 20 and value.isascii():
        return int(value)
    return value


def _one(value: object) -> object:
    if is_whole(value):
        return value
    value = _whole(value)
    if type(value) is not int:
        raise refuse(f"must be a whole number, received {shown(value)}.")
    return value


def _several(value: object) -> object:
    if is_whole(value):
        return value
    value = unstringified(value)
    if isinstance(value, str) and 0 < len(value) < 100:
        for separator in ("x", "×", ","):
            parts = value.split(separator)
            if len(parts) > 1 and all(part.strip().isdecimal() for part in parts):
                value = [int(part) for part in parts]
                break
    items = sequence(value)
    if items is None:
        return _one(value)
    if not 1 <= len(items) <= MAX_RANK:
        raise refuse(f"must hold one number for each dimension, received {shown(value)}.")
    return [_one(inner) for inner in items]


def _padding(value: object) -> object:
    if isinstance(value, str) and value.lower() in ("same", "valid", "causal"):
        return value.lower()
    return _several(value)


def _truth(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise refuse(f"must be true or false, received {shown(value)}.")


def _framework(value: object) -> object:
    found = _FRAMEWORKS.get(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise refuse(f"must be 'pytorch' or 'keras', received {shown(value)}.")
    return found


Whole = Annotated[int, PlainValidator(_one, json_schema_input_type=int)]
Numbers = Annotated[int | list[int], PlainValidator(_several, json_schema_input_type=int | list[int])]
Padding = Annotated[int | list[int] | str, PlainValidator(_padding, json_schema_input_type=int | list[int] | str)]
Truth = Annotated[bool, PlainValidator(_truth, json_schema_input_type=bool)]
_Named = Literal["pytorch", "keras"]
WhichFramework = Annotated[_Named, PlainValidator(_framework, json_schema_input_type=_Named)]
