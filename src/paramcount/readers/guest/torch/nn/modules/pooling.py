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


def _each(base, name):
    return [layer(type(name.format(dims), (base,), {"_dims_": dims, "__module__": __name__})) for dims in (1, 2, 3)]


MaxPool1d, MaxPool2d, MaxPool3d = _each(_MaxPoolNd, "MaxPool{}d")
AvgPool1d, AvgPool2d, AvgPool3d = _each(_AvgPoolNd, "AvgPool{}d")
LPPool1d, LPPool2d, LPPool3d = _each(_LPPoolNd, "LPPool{}d")
AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d = _each(_AdaptiveAvgPoolNd, "AdaptiveAvgPool{}d")
AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d = _each(_AdaptiveMaxPoolNd, "AdaptiveMaxPool{}d")
MaxUnpool1d, MaxUnpool2d, MaxUnpool3d = _each(_MaxUnpoolNd, "MaxUnpool{}d")
