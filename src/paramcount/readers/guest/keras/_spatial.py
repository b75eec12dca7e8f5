"""Convolutions."""

from keras._inert import GLOBAL
from keras._layer import Layer
from keras._leaf import Leaf, leaf, unsupported, wholes
from paramcount import shapes as rules


def formats(layer):
    """Check and settle `data_format`."""
    value = getattr(layer, "data_format", None) or GLOBAL["data_format"]
    if value not in ("channels_first", "channels_last"):
        raise ValueError(
            f"The `data_format` argument must be one of 'channels_first', 'channels_last'. Received: {value}"
        )
    layer.__dict__["data_format"] = value
    if "data_format" in layer._given:
        layer._given["data_format"] = value  # the default is a setting, which the trace tells too


class Spatial(Leaf):
    """A layer over channels and `_dims_` dimensions beside them."""

    def check(self):
        formats(self)

    def fit(self, tensors):
        self.rank(tensors, self._dims_ + 2)

    @property
    def first(self):
        return self.data_format == "channels_first"

    def channels(self, shape):
        return shape[1] if self.first else shape[-1]

    def sizes(self, shape):
        return shape[2:] if self.first else shape[1:-1]

    def joined(self, shape, sizes, channels=None):
        channels = self.channels(shape) if channels is None else channels
        return (shape[0], channels, *sizes) if self.first else (shape[0], *sizes, channels)

    def word(self, *allowed):
        """Check `padding`."""
        value = self.padding
        if not isinstance(value, str) or value.lower() not in allowed:
            raise ValueError(f"The `padding` argument must be one of {allowed}. Received: {value!r}")
        self.__dict__["padding"] = value.lower()


def moved(layer, sizes, kernel, strides, dilation):
    """Sizes after a window has moved over each dimension."""
    found = []
    for size, k, s, d in zip(sizes, kernel, strides, dilation):
        if layer.padding in ("same", "causal"):
            found.append(rules.same(size, s))
            continue
        found.append(rules.window(size, k, s, 0, d) if size >= rules.extent(k, d) else 0)
        if found[-1] < 1:
            raise ValueError(
                f"Computed output size would be zero or negative. Received `inputs sizes={tuple(sizes)}`, `kernel "
                f"shape={tuple(kernel)}`, `dilation_rate={tuple(dilation)}`, `strides={tuple(strides)}`, `padding={layer.padding}`."
            )
    return found


class Kernel(Spatial):
    """What layers with a kernel have in common."""

    _exclusive_ = True  # strides and dilation do not go together

    def check(self):
        super().check()
        dims = self._dims_
        of_its_own = type(self).build is not self._leaf_class_.build  # then Keras 2 lets the filters be left open
        if "filters" in self._given and not (self.filters is None and of_its_own):
            if isinstance(self.filters, bool) or not hasattr(self.filters, "__index__") or self.filters <= 0:
                raise ValueError(
                    f"Invalid value for argument `filters`. Expected a strictly positive value. Received filters={self.filters}."
                )
            self.filters = self.filters.__index__()
        self.kernel_size = wholes(self, "kernel_size", dims)
        self.strides = wholes(self, "strides", dims)
        self.dilation_rate = wholes(self, "dilation_rate", dims)
        if self._exclusive_ and max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
                f"strides={self.strides} and dilation_rate={self.dilation_rate}"
            )
        activates(self)

    def known_channels(self, shape):
        channels = self.channels(shape)
        if channels is None:
            raise ValueError(
                f"The channel dimension of the inputs of {self.name} should be defined. The input_shape received is "
                f"{tuple(shape)}, where the channel is `None`."
            )
        return channels

    def bias(self, count):
        if self.use_bias:
            self.add_weight(shape=(count,), name="bias")


def activates(layer):
    """Check a layer's activation; one that has weights of its own cannot be told here."""
    from keras._inert import activation
    from keras._leaf import LEAVES

    value = getattr(layer, "activation", None)
    if isinstance(value, Layer) and isinstance(value, LEAVES["PReLU"]):
        unsupported(layer, "with a layer that has weights of its own as its activation")
    layer.__dict__["activation"] = activation(value)


@leaf("Conv1D", "Conv2D", "Conv3D")
class Convolution(Kernel):
    _dims_ = property(lambda self: int(self._kind_[4]))

    def check(self):
        super().check()
        self.word(*(("valid", "same", "causal") if self._dims_ == 1 else ("valid", "same")))
        groups = self.groups
        if not isinstance(groups, int) or groups <= 0:
            raise ValueError(f"The number of groups must be a positive integer. Received: groups={groups}")
        if self.filters is not None and self.filters % groups:
            raise ValueError(
                f"The number of filters must be evenly divisible by the number of groups. Received: groups={groups}, filters={self.filters}."
            )

    def build(self, input_shape):
        channels = self.known_channels(input_shape)
        if channels % self.groups:
            raise ValueError(
                "The number of input channels must be evenly divisible by the number of groups. Received: "
                f"groups={self.groups}, input_channel={channels} (data_format='{self.data_format}')."
            )
        self.kernel = self.add_weight(shape=(*self.kernel_size, channels // self.groups, self.filters), name="kernel")
        self.bias(self.filters)

    def outputs(self, shapes):
        sizes = moved(self, self.sizes(shapes[0]), self.kernel_size, self.strides, self.dilation_rate)
        return [self.joined(shapes[0], sizes, self.filters)]

    def fit(self, tensors):
        super().fit(tensors)
        channels = self.channels(tensors[0].shape)
        if self.built and self._trainable_variables and channels is not None:
            fixed_channels(self, channels, self._trainable_variables[0].shape[-2] * self.groups)


def fixed_channels(layer, channels, expected):
    """Refuse other channels than those a layer was built for."""
    if channels != expected:
        raise ValueError(
            f'Input 0 of layer "{layer.name}" is incompatible with the layer: expected {expected} channels, found '
            f"{channels}."
        )


@leaf("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
class Transposed(Kernel):
    _dims_ = property(lambda self: int(self._kind_[4]))

    def check(self):
        super().check()
        self.word("valid", "same")
        if self.output_padding is not None:
            self.output_padding = wholes(self, "output_padding", self._dims_, 0)
            if any([one >= stride for one, stride in zip(self.output_padding, self.strides)]):
                raise ValueError(
                    f"Strides must be greater than output padding. Received strides={self.strides}, output_padding={self.output_padding}."
                )

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, self.filters, self.known_channels(input_shape)), name="kernel"
        )
        self.bias(self.filters)

    def outputs(self, shapes):
        found = []
        extra = self.output_padding or (None,) * self._dims_
        for size, k, s, d, more in zip(
            self.sizes(shapes[0]), self.kernel_size, self.strides, self.dilation_rate, extra
        ):
            span = rules.extent(k, d)
            if more is None:
                found.append(size * s if self.padding == "same" or span < s else rules.transposed(size, k, s, 0, d, 0))
            elif self.padding == "same":
                found.append((size - 1) * s + span % 2 + more)
            else:
                found.append(rules.transposed(size, k, s, 0, d, more))
        return [self.joined(shapes[0], found, self.filters)]


@leaf("DepthwiseConv1D", "DepthwiseConv2D")
class Depthwise(Kernel):
    _exclusive_ = False
    _dims_ = property(lambda self: int(self._kind_[13]))

    def check(self):
        super().check()
        self.word("valid", "same")
        if not isinstance(self.depth_multiplier, int) or self.depth_multiplier <= 0:
            raise ValueError(
                f"Invalid value for argument `depth_multiplier`. Expected a strictly positive value. Received depth_multiplier={self.depth_multiplier}."
            )

    def build(self, input_shape):
        channels = self.known_channels(input_shape)
        self.kernel = self.add_weight(shape=(*self.kernel_size, channels, self.depth_multiplier), name="kernel")
        self.bias(channels * self.depth_multiplier)

    def outputs(self, shapes):
        sizes = moved(self, self.sizes(shapes[0]), self.kernel_size, self.strides, self.dilation_rate)
        return [self.joined(shapes[0], sizes, self.channels(shapes[0]) * self.depth_multiplier)]


@leaf("SeparableConv1D", "SeparableConv2D")
class Separable(Kernel):
    _exclusive_ = False
    _dims_ = property(lambda self: int(self._kind_[13]))

    def check(self):
        super().check()
        self.word(*(("valid", "same", "causal") if self._dims_ == 1 else ("valid", "same")))

    def build(self, input_shape):
        channels = self.known_channels(input_shape)
        multiplied = channels * self.depth_multiplier
        self.depthwise_kernel = self.add_weight(
            shape=(*self.kernel_size, channels, self.depth_multiplier), name="depthwise_kernel"
        )
        self.pointwise_kernel = self.add_weight(
            shape=(*(1,) * self._dims_, multiplied, self.filters), name="pointwise_kernel"
        )
        self.bias(self.filters)

    def outputs(self, shapes):
        sizes = moved(self, self.sizes(shapes[0]), self.kernel_size, self.strides, self.dilation_rate)
        return [self.joined(shapes[0], sizes, self.filters)]
