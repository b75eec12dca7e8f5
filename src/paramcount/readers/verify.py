"""What a trace claims of modules, recomputed by the core from kind and hyperparameters.

A claim that differs from what the core derives rejects the whole trace. What the core has no layer for, and what the
user's own classes hold, are raw parameters: their shapes are all that is known of them, and they are listed so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from paramcount.build import layer_of_call
from paramcount.errors import MissingError, NotationError, ParamcountError
from paramcount.layers import spellings
from paramcount.layers.base import Layer, Tensor
from paramcount.readers.trace import Module, Parameter, Trace
from paramcount.shapes import Shape, text
from paramcount.signature import Framework


@dataclass(frozen=True, slots=True)
class Held:
    """A parameter or buffer as the trace claims it."""

    full: str
    """What the trace calls it: the path of the module that holds it, and its name there."""
    claim: Parameter
    buffer: bool


@dataclass(slots=True)
class Checked:
    """A module whose claims were compared with what its kind has."""

    module: Module
    layer: Layer | None = None
    """What the core has for its kind and hyperparameters."""
    tensors: Mapping[str, Held] = field(default_factory=dict[str, Held])
    """The tensors of `layer`, by the names it has for them; some may be held by modules inside."""
    raw: tuple[Held, ...] = ()
    """What it holds beside these."""
    part_of: str | None = None
    """The path of the module whose layer has its tensors, where it is a part of that."""

    @property
    def path(self) -> str:
        """Its place in the tree."""
        return self.module.path

    @property
    def frozen(self) -> tuple[str, ...]:
        """Which of the layer's parameters are not trained."""
        return tuple([name for name, held in self.tensors.items() if not held.buffer and not held.claim.trainable])


class MismatchError(NotationError):
    """The trace claims what cannot be."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"what was recorded of the model does not agree with itself, so nothing of it is believed: {what}"
        )


def joined(path: str, name: str) -> str:
    """A name in a module."""
    return f"{path}.{name}" if path else name


class Tree:
    """The modules of a trace, checked."""

    def __init__(self, trace: Trace) -> None:
        self.modules: dict[str, Checked] = {}
        self.aliases: dict[str, str] = {}
        """Paths under which a module is met again → the first."""
        self.held: dict[str, Held] = {}
        """Every parameter and buffer by its full name."""
        self.spots: dict[str, tuple[str, str]] = {}
        """Where the tensors of layers stand: their full names → the module of the layer, and its name for them."""
        self.groups: dict[str, str] = {}
        """Full names → that of the first of the tensors that are one with it."""
        self.unverified: list[str] = []
        """Kinds without a rule."""
        self.framework: Framework = trace.framework
        self._layers: dict[str, Layer] = {}
        self._tensors_of: dict[tuple[int, object], Sequence[Tensor]] = {}
        called = {call.module for call in trace.calls if call.module is not None}
        self._inside = _ancestors(called)
        for module in trace.modules:
            self._enter(module)
        for held in self.held.values():
            if held.full in self.modules:
                raise MismatchError(f"{held.full} is a module and a tensor.")
            self._group(held)
        taken: set[str] = set()
        for one in self.modules.values():
            self._check(one, taken, is_called=one.path in called)

    def find(self, path: str) -> Checked | None:
        """The module at a path, under whichever name it goes."""
        return self.modules.get(self.aliases.get(path, path))

    def tensor(self, name: str) -> Held | None:
        """The parameter or buffer of a full name; the module may be met under another name."""
        found = self.held.get(name)
        if found is None:
            path, _, last = name.rpartition(".")
            found = self.held.get(joined(self.aliases.get(path, path), last))
        return found

    def _enter(self, module: Module) -> None:
        if module.path in self.modules or module.path in self.aliases:
            raise MismatchError(f"module {module.path!r} is listed twice.")
        if module.same_as is not None:
            if module.same_as not in self.modules:
                raise MismatchError(
                    f"module {module.path!r} is said to be {module.same_as!r}, which does not come before it."
                )
            self.aliases[module.path] = module.same_as
            return
        self.modules[module.path] = Checked(module)
        for buffer, claims in ((False, module.parameters), (True, module.buffers)):
            for claim in claims:
                held = Held(joined(module.path, claim.name), claim, buffer)
                if held.full in self.held:
                    raise MismatchError(f"{held.full} is listed twice.")
                self.held[held.full] = held

    def _group(self, held: Held) -> None:
        first = held.full
        if held.claim.shared_with is not None:
            other = self.tensor(held.claim.shared_with)
            if other is None or other.full not in self.groups:
                raise MismatchError(
                    f"{held.full} is said to be {held.claim.shared_with!r}, which does not come before it."
                )
            if other.claim.shape != held.claim.shape or other.buffer != held.buffer:
                raise MismatchError(f"{held.full} is said to be {other.full}, which is another tensor.")
            first = self.groups[other.full]
        self.groups[held.full] = first

    def _check(self, one: Checked, taken: set[str], *, is_called: bool) -> None:
        """Compare a module's claims with what its kind has."""
        names = [joined(one.path, claim.name) for claim in (*one.module.parameters, *one.module.buffers)]
        own = [self.held[name] for name in names if name not in taken]
        layer = self._layer(one)
        if layer is not None:
            one.layer, tensors = layer, self._tensors(one, layer)
            whole = self.spots[names[0]][0] if names and not own else None
            inside = [tensor for tensor in tensors if "." in tensor.name]
            if whole is not None:
                one.part_of = whole
            elif inside and not is_called and one.path in self._inside:
                one.layer = None  # its parts run one by one, and are counted one by one
            else:
                one.tensors = {tensor.name: self._same(one, layer, tensor) for tensor in tensors}
                for name, held in one.tensors.items():
                    taken.add(held.full)
                    self.spots[held.full] = (one.path, name)
        one.raw = tuple([held for held in own if held.full not in taken])
        taken.update(held.full for held in one.raw)

    def _layer(self, one: Checked) -> Layer | None:
        """The core's layer for a kind, None for containers, the user's own classes and kinds without a rule."""
        module = one.module
        if module.kind is None:
            return None
        if module.kind not in spellings(self.framework):
            if module.parameters or module.buffers:
                self._note(f"{module.kind} has no rule here: its parameters stand as they were recorded")
            return None
        key = f"{module.kind} {sorted(module.hyper.items()) if module.hyper else ''}"
        if key not in self._layers:
            try:
                hyper = {name: value for name, value in (module.hyper or {}).items() if name not in _PLACED}
                self._layers[key] = layer_of_call(module.kind, hyper, framework=self.framework)
            except ParamcountError as error:
                raise MismatchError(f"{module.path or module.class_name} ({module.kind}): {error}") from None
        return self._layers[key]

    def _tensors(self, one: Checked, layer: Layer) -> Sequence[Tensor]:
        """The tensors that a layer has, whatever flows into it."""
        key = (id(layer), one.module.built)
        if key not in self._tensors_of:
            self._tensors_of[key] = self._derived(one, layer)
        return self._tensors_of[key]

    def _derived(self, one: Checked, layer: Layer) -> Sequence[Tensor]:
        taken: tuple[Shape | None, ...] = one.module.built or (None,) * max(1, layer.kind.inputs[0])
        try:
            return layer.derive(taken).tensors
        except MissingError:
            self._note(f"{one.path} ({layer}) was never given an input, which its parameters depend on")
            return ()
        except ParamcountError as error:
            raise MismatchError(f"{one.path or one.module.class_name} ({layer}): {error}") from None

    def _same(self, one: Checked, layer: Layer, tensor: Tensor) -> Held:
        """The claim about a tensor, where it agrees with what the layer has."""
        found = self.held.get(joined(one.path, tensor.name))
        if found is None:
            place = joined(one.path, tensor.name)
            raise MismatchError(f"{place} is not there, but {layer} has it, {text(tensor.shape)}.")
        if found.claim.shape != tensor.shape or found.buffer != tensor.buffer:
            what = f"a {'buffer' if found.buffer else 'parameter'} of {text(found.claim.shape)}"
            has = f"a {'buffer' if tensor.buffer else 'parameter'} of {text(tensor.shape)}"
            raise MismatchError(f"{found.full} is recorded as {what}, but in {layer} it is {has}.")
        return found

    def _note(self, words: str) -> None:
        if words not in self.unverified and len(self.unverified) < 20:
            self.unverified.append(words)


_PLACED: Final = ("device", "dtype")
"""Arguments that change nothing that is counted; kinds that have none leave them out of their signature."""


def _ancestors(paths: Iterable[str]) -> set[str]:
    """The paths of all modules around these."""
    found: set[str] = set()
    for path in paths:
        while path:
            path = path.rpartition(".")[0]
            if path in found:
                break
            found.add(path)
    return found
