"""Layers and connections of a Keras configuration → nodes.

A layer that is called again shares its parameters; a model within a model gives its layers, with its name before
theirs. Operations (keras.ops, TFOpLambda) have no parameters; the shape that comes out of one is the one that the
configuration states wherever it flows on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from paramcount.blocks import joined
from paramcount.build import layer_from
from paramcount.errors import LayerError, LimitError, NotationError, ParamcountError, sequence, shown
from paramcount.layers import spellings
from paramcount.layers.base import Layer
from paramcount.limits import MAX_DEPTH, MAX_NAME, MAX_RANK, MAX_SIZE
from paramcount.network import INPUT, UNKNOWN, Node, loose
from paramcount.notation import Call
from paramcount.report import Completeness
from paramcount.shapes import Shape

MODELS: Final = ("Functional", "Model", "Sequential")
INPUT_LAYER: Final = "InputLayer"

_OPERATIONS: Final = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "Lambda")
"""Layers of Keras 2, and Lambda, that run an operation and have no parameters."""

_RENAMED: Final[Mapping[str, str]] = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "CuDNNGRU": "GRU",
    "CustomScaleLayer": "Add",
    "CuDNNLSTM": "LSTM",
    "GRUV2": "GRU",
    "LSTMV2": "LSTM",
    "SyncBatchNormalization": "BatchNormalization",
}
"""Classes that are a layer by another name: of Keras 2, and of keras.applications."""

_JOINS: Final = ("Add", "Subtract", "Multiply", "Maximum", "Minimum", "Average")
"""Operations of keras.ops on elements that are a layer too."""

_ELEMENTWISE: Final = frozenset(
    (
        "absolute", "add", "cast", "clip", "divide", "exp", "gelu", "hard_silu", "hard_swish", "hardsilu",
        "identity", "leaky_relu", "log", "maximum", "minimum", "mul", "multiply", "negative", "power", "relu",
        "relu6", "rsqrt", "sigmoid", "silu", "softmax", "softplus", "sqrt", "square", "sub", "subtract",
        "tanh", "truediv", "truedivide",
    )
)  # fmt: skip
"""Operations on elements, by the last part of their names: shapes are broadcast, and there are no MACs."""

_WITHOUT_MACS: Final = frozenset(
    (
        "amax", "amin", "concat", "concatenate", "expand_dims", "expanddims", "getitem", "max", "mean", "min",
        "pad", "permute", "reduce_max", "reduce_mean", "reduce_sum", "repeat", "reshape", "shape", "slice",
        "split", "squeeze", "stack", "sum", "tile", "transpose",
    )
)  # fmt: skip
"""Further operations that multiply and accumulate nothing."""

_MOST_NAMED: Final = 8

type Fields = Mapping[str, object]
type Reference = tuple[str, int, int]
"""A value: layer, number of its call, number of its output."""


@dataclass(slots=True)
class Graph:
    """The nodes of a model while its configuration is read."""

    most: int
    nodes: list[Node] = field(default_factory=list[Node])
    inputs: list[tuple[str, Shape | None]] = field(default_factory=list[tuple[str, Shape | None]])
    unknown: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Layers that are not known, by their class."""
    without_shape: list[str] = field(default_factory=list[str])
    """Operations after which the shape is not known."""
    _owners: dict[int, tuple[str, Layer]] = field(default_factory=dict[int, tuple[str, Layer]])
    """By the identity of a layer's configuration: the node that has its parameters, and the layer."""
    _names: set[str] = field(default_factory=set[str])

    def model(
        self, cls: str, config: Fields, path: str, given: Sequence[str] | None, *, frozen: bool, depth: int = 0
    ) -> list[str]:
        """Add a model's layers; returns the values that it gives.

        Args:
            cls: "Sequential" or "Functional".
            config: its configuration.
            path: what its layers' names begin with.
            given: the values that flow into it; None for the outermost model, whose inputs are the network's.
            frozen: whether nothing of it is trained.
            depth: in how many models it stands.
        """
        if depth > MAX_DEPTH:
            raise LimitError(f"more than {MAX_DEPTH} models are nested.")
        inside = _Inside(path, [_fields(one, "a layer") for one in sequence(config.get("layers")) or ()], frozen, depth)
        return (self._sequential if cls == "Sequential" else self._functional)(inside, config, given)

    def _sequential(self, inside: "_Inside", config: Fields, given: Sequence[str] | None) -> list[str]:
        flow = list(given or ())
        if given is None:
            stated = next((shape for shape in map(_declared, inside.layers) if shape is not None), None)
            if stated is None:
                stated = _shape(config.get("build_input_shape"), batch=True)
            self.inputs.append((INPUT, stated))
            flow = [INPUT]
        for number, one in enumerate(inside.layers):
            if one.get("class_name") != INPUT_LAYER:
                flow = self._run(one, joined(inside.path, _name(one, number)), flow, None, inside)
        return flow

    def _functional(self, inside: "_Inside", config: Fields, given: Sequence[str] | None) -> list[str]:
        """Each call once what flows into it is there: configurations list layers, and not calls, in order.

        In Keras 2 the calls of a model within the model count from 1.
        """
        values: dict[tuple[str, int], list[str]] = {}
        order = [name for name, _, _ in _references(config.get("input_layers"))]
        if given is not None and len(given) != len(order):
            raise LayerError(f"takes {len(order)} inputs; {len(given)} flow in.", place=(inside.path,))
        waiting: list[_Waiting] = []
        for number, one in enumerate(inside.layers):
            name = _name(one, number)
            if one.get("class_name") == INPUT_LAYER or name in order:
                values[name, 0] = [self._input(one, name, dict(zip(order, given or (), strict=False)).get(name))]
                continue
            calls = sequence(one.get("inbound_nodes")) or ()
            if len(calls) > self.most:
                raise LimitError(f"{name} is called {len(calls)} times; at most {self.most} layers are answered.")
            first = int(_is_model(one) and bool(calls) and _mapping(calls[0]) is None)
            waiting += [_Waiting(one, name, index, _tensors(call)) for index, call in enumerate(calls, start=first)]
        stated = _stated(inside.layers)
        while waiting:
            left: list[_Waiting] = []
            for call in waiting:
                if all(reference[:2] in values for reference in call.tensors):
                    flowing = [_pick(values[source, index], tensor) for source, index, tensor in call.tensors]
                    shape = stated.get((call.name, call.index))
                    name = joined(inside.path, call.name)
                    values[call.name, call.index] = self._run(call.fields, name, flowing, shape, inside)
                else:
                    left.append(call)
            if len(left) == len(waiting):
                raise NotationError(f"what flows into {shown(left[0].name)} is given by no layer before it.")
            waiting = left
        outputs = _references(config.get("output_layers"))
        return [_pick(values.get((name, call), []), tensor) for name, call, tensor in outputs]

    def _input(self, one: Fields, name: str, given: str | None) -> str:
        """The value that an input layer stands for."""
        if given is not None:
            return given
        value = name if self.inputs else INPUT
        self.inputs.append((value, _declared(one)))
        self._names.add(value)
        return value

    def _run(
        self,
        one: Fields,
        name: str,
        flowing: list[str],
        stated: Shape | None,
        inside: "_Inside",
    ) -> list[str]:
        """Add what a layer, or a model within the model, comes to; returns the values that it gives."""
        cls, config = str(one.get("class_name")), _fields(one.get("config"), name)
        frozen = inside.frozen or config.get("trainable") is False
        if _is_model(one):
            kind = "Functional" if "output_layers" in config else "Sequential"
            return self.model(kind, config, name, flowing, frozen=frozen, depth=inside.depth + 1)
        return [self._layer(one, cls, config, name, flowing, stated, frozen=frozen)]

    def _layer(
        self,
        one: Fields,
        cls: str,
        config: Fields,
        name: str,
        flowing: list[str],
        stated: Shape | None,
        *,
        frozen: bool,
    ) -> str:
        if len(self.nodes) >= self.most:
            raise LimitError(f"the model has more than {self.most} layers; at most {self.most} are answered.")
        label = self._free(name)
        owner = self._owners.get(id(one))
        if owner is None:
            made, shares = self._made(one, cls, config, name, len(flowing), stated), ""
            self._owners[id(one)] = (label, made)
        else:
            shares, made = owner
        node = Node(label, made, tuple(flowing), shares, frozen=frozen)
        least, most = made.kind.inputs
        if not least <= len(flowing) or (most is not None and len(flowing) > most) or UNKNOWN in flowing:
            node = loose(node)
        self.nodes.append(node)
        return label

    def _made(self, one: Fields, cls: str, config: Fields, name: str, inputs: int, stated: Shape | None) -> Layer:
        """The layer of a class and its arguments."""
        operation = ".ops." in str(one.get("module")) or cls in _OPERATIONS
        if operation:
            return self._operation(cls, config, name, inputs, stated)
        cls = _RENAMED.get(cls, cls)
        if cls not in spellings("keras"):
            self.unknown.setdefault(cls, []).append(name)
            return _stand_in(cls, stated)
        try:
            return layer_from(_call(cls, config), framework="keras")
        except ParamcountError as error:
            raise error.within(f"layer {name[:60]} ({cls[:60]})") from None

    def _operation(self, cls: str, config: Fields, name: str, inputs: int, stated: Shape | None) -> Layer:
        """An operation: a layer where one does the same, else what comes out as it is stated."""
        function = str(config.get("function", cls))[:60]
        last = function.rpartition(".")[2].lower()
        if last in _ELEMENTWISE:
            joins = "Add" if inputs > 1 else "Identity"
            return layer_from(Call(cls if cls in _JOINS and inputs > 1 else joins, (), {}), framework="keras")
        if stated is None:
            self.without_shape.append(f"{name} ({function})")
        return _stand_in(function, stated, macs=0 if last in _WITHOUT_MACS else None)

    def _free(self, name: str) -> str:
        label, number = name, 2
        while label in self._names:
            label, number = f"{name}_{number}", number + 1
        self._names.add(label)
        return label

    def completeness(self) -> Completeness:
        """What the answer holds."""
        return "partial" if self.unknown else "full"

    def said(self) -> Iterator[str]:
        """What could not be read."""
        for cls, names in self.unknown.items():
            yield f"{cls[:60]} at {_named(names)}: not known; if it has parameters, they are missing."
        if self.without_shape:
            yield f"The configuration does not state what comes out of {_named(self.without_shape)}."


@dataclass(frozen=True, slots=True)
class _Inside:
    """A model's layers, and where they stand."""

    path: str
    layers: list[Fields]
    frozen: bool
    depth: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A call of a layer that waits for what flows into it."""

    fields: Fields
    name: str
    index: int
    tensors: list[Reference]


def _call(cls: str, config: Fields) -> Call:
    """A layer's configuration as a call of its class, without what its constructor here does not know."""
    signature = spellings("keras")[cls][1]
    kwargs: dict[str, object] = {}
    for name, value in config.items():
        parameter = signature.by_name.get(name)
        if parameter is None or (not parameter.field and name != "name"):
            continue
        if parameter.layer and isinstance(value, dict):
            inner = cast("Fields", value)
            kwargs[name] = _call(str(inner.get("class_name")), _fields(inner.get("config"), name))
        elif parameter.field:
            kwargs[name] = _plain(value)
    return Call(cls, (), kwargs)


def _plain(value: object) -> object:
    """A list as the tuple that Keras takes; an activation that is given as an object by its name."""
    if isinstance(value, dict):
        fields = cast("Fields", value)
        config = fields.get("config")
        named = cast("Fields", config).get("name") if isinstance(config, dict) else config
        return named or fields.get("class_name")
    inner = sequence(value)
    return value if inner is None else tuple(map(_plain, inner))


def _stand_in(cls: str, stated: Shape | None, macs: int | None = None) -> Layer:
    """A layer of which nothing is known but, perhaps, the shape that comes out, and that there are no MACs."""
    what = "".join(character for character in cls[:60] if character not in '"\\\n')
    return layer_from(Call("Stated", (what,), {"output_shape": stated, "macs": macs}), framework="keras")


def _stated(layers: Sequence[Fields]) -> dict[tuple[str, int], Shape | None]:
    """The shapes that the configuration states, where a value flows on.

    Keras 3 writes them beside each tensor; Keras 2, from 2.13 on, what a layer with one input was built for.
    """
    found: dict[tuple[str, int], Shape | None] = {}
    for one in layers:
        built = _mapping(one.get("build_config")) or {}
        first = next(iter(sequence(one.get("inbound_nodes")) or ()), None)
        tensors = [] if first is None or _mapping(first) is not None else _tensors(first)
        sizes = sequence(built.get("input_shape"))
        if len(tensors) == 1 and tensors[0][2] == 0 and sizes and sequence(sizes[0]) is None:
            found[tensors[0][:2]] = _shape(sizes, batch=True)
        for tensor in _objects(one.get("inbound_nodes")):
            history = sequence(tensor.get("keras_history"))
            if history is not None and len(history) == 3 and type(history[1]) is int and history[2] == 0:
                found[str(history[0]), history[1]] = _shape(tensor.get("shape"), batch=True)
    return found


def _tensors(call: object) -> list[Reference]:
    """The values that flow into one call of a layer, in order: layer, number of its call, number of its output."""
    fields = _mapping(call)
    if fields is not None:  # Keras 3
        found = [sequence(tensor.get("keras_history")) for tensor in _objects(fields)]
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
        for value in cast("Fields", arguments).values() if isinstance(arguments, dict) else ():
            inner = sequence(value)
            if inner is not None and len(inner) == 3 and isinstance(inner[0], str) and type(inner[1]) is int:
                yield inner


def _objects(value: object) -> Iterator[Fields]:
    """The configurations of tensors in the arguments of a call, in order."""
    fields = _mapping(value)
    if fields is not None:
        if fields.get("class_name") == "__keras_tensor__":
            yield _fields(fields.get("config"), "a tensor")
            return
        for inner in fields.values():
            yield from _objects(inner)
    for inner in sequence(value) or ():
        yield from _objects(inner)


def _is_model(one: Fields) -> bool:
    """Whether a layer is a model within the model."""
    return one.get("class_name") in MODELS or "layers" in (_mapping(one.get("config")) or {})


def _mapping(value: object) -> Fields | None:
    return cast("Fields", value) if isinstance(value, dict) else None


def _references(value: object) -> list[Reference]:
    """`input_layers` or `output_layers`: one [layer, call, tensor], or a list or an object of them."""
    fields = _mapping(value)
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


def _pick(values: Sequence[str], tensor: int) -> str:
    """One of the values that a layer gives; of more than the first nothing is known unless a model gives them."""
    return values[tensor] if 0 <= tensor < len(values) else UNKNOWN


def _declared(one: Fields) -> Shape | None:
    """The shape of an input that a layer declares, without the batch."""
    config = one.get("config")
    if not isinstance(config, dict):
        return None
    fields = cast("Fields", config)
    for name in ("batch_shape", "batch_input_shape"):
        if name in fields:
            return _shape(fields[name], batch=True)
    return _shape(fields.get("shape"), batch=False) if one.get("class_name") == INPUT_LAYER else None


def _shape(value: object, *, batch: bool) -> Shape | None:
    items = sequence(value)
    if items is None or (batch and not items):
        return None
    sizes = items[1:] if batch else items
    if len(sizes) > MAX_RANK or any(
        one is not None and (type(one) is not int or not 0 <= one <= MAX_SIZE) for one in sizes
    ):
        raise NotationError(f"a shape holds at most {MAX_RANK} sizes up to {MAX_SIZE}, received {shown(value)}.")
    return cast("Shape", tuple(sizes))


def _name(one: Fields, number: int) -> str:
    config = one.get("config")
    own = cast("Fields", config).get("name") if isinstance(config, dict) else None
    name = one.get("name", own)
    if name is None:
        return f"{str(one.get('class_name'))[:60].lower()}_{number}"
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
        raise NotationError(f"a layer's name has 1 to {MAX_NAME} characters, received {shown(name)}.")
    return name


def _fields(value: object, what: str) -> Fields:
    if not isinstance(value, dict):
        raise NotationError(f"{what} must be an object, received {shown(value)}.")
    return cast("Fields", value)


def _named(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    return ", ".join(listed[:_MOST_NAMED]) + more
