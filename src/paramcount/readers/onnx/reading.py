"""What a file comes to: a network, and what was read of it."""

from collections.abc import Sequence
from typing import Final

from paramcount.errors import LayerError
from paramcount.readers.base import Asked, Given, Reading
from paramcount.readers.onnx import folding
from paramcount.readers.onnx.expand import expanded
from paramcount.readers.onnx.layers import HANDLERS
from paramcount.readers.onnx.model import File, Model, Sizes, load
from paramcount.readers.onnx.run import Run, agrees
from paramcount.readers.onnx.weights import Weights
from paramcount.readers.trace import Trace
from paramcount.readers.traced import network
from paramcount.report import Completeness, Read
from paramcount.shapes import known

_SHOWN: Final = 8


def reading(given: Given, asked: Asked) -> Reading:
    """Read a file.

    Raises:
        ParamcountError: it cannot be read.
    """
    if asked.framework not in (None, "pytorch"):
        raise LayerError(
            "an ONNX file is answered by PyTorch's rules, channels first, whatever made it. Leave framework out."
        )
    file = load(given, asked)
    model = expanded(file)
    shapes, notes = _inputs(model, asked)
    run = Run(model, Weights(model), HANDLERS, checked=shapes is not None and _as_stated(model, shapes))
    run.go({name: shapes[place] if shapes is not None else None for place, name in enumerate(model.inputs)})
    run.weights.rest()
    outputs = [run.flows[name] for name in model.outputs]
    full = shapes is not None and run.stopped is None and all(one.known for one in outputs)
    trace = Trace(
        version=1,
        framework="pytorch",
        completeness="full" if full else "params_only",
        modules=run.weights.module_list(),
        calls=tuple(run.calls),
        inputs=tuple(range(1, len(model.inputs) + 1)) if shapes is not None else (),
        outputs=tuple([one.number for one in outputs if one.number is not None]) if full else (),
    )
    made, unverified = network(trace, [one[1:] for one in shapes or ()], asked.most)
    not_understood = (*folding.uncertain(file, run), *unverified)
    return Reading(made, _said(file, run, not_understood, (*notes, *folding.known(file, run)), full=full))


def _said(file: File, run: Run, uncertain: Sequence[str], notes: Sequence[str], *, full: bool) -> Read:
    stopped: dict[str, object] = {}
    if run.stopped is not None:
        op, why = run.stopped
        stopped = {"stage": "shapes", "class": op.kind[:100], "module": op.name[:200], "reason": why}
    elif not full and run.calls:
        stopped = {"stage": "shapes", "reason": "not every output is made of what flows in."}
    completeness: Completeness = "full" if full else "params_only"
    made_by = f", made by {file.producer[:80]}" if file.producer else ""
    return Read(
        "onnx",
        f"an ONNX file of {len(run.model.ops)} operators, opset {file.opset}{made_by}; the weights were not read",
        completeness=completeness,
        not_understood=tuple(uncertain),
        stopped=stopped,
        notes=tuple(notes),
    )


def _inputs(model: Model, asked: Asked) -> tuple[list[Sizes] | None, list[str]]:
    """What flows in, with a batch of 1; None where it is not known. Second, what there is to say of it.

    Raises:
        LayerError: another number of inputs was given, or not every size of one.
    """
    if not model.inputs:
        return [], []
    if asked.input_shapes:
        shapes = [known(shape) for shape in asked.input_shapes]
        names = ", ".join(list(model.inputs)[:_SHOWN])
        if len(shapes) != len(model.inputs):
            raise LayerError(f"input_shape holds {len(shapes)} shapes; the model has {len(model.inputs)} ({names}).")
        found = [(1, *shape) for shape in shapes if shape is not None]
        if len(found) != len(shapes):
            raise LayerError("input_shape must hold a number for every dimension, the batch left out.")
        return found, []
    stated: list[Sizes] = []
    for name, sizes in model.inputs.items():
        inner = known(sizes[1:]) if sizes else None
        if sizes is None or inner is None:
            return None, [
                f"The file leaves sizes of {name[:60]!r} open, {_open(sizes)}: give input_shape, without the batch, "
                "for output shapes and MACs."
            ]
        stated.append((1, *inner))
    batches = {sizes[0] for sizes in model.inputs.values() if sizes and sizes[0] not in (None, 1)}
    notes = [f"The file is made for a batch of {one}; figures are those of one sample." for one in batches]
    return stated, notes[:1]


def _open(sizes: tuple[int | None, ...] | None) -> str:
    if not sizes:
        return "the batch among them"
    return f"[{', '.join('?' if one is None else str(one) for one in sizes)}]"


def _as_stated(model: Model, shapes: Sequence[Sizes]) -> bool:
    """Whether these inputs are those for which the file states sizes of values."""
    pairs = zip(model.inputs.values(), shapes, strict=True)
    return all(sizes is not None and agrees(sizes, shape) for sizes, shape in pairs)
