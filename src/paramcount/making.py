"""A layer as it was written → Layer: it is looked up, its arguments are bound, and what they hold is checked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from pydantic import ValidationError

from paramcount.declared import may_declare
from paramcount.errors import (
    LayerError,
    LimitError,
    NotationError,
    ParamcountError,
    UnknownNameError,
    closest,
    raise_all,
    sequence,
    shown,
)
from paramcount.kept import Kept
from paramcount.layers import look_up, look_up_kind, spelt
from paramcount.layers.base import Kind, Layer
from paramcount.limits import MAX_DEPTH, MAX_KEPT, MAX_KEPT_TEXT
from paramcount.notation import Call, Name, read
from paramcount.prefixes import split_prefix
from paramcount.signature import FRAMEWORKS, Framework, Signature
from paramcount.written import Written

_ATOMS: Final = frozenset((int, str, bool, float, type(None)))
"""Types of values that hold no name."""

TENSORS: Final = ("zeros", "ones", "empty", "rand", "randn")
"""Functions of torch whose arguments are the shape of what they make."""

_LAYERS: Final = Kept[tuple[object, ...], Layer](MAX_KEPT)
"""Layers by how they are written."""


def agree(found: Sequence[Written], asked: Framework | None) -> Framework:
    """Settle the framework: the one asked for, else the one that the spellings tell, else PyTorch.

    Raises:
        ParamcountError: there is none of this name, or the spellings tell both.
    """
    for known in FRAMEWORKS:
        if asked == known:
            return known
    if asked is not None:
        hint = closest(str(asked), FRAMEWORKS)
        raise UnknownNameError(f"framework must be 'pytorch' or 'keras', received {shown(asked)}.{hint}")
    if len(found) == 1 and found[0].framework is None:  # it takes no look at every kind there is
        first = _first_spelt(found[0].name)
        return "pytorch" if first is None else first[0]
    told: dict[Framework, str] = {}
    for one in found:
        if one.tells is not None:
            told.setdefault(one.tells, one.place)
    if len(told) > 1:
        raise LayerError(
            f"{told['pytorch']} is spelt as in PyTorch, {told['keras']} as in Keras. Write all as one framework does."
        )
    return "keras" if "keras" in told else "pytorch"


def plain(value: object) -> Written | None:
    """A layer by itself: a call of its constructor, or a text with nothing else in it; None where it may be more."""
    try:
        if isinstance(value, str):
            found = read(value)
            return plain(found[0]) if len(found) == 1 else None
        if not isinstance(value, Call) or value.label is not None or value.on is not None or may_declare(value.kwargs):
            return None
        name, framework = split_prefix(value.name)
    except ParamcountError:
        return None  # it is told where everything is read that there can be
    first = _first_spelt(name)
    if first is None or first[1].inputs != (1, 1):
        return None  # what joins several inputs is a block where it holds layers
    return Written(name, value.args, value.kwargs, "", framework)


def _first_spelt(name: str) -> tuple[Framework, Kind] | None:
    """PyTorch, or Keras where PyTorch does not spell a layer so, and the kind of layer that it is."""
    for framework in FRAMEWORKS:
        found = spelt(name, framework)
        if found is not None:
            return framework, found[0]
    return None


def made(one: Written, framework: Framework) -> Layer:
    """Make a layer, or find the one that was made when it was written like this before.

    Raises:
        ParamcountError: there is no such layer, or an argument breaks a rule.
    """
    arguments = one.arguments
    key = (framework, one.name, one.framework, one.from_json, arguments)
    found = _LAYERS.get(key)
    if found is None:
        found = make(one, framework)
        if len(arguments) <= MAX_KEPT_TEXT:
            _LAYERS.keep(key, found)
    return found


def make(one: Written, framework: Framework, depth: int = 0) -> Layer:
    """Look the layer up, bind its arguments, and make it of them.

    Raises:
        ParamcountError: there is no such layer, or an argument breaks a rule.
    """
    if depth > MAX_DEPTH:
        raise LimitError(f"more than {MAX_DEPTH} layers are nested.")
    if one.framework is not None and one.framework != framework:
        raise UnknownNameError(f"is written as in {one.framework}, but framework='{framework}'.")
    kind, signature = (look_up_kind if one.from_json else look_up)(one.name, framework, _beside)
    return filled(kind, signature, signature.bind(one.args, one.kwargs, canonical=one.from_json), framework, depth)


def filled(kind: Kind, signature: Signature, fields: dict[str, object], framework: Framework, depth: int) -> Layer:
    """Make the layers among a layer's fields, and check them all.

    Raises:
        ParamcountError: one breaks a rule.
    """
    for name, value in fields.items():
        parameter = signature.by_field[name]
        if type(value) in _ATOMS and not parameter.layer:
            continue
        if parameter.tensor and isinstance(value, Call):
            value = fields[name] = _tensor_shape(value)
        if parameter.layer and value is not None:
            several = sequence(value) if parameter.several else None
            fields[name] = (
                _inner(name, value, framework, depth)
                if several is None
                else tuple([_inner(f"{name} {place}", one, framework, depth) for place, one in enumerate(several)])
            )
        elif name != "activation" and _holds_name(value):
            raise NotationError(f"{signature.shown_as(name)} must be a literal, received {value!r}. Write its value.")
    return _checked(kind, signature, fields, framework)


def _beside() -> Iterable[str]:
    """What has a name beside the layers."""
    from paramcount.architectures import catalogue  # only an unknown name is compared with all there are
    from paramcount.modules import EVERY_BLOCK

    return (*EVERY_BLOCK, *catalogue())


def _tensor_shape(made: Call) -> object:
    """The shape of what torch.zeros(1, 768), or a call like it, makes.

    Raises:
        NotationError: it is none of these.
    """
    if made.name.removeprefix("torch.") not in TENSORS:
        raise NotationError(f"a shape, or torch.zeros(…), is expected; received {made!r:.60}.")
    return made.kwargs.get("size", made.args)


def _inner(name: str, value: object, framework: Framework, depth: int) -> Layer:
    """Make a layer that is another's argument."""
    try:
        return make(plain(value) or _apart(name, value), framework, depth + 1)
    except ParamcountError as error:
        raise error.within(name) from None


def _apart(name: str, value: object) -> Written:
    """The layer that an argument holds, where it is no plain call.

    Raises:
        ParamcountError: it holds something else.
    """
    from paramcount.apart import TakenApart  # it knows every block and network: few layers need it

    found = TakenApart(most=1)
    part = found.take(value, name)
    if not isinstance(part, Written) or found.declared:
        raise LayerError(f"{name} must be one layer, received {shown(value)}.")
    return part


def _checked(kind: Kind, signature: Signature, fields: dict[str, object], framework: Framework) -> Layer:
    try:
        return kind.model.model_validate({"kind": kind, "framework": framework, **fields})
    except ValidationError as error:
        problems = [_explained(problem, signature) for problem in error.errors(include_url=False)]
    raise_all(problems)
    raise LayerError(f"{kind.name} is not valid.")  # unreachable while a ValidationError holds at least one problem


def _explained(problem: object, signature: Signature) -> LayerError:
    """One of pydantic's complaints as a sentence that names the argument as its framework does."""
    details = cast("Mapping[str, object]", problem)
    location = cast("tuple[str | int, ...]", details["loc"])
    message = str(details["msg"])
    if not location:
        return LayerError(message)
    if details["type"] != "rule":
        message = f"is not valid: {message[:1].lower()}{message[1:]}, received {shown(details.get('input'))}."
    return LayerError(f"{signature.shown_as(str(location[0]))} {message}")


def _holds_name(value: object) -> bool:
    if isinstance(value, Name | Call):
        return True
    inner = sequence(value)
    return inner is not None and any(map(_holds_name, inner))
