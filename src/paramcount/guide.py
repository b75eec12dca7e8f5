"""The formula paramcount began with: k filters of f × f over c channels."""

from collections.abc import Sequence

from paramcount.build import layer
from paramcount.derive import derive


def calculate_conv_layer_params(k: int, f: int | Sequence[int], c: int) -> int:
    """Parameters of a convolution with bias: ((f × f × c) + 1) × k.

    Args:
        k: filters.
        f: side of the square filter, or its height and width as a pair.
        c: input channels.

    Raises:
        LayerError: a number is not whole or below 1.

    >>> calculate_conv_layer_params(32, 3, 3)
    896
    >>> calculate_conv_layer_params(192, (1, 7), 192)
    258240
    """
    size = f if isinstance(f, int) else tuple(f)
    made = layer({"kind": "conv2d", "in_channels": c, "out_channels": k, "kernel_size": size}, framework="pytorch")
    return derive(made).total
