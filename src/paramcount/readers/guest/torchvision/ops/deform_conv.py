"""torchvision.ops.deform_conv: convolution whose taps are moved."""

from torch import nn
from torch._dispatch import make, run
from torch.nn.parameter import Parameter


def deform_conv2d(input, offset, weight, bias=None, stride=(1, 1), padding=(0, 0), dilation=(1, 1), mask=None):
    def pair(value):
        return [value, value] if isinstance(value, int) else list(value)

    attributes = {"stride": pair(stride), "padding": pair(padding), "dilation": pair(dilation)}
    found = run("deform_conv2d", (input, offset, weight), attributes)
    taps = weight.shape[2] * weight.shape[3]
    if offset.shape[1] % (2 * taps) or tuple(offset.shape[2:]) != tuple(found.shape[2:]):
        raise RuntimeError(
            f"the shape of the offset, {list(offset.shape)}, does not fit the output, {list(found.shape)}"
        )
    return found


class DeformConv2d(nn.Module):
    """A convolution that is told where to look."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True):
        super().__init__()
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        pair = nn.modules.utils._pair
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = pair(kernel_size), pair(stride)
        self.padding, self.dilation = pair(padding), pair(dilation)
        self.weight = Parameter(make((out_channels, in_channels // groups, *self.kernel_size)))
        if bias:
            self.bias = Parameter(make((out_channels,)))
        else:
            self.register_parameter("bias", None)

    def forward(self, input, offset, mask=None):
        return deform_conv2d(input, offset, self.weight, self.bias, self.stride, self.padding, self.dilation, mask)
