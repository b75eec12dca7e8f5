"""Linear layers."""

from torch.nn import functional as F
from torch.nn.modules._layer import Layer, layer, missing
from torch.nn.modules.module import Module

__getattr__ = missing("torch.nn.modules.linear")


@layer
class Identity(Layer):
    def _made_of(self, **ignored):
        return None

    def forward(self, input):
        return input


def _any_arguments(self, *args, **kwargs):
    Module.__init__(self)
    self.__dict__["_made_"] = []


Identity.__init__ = _any_arguments
Identity._kind_arguments_ = ()


@layer
class Linear(Layer):
    def _made_of(self, in_features, out_features, bias):
        self.in_features, self.out_features = in_features, out_features
        self._parameter("weight", out_features, in_features)
        if bias:
            self._parameter("bias", out_features)
        else:
            self.register_parameter("bias", None)

    def forward(self, input):
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self):
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class NonDynamicallyQuantizableLinear(Linear):
    """The output projection of attention, whose weights the attention itself uses."""


@layer
class Bilinear(Layer):
    def _made_of(self, in1_features, in2_features, out_features, bias):
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got {in1_features}")
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self._parameter("weight", out_features, in1_features, in2_features)
        if bias:
            self._parameter("bias", out_features)
        else:
            self.register_parameter("bias", None)

    def forward(self, input1, input2):
        return F.bilinear(input1, input2, self.weight, self.bias)
