"""What flows into a layer with filters: its channels, given or inferred, and its spatial sizes.

This module holds no layer kind of its own.
"""

from paramcount.errors import ShapeError
from paramcount.layers.base import agreed
from paramcount.layers.filters import Filters, channel_hint, check_groups
from paramcount.shapes import Shape


def taken[L: Filters](layer: L, shape: Shape | None) -> tuple[L, int, Shape]:
    """Take a shape that flows in: the layer with `in_channels` filled in, their number, and the spatial sizes.

    Raises:
        ShapeError: the shape does not fit the layer, or `groups` does not divide the channels that flow in.
        MissingError: the channels are not known.
    """
    channels, spatial = layer.split(shape)
    in_channels = agreed(layer, "in_channels", layer.in_channels, channels, channel_hint(layer, shape))
    if layer.in_channels is not None:
        return layer, in_channels, spatial
    filled = layer.filled(in_channels=in_channels)
    check_groups(filled, ShapeError)
    return filled, in_channels, spatial
