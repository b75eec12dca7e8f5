"""What stands in a Keras configuration, of Keras 2 and 3: names, shapes and connections, each of them checked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from paramcount.errors import NotationError, sequence, shown
from paramcount.limits import MAX_NAME, MAX_RANK, MAX_SIZE
from paramcount.shapes import Shape

MODELS: Final = ("Functional", "Model", "Sequential")
INPUT_LAYER: Final = "InputLayer"

type Fields = Mapping[str, object]
type Reference = tuple[str, int, int]
"""A value: layer, number of its call, number of its output."""


def stated_shapes(layers: Sequence[Fields]) -> dict[tuple[str, int], Shape | None]:
    """The shapes that the configuration states, where a value flows on.

    Keras 3 writes them beside each tensor; Keras 2, from 2.13 on, what a layer with one input was built for.
    """
    found: dict[tuple[str, int], Shape | None] = {}
    for one in layers:
        first = next(iter(sequence(one.get("inbound_nodes")) or ()), None)
        tensors = [] if first is None or mapping(first) is not None else tensors_of(first)
        built = built_for(one)
        if len(tensors) == 1 and tensors[0][2] == 0 and built is not None:
            found[tensors[0][:2]] = built
        for tensor in _objects(one.get("inbound_nodes")):
            history = sequence(tensor.get("keras_history"))
            if history is not None and len(history) == 3 and type(history[1]) is int and history[2] == 0:
                found[str(history[0]), history[1]] = shape_of(tensor.get("shape"), batch=True)
    return found


def built_for(one: Fields) -> Shape | None:
    """The shape that a layer with one input was built for, batch excluded, where its configuration states it."""
    sizes = sequence((mapping(one.get("build_config")) or {}).get("input_shape"))
    return shape_of(sizes, batch=True) if sizes and sequence(sizes[0]) is None else None


def tensors_of(call: object) -> list[Reference]:
    """The values that flow into one call of a layer, in order: layer, number of its call, number of its output.

    Masks are left out: they change no shape.
    """
    fields = mapping(call)
    if fields is not None:  # Keras 3
        named = (mapping(fields.get("kwargs")) or {}).items()
        told = [fields.get("args"), *(value for name, value in named if not name.endswith("mask"))]
        found = [sequence(tensor.get("keras_history")) for value in told for tensor in _objects(value)]
        return [_reference(one) for one in found if one is not None]
    return [_reference(one) for one in _keras2(call)]


def _keras2(call: object) -> Iterator[Sequence[object]]:
    """[[layer, call, tensor, {arguments}], …], and tensors among the arguments: {"y": [layer, call, tensor]}."""
    items = sequence(call) or ()
    if len(items) >= 3 and isinstance(items[0], str) and type(items[1]) is int:
        items = (items,)
    for one in items:
        reference = sequence(one)
        if reference is None or len(reference) < 3:
            raise NotationError(f"an inbound node is [layer, call, tensor, arguments], received {shown(one)}.")
        yield reference[:3]
        arguments = reference[3] if len(reference) > 3 else None
        for name, value in cast("Fields", arguments).items() if isinstance(arguments, dict) else ():
            inner = None if name.endswith("mask") else sequence(value)
            if inner is not None and len(inner) == 3 and isinstance(inner[0], str) and type(inner[1]) is int:
                yield inner


def _objects(value: object) -> Iterator[Fields]:
    """The configurations of tensors in the arguments of a call, in order."""
    fields = mapping(value)
    if fields is not None:
        if fields.get("class_name") == "__keras_tensor__":
            yield fields_of(fields.get("config"), "a tensor")
            return
        for inner in fields.values():
            yield from _objects(inner)
    for inner in sequence(value) or ():
        yield from _objects(inner)


def is_model(one: Fields) -> bool:
    """Whether a layer is a model within the model."""
    return one.get("class_name") in MODELS or "layers" in (mapping(one.get("config")) or {})


def mapping(value: object) -> Fields | None:
    """A value that is an object; None for any other."""
    return cast("Fields", value) if isinstance(value, dict) else None


def references(value: object) -> list[Reference]:
    """`input_layers` or `output_layers`: one [layer, call, tensor], or a list or an object of them."""
    fields = mapping(value)
    items = sequence(value if fields is None else list(fields.values()))
    if items is None:
        raise NotationError(f"input_layers and output_layers must be lists, received {shown(value)}.")
    if items and isinstance(items[0], str):
        items = (items,)
    return [_reference(sequence(one)) for one in items]


def _reference(value: Sequence[object] | None) -> Reference:
    if value is None or len(value) < 3 or type(value[1]) is not int or type(value[2]) is not int:
        raise NotationError(f"a value is [layer, call, tensor], received {shown(value)}.")
    return str(value[0]), value[1], value[2]


def declared(one: Fields) -> Shape | None:
    """The shape of an input that a layer declares, without the batch."""
    config = one.get("config")
    if not isinstance(config, dict):
        return None
    fields = cast("Fields", config)
    for name in ("batch_shape", "batch_input_shape"):
        if name in fields:
            return shape_of(fields[name], batch=True)
    return shape_of(fields.get("shape"), batch=False) if one.get("class_name") == INPUT_LAYER else None


def shape_of(value: object, *, batch: bool) -> Shape | None:
    """A shape without its batch, which `batch` says is there; None where none is told.

    Raises:
        NotationError: it is no shape.
    """
    items = sequence(value)
    if items is None or (batch and not items):
        return None
    sizes = items[1:] if batch else items
    if len(sizes) > MAX_RANK or any(
        one is not None and (type(one) is not int or not 0 <= one <= MAX_SIZE) for one in sizes
    ):
        raise NotationError(f"a shape holds at most {MAX_RANK} sizes up to {MAX_SIZE}, received {shown(value)}.")
    return cast("Shape", tuple(sizes))


def name_of(one: Fields, number: int) -> str:
    """The name of a layer, or one from its class and its number where it has none.

    Raises:
        NotationError: it is no name.
    """
    config = one.get("config")
    own = cast("Fields", config).get("name") if isinstance(config, dict) else None
    name = one.get("name", own)
    if name is None:
        return f"{str(one.get('class_name'))[:60].lower()}_{number}"
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
        raise NotationError(f"a layer's name has 1 to {MAX_NAME} characters, received {shown(name)}.")
    return name


def fields_of(value: object, what: str) -> Fields:
    """A value that must be an object.

    Raises:
        NotationError: it is another.
    """
    if not isinstance(value, dict):
        raise NotationError(f"{what} must be an object, received {shown(value)}.")
    return cast("Fields", value)
