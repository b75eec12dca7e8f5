"""What a caller gives, taken apart: layers as they were written, not yet looked up.

    notation, JSON objects ──▶ [Written, …] and the input shape they declare, if any

`Sequential` is flattened, Keras's `Input` and `input_shape=` are taken out, prefixes are split off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from pydantic_core import PydanticCustomError

from paramcount import shapes
from paramcount.errors import (
    LayerError,
    LimitError,
    NotationError,
    ParamcountError,
    UnknownNameError,
    enough,
    sequence,
    shown,
)
from paramcount.layers.fields import sizes
from paramcount.limits import MAX_DEPTH, MAX_INPUTS, MAX_NAME
from paramcount.notation import Call, read
from paramcount.shapes import Shape
from paramcount.signature import Framework

type Item = str | Mapping[str, object]
"""What a caller writes a layer as: notation, or a JSON object."""

PREFIXES: Final[Mapping[str, Framework]] = {
    "nn": "pytorch",
    "torch.nn": "pytorch",
    "utils": "pytorch",
    "nn.utils": "pytorch",
    "torch.nn.utils": "pytorch",
    "ops": "pytorch",
    "torchvision.ops": "pytorch",
    "torchvision.ops.misc": "pytorch",
    "layers": "keras",
    "keras.layers": "keras",
    "tf.keras.layers": "keras",
    "tensorflow.keras.layers": "keras",
    "keras": "keras",
    "tf.keras": "keras",
}
"""The module names that may stand before a constructor, and the framework they tell."""

SEQUENTIAL: Final = "Sequential"
_PARAMETRIZATIONS: Final = "parametrizations"
INPUT_LAYERS: Final = ("Input", "InputLayer")


@dataclass(frozen=True, slots=True)
class Written:
    """A layer as it was written: its name without prefix, its arguments, and what to call it."""

    name: str
    args: tuple[object, ...]
    kwargs: dict[str, object]
    label: str
    framework: Framework | None
    """The framework that its prefix tells, if any."""
    from_json: bool = False

    @property
    def place(self) -> str:
        """How an error names the layer."""
        return f"layer {self.label[:60]} ({self.name[:60]})"

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for layers that are written alike."""
        return self.name, self.framework, self.from_json, repr(self.args), repr(self.kwargs)


@dataclass(slots=True)
class TakenApart:
    """The layers of a call, in order, and the input shapes that they declare."""

    most: int
    """How many layers there may be."""
    layers: list[Written] = field(default_factory=list[Written])
    declared: list[Shape] = field(default_factory=list[Shape])

    def take(self, value: object, path: str, depth: int = 0) -> None:
        """Take a call, a JSON object or a sequence of them.

        Raises:
            ParamcountError: it is none of these, or a bound is reached.
        """
        if depth > MAX_DEPTH:
            raise LimitError(f"more than {MAX_DEPTH} layers are nested.")
        inner = sequence(value)
        if inner is not None:
            for index, one in enumerate(inner):
                self.take(one, f"{path}.{index}" if path else str(index), depth + 1)
        elif isinstance(value, Call):
            self._take_call(value, value.label or path, depth)
        elif isinstance(value, Mapping):
            self._take_object(cast("Mapping[str, object]", value), path, depth)
        else:
            raise LayerError(f"a layer is expected, not {shown(value)}.", place=(f"layer {path}",))

    def _take_call(self, call: Call, label: str, depth: int) -> None:
        name, framework = split(call.name)
        if name == SEQUENTIAL:
            self._take_sequential(call, label, depth)
        elif name in INPUT_LAYERS:
            self.declared.append(_declared(call, f"layer {label} ({name})"))
        else:
            self._add(name, framework, call.args, call.kwargs, label)

    def _take_sequential(self, call: Call, label: str, depth: int) -> None:
        for name in call.kwargs:
            if name not in ("name", "trainable"):
                raise UnknownNameError(f"has no argument {shown(name)}.", place=(f"layer {label} ({SEQUENTIAL})",))
        inner = sequence(call.args[0]) if len(call.args) == 1 else None
        self.take(call.args if inner is None else inner, label, depth)

    def _take_object(self, value: Mapping[str, object], path: str, depth: int) -> None:
        fields: dict[str, object] = {str(name): held for name, held in value.items()}
        kind, label = fields.pop("kind", None), fields.pop("name", None) or path
        if not isinstance(label, str) or len(label) > MAX_NAME:
            raise LayerError(f"name must be a text of at most {MAX_NAME} characters, received {shown(label)}.")
        if not isinstance(kind, str) or len(kind) > MAX_NAME:
            message = f"a JSON object needs a kind, such as {{'kind': 'conv2d', …}}; received {shown(value)}."
            raise LayerError(message, place=(f"layer {label}",))
        if kind.lower() == SEQUENTIAL.lower():
            self.take(fields.get("layers"), label, depth)
            return
        for name, held in fields.items():
            if len(name) > MAX_NAME or _nests(held):
                raise LayerError(f"{shown(name)} may not hold {shown(held)}.", place=(f"layer {label}",))
        name, framework = split(kind)
        self._add(name, framework, (), fields, label, from_json=True)

    def _add(
        self,
        name: str,
        framework: Framework | None,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        label: str,
        *,
        from_json: bool = False,
    ) -> None:
        if len(self.layers) >= self.most:
            raise LimitError(f"the network has more than {self.most} layers; at most {self.most} are answered.")
        own = dict(kwargs)
        shape = _pop_shape(own, f"layer {label} ({name[:60]})")
        if shape is not None:
            self.declared.append(shape)
        self.layers.append(Written(name, args, own, label, framework, from_json))


def take_apart(items: Sequence[Item], most: int, problems: list[ParamcountError]) -> TakenApart:
    """Take what a caller gives apart, as far as it can be read. Mistakes go to `problems`.

    Raises:
        LimitError: a bound is reached.
    """
    flat: list[object] = []
    for index, item in enumerate(items):
        if enough(problems):
            break
        try:
            flat.extend(read(item, most=most) if isinstance(item, str) else [item])
        except NotationError as error:
            problems.append(error.within(f"layers[{index}]") if len(items) > 1 else error)
    taken = TakenApart(most)
    for index, value in enumerate(flat):
        if enough(problems):
            break
        try:
            # Layers of a single Sequential are numbered as the framework numbers them: 0, 1, …
            taken.take(value, "" if len(flat) == 1 and _is_unnamed_sequence(value) else str(index))
        except LimitError:
            raise
        except ParamcountError as error:
            problems.append(error)
    if len(set(taken.declared)) > 1:
        problems.append(
            LayerError(f"several input shapes are declared: {', '.join(map(shapes.text, taken.declared))}.")
        )
    return taken


def checked_shapes(value: object) -> tuple[Shape, ...]:
    """Check the shape of one input, or a list of them.

    Raises:
        LayerError: one is no shape, or there are too many.
    """
    items = sequence(value)
    if not items or sequence(items[0]) is None:
        return (checked_shape(value),)
    if len(items) > MAX_INPUTS:
        raise LimitError(f"input_shape holds {len(items)} shapes; at most {MAX_INPUTS} are answered.")
    return tuple(map(checked_shape, items))


def checked_shape(value: object) -> Shape:
    """Check the shape of an input; a list of one shape is that shape.

    Raises:
        LayerError: it is no shape.
    """
    items = sequence(value)
    inner = sequence(items[0]) if items is not None and len(items) == 1 else None
    try:
        return sizes(value if inner is None else inner)
    except PydanticCustomError as error:
        raise LayerError(f"input_shape {error.message()}") from None


def split(name: str) -> tuple[str, Framework | None]:
    """Split a constructor's name from the module names before it.

    Raises:
        UnknownNameError: they are not known.
    """
    prefix, dot, last = name.rpartition(".")
    if not dot:
        return name, None
    if prefix in PREFIXES:
        return last, PREFIXES[prefix]
    before, _, inner = prefix.rpartition(".")
    if inner == _PARAMETRIZATIONS:  # two functions of one name: weight_norm, and parametrizations.weight_norm
        last, prefix = f"{inner}.{last}", before
        if not prefix or prefix in PREFIXES:
            return last, PREFIXES.get(prefix)
    known = ", ".join(f"{known}." for known in PREFIXES)
    raise UnknownNameError(f"{shown(name)}: {shown(prefix + '.')} is no known prefix ({known}).")


def _is_unnamed_sequence(value: object) -> bool:
    if isinstance(value, Call):
        return not value.label and split(value.name)[0] == SEQUENTIAL
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        return "name" not in fields and str(fields.get("kind")).lower() == SEQUENTIAL.lower()
    return isinstance(value, list)


def _nests(value: object) -> bool:
    """Whether a value of a JSON object is more than a literal, a list of them, a list of lists or a layer."""
    if isinstance(value, Mapping):
        return "kind" not in value
    return any(
        isinstance(inner, Mapping) or any(isinstance(one, list | tuple | Mapping) for one in sequence(inner) or ())
        for inner in sequence(value) or ()
    )


def _pop_shape(kwargs: dict[str, object], place: str) -> Shape | None:
    """Take Keras's `input_shape` and its relatives out of a layer's arguments."""
    name = next((name for name in _SHAPES if name in kwargs), None) if kwargs else None
    if name is None:
        return None
    try:
        value = kwargs.pop(name)
        if name == "input_dim":
            return checked_shape((value,))
        return checked_shape(value)[1 if name.startswith("batch") else 0 :]
    except ParamcountError as error:
        raise error.within(place) from None


def _declared(call: Call, place: str) -> Shape:
    """The shape that Keras's Input declares."""
    kwargs = {name: value for name, value in call.kwargs.items() if name not in _INPUT_IGNORED}
    shape = kwargs.pop("shape", call.args[0] if call.args else None)
    popped = _pop_shape(kwargs, place)
    if kwargs or (shape is None and popped is None):
        what = f"{shown(next(iter(kwargs)))} is not understood" if kwargs else "the shape is missing"
        raise LayerError(f"{what}. Write Input(shape=(28, 28, 1)).", place=(place,))
    try:
        return popped if popped is not None else checked_shape(shape)
    except ParamcountError as error:
        raise error.within(place) from None


_SHAPES = ("input_shape", "batch_input_shape", "batch_shape", "input_dim")
_INPUT_IGNORED = frozenset(("batch_size", "dtype", "name", "sparse", "ragged", "optional"))
