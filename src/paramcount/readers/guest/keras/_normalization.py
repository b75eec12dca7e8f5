"""Layers that normalise."""

from keras._leaf import Leaf, leaf, unsupported


class _Axes(Leaf):
    """Weights along some dimensions."""

    def axes(self, shape):
        found = self.axis if isinstance(self.axis, (list, tuple)) else (self.axis,)
        for axis in found:
            if not -len(shape) <= axis < len(shape):
                raise ValueError(
                    f"Invalid value for `axis` argument. Expected {-len(shape)} <= axis < {len(shape)}. Received: axis={self.axis}"
                )
        return [shape[axis] for axis in found]


@leaf("BatchNormalization")
class BatchNormalization(_Axes):
    def check(self):
        if isinstance(self.axis, (list, tuple)):
            raise TypeError(
                f"int() argument must be a string, a bytes-like object or a real number, not '{type(self.axis).__name__}'"
            )

    def build(self, input_shape):
        shape = self.axes(input_shape)
        if self.renorm:
            unsupported(self, "with renorm")
        for name, wanted, trainable in (
            ("gamma", self.scale, True), ("beta", self.center, True), ("moving_mean", True, False),
            ("moving_variance", True, False),
        ):  # fmt: skip
            setattr(self, name, self.add_weight(shape=shape, name=name, trainable=trainable) if wanted else None)


@leaf("LayerNormalization")
class LayerNormalization(_Axes):
    def build(self, input_shape):
        shape = self.axes(input_shape)
        self.gamma = self.add_weight(shape=shape, name="gamma") if self.scale else None
        self.beta = self.add_weight(shape=shape, name="beta") if self.center else None


@leaf("RMSNormalization")
class RMSNormalization(_Axes):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=self.axes(input_shape), name="scale")


@leaf("GroupNormalization")
class GroupNormalization(_Axes):
    def build(self, input_shape):
        (channels,) = self.axes(input_shape)
        groups = channels if self.groups == -1 else self.groups
        if groups is not None and groups < 1:
            raise ValueError(
                f"Received an invalid value for argument `groups`, expected a positive integer (or `-1` for instance normalization). Received: groups={groups}"
            )
        if channels is None or groups > channels or channels % groups:
            raise ValueError(f"Number of groups ({self.groups}) must divide the number of channels ({channels}).")
        self.gamma = self.add_weight(shape=(channels,), name="gamma") if self.scale else None
        self.beta = self.add_weight(shape=(channels,), name="beta") if self.center else None


@leaf("Normalization")
class Normalization(Leaf):
    def build(self, input_shape):
        axis = self.axis
        axes = () if axis is None else axis if isinstance(axis, (list, tuple)) else (axis,)
        shape = [input_shape[one] for one in sorted([one % len(input_shape) for one in axes])]
        if (self.mean is None) != (self.variance is None):
            raise ValueError("When setting values directly, both `mean` and `variance` must be set.")
        if self.mean is None:
            self.adapt_mean = self.add_weight(shape=shape, name="mean", trainable=False)
            self.adapt_variance = self.add_weight(shape=shape, name="variance", trainable=False)
            self.count = self.add_weight(shape=(), name="count", trainable=False, dtype="int32")

    def adapt(self, data, *args, **kwargs):
        unsupported(self, "adapt()")

    def hyper(self):
        given = self.mean is not None
        return {**super().hyper(), **({"mean": 0.0, "variance": 1.0} if given else {})}
