"""A network: named nodes with named inputs, and how it is made from what a caller gives.

    notation, JSON objects ──▶ Layer, Network

Every mistake found on the way is collected, and all are reported together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from paramcount import shapes
from paramcount.errors import (
    LayerError,
    LimitError,
    NotationError,
    ParamcountError,
    UnknownNameError,
    closest,
    raise_all,
    shown,
)
from paramcount.layers import frameworks_of, look_up, look_up_kind
from paramcount.layers.base import Kind, Layer
from paramcount.layers.fields import sizes
from paramcount.limits import MAX_DEPTH, MAX_LAYERS, MAX_NAME
from paramcount.notation import Call, Name, read
from paramcount.shapes import Shape
from paramcount.signature import FRAMEWORKS, Framework, Signature

INPUT: Final = "input"
"""The name of a network's input."""

type Item = str | Mapping[str, object]
"""What a caller writes a layer as: notation, or a JSON object."""


@dataclass(frozen=True, slots=True)
class Node:
    """One use of a layer: its name, and the names of the nodes whose outputs flow into it."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes in an order in which each comes after what flows into it.

    `inputs` names each input with its shape, batch excluded, or None where nothing is known of it.
    """

    framework: Framework
    nodes: tuple[Node, ...]
    inputs: tuple[tuple[str, Shape | None], ...]


PREFIXES: Final[Mapping[str, Framework]] = {
    "nn": "pytorch",
    "torch.nn": "pytorch",
    "layers": "keras",
    "keras.layers": "keras",
    "tf.keras.layers": "keras",
    "tensorflow.keras.layers": "keras",
    "keras": "keras",
    "tf.keras": "keras",
}
"""The module names that may stand before a constructor, and the framework they tell."""

SEQUENTIAL: Final = "Sequential"
INPUT_LAYERS: Final = ("Input", "InputLayer")


@dataclass(frozen=True, slots=True)
class _Written:
    """A layer as it was written, taken apart but not yet looked up."""

    name: str
    args: tuple[object, ...]
    kwargs: dict[str, object]
    label: str
    framework: Framework | None
    from_json: bool = False

    @property
    def place(self) -> str:
        """How an error names the layer."""
        return f"layer {self.label} ({self.name[:60]})"


def layer(written: Item, *, framework: Framework | None = None) -> Layer:
    """Make one layer from notation or from a JSON object.

    Args:
        written: `"Conv2d(3, 32, 3)"` or `{"kind": "conv2d", "in_channels": 3, …}`.
        framework: "pytorch" or "keras"; left out, the spelling tells, and PyTorch where it does not.

    Raises:
        ParamcountError: the layer cannot be read or breaks a rule.
    """
    found, shape = _take_apart([written])
    if len(found) != 1 or shape is not None:
        raise NotationError(f"one layer is expected, {len(found)} were given.")
    (one,) = found
    try:
        return _make(one, _agree(found, framework))
    except ParamcountError as error:
        error.place = tuple(f"{one.name[:60]}" if place == one.place else place for place in error.place)
        raise


def network(
    items: Item | Sequence[Item],
    *,
    input_shape: Sequence[int | None] | None = None,
    framework: Framework | None = None,
    most: int = MAX_LAYERS,
) -> Network:
    """Make a network of layers that run one after the other.

    Args:
        items: notation, JSON objects, or both mixed; a text may hold any number of layers.
        input_shape: the shape of one sample, batch excluded, in the framework's order: (C, H, W) for
            PyTorch, (H, W, C) for Keras. Keras's `Input(shape=…)` and `input_shape=…` do as well.
        framework: "pytorch" or "keras"; left out, the spelling tells, and PyTorch where it does not.
        most: how many layers the network may have.

    Raises:
        ParamcountError: a layer cannot be read or breaks a rule; all mistakes together.
    """
    written: Sequence[Item] = [items] if isinstance(items, str | Mapping) else items
    problems: list[ParamcountError] = []
    found: list[_Written] = []
    declared = given = None
    try:
        found, declared = _take_apart(written, most)
        if not found:
            problems.append(LayerError("no layer was given."))
    except ParamcountError as error:
        problems.append(error)
    try:
        given = None if input_shape is None else checked_shape(input_shape)
        chosen = _agree(found, framework)
    except ParamcountError as error:
        raise_all([*problems, error])
        raise
    if given is not None and declared is not None and given != declared:
        problems.append(
            LayerError(f"input_shape={shapes.text(given)}, but the layers say {shapes.text(declared)}. Give one.")
        )
    nodes: list[Node] = []
    made: dict[str, Layer] = {}
    previous = INPUT
    seen: set[str] = {INPUT}
    for one in found:
        key = f"{one.name}{one.args!r}{sorted(one.kwargs.items(), key=lambda item: item[0])!r}{one.from_json}"
        try:
            if one.label in seen:
                raise LayerError(f"the name {shown(one.label)} is taken.", place=(one.place,))
            if key not in made:
                made[key] = _make(one, chosen)
        except ParamcountError as error:
            problems.append(error)
            continue
        seen.add(one.label)
        nodes.append(Node(one.label, made[key], (previous,)))
        previous = one.label
    raise_all(problems)
    return Network(chosen, tuple(nodes), ((INPUT, given if given is not None else declared),))


def _take_apart(items: Sequence[Item], most: int = MAX_LAYERS) -> tuple[list[_Written], Shape | None]:
    """Flatten items to layers as they were written, with the input shape that they declare, if any."""
    found: list[_Written] = []
    shapes_declared: list[Shape] = []
    problems: list[ParamcountError] = []

    def take(value: object, path: str, depth: int) -> None:
        if len(found) >= most:
            raise LimitError(f"the network has more than {most} layers; at most {most} are answered.")
        if depth > MAX_DEPTH:
            raise LimitError(f"more than {MAX_DEPTH} layers are nested.")
        if isinstance(value, list | tuple):
            for index, inner in enumerate(cast("Sequence[object]", value)):
                take(inner, f"{path}.{index}" if path else str(index), depth + 1)
        elif isinstance(value, Mapping):
            _take_object(cast("Mapping[str, object]", value), path, depth)
        elif isinstance(value, Call):
            take_call(value, path, depth)
        else:
            raise LayerError(f"a layer is expected, not {shown(value)}.", place=(f"layer {path}",))

    def take_call(call: Call, path: str, depth: int) -> None:
        name, framework = _split(call.name)
        label = call.label or path
        if name == SEQUENTIAL:
            inner = call.args[0] if len(call.args) == 1 and isinstance(call.args[0], list) else call.args
            _only(call, {"name", "trainable"} if framework == "keras" else {"name"}, label)
            take(inner, label, depth)
        elif name in INPUT_LAYERS:
            shapes_declared.append(_declared(call, label))
        else:
            kwargs = dict(call.kwargs)
            shape = _pop_shape(kwargs, label)
            if shape is not None:
                shapes_declared.append(shape)
            found.append(_Written(name, call.args, kwargs, label, framework))

    def _take_object(value: Mapping[str, object], path: str, depth: int) -> None:
        fields = dict(value)
        kind = fields.pop("kind", None)
        label = fields.pop("name", None) or path
        if not isinstance(label, str) or len(label) > MAX_NAME:
            raise LayerError(f"name must be a text of at most {MAX_NAME} characters, received {shown(label)}.")
        if not isinstance(kind, str):
            raise LayerError(
                f"a JSON object needs a kind, such as {{'kind': 'conv2d', …}}; received {shown(value)}.",
                place=(f"layer {label}",),
            )
        if kind.lower() == SEQUENTIAL.lower():
            take(fields.get("layers", []), label, depth)
            return
        _check_object(fields, label)
        name, framework = _split(kind)
        shape = _pop_shape(fields, label)
        if shape is not None:
            shapes_declared.append(shape)
        found.append(_Written(name, (), fields, label, framework, from_json=True))

    flat: list[object] = []
    for index, item in enumerate(items):
        try:
            flat.extend(read(item, most=most) if isinstance(item, str) else [item])
        except NotationError as error:
            problems.append(error.within(f"layers[{index}]") if len(items) > 1 else error)
    single = len(flat) == 1 and isinstance(flat[0], list | Call | Mapping)
    for index, value in enumerate(flat):
        unlabelled = single and (isinstance(value, list) or _is_sequential(value))
        try:
            take(value, "" if unlabelled else str(index), 0)
        except LimitError:
            raise
        except ParamcountError as error:
            problems.append(error)
    raise_all(problems)
    if len(set(shapes_declared)) > 1:
        raise LayerError(f"the layers declare several input shapes: {', '.join(map(shapes.text, shapes_declared))}.")
    return found, shapes_declared[0] if shapes_declared else None


def _is_sequential(value: object) -> bool:
    return isinstance(value, Call) and _split(value.name)[0] == SEQUENTIAL and not value.label


def _check_object(fields: Mapping[str, object], label: str) -> None:
    """Bound what a JSON object may hold: numbers, texts and flat lists."""
    for name, value in fields.items():
        nested = isinstance(value, Mapping) or (
            isinstance(value, list | tuple) and any(isinstance(inner, list | tuple | Mapping) for inner in value)
        )
        if nested or len(name) > MAX_NAME:
            raise LayerError(f"{shown(name)} may not hold {shown(value)}.", place=(f"layer {label}",))


def _split(name: str) -> tuple[str, Framework | None]:
    """Split a constructor's name from the module names before it."""
    prefix, dot, last = name.rpartition(".")
    if not dot:
        return name, None
    if prefix not in PREFIXES:
        known = ", ".join(f"{known}." for known in PREFIXES)
        raise UnknownNameError(f"{shown(name)}: {shown(prefix + '.')} is no known prefix ({known}).")
    return last, PREFIXES[prefix]


def _agree(found: Sequence[_Written], asked: Framework | None) -> Framework:
    """Settle the framework: the one asked for, else the one that the spellings tell, else PyTorch."""
    if asked is not None:
        if asked not in FRAMEWORKS:
            raise UnknownNameError(
                f"framework must be 'pytorch' or 'keras', received {shown(asked)}.{closest(str(asked), FRAMEWORKS)}"
            )
        return asked
    told: dict[Framework, str] = {}
    for one in found:
        only = frameworks_of(one.name) if one.framework is None else frozenset((one.framework,))
        if len(only) == 1:
            told.setdefault(next(iter(only)), one.place)
    if len(told) > 1:
        raise LayerError(
            f"{told['pytorch']} is spelt as in PyTorch, {told['keras']} as in Keras. Write all layers as one framework does."
        )
    return next(iter(told), "pytorch")


def _make(one: _Written, framework: Framework) -> Layer:
    """Look the layer up, bind its arguments and check them."""
    try:
        if one.framework is not None and one.framework != framework:
            raise UnknownNameError(f"is written as in {one.framework}, but framework='{framework}'.")
        kind, signature = (look_up_kind if one.from_json else look_up)(one.name, framework)
        fields = signature.bind(one.args, one.kwargs, canonical=one.from_json)
        _only_literals(fields, signature, one)
        return _checked(kind, signature, fields, framework)
    except ParamcountError as error:
        raise error.within(one.place) from error.__cause__


def _checked(kind: Kind, signature: Signature, fields: dict[str, object], framework: Framework) -> Layer:
    try:
        return kind.model.model_validate({"kind": kind, "framework": framework, **fields})
    except ValidationError as error:
        raise_all([_explained(problem, signature) for problem in error.errors(include_url=False)])
        raise  # never reached: a ValidationError holds at least one problem


def _explained(problem: object, signature: Signature) -> LayerError:
    """One of pydantic's complaints as a sentence that names the argument as its framework does."""
    details = cast("dict[str, object]", problem)
    location = cast("tuple[str | int, ...]", details["loc"])
    message = str(details["msg"])
    if not location:
        return LayerError(message)
    if details["type"] != "rule":
        message = f"{message[:1].lower()}{message[1:]}, received {shown(details.get('input'))}."
    return LayerError(f"{signature.shown_as(str(location[0]))} {message}")


def _only_literals(fields: Mapping[str, object], signature: Signature, one: _Written) -> None:
    """Refuse names and calls where a count depends on their value.

    Raises:
        NotationError: an argument is neither a literal nor one that changes nothing.
    """
    for field, value in fields.items():
        if field != "activation" and _holds_name(value):
            name = signature.shown_as(field)
            raise NotationError(f"{name} must be a literal, received {value!r}. Write its value.")
    if one.label and len(one.label) > MAX_NAME:
        raise LimitError(f"the name has more than {MAX_NAME} characters.")


def _holds_name(value: object) -> bool:
    if isinstance(value, Name | Call):
        return True
    return isinstance(value, list | tuple) and any(_holds_name(inner) for inner in cast("Sequence[object]", value))


def checked_shape(value: object) -> Shape:
    try:
        return sizes(value)
    except PydanticCustomError as error:
        raise LayerError(f"input_shape {error.message()}") from None


def _pop_shape(kwargs: dict[str, object], label: str) -> Shape | None:
    """Take Keras's `input_shape` and its relatives out of a layer's arguments."""
    try:
        for name, batch in (("input_shape", 0), ("batch_input_shape", 1), ("batch_shape", 1)):
            if name in kwargs:
                return checked_shape(kwargs.pop(name))[batch:]
        if "input_dim" in kwargs:
            return checked_shape((kwargs.pop("input_dim"),))
    except ParamcountError as error:
        raise error.within(f"layer {label}") from None
    return None


def _declared(call: Call, label: str) -> Shape:
    """The shape that Keras's Input declares."""
    kwargs = dict(call.kwargs)
    shape = kwargs.pop("shape", call.args[0] if call.args else None)
    for name in ("batch_size", "dtype", "name", "sparse", "optional"):
        kwargs.pop(name, None)
    popped = _pop_shape(kwargs, label)
    if kwargs or (shape is None and popped is None):
        unknown = f"{shown(next(iter(kwargs)))} is not understood" if kwargs else "it has no shape"
        raise LayerError(f"{unknown}. Write Input(shape=(28, 28, 1)).", place=(f"layer {label} (Input)",))
    try:
        return popped if popped is not None else checked_shape(shape)
    except ParamcountError as error:
        raise error.within(f"layer {label} (Input)") from None


def _only(call: Call, names: set[str], label: str) -> None:
    for name in call.kwargs:
        if name not in names:
            raise UnknownNameError(f"has no argument {shown(name)}.", place=(f"layer {label} ({SEQUENTIAL})",))


def single(one: Layer, input_shape: Shape | None) -> Network:
    """The network of one layer."""
    return Network(one.framework, (Node("0", one, (INPUT,)),), ((INPUT, input_shape),))


def with_input(given: Network, input_shape: Sequence[int | None]) -> Network:
    """The same network for another input."""
    return replace(given, inputs=((INPUT, checked_shape(input_shape)),))
