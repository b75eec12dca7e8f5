"""What exporters fold away, and what cannot be known of it: said beside the answer, never guessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from paramcount.readers.onnx.model import File, Op
from paramcount.readers.onnx.names import generated
from paramcount.readers.onnx.run import Run
from paramcount.shapes import elements

_SHOWN: Final = 6
"""Names of one sort that are listed."""


def known(file: File, run: Run) -> list[str]:
    """What is to be said of a file that is certain."""
    found = (_external(file), _norms(run), _folded(run), _aliases(run), _quantised(run))
    return [one for one in found if one]


def uncertain(file: File, run: Run) -> list[str]:
    """What the file does not tell."""
    found = (
        _missing(run),
        _computed(run),
        _shared(file, run),
        _turned(run),
        _by_name(run),
        _constants(run),
        _bodies(run),
    )
    return [one for one in found if one]


def _names(several: Sequence[str]) -> str:
    shown = ", ".join([one[:80] for one in several[:_SHOWN]])
    return f"{shown} and {len(several) - _SHOWN} more" if len(several) > _SHOWN else shown


def _external(file: File) -> str:
    if not file.external:
        return ""
    return f"The numbers of {file.external} tensors lie in other files, which were not opened; their sizes stand here."


def _norms(run: Run) -> str:
    norms = [one for one in run.weights.modules.values() if any(b.name == "num_batches_tracked" for b in one.buffers)]
    if not norms:
        return ""
    moving = sum([2 * one.buffers[0].shape[0] for one in norms])
    return (
        f"Buffers: {moving:,} moving statistics of {len(norms)} batch norms, which Keras counts among the parameters, "
        "and as in PyTorch one number each for the batches seen, which ONNX leaves out."
    )


@dataclass(frozen=True, slots=True)
class _Fold:
    """A convolution that a batch norm was folded into."""

    filters: int
    biased: bool
    """Whether it has a bias now."""
    own: bool | None
    """Whether it had one before; None where the file does not tell."""

    def more(self, *, own: bool) -> int:
        """How many more parameters the two had in PyTorch."""
        return self.filters * (2 + own - self.biased)


def _folds(run: Run) -> Iterator[_Fold]:
    met: set[str] = set()
    for op in run.model.ops:
        if op.kind not in ("Conv", "ConvTranspose") or len(op.inputs) < 2 or not _is_folded(op):
            continue
        one = run.flows[op.inputs[1]].stored
        if one is None or len(one.sizes) < 3 or one.name in met:
            continue
        met.add(one.name)
        filters = one.sizes[0] if op.kind == "Conv" else one.sizes[1] * op.int("group", 1)
        listed = run.weights.listed
        own = f"{one.name.removesuffix('.weight')}.bias" in listed if one.name in listed else None
        yield _Fold(filters, len(op.inputs) > 2 and bool(op.inputs[2]), own)


def _folded(run: Run) -> str:
    """Batch norms that were folded into convolutions: a bias is left of their two parameters a channel."""
    folds = list(_folds(run))
    if not folds:
        return ""
    total = sum([elements(one.shape) for one in run.weights.claims() if one.shared_with is None])
    least = total + sum([one.more(own=bool(one.own)) for one in folds])
    most = total + sum([one.more(own=one.own is not False) for one in folds])
    then = f"with them the model has {least:,} parameters in PyTorch."
    if most != least:
        then = (
            f"with them the model has {least:,} parameters in PyTorch if those convolutions have no bias of their own, "
            f"{most:,} if all have; the file does not tell."
        )
    return f"{len(folds)} batch norms were folded by the exporter into the convolutions before them: {then}"


def _is_folded(op: Op) -> bool:
    if "FuseBatchNorm" in op.remarks.get("rule_name", ""):
        return True
    return len(op.inputs) > 2 and op.inputs[1].startswith("onnx::Conv") and generated(op.inputs[1])


def _aliases(run: Run) -> str:
    if not run.aliases:
        return ""
    return (
        f"{len(run.aliases)} tensors equal others in value, and are stored once with them under a second name "
        f"({_names(run.aliases)}): counted each, since torch.onnx gives no second name to those that are one."
    )


def _quantised(run: Run) -> str:
    if not run.weights.quantised:
        return ""
    several = [run.model.tensors[name] for name in run.weights.quantised if name in run.model.tensors]
    kinds = ", ".join(sorted({one.dtype for one in several}))
    return (
        f"{len(several)} weights are quantised ({kinds}): they are counted number by number; their scales and zero "
        "points are no parameters."
    )


def _computed(run: Run) -> str:
    weights = run.weights
    met = [name for name in run.model.remarks if name in weights.met and weights.sources(name)]
    several = [name for name in met if len(weights.folded(name)) > 1]  # of one alone: with its dimensions exchanged
    if not several:
        return ""
    shown = [f"{name} from {' and '.join(weights.sources(name))}" for name in several]
    return (
        f"{len(several)} tensors were computed from parameters by the exporter ({_names(shown)}): counted as they "
        "stand in the file, where they may have more or fewer numbers than in the model, and that work is in no MACs."
    )


def _missing(run: Run) -> str:
    """Parameters of the exported program that the file does not hold any more."""
    held = set(run.model.tensors)
    for name in run.model.remarks:
        held.update(run.weights.folded(name))
    gone = [name for name, kind in run.weights.listed.items() if kind == "PARAMETER" and name not in held]
    if not gone:
        return ""
    rules = sorted({rule.strip() for op in run.model.ops for rule in op.remarks.get("rule_name", "").split(",")} - {""})
    by = f" by {', '.join(rules[:_SHOWN])}" if rules else ""
    return (
        f"{len(gone)} parameters of the exported model are not in the file under their names ({_names(gone)}): folded "
        f"into others or left out{by}, merged with equal ones, or never used; they are not counted by themselves."
    )


def _shared(file: File, run: Run) -> str:
    """Vectors that several layers have: tied, or merged since they were equal in value."""
    several = [
        (run.model.tensors[name], len(scopes))
        for name, scopes in run.weights.uses.items()
        if len(scopes) > 1 and name in run.model.tensors and len(run.model.tensors[name].sizes) < 2
    ]
    if not several or (file.producer.startswith("pytorch") and not run.weights.listed):  # it names them, see _aliases
        return ""
    more = sum([one.count * (many - 1) for one, many in several])
    return (
        f"{len(several)} vectors stand in several layers ({_names([one.name for one, _ in several])}) and are counted "
        f"once, as they are stored; where the exporter merged parameters of equal value, the model has up to {more:,} "
        "more."
    )


def _turned(run: Run) -> str:
    """Matrices that may be one that is stored twice, once with its dimensions exchanged: a tied embedding."""
    tables = [one.parameters[0].shape for one in run.weights.modules.values() if one.kind == "Embedding"]
    several = [
        name
        for name in run.weights.met
        if generated(name)
        and not run.weights.sources(name)
        and name in run.model.tensors
        and run.model.tensors[name].sizes[::-1] in tables
    ]
    if not several:
        return ""
    return (
        f"{_names(sorted(several))} has the size of an embedding with its dimensions exchanged: if they are tied in "
        "the model, the exporter stored them twice, and they are counted twice."
    )


def _by_name(run: Run) -> str:
    if not run.weights.by_name:
        return ""
    return (
        f"{len(run.weights.by_name)} tensors are taken for parameters by their names alone "
        f"({_names(run.weights.by_name)}); buffers and constants may be named alike."
    )


def _constants(run: Run) -> str:
    several = [run.model.tensors[name] for name in run.weights.constants if name in run.model.tensors]
    if not several:
        return ""
    shown = [f"{one.name} {list(one.sizes)}" for one in several]
    return (
        f"{len(several)} tensors with names that an exporter generates are taken for constants and not counted "
        f"({_names(shown)}); they may have been computed from parameters."
    )


def _bodies(run: Run) -> str:
    inner = sum(op.inner for op in run.model.ops)
    if not inner:
        return ""
    return f"{inner} operators stand in branches and loops: their parameters are counted, not their shapes and MACs."
