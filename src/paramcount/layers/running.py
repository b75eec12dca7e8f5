"""What PyTorch's norms over channels share that may keep running statistics.

This module holds no layer kind of its own.
"""

from typing import Self

from paramcount.layers.base import Layer, Tensor, agreed
from paramcount.layers.fields import Flag, Natural
from paramcount.layers.unchanged import check_rank
from paramcount.shapes import Shape


class Running(Layer):
    """The fields of a norm over the channels, which are the first dimension."""

    num_features: Natural | None = None  # None for a lazy one
    affine: Flag = False
    track_running_stats: Flag = False
    bias: Flag = True

    def taken(self, shape: Shape | None) -> tuple[Self, int]:
        """Take a shape that flows in: the layer with `num_features` filled in, and their number.

        Raises:
            ShapeError: the shape does not fit the layer.
            MissingError: the features are not known, and the layer has a tensor over them.
        """
        check_rank(self, shape)
        count = self.num_features or 0  # without a tensor nothing is compared
        if self.affine or self.track_running_stats:
            flowing = shape[0] if shape else None
            hint = f" {self.signature.name}({flowing}) fits." if flowing else ""
            count = agreed(self, "num_features", self.num_features, flowing, hint)
        return self if self.num_features is not None else self.filled(num_features=count), count

    def statistics(self, count: int) -> tuple[Tensor, ...]:
        """The buffers of the running statistics, where they are kept."""
        if not self.track_running_stats:
            return ()
        shapes = {"running_mean": (count,), "running_var": (count,), "num_batches_tracked": ()}
        return tuple([Tensor(name, one, False, role="statistic", buffer=True) for name, one in shapes.items()])
