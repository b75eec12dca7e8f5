"""Layer, group and local response normalisation."""

import numbers

from torch.nn import functional as F
from torch.nn.modules._layer import Layer, layer, missing

__getattr__ = missing("torch.nn.modules.normalization")


@layer
class LayerNorm(Layer):
    def _made_of(self, normalized_shape, eps, elementwise_affine, bias):
        if isinstance(normalized_shape, numbers.Integral):
            normalized_shape = (int(normalized_shape),)
        self.normalized_shape, self.eps, self.elementwise_affine = tuple(normalized_shape), eps, elementwise_affine
        for name, held in (("weight", elementwise_affine), ("bias", elementwise_affine and bias)):
            if held:
                self._parameter(name, *self.normalized_shape, value=1 if name == "weight" else 0)
            else:
                self.register_parameter(name, None)

    def forward(self, input):
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)


@layer
class RMSNorm(Layer):
    def _made_of(self, normalized_shape, eps, elementwise_affine):
        if isinstance(normalized_shape, numbers.Integral):
            normalized_shape = (int(normalized_shape),)
        self.normalized_shape, self.eps, self.elementwise_affine = tuple(normalized_shape), eps, elementwise_affine
        if elementwise_affine:
            self._parameter("weight", *self.normalized_shape, value=1)
        else:
            self.register_parameter("weight", None)

    def forward(self, x):
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)


@layer
class GroupNorm(Layer):
    def _made_of(self, num_groups, num_channels, eps, affine, bias=True):
        if num_channels % num_groups != 0:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        for name, held in (("weight", affine), ("bias", affine and bias)):
            if held:
                self._parameter(name, num_channels, value=1 if name == "weight" else 0)
            else:
                self.register_parameter(name, None)

    def forward(self, input):
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)


@layer
class LocalResponseNorm(Layer):
    def forward(self, input):
        return F.local_response_norm(input, self.size)


@layer
class CrossMapLRN2d(Layer):
    def forward(self, input):
        return F.local_response_norm(input, self.size)
