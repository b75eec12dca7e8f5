"""What an operator is given beside tensors: its inputs that may be left out, and numbers."""

from collections.abc import Sequence

from paramcount.readers.onnx.constants import integers
from paramcount.readers.onnx.model import Op
from paramcount.readers.onnx.run import Flow, Run, Unanswered


def at(given: Sequence[Flow], place: int) -> Flow | None:
    """An input that may be left out."""
    flow = given[place] if place < len(given) else None
    return None if flow == Flow() else flow


def numbers(run: Run, op: Op, given: Sequence[Flow], name: str, place: int) -> tuple[int, ...] | None:
    """Whole numbers that are an attribute, or an input; None where they are neither.

    Raises:
        Unanswered: they are computed from what flows through the network.
    """
    if name in op.attributes:
        return op.ints(name)
    if place >= len(op.inputs) or not op.inputs[place]:
        return None
    found = integers(given[place].constant)
    if found is None and given[0].known and run.stopped is None:
        raise Unanswered(f"its {name} are computed from what flows through the network.")
    return found
