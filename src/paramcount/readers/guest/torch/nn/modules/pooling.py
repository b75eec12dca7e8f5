"""Pooling."""

from torch.nn import functional as F
from torch.nn.modules._layer import Layer, layer, missing

__getattr__ = missing("torch.nn.modules.pooling")


class _MaxPoolNd(Layer):
    def _made_of(self, kernel_size, stride, padding, dilation, return_indices, ceil_mode):
        self.kernel_size, self.padding, self.dilation = kernel_size, padding, dilation
        self.stride = kernel_size if stride is None else stride
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(self, input):
        pool = getattr(F, f"max_pool{self._dims_}d")
        return pool(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices
        )


class _AvgPoolNd(Layer):
    def _made_of(self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override=None):
        self.kernel_size, self.padding, self.ceil_mode = kernel_size, padding, ceil_mode
        self.stride = kernel_size if stride is None else stride
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override

    def forward(self, input):
        pool = getattr(F, f"avg_pool{self._dims_}d")
        return pool(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)


class _LPPoolNd(Layer):
    def forward(self, input):
        pool = getattr(F, f"lp_pool{self._dims_}d")
        return pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class _AdaptiveAvgPoolNd(Layer):
    def forward(self, input):
        return getattr(F, f"adaptive_avg_pool{self._dims_}d")(input, self.output_size)


class _AdaptiveMaxPoolNd(Layer):
    def forward(self, input):
        return getattr(F, f"adaptive_max_pool{self._dims_}d")(input, self.output_size, self.return_indices)


class _MaxUnpoolNd(Layer):
    def _made_of(self, kernel_size, stride, padding):
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride

    def _varied_(self, input, indices, output_size=None):
        return output_size is not None

    def forward(self, input, indices, output_size=None):
        unpool = getattr(F, f"max_unpool{self._dims_}d")
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class _FractionalMaxPoolNd(Layer):
    """Windows at random places; how many, the layer tells."""

    def _made_of(self, kernel_size, output_size, output_ratio, return_indices, _random_samples):
        if (output_size is None) == (output_ratio is None):
            raise ValueError("FractionalMaxPool takes either an output size, or a pooling ratio")
        ratios = output_ratio if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * self._dims_
        if output_ratio is not None and not all(0 < one < 1 for one in ratios):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")
        self.kernel_size, self.output_size, self.return_indices = kernel_size, output_size, return_indices
        self.output_ratio = None if output_ratio is None else tuple(ratios)

    def forward(self, input):
        size = self.output_size
        if size is None:
            size = [int(n * one) for n, one in zip(input.shape[-self._dims_ :], self.output_ratio)]
        return getattr(F, f"adaptive_max_pool{self._dims_}d")(input, size, self.return_indices)


def _each(base, name, dimensions=(1, 2, 3)):
    return [layer(type(name.format(dims), (base,), {"_dims_": dims, "__module__": __name__})) for dims in dimensions]


MaxPool1d, MaxPool2d, MaxPool3d = _each(_MaxPoolNd, "MaxPool{}d")
AvgPool1d, AvgPool2d, AvgPool3d = _each(_AvgPoolNd, "AvgPool{}d")
LPPool1d, LPPool2d, LPPool3d = _each(_LPPoolNd, "LPPool{}d")
AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d = _each(_AdaptiveAvgPoolNd, "AdaptiveAvgPool{}d")
AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d = _each(_AdaptiveMaxPoolNd, "AdaptiveMaxPool{}d")
MaxUnpool1d, MaxUnpool2d, MaxUnpool3d = _each(_MaxUnpoolNd, "MaxUnpool{}d")
FractionalMaxPool2d, FractionalMaxPool3d = _each(_FractionalMaxPoolNd, "FractionalMaxPool{}d", (2, 3))
