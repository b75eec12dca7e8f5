"""Shapes and multiply-accumulates of tensor operations, by PyTorch's names for them.

Needs the standard library and `paramcount.shapes` only, so that a sandbox can use the very same rules as the host.
Shapes hold the batch here: they are the whole shapes of tensors. Every rule raises `OperationError`, which names the
rule, the shapes received, and the class of exception that PyTorch raises.
"""

from collections.abc import Sequence
from typing import Final

from paramcount.operations import channels, decompositions, elementwise, products, views, windows
from paramcount.operations.rules import Attributes, OperationError, Rule, Sizes

__all__ = ["OPERATIONS", "Attributes", "OperationError", "Rule", "Sizes", "macs", "outputs"]

OPERATIONS: Final[dict[str, Rule]] = {
    **elementwise.RULES, **products.RULES, **windows.RULES, **views.RULES, **channels.RULES,
    **decompositions.RULES,
}  # fmt: skip
"""The rule of each operation by its name."""


def outputs(operation: str, shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """The shapes of what comes out of an operation.

    Args:
        operation: its name, a key of `OPERATIONS`; `KeyError` where it is none.
        shapes: the shapes of its tensors, in order, the batch included.
        attributes: its other arguments, by name.

    Raises:
        OperationError: the operation refuses them.
    """
    return OPERATIONS[operation].outputs(shapes, attributes)


def macs(operation: str, shapes: Sequence[Sizes], attributes: Attributes) -> int:
    """The multiply-accumulates of an operation, 0 for one that has none; `KeyError` where there is no such operation.

    Raises:
        OperationError: the operation refuses these shapes or attributes.
    """
    rule = OPERATIONS[operation]
    return 0 if rule.macs is None else rule.macs(shapes, attributes)
