"""A parsed file → `Model`: operators in the order in which they run, those of functions and bodies among them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeGuard

from paramcount.errors import LimitError, NotationError, sequence
from paramcount.limits import MAX_SIZE
from paramcount.readers.onnx.model import File, Model, Op, Stored, attribute, last, stored, too_many
from paramcount.readers.onnx.wire import MAX_DEPTH
from paramcount.readers.trace import MAX_CALLS

if TYPE_CHECKING:
    import onnx

MAX_TENSORS: Final = 100_000
"""Tensors of one file."""

STANDARD: Final = ("", "ai.onnx")
"""The domains of the operators that ONNX itself defines."""


def expanded(file: File) -> Model:
    """Put functions in place, and give every value a name of its own.

    Raises:
        NotationError: a value is used before it is made, or made twice.
        LimitError: there is more than is read.
    """
    return _Expansion(file).run()


@dataclass(slots=True)
class _Scope:
    """What the names of a graph or function stand for."""

    names: dict[str, str] = field(default_factory=dict[str, str])
    around: "_Scope | None" = None
    attributes: Mapping[str, object] = field(default_factory=dict[str, object])
    """What a function was called with."""
    prefix: str = ""

    def find(self, name: str) -> str | None:
        """The value of a name, here or around."""
        scope: _Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.around
        return None


@dataclass(slots=True)
class _Expansion:
    file: File
    model: Model = field(default_factory=Model)
    functions: "dict[tuple[str, str], onnx.FunctionProto]" = field(
        default_factory=dict["tuple[str, str]", "onnx.FunctionProto"]
    )
    _made: int = 0
    _bodies: int = 0

    def run(self) -> Model:
        proto = self.file.proto
        for function in proto.functions:
            self.functions[function.domain, function.name] = function
        scope = _Scope()
        self._tensors(proto.graph, scope)
        for value in proto.graph.input:
            if value.name not in self.model.tensors:
                self._new(scope, value.name)
                self.model.inputs[value.name] = _sizes(value)
        for value in (*proto.graph.input, *proto.graph.output, *proto.graph.value_info):
            sizes = _sizes(value)
            if sizes is not None:
                self.model.declared[value.name] = sizes
            if value.metadata_props:
                self.model.remarks[value.name] = {last(one.key): one.value for one in value.metadata_props}
        signatures = [one.value for one in proto.graph.metadata_props if last(one.key) == "graph_signature"]
        self.model.signature = signatures[0] if signatures else ""
        self._nodes(proto.graph.node, scope, inner=False, depth=0)
        outputs = [(value.name, scope.find(value.name)) for value in proto.graph.output]
        for name, found in outputs:
            if found is None:
                raise NotationError(f"output {name[:80]!r} is made by nothing.")
        self.model.outputs = tuple([found for _, found in outputs if found is not None])
        return self.model

    def _tensors(self, graph: "onnx.GraphProto", scope: _Scope) -> None:
        if len(self.model.tensors) + len(graph.initializer) + len(graph.sparse_initializer) > MAX_TENSORS:
            raise too_many("tensors", len(graph.initializer), MAX_TENSORS)
        for tensor in graph.initializer:
            self._keep(scope, stored(tensor, tensor.name))
        for sparse in graph.sparse_initializer:
            name = sparse.values.name
            values = stored(sparse.values, name)
            self._keep(scope, Stored(name, tuple(sparse.dims) or values.sizes, values.dtype))

    def _keep(self, scope: _Scope, one: Stored) -> None:
        name = self._new(scope, one.name)
        self.model.tensors[name] = Stored(name, one.sizes, one.dtype, one.value, one.constant)

    def _new(self, scope: _Scope, name: str) -> str:
        """A name for a value that is made here."""
        if not name or name in scope.names:
            raise NotationError(f"value {name[:80]!r} is made twice." if name else "a value has no name.")
        scope.names[name] = f"{scope.prefix}{name}"
        return scope.names[name]

    def _nodes(self, nodes: "Iterable[onnx.NodeProto]", scope: _Scope, *, inner: bool, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise LimitError(f"graphs and functions stand in one another more than {MAX_DEPTH} deep.")
        for node in nodes:
            self._made += 1
            if self._made > MAX_CALLS:
                raise LimitError(
                    f"more than {MAX_CALLS:,} operators run once functions are put in place; at most so many are read."
                )
            self._node(node, scope, inner=inner, depth=depth)

    def _node(self, node: "onnx.NodeProto", scope: _Scope, *, inner: bool, depth: int) -> None:
        inputs: list[str] = []
        for name in node.input:
            found = scope.find(name) if name else ""
            if found is None:
                raise NotationError(
                    f"{node.op_type[:60]} {node.name[:80]}: {name[:80]!r} flows in before anything makes it; "
                    "nodes stand in the order in which they run."
                )
            inputs.append(found)
        given = {one.name: _attribute(one, scope) for one in node.attribute}
        function = self.functions.get((node.domain, node.op_type))
        if function is not None:
            self._call(function, node, tuple(inputs), given, scope, inner=inner, depth=depth)
            return
        self._body(node, given, scope, depth=depth)
        outputs = tuple([self._new(scope, name) if name else "" for name in node.output])
        attributes: dict[str, object] = {}
        for name, value in given.items():
            if _is_tensor(value) and node.op_type in ("Constant", "ConstantOfShape"):
                attributes[name] = stored(value, outputs[0] if outputs else "", constant=True)
            elif isinstance(value, int | float | str | tuple):
                attributes[name] = value
        kind = node.op_type if node.domain in STANDARD else f"{node.domain}.{node.op_type}"
        remarks = {last(one.key): one.value for one in node.metadata_props}
        name = f"{scope.prefix}{node.name}"
        self.model.ops.append(Op(kind, name, tuple(inputs), outputs, attributes, remarks, inner))

    def _call(
        self,
        function: "onnx.FunctionProto",
        node: "onnx.NodeProto",
        inputs: tuple[str, ...],
        given: Mapping[str, object],
        scope: _Scope,
        *,
        inner: bool,
        depth: int,
    ) -> None:
        """Put the nodes of a function in place of a call of it."""
        defaults = {one.name: attribute(one) for one in function.attribute_proto}
        prefix = self._prefix(node)
        own = _Scope({}, None, {**defaults, **given}, prefix)
        for name, value in zip(function.input, (*inputs, *[""] * len(function.input)), strict=False):
            own.names[name] = value
        self._nodes(function.node, own, inner=inner, depth=depth + 1)
        for name, outer in zip(function.output, node.output, strict=False):
            found = own.find(name)
            if found is None:
                raise NotationError(f"function {function.name[:80]}: output {name[:80]!r} is made by nothing.")
            if outer:
                if outer in scope.names:
                    raise NotationError(f"value {outer[:80]!r} is made twice.")
                scope.names[outer] = found

    def _prefix(self, node: "onnx.NodeProto") -> str:
        """What the names of values in a body begin with."""
        self._bodies += 1
        return f"{(node.name or node.op_type)[:60]}#{self._bodies}/"

    def _body(self, node: "onnx.NodeProto", given: Mapping[str, object], scope: _Scope, *, depth: int) -> None:
        """Take in the nodes of branches and loops, for the parameters in them."""
        for value in given.values():
            for graph in sequence(value) or (value,):
                if not _is_graph(graph):
                    continue
                own = _Scope({}, scope, scope.attributes, self._prefix(node))
                self._tensors(graph, own)
                for one in graph.input:
                    if one.name not in own.names:
                        self._new(own, one.name)
                self._nodes(graph.node, own, inner=True, depth=depth + 1)


def _attribute(given: "onnx.AttributeProto", scope: _Scope) -> object:
    """The value of an attribute; one of a function stands for what it was called with."""
    return scope.attributes.get(given.ref_attr_name) if given.ref_attr_name else attribute(given)


def _is_tensor(value: object) -> "TypeGuard[onnx.TensorProto]":
    from onnx import TensorProto

    return isinstance(value, TensorProto)


def _is_graph(value: object) -> "TypeGuard[onnx.GraphProto]":
    from onnx import GraphProto

    return isinstance(value, GraphProto)


def _sizes(value: "onnx.ValueInfoProto") -> tuple[int | None, ...] | None:
    """The sizes that a file states of a value; None where it states none."""
    if not value.type.tensor_type.HasField("shape"):
        return None
    return tuple(
        [
            one.dim_value if one.HasField("dim_value") and 0 < one.dim_value <= MAX_SIZE else None
            for one in value.type.tensor_type.shape.dim
        ]
    )
