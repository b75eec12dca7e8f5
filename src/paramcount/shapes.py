"""The arithmetic of shapes: one rule, whether it runs on ints or on expressions.

Every function takes ints and returns an int, or takes `Expression`s and returns one that remembers
its working. Only the standard library is needed. Shapes leave the batch out; `None` in a shape
stands for a dimension that is not known.
"""

from math import prod
from typing import SupportsIndex, cast

from paramcount.expression import Ceiling, Expression, as_expression

type Shape = tuple[int | None, ...]
"""The size of each dimension, batch excluded, in the framework's own order; None where not known."""


def ceil_div[N: (int, Expression)](left: N, right: N) -> N:
    """A quotient rounded up: ⌈left ÷ right⌉."""
    if isinstance(left, Expression):
        return Ceiling(left, as_expression(right))
    return -(-left // right)


def extent[N: (int, Expression)](kernel_size: N, dilation: N) -> N:
    """Input positions that a dilated kernel spans: dilation × (kernel_size − 1) + 1.

    Source: torch.nn.Conv2d, "Shape".
    """
    return kernel_size if _plain(kernel_size, dilation) else dilation * (kernel_size - 1) + 1


def _plain(kernel_size: SupportsIndex, dilation: SupportsIndex) -> bool:
    """Whether dilation changes nothing."""
    return int(dilation) == 1 or int(kernel_size) == 1


def window[N: (int, Expression)](size: N, kernel_size: N, stride: N, padding: N, dilation: N) -> N:
    """Positions of a window: ⌊(size + 2 × padding − dilation × (kernel_size − 1) − 1) ÷ stride⌋ + 1.

    Terms that change nothing, padding 0, stride 1 and dilation 1, are left out of the working.
    Source: torch.nn.Conv2d and torch.nn.MaxPool2d, "Shape"; Keras's "valid" is padding 0.
    """
    room = _padded(size, padding)
    if _plain(kernel_size, dilation):
        room = room - kernel_size
        return (room if int(stride) == 1 else room // stride) + 1
    room = room - dilation * (kernel_size - 1)
    return room if int(stride) == 1 else (room - 1) // stride + 1


def _padded[N: (int, Expression)](size: N, padding: N) -> N:
    return size if int(padding) == 0 else size + 2 * padding


def window_ceil[N: (int, Expression)](size: N, kernel_size: N, stride: N, padding: N, dilation: N) -> N:
    """Positions of a pooling window with `ceil_mode`.

    The last window may hang over the end, but is dropped where it would start in the right padding,
    at or beyond size + padding. Source: ATen/native/Pool.h, `pooling_output_shape`.
    """
    positions = ceil_div(_padded(size, padding) - extent(kernel_size, dilation), stride) + 1
    if (int(positions) - 1) * int(stride) >= int(size) + int(padding):
        return positions - 1
    return positions


def same[N: (int, Expression)](size: N, stride: N) -> N:
    """Positions of a window under Keras's "same" (and "causal") padding: ⌈size ÷ stride⌉.

    Source: keras.ops.conv, keras.ops.max_pool.
    """
    return ceil_div(size, stride)


def transposed[N: (int, Expression)](
    size: N, kernel_size: N, stride: N, padding: N, dilation: N, output_padding: N
) -> N:
    """Size after a transposed window: (size − 1) × stride − 2 × padding + extent + output_padding.

    Source: torch.nn.ConvTranspose2d, "Shape".
    """
    size = (size - 1) * stride
    if int(padding):
        size = size - 2 * padding
    size = size + extent(kernel_size, dilation)
    return size + output_padding if int(output_padding) else size


def elements(shape: tuple[int, ...]) -> int:
    """How many numbers a tensor of this shape holds; 1 for a scalar."""
    return prod(shape)


def known(shape: Shape | None) -> tuple[int, ...] | None:
    """Return the shape where every dimension of it is known, else None."""
    if shape is None or None in shape:
        return None
    return cast("tuple[int, ...]", shape)


def text(shape: Shape) -> str:
    """Show a shape the way frameworks print it: [3, 224, 224], with None where a size is not known."""
    return str(list(shape))
