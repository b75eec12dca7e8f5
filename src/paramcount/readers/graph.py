"""A trace → nodes: what ran, each recomputed by the core and compared with the shapes that were recorded.

Shapes in a trace hold the batch, which is 1; a network's leave it out. A value whose first dimension is 1 flows without
it, any other flows whole: the code has moved the batch, or folded it into another dimension. A layer runs on values as
they flow; where that is not what was recorded, on each element of the first dimension (`Batched`), on values without
their second dimension, or on whole values. What none of these explains rejects the trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from paramcount.build import layer_of_kind
from paramcount.errors import LimitError, NotationError, ParamcountError, shown
from paramcount.flow import derived
from paramcount.layers import kind_named
from paramcount.layers.base import Derivation, Layer
from paramcount.layers.operation import ELEMENTWISE, MOVED, SHAPED, UNKNOWN, Batched, spread
from paramcount.limits import MAX_NAME
from paramcount.network import Node
from paramcount.operations import OPERATIONS
from paramcount.readers.functional import functional
from paramcount.readers.trace import MAX_CALLS, MAX_VALUES, Call, Operand
from paramcount.readers.verify import Checked, Held, MismatchError, Tree, joined
from paramcount.shapes import text
from paramcount.signature import Framework

type Full = tuple[int, ...]
"""A shape with the batch."""

_RESERVED: Final = ("?", "*")
"""What stands for something else in the names of nodes."""


_COUNTS_BATCH: Final = frozenset(("dim", "dims", "start_dim"))
"""Arguments that count the batch as dimension 0: layers read them so, whether or not it flows."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that flows: the node it comes out of, its shape with the batch, and whether it flows whole."""

    name: str
    full: Full
    whole: bool

    @property
    def flowing(self) -> Full:
        """Its shape as it flows."""
        return self.full if self.whole else self.full[1:]


def flows_whole(full: Full) -> bool:
    """Whether there is no batch in front that could be left out."""
    return not full or full[0] != 1


@dataclass(slots=True)
class Graph:
    """The nodes of a network in the making."""

    tree: Tree
    nodes: list[Node] = field(default_factory=list[Node])
    values: dict[int, Value] = field(default_factory=dict[int, Value])
    owners: dict[str, str] = field(default_factory=dict[str, str])
    """The path of a module, or the full name of a tensor by itself → the node that has the parameters."""
    working: set[str] = field(default_factory=set[str])
    """Nodes that have parameters, buffers or work."""
    unverified: list[str] = field(default_factory=list[str])
    _names: set[str] = field(default_factory=set[str])
    _next: dict[str, int] = field(default_factory=dict[str, int])
    """The number from which on a label may be free."""
    _derived: dict[tuple[object, ...], Derivation | None] = field(
        default_factory=dict[tuple[object, ...], Derivation | None]
    )
    _made: dict[str, Layer] = field(default_factory=dict[str, Layer])

    # values

    def set(self, number: int, made: Value) -> None:
        """Note a value."""
        if number in self.values:
            raise MismatchError(f"value {number} is recorded twice.")
        self.values[number] = made

    def value(self, number: int) -> Value:
        """The value of a number."""
        if number not in self.values:
            raise MismatchError(f"value {number} flows before it is made.")
        return self.values[number]

    def _operand(self, operand: Operand, call: Call) -> Value:
        if operand.value is not None:
            return self.value(operand.value)
        if operand.parameter is not None:
            held = self.tree.tensor(operand.parameter)
            if held is None:
                raise MismatchError(f"{operand.parameter!r} is used, and no module has it.")
            if held.full not in self.owners:
                self.owners[held.full] = self.add(held.full, raw(held, self.tree.framework), (), weighs=True)
            return Value(self.owners[held.full], held.claim.shape, whole=True)
        if operand.constant is None:
            raise MismatchError(f"{_place(call)} has an input that is nothing.")
        layer = layer_of_kind("constant", {"sizes": operand.constant}, framework=self.tree.framework)
        return Value(self.add(joined(call.scope, "constant"), layer, ()), operand.constant, whole=True)

    # calls

    def call(self, call: Call) -> None:
        """Add what ran.

        Raises:
            MismatchError: what was recorded of it cannot be.
        """
        operands = [self._operand(operand, call) for operand in call.inputs]
        if call.module is not None:
            self._module(call, operands)
            return
        rule = OPERATIONS.get(call.op)
        if rule is not None and len(operands) == len(call.outputs) == 1 and rule.outputs in ELEMENTWISE:
            layer = functional(call.op, call.attributes, 1, self.tree.framework)
            if layer is None and call.op not in MOVED and operands[0].full == call.outputs[0].shape:
                self.set(call.outputs[0].value, operands[0])  # it changes nothing that is counted
                return
        for place, output in enumerate(call.outputs):
            self.set(output.value, self._operated(call, operands, place, output.shape))

    def _operated(self, call: Call, operands: Sequence[Value], place: int, full: Full) -> Value:
        """The value of an operation: a layer that does the same, the operation itself, or its shapes alone."""
        made = Value("", full, flows_whole(full))
        label, inputs = joined(call.scope, call.op), tuple([one.name for one in operands])
        if call.op not in OPERATIONS:
            self._note(f"{call.op[:60]} has no rule: its shape stands as it was recorded, its work is not known")
            return replace(made, name=self.add(label, self._by_shape(UNKNOWN, operands, full), inputs, weighs=True))
        macs = self._compare(call, operands, place, full)
        alike = place == 0 and not macs
        if alike and (made.whole or any(one.whole for one in operands)):
            alike = not _COUNTS_BATCH & call.attributes.keys()
        for layer in (
            functional(call.op, call.attributes, len(operands), self.tree.framework) if alike else None,
            self._exact(call, operands, place, whole=made.whole),
            self._by_shape(SHAPED, operands, full, macs),
        ):
            found = None if layer is None else self.derive(layer, operands)
            if layer is None or found is None or found.macs is None:
                continue
            if found.output_shape == made.flowing and found.macs.value == macs:
                return replace(made, name=self.add(label, layer, inputs, weighs=macs > 0))
        raise MismatchError(f"{_place(call)} cannot be written.")

    def _exact(self, call: Call, operands: Sequence[Value], place: int, *, whole: bool) -> Layer | None:
        """The operation as a layer; None where its arguments cannot be written."""
        attributes = {name: one for name, one in call.attributes.items() if one is not None}
        marks = (*[index for index, one in enumerate(operands) if one.whole], *((-1,) if whole else ()))
        try:
            return self._operation(call.op, attributes, marks, place)
        except ParamcountError:
            return None

    def _compare(self, call: Call, operands: Sequence[Value], place: int, full: Full) -> int:
        """Compare an operation with what its rule gives; returns its work, which the first output stands for."""
        shapes, rule = [one.full for one in operands], OPERATIONS[call.op]
        if call.op == "unbind" and spread(shapes, call.attributes) > MAX_VALUES:
            raise LimitError(f"{_place(call)} would give more than {MAX_VALUES} values; at most so many are read.")
        try:
            outputs = rule.outputs(shapes, call.attributes)
            macs = 0 if rule.macs is None or place else rule.macs(shapes, call.attributes)
        except Exception as error:
            raise MismatchError(f"{_place(call)} is refused by its rule: {shown(str(error), 200)}") from None
        if place >= len(outputs) or outputs[place] != full:
            came = text(outputs[place]) if place < len(outputs) else "nothing"
            raise MismatchError(f"{_place(call)} is recorded to give {text(full)}; by its rule it gives {came}.")
        return macs

    def _by_shape(self, name: str, operands: Sequence[Value], full: Full, macs: int = 0) -> Layer:
        """An operation that is written by its shapes alone."""
        marks = (*[index for index, one in enumerate(operands) if one.whole], *((-1,) if flows_whole(full) else ()))
        fields: dict[str, object] = {"takes": tuple([one.full for one in operands]), "gives": full}
        return self._operation(name, {**fields, **({"macs": macs} if macs else {})}, marks)

    def _operation(self, name: str, attributes: Mapping[str, object], whole: Sequence[int], output: int = 0) -> Layer:
        key = f"{name} {attributes} {whole} {output}"
        if key not in self._made:
            fields = {"operation": name, "output": output, "whole": tuple(whole), "attributes": attributes}
            self._made[key] = layer_of_kind("operation", fields, framework=self.tree.framework)
        return self._made[key]

    # modules

    def _module(self, call: Call, operands: Sequence[Value]) -> None:
        path = call.module or ""
        one = self.tree.find(path)
        if one is None:
            raise MismatchError(f"{path!r} ran, and is not among the modules.")
        if one.layer is None:
            self._note(f"the work of {path[:60] or 'the model'} is not known: there is no rule for what it is")
            for output in call.outputs:
                layer = self._by_shape(UNKNOWN, operands, output.shape)
                node = self.add(path or "model", layer, tuple([given.name for given in operands]), weighs=True)
                self.set(output.value, Value(node, output.shape, flows_whole(output.shape)))
            return
        if not call.outputs:
            raise MismatchError(f"{path} ran, and nothing came out.")
        most = one.layer.kind.inputs[1]
        operands, full = operands[:most], call.outputs[0].shape
        turns = _turns(one, operands) if len(full) == 3 else ()
        turned = [self._turned(operand) if place in turns else operand for place, operand in enumerate(operands)]
        if 0 in turns:
            first = self._turned(self._run(one, one.layer, turned, (full[1], full[0], full[2])))
        else:
            first = self._run(one, one.layer, turned, full)
        self.set(call.outputs[0].value, first)
        for output in call.outputs[1:]:  # states, attention weights, indices
            node = self.add(f"{first.name}.more", self._by_shape(SHAPED, [first], output.shape), (first.name,))
            self.set(output.value, Value(node, output.shape, flows_whole(output.shape)))

    def _run(self, one: Checked, layer: Layer, operands: Sequence[Value], full: Full) -> Value:
        """Find the reading of a layer that gives what was recorded, and add its nodes."""
        whole = flows_whole(full)
        found = self.derive(layer, operands)
        if found is not None and found.output_shape == (full if whole else full[1:]):
            return Value(self._use(one, layer, operands), full, whole)
        every = [Value(operand.name, operand.full, whole=True) for operand in operands]
        for way in (self._batched(layer), layer):
            found = self.derive(way, every)
            if found is not None and found.output_shape == full:
                node = self._use(one, way, [self._as(operand, whole=True) for operand in operands])
                return self._as(Value(node, full, whole=True), whole=whole)
        if full[1:2] == (1,) and all(operand.full[1:2] == (1,) for operand in operands):
            inner = [Value(operand.name, _without(operand.full), whole=True) for operand in operands]
            found = self.derive(layer, inner)
            if found is not None and found.output_shape == _without(full):
                node = self._use(one, layer, [self._squeezed(operand) for operand in operands])
                marks = (0, -1) if whole else (0,)
                back = self.add(f"{node}.unsqueeze", self._operation("unsqueeze", {"dim": 1}, marks), (node,))
                return Value(back, full, whole)
        raise self._unexplained(one, layer, operands, full)

    def _unexplained(self, one: Checked, layer: Layer, operands: Sequence[Value], full: Full) -> MismatchError:
        given = ", ".join([text(operand.full) for operand in operands]) or "nothing"
        try:
            output = derived(layer, tuple([operand.flowing for operand in operands])).output_shape
            says = f"it gives {'what is not known' if output is None else text(output)}, the batch left out."
        except ParamcountError as error:
            says = f"it {error}"
        return MismatchError(f"{one.path} ({layer}) is recorded to give {text(full)} of {given}; {says}")

    def _batched(self, layer: Layer) -> Layer:
        key = f"batched {id(layer)}"
        if key not in self._made:
            self._made[key] = Batched(kind=kind_named("batched"), framework=self.tree.framework, layer=layer)
        return self._made[key]

    def _as(self, one: Value, *, whole: bool) -> Value:
        """The same value flowing whole, or without its batch."""
        if one.whole == whole:
            return one
        layer = self._operation("identity", {}, (-1,) if whole else (0,))
        return Value(self.add(f"{one.name}.{'whole' if whole else 'sample'}", layer, (one.name,)), one.full, whole)

    def _turned(self, one: Value) -> Value:
        """The same value with its first two dimensions exchanged."""
        if len(one.full) < 2:
            return one
        full = (one.full[1], one.full[0], *one.full[2:])
        marks = (*((0,) if one.whole else ()), *((-1,) if flows_whole(full) else ()))
        layer = self._operation("transpose", {"dim0": 0, "dim1": 1}, marks)
        return Value(self.add(f"{one.name}.transpose", layer, (one.name,)), full, flows_whole(full))

    def _squeezed(self, one: Value) -> Value:
        layer = self._operation("squeeze", {"dim": 1}, (0, -1) if one.whole else (-1,))
        return Value(self.add(f"{one.name}.squeeze", layer, (one.name,)), _without(one.full), whole=True)

    def _use(self, one: Checked, layer: Layer, operands: Sequence[Value]) -> str:
        """A node of a module; its parameters are those of its first node."""
        shares = self.owners.get(one.path if one.part_of is None else one.part_of, "")
        if one.part_of is not None and not shares:
            raise NotationError(f"{one.path} runs before {one.part_of}, of which it is a part: not answered yet.")
        inputs = tuple([operand.name for operand in operands])
        label = one.path or one.module.class_name
        found = self.derive(layer, operands)
        if found is not None and self.tree.framework == "keras":
            self._built_alike(one, found)
        weighs = bool(one.tensors) or found is None or found.macs is None or found.macs.value > 0
        node = self.add(label, layer, inputs, own=True, one=one, shares=shares, weighs=weighs)
        if one.tensors:
            self.owners.setdefault(one.path, node)
        return node

    def _built_alike(self, one: Checked, found: Derivation) -> None:
        """Refuse weights that were made for something else than flows in: Keras's depend on it."""
        for tensor in found.tensors:
            if tensor.name in one.tensors and one.tensors[tensor.name].claim.shape != tensor.shape:
                claim = one.tensors[tensor.name].claim.shape
                raise MismatchError(
                    f"{one.path}.{tensor.name} is recorded as {text(claim)}; what flows in makes it "
                    f"{text(tensor.shape)}."
                )

    # nodes

    def add(
        self,
        label: str,
        layer: Layer,
        inputs: tuple[str, ...],
        *,
        own: bool = False,
        one: Checked | None = None,
        shares: str = "",
        weighs: bool = False,
    ) -> str:
        """Add a node and return its name; `own` is whether it may have the name of the module `one`."""
        if len(self.nodes) >= MAX_CALLS:
            raise LimitError(f"more than {MAX_CALLS} layers and operations run; at most so many are read.")
        node = trained(Node(self.free(label, own=own), layer, inputs, shares), one)
        self.nodes.append(node)
        if weighs:
            self.working.add(node.name)
        return node.name

    def free(self, label: str, *, own: bool) -> str:
        """A name that no node and, unless it is its `own`, no module has."""
        printed = [one if one.isprintable() and one not in _RESERVED else "_" for one in label[: 2 * MAX_NAME]]
        label = "".join(printed) or "model"
        name, number = label, self._next.get(label, 2)
        while name in self._names or (not own and name in self.tree.modules):
            name, number = f"{label}_{number}", number + 1
        self._next[label] = number
        self._names.add(name)
        return name

    def derive(self, layer: Layer, operands: Sequence[Value]) -> Derivation | None:
        """What a layer comes to; None where it does not fit."""
        key = (layer, *[operand.flowing for operand in operands])
        if key not in self._derived:
            try:
                self._derived[key] = derived(layer, tuple([operand.flowing for operand in operands]))
            except LimitError:
                raise
            except ParamcountError:
                self._derived[key] = None
        return self._derived[key]

    def _note(self, words: str) -> None:
        if words not in self.unverified and len(self.unverified) < 20:
            self.unverified.append(words)


def raw(held: Held, framework: Framework) -> Layer:
    """A parameter or buffer by itself."""
    fields: dict[str, object] = {"sizes": held.claim.shape}
    if held.buffer:
        return layer_of_kind("buffer", fields, framework="pytorch")
    if not held.claim.trainable:
        fields["requires_grad"] = False
    return layer_of_kind("parameter", fields, framework=framework)


def trained(node: Node, one: Checked | None) -> Node:
    """The node with those of its module's parameters marked that are not trained."""
    if one is not None and one.module.built:
        node = node._replace(takes=one.module.built)
    frozen = () if one is None else one.frozen
    if not frozen or one is None:
        return node
    if len(frozen) == sum(not held.buffer for held in one.tensors.values()):
        return node._replace(frozen=True)
    return node._replace(fixed=frozenset(frozen))


def _turns(one: Checked, operands: Sequence[Value]) -> Sequence[int]:
    """Which operands have the batch as their second dimension, where the layer's work or shapes depend on it."""
    kind, every = one.module.kind, range(len(operands))
    second = not (one.module.hyper or {}).get("batch_first")
    if kind == "MultiheadAttention":
        return every if second and any(each.full[:1] != each.full[1:2] for each in operands) else ()
    if kind in ("RNN", "LSTM", "GRU") and len(operands) > 1:  # states have it there in any case
        batch = operands[0].full[1 if second else 0]
        return () if batch == 1 else every if second else every[1:]
    return ()


def _without(full: Full) -> Full:
    return (*full[:1], *full[2:])


def _place(call: Call) -> str:
    at = f" (line {call.at[1]} of {call.at[0]})" if call.at is not None else ""
    return f"{call.op[:60]} in {call.scope[:120] or 'the model'}{at}"
