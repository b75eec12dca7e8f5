"""What a caller gives → Layer, Network. Every mistake on the way is collected; all are reported together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from pydantic import ValidationError

from paramcount import shapes
from paramcount.architectures import catalogue
from paramcount.bodies import Bodies
from paramcount.declared import InputShape, checked_shapes
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
from paramcount.layers import kind_named, look_up, look_up_kind
from paramcount.layers.base import Kind, Layer
from paramcount.limits import MAX_DEPTH, MAX_KEPT, MAX_KEPT_TEXT, MAX_LAYERS
from paramcount.modules import EVERY_BLOCK
from paramcount.network import INPUT, Network
from paramcount.notation import NO_VALUES, Call, Name, Number
from paramcount.parts import NOTHING, Part, Series, Written
from paramcount.shapes import Shape
from paramcount.signature import FRAMEWORKS, Framework, Signature
from paramcount.wiring import Wiring, WithinError
from paramcount.written import FindBody, Item, TakenApart, take_apart

_ATOMS: Final = frozenset((int, str, bool, float, type(None)))
"""Types of values that hold no name."""

TENSORS: Final = ("zeros", "ones", "empty", "rand", "randn")
"""Functions of torch whose arguments are the shape of what they make."""

_LAYERS: Final = Kept[tuple[object, ...], Layer](MAX_KEPT)
"""Layers by how they are written."""


def layer(written: Item, *, framework: Framework | None = None) -> Layer:
    """Make one layer from notation or from a JSON object.

    Args:
        written: `"Conv2d(3, 32, 3)"` or `{"kind": "conv2d", "in_channels": 3, …}`.
        framework: "pytorch" or "keras"; left out, the spelling tells, and PyTorch where it does not.

    Raises:
        ParamcountError: the layer cannot be read or breaks a rule.
    """
    problems: list[ParamcountError] = []
    found, parts = take_apart([written], MAX_LAYERS, problems, framework)
    raise_all(problems)
    one: Part = parts
    while isinstance(one, Series) and len(one.parts) == 1:
        one = one.parts[0]
    if not isinstance(one, Written) or found.declared:
        raise NotationError(f"one layer is expected, {len(found.layers)} were given.")
    try:
        return _make(one, _agree(found.layers, framework))
    except ParamcountError as error:
        raise error.within(one.name[:60]) from None


def layer_of_kind(kind: str, fields: Mapping[str, object], *, framework: Framework) -> Layer:
    """Make one layer from its canonical name and fields, the short way for what is already taken apart.

    Raises:
        KeyError: there is no such kind.
        ParamcountError: the framework has no such layer, a field is unknown, or one breaks a rule.
    """
    found = kind_named(kind)
    signature = found.signature(framework)
    if signature is None:
        raise UnknownNameError(f"{kind!r} does not exist in {framework}.")
    return _filled(found, signature, signature.bind((), fields, canonical=True), framework, depth=0)


def layer_of_call(name: str, arguments: Mapping[str, object], *, framework: Framework) -> Layer:
    """Make one layer from its constructor's name and arguments by name.

    Raises:
        ParamcountError: the name or an argument is unknown, or an argument breaks a rule.
    """
    return layer_from(Call(name, (), dict(arguments)), framework=framework)


def layer_from(call: Call, *, framework: Framework) -> Layer:
    """Make one layer from a call that was read already.

    Raises:
        ParamcountError: there is no such layer, or an argument breaks a rule.
    """
    return _made(Written(call.name, call.args, call.kwargs, ""), framework)


def network(
    items: Item | Sequence[Item],
    *,
    input_shape: InputShape | None = None,
    framework: Framework | None = None,
    most: int = MAX_LAYERS,
    values: Mapping[str, Number] = NO_VALUES,
) -> Network:
    """Make a network: layers that run one after the other, and blocks that say otherwise.

    Args:
        items: notation, JSON objects, or both mixed; a text may hold any number of layers.
        input_shape: the shape of one sample, batch excluded, in the framework's order: (C, H, W) for
            PyTorch, (H, W, C) for Keras; a list of shapes for several inputs.
            Keras's `Input(shape=…)` and `input_shape=…` do as well.
        framework: "pytorch" or "keras"; left out, the spelling tells, and PyTorch where it does not.
        most: how many layers the network may have.
        values: what names of numbers stand for: `{"w": 64}` for `Conv2d(3, w, 3)`.

    Raises:
        ParamcountError: a layer cannot be read or breaks a rule; all mistakes together.
    """
    bodies = Bodies(_made)
    try:
        return _network(items, input_shape, framework, most, values, bodies.find)
    except (ParamcountError, WithinError):
        if not bodies.found:
            raise
    return _network(items, input_shape, framework, most, values, None)  # and say of each layer what there is to say


def _network(
    items: Item | Sequence[Item],
    input_shape: InputShape | None,
    framework: Framework | None,
    most: int,
    values: Mapping[str, Number],
    wired: FindBody | None,
) -> Network:
    problems: list[ParamcountError] = []
    found, part, given = TakenApart(most), NOTHING, None
    chosen: Framework = "keras" if framework == "keras" else "pytorch"  # until the spellings tell
    try:
        given = None if input_shape is None else checked_shapes(input_shape)
    except ParamcountError as error:
        problems.append(error)
    try:
        several = [items] if isinstance(items, str | Mapping) else items
        found, part = take_apart(several, most, problems, framework, values, wired)
    except ParamcountError as error:
        problems.append(error)
    try:
        chosen = _agree(found.layers, framework)
    except ParamcountError as error:  # by the rules of no one framework can the layers be made
        problems.append(error)
        raise_all(problems)
    wiring = Wiring(chosen, lambda one: _made(one, chosen), problems, most)
    last = INPUT
    try:
        last = wiring.run(part, INPUT)
    except ParamcountError as error:
        problems.append(error)
    if not found.layers and not problems:
        problems.append(LayerError("no layer was given."))
    sources: tuple[tuple[str, Shape | None], ...] = ()
    try:
        declared = found.declared
        if not declared and found.usual is not None and given is None:
            declared = [found.usual]
        sources = _sources(wiring.sources, declared, given)
        flows = sources[0][1]
        if found.channels is not None and flows is not None and flows[-1:] != (found.channels,):
            raise LayerError(f"in_channels={found.channels}, but input_shape={shapes.text(flows)}. Give one.")
    except ParamcountError as error:
        problems.append(error)
    raise_all(problems)
    return Network(
        chosen,
        tuple(wiring.nodes),
        sources,
        wiring.outputs or (last,),
        tuple(wiring.unused),
        tuple(wiring.ties),
        found.catalogued,
        found.blocks,
    )


def _sources(
    declared: Sequence[tuple[str, Shape | None]], first: Sequence[Shape], given: tuple[Shape, ...] | None
) -> tuple[tuple[str, Shape | None], ...]:
    """The inputs and their shapes: those given, else those declared by inputs, else by the first layer."""
    own = list(declared) or [(INPUT, None)]
    if first and own[0][1] is None:
        own[0] = (own[0][0], first[0])
    if given is None:
        return tuple(own)
    if len(given) != len(own):
        raise LayerError(
            f"input_shape holds {len(given)} shapes, but the network has {len(own)} input{'' if len(own) == 1 else 's'}"
            f" ({', '.join(name for name, _ in own[:8])})."
        )
    for (_, shape), asked in zip(own, given, strict=True):
        if shape is not None and shape != asked:
            raise LayerError(
                f"input_shape={shapes.text(asked)}, but the layers declare {shapes.text(shape)}. Give one."
            )
    return tuple([(name, shape) for (name, _), shape in zip(own, given, strict=True)])


def _agree(found: Sequence[Written], asked: Framework | None) -> Framework:
    """Settle the framework: the one asked for, else the one that the spellings tell, else PyTorch."""
    for known in FRAMEWORKS:
        if asked == known:
            return known
    if asked is not None:
        hint = closest(str(asked), FRAMEWORKS)
        raise UnknownNameError(f"framework must be 'pytorch' or 'keras', received {shown(asked)}.{hint}")
    told: dict[Framework, str] = {}
    for one in found:
        if one.tells is not None:
            told.setdefault(one.tells, one.place)
    if len(told) > 1:
        raise LayerError(
            f"{told['pytorch']} is spelt as in PyTorch, {told['keras']} as in Keras. Write all as one framework does."
        )
    return "keras" if "keras" in told else "pytorch"


def _made(one: Written, framework: Framework) -> Layer:
    """Make a layer, or find the one that was made when it was written like this before."""
    arguments = one.arguments
    key = (framework, one.name, one.framework, one.from_json, arguments)
    made = _LAYERS.get(key)
    if made is None:
        made = _make(one, framework)
        if len(arguments) <= MAX_KEPT_TEXT:
            _LAYERS.keep(key, made)
    return made


def _make(one: Written, framework: Framework, depth: int = 0) -> Layer:
    """Look the layer up, bind its arguments, and make it of them."""
    if depth > MAX_DEPTH:
        raise LimitError(f"more than {MAX_DEPTH} layers are nested.")
    if one.framework is not None and one.framework != framework:
        raise UnknownNameError(f"is written as in {one.framework}, but framework='{framework}'.")
    kind, signature = (look_up_kind if one.from_json else look_up)(one.name, framework, _beside)
    return _filled(kind, signature, signature.bind(one.args, one.kwargs, canonical=one.from_json), framework, depth)


def _filled(kind: Kind, signature: Signature, fields: dict[str, object], framework: Framework, depth: int) -> Layer:
    """Make the layers among a layer's fields, and check them all."""
    for name, value in fields.items():
        parameter = signature.by_field[name]
        if type(value) in _ATOMS and not parameter.layer:
            continue
        if parameter.tensor and isinstance(value, Call):
            value = fields[name] = _tensor_shape(value)
        if parameter.layer and value is not None:
            fields[name] = _inner(name, value, framework, depth)
        elif name != "activation" and _holds_name(value):
            raise NotationError(f"{signature.shown_as(name)} must be a literal, received {value!r}. Write its value.")
    return _checked(kind, signature, fields, framework)


def _beside() -> Iterable[str]:
    """What has a name beside the layers."""
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
    found = TakenApart(most=1)
    try:
        part = found.take(value, name)
        if not isinstance(part, Written) or found.declared:
            raise LayerError(f"{name} must be one layer, received {shown(value)}.")
        return _make(part, framework, depth + 1)
    except ParamcountError as error:
        raise error.within(name) from None


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
