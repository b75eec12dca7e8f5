"""Which tensors of a file are parameters, and the layers that have them.

what a convolution, a matrix product, a norm … takes as its weight is one, whatever it is called
what else flows into arithmetic is one where it has the name of a parameter (`names`); a generated name is a constant
whole numbers are none: shapes, axes and indices; but weights that were quantised are
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from paramcount.build import layer_of_call
from paramcount.errors import ParamcountError
from paramcount.readers.formats.safetensors import BUFFERS
from paramcount.readers.onnx.model import Model, Op, Sizes, Stored
from paramcount.readers.onnx.names import generated, layer_path, listed, scope, signature
from paramcount.readers.trace import Module, Parameter

MAX_PATH: Final = 160
"""Characters of the name of a layer or tensor; longer ones are cut."""


@dataclass(frozen=True, slots=True)
class Part:
    """A tensor of a layer: which of the file's it is, and its sizes as the layer has it."""

    stored: Stored | None
    """None for one that the file does not hold, and PyTorch has."""
    sizes: Sizes
    buffer: bool = False


@dataclass(slots=True)
class Weights:
    """The parameters that were met."""

    model: Model
    modules: dict[str, Module] = field(default_factory=dict[str, Module])
    raw: list[Parameter] = field(default_factory=list[Parameter])
    """Parameters by themselves, and those of no layer."""
    raw_buffers: list[Parameter] = field(default_factory=list[Parameter])
    by_name: list[str] = field(default_factory=list[str])
    """Parameters of which nothing but the name tells that they are some."""
    constants: list[str] = field(default_factory=list[str])
    """Tensors of several numbers that are taken for constants by their names."""
    met: set[str] = field(default_factory=set[str])
    """Tensors that something uses."""
    quantised: list[str] = field(default_factory=list[str])
    uses: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """Where in the model a tensor is used."""
    _held: dict[str, tuple[str, Part]] = field(default_factory=dict[str, tuple[str, Part]])
    """Tensors of the file → their full names, and as what they are counted."""
    _made: dict[tuple[object, ...], str] = field(default_factory=dict[tuple[object, ...], str])
    _taken: set[str] = field(default_factory=set[str])
    _next: dict[str, int] = field(default_factory=dict[str, int])
    """The number from which on a label may be free."""
    _listed: dict[str, str] | None = None
    affine: set[str] | None = None
    """Weights and biases of group norms; see `affine_of_norms`."""

    @property
    def listed(self) -> Mapping[str, str]:
        """What torch.export lists, "PARAMETER" or "BUFFER" by name."""
        if self._listed is None:
            self._listed = signature(self.model)
        return self._listed

    def layer(self, op: Op, kind: str, hyper: Mapping[str, object], parts: Mapping[str, Part]) -> str:
        """The path of the layer that has these tensors; one that is met again is the same.

        Returns "" where another layer has one of them in another shape.

        Raises:
            ParamcountError: there is no such layer.
        """
        if any(self._elsewhere(part) for part in parts.values()):
            return ""
        stored = [(name, part.stored.name if part.stored else "") for name, part in parts.items()]
        key = (kind, repr(sorted(hyper.items())), *stored)
        for part in parts.values():
            if part.stored is not None:
                self._note(part.stored, scope(op))
        if key in self._made and any(part.stored for part in parts.values()):
            return self._made[key]
        try:
            layer_of_call(kind, dict(hyper), framework="pytorch")
        except ParamcountError as error:
            raise error.within(op.place) from None
        path = self._free(layer_path(op, [part.stored.name for part in parts.values() if part.stored]))
        claims: dict[bool, list[Parameter]] = {False: [], True: []}
        for name, part in parts.items():
            full, shared = f"{path}.{name}", None
            self._taken.add(full)
            if part.stored is not None:
                held = self._held.setdefault(part.stored.name, (full, part))
                shared = held[0] if held[0] != full and held[1].buffer == part.buffer else None
            claims[part.buffer].append(Parameter(name=name, shape=part.sizes, shared_with=shared))
        made = {"class": kind, "path": path, "kind": kind, "hyper": dict(hyper), "parameters": tuple(claims[False])}
        self.modules[path] = Module.model_validate({**made, "buffers": tuple(claims[True])})
        self._made[key] = path
        return path

    def _elsewhere(self, part: Part) -> bool:
        held = self._held.get(part.stored.name) if part.stored else None
        return held is not None and held[1].sizes != part.sizes

    def alone(self, one: Stored) -> str | None:
        """The full name of a tensor that flows into arithmetic by itself; None where it is a constant."""
        if one.name in self._held:
            return self._held[one.name][0]
        self.met.add(one.name)
        kind = self.kind(one)
        if kind is None:
            if one.count > 1 and one.real and not uniform(one) and one.name not in self.constants:
                self.constants.append(one.name)
            return None
        return self._alone(one, kind)

    def _alone(self, one: Stored, kind: str) -> str:
        full = self._free(one.name)
        self._note(one, "")
        self._held[one.name] = (full, Part(one, one.sizes, kind == "BUFFER"))
        claims = self.raw_buffers if kind == "BUFFER" else self.raw
        claims.append(Parameter(name=full, shape=one.sizes))
        if kind == "NAMED":
            self.by_name.append(one.name)
        return full

    def kind(self, one: Stored) -> str | None:
        """What a tensor is: "PARAMETER", "BUFFER", "NAMED" where only its name tells; None for a constant."""
        if not one.real or one.count < 1:
            return None
        known = self.model.remarks.get(one.name, {}).get("kind") or self.listed.get(one.name)
        if known in ("PARAMETER", "BUFFER"):
            return known
        if self.sources(one.name):
            return "PARAMETER"
        if self.affine is None:
            self.affine = affine_of_norms(self.model)
        if one.name in self.affine:
            return "PARAMETER"
        if self.listed or one.constant or generated(one.name):
            return None
        return "BUFFER" if BUFFERS.search(one.name) else "NAMED"

    def folded(self, name: str) -> list[str]:
        """The values that an exporter remarks a tensor was computed from."""
        return listed(self.model.remarks.get(name, {}).get("folded_from", ""))

    def sources(self, name: str) -> list[str]:
        """The parameters that a tensor was computed from by the exporter."""
        return [source for source in self.folded(name) if self.listed.get(source) == "PARAMETER"]

    def claims(self) -> Iterator[Parameter]:
        """Every parameter; one that several layers have more than once."""
        yield from self.raw
        for module in self.modules.values():
            yield from module.parameters

    def rest(self) -> None:
        """Take in what nothing uses and has the name of a parameter."""
        used = self.met.union(*[op.inputs for op in self.model.ops])
        for one in list(self.model.tensors.values()):
            if one.name not in used and (kind := self.kind(one)) is not None:
                self._alone(one, kind)

    def module_list(self) -> tuple[Module, ...]:
        """Every module, the graph itself first."""
        own = {"class": "Graph", "path": "", "parameters": tuple(self.raw), "buffers": tuple(self.raw_buffers)}
        return (Module.model_validate(own), *self.modules.values())

    def _note(self, one: Stored, where: str) -> None:
        self.met.add(one.name)
        self.uses.setdefault(one.name, set()).add(where)
        if not one.real and one.name not in self.quantised:
            self.quantised.append(one.name)

    def _free(self, label: str) -> str:
        label = label[:MAX_PATH].strip() or "layer"
        name, number = label, self._next.get(label, 2)
        while name in self._taken:
            name, number = f"{label}_{number}", number + 1
        self._next[label] = number
        self._taken.add(name)
        return name


def affine_of_norms(model: Model) -> set[str]:
    """Tensors that scale and shift what an InstanceNormalization without weights gives, as exporters write GroupNorm.

    Reshape → InstanceNormalization(ones, zeros) → Reshape → Mul(weight) → Add(bias)
    """
    normed: dict[str, str] = {}
    found: set[str] = set()
    for op in model.ops:
        before = [normed[name] for name in op.inputs if name in normed]
        if op.kind == "InstanceNormalization" and len(op.inputs) > 1:
            if op.inputs[1] not in model.tensors or generated(op.inputs[1]):
                normed[op.outputs[0]] = "Reshape"
        elif before == [op.kind] and op.outputs:
            normed[op.outputs[0]] = {"Reshape": "Mul", "Mul": "Add"}.get(op.kind, "")
            if op.kind != "Reshape":
                found.update(name for name in op.inputs if name in model.tensors)
    return found


def uniform(one: Stored | None) -> bool:
    """Whether all numbers are 1, or all are 0, as exporters write a norm that has no weights."""
    if one is None or one.value is None or not one.value.size:
        return False
    first = one.value.reshape(-1)[0]
    return bool(first in (0, 1) and (one.value == first).all())
