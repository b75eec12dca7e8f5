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
from paramcount.limits import MAX_DEPTH
from paramcount.network import INPUT, UNKNOWN, Node, loose
from paramcount.notation import Call
from paramcount.readers.base import first_of
from paramcount.readers.keras_fields import (
    INPUT_LAYER,
    Fields,
    Reference,
    built_for,
    declared,
    fields_of,
    is_model,
    mapping,
    name_of,
    references,
    shape_of,
    stated_shapes,
    tensors_of,
)
from paramcount.report import Completeness
from paramcount.shapes import Shape

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
        inside = _Inside(
            path, [fields_of(one, "a layer") for one in sequence(config.get("layers")) or ()], frozen, depth
        )
        return (self._sequential if cls == "Sequential" else self._functional)(inside, config, given)

    def _sequential(self, inside: "_Inside", config: Fields, given: Sequence[str] | None) -> list[str]:
        flow = list(given or ())
        if given is None:
            stated = next((shape for shape in map(declared, inside.layers) if shape is not None), None)
            if stated is None:
                stated = shape_of(config.get("build_input_shape"), batch=True)
            self.inputs.append((INPUT, stated))
            flow = [INPUT]
        for number, (one, after) in enumerate(zip(inside.layers, [*inside.layers[1:], None], strict=False)):
            if one.get("class_name") != INPUT_LAYER:
                comes_out = None if after is None else built_for(after)
                flow = self._run(one, joined(inside.path, name_of(one, number)), flow, comes_out, inside)
        return flow

    def _functional(self, inside: "_Inside", config: Fields, given: Sequence[str] | None) -> list[str]:
        """Each call once what flows into it is there: configurations list layers, and not calls, in order.

        In Keras 2 the calls of a model within the model count from 1.
        """
        values: dict[tuple[str, int], list[str]] = {}
        order = [name for name, _, _ in references(config.get("input_layers"))]
        if given is not None and len(given) != len(order):
            raise LayerError(f"takes {len(order)} inputs; {len(given)} flow in.", place=(inside.path,))
        waiting: list[_Waiting] = []
        for number, one in enumerate(inside.layers):
            name = name_of(one, number)
            if one.get("class_name") == INPUT_LAYER or name in order:
                values[name, 0] = [self._input(one, name, dict(zip(order, given or (), strict=False)).get(name))]
                continue
            calls = sequence(one.get("inbound_nodes")) or ()
            if len(calls) > self.most:
                raise LimitError(f"{name} is called {len(calls)} times; at most {self.most} layers are answered.")
            first = int(is_model(one) and bool(calls) and mapping(calls[0]) is None)
            waiting += [_Waiting(one, name, index, tensors_of(call)) for index, call in enumerate(calls, start=first)]
        stated = stated_shapes(inside.layers)
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
        outputs = references(config.get("output_layers"))
        return [_pick(values.get((name, call), []), tensor) for name, call, tensor in outputs]

    def _input(self, one: Fields, name: str, given: str | None) -> str:
        """The value that an input layer stands for."""
        if given is not None:
            return given
        value = name if self.inputs else INPUT
        self.inputs.append((value, declared(one)))
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
        cls, config = str(one.get("class_name")), fields_of(one.get("config"), name)
        frozen = inside.frozen or config.get("trainable") is False
        if is_model(one):
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
        try:
            return layer_from(_call(cls, config), framework="keras")
        except _UnknownClassError as error:
            self.unknown.setdefault(str(error) if str(error) == cls else f"{cls} around {error}", []).append(name)
            return _stand_in(cls, stated)
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


class _UnknownClassError(Exception):
    """A layer is of a class that is not known here, or holds such a layer."""


def _call(cls: str, config: Fields) -> Call:
    """A layer's configuration as a call of its class, without what its constructor here does not know.

    Raises:
        _UnknownClassError: the class is not known.
    """
    cls = _RENAMED.get(cls, cls)
    if cls not in spellings("keras"):
        raise _UnknownClassError(cls)
    signature = spellings("keras")[cls][1]
    kwargs: dict[str, object] = {}
    for name, value in config.items():
        parameter = signature.by_name.get(name)
        if parameter is None or (not parameter.field and name != "name"):
            continue
        several = sequence(value) if parameter.several else None
        if several is not None:
            kwargs[name] = tuple([_inner(one, name) for one in several])
        elif parameter.layer and mapping(value) is not None:
            kwargs[name] = _inner(value, name)
        elif parameter.field:
            kwargs[name] = _plain(value)
    return Call(cls, (), kwargs)


def _inner(value: object, name: str) -> Call:
    """A layer that is another's argument, from its configuration."""
    inner = fields_of(value, name)
    return _call(str(inner.get("class_name")), fields_of(inner.get("config"), name))


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


def _pick(values: Sequence[str], tensor: int) -> str:
    """One of the values that a layer gives; of more than the first nothing is known unless a model gives them."""
    return values[tensor] if 0 <= tensor < len(values) else UNKNOWN


def _named(names: Iterable[str]) -> str:
    return first_of(list(names), _MOST_NAMED)
