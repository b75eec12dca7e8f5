"""Convolutions."""

from torch.nn import functional as F
from torch.nn.modules._layer import Layer, layer, made, missing, signed
from torch.nn.modules.utils import _ntuple, _reverse_repeat_tuple

__getattr__ = missing("torch.nn.modules.conv")


class _ConvNd(Layer):
    def _made_of(self, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode,
                 output_padding=0, transposed=None):  # fmt: skip
        if transposed is not None:  # a class of the user's own, built on what convolutions share
            self._dims_, self._transposed_ = len(kernel_size), transposed
        numbers = _ntuple(self._dims_)
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        modes = {"zeros", "reflect", "replicate", "circular"} if not self._transposed_ else {"zeros"}
        if padding_mode not in modes:
            raise ValueError(f"padding_mode must be one of {modes}, but got padding_mode='{padding_mode}'")
        stride, dilation, kernel_size = numbers(stride), numbers(dilation), numbers(kernel_size)
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}")
            if padding == "same" and any(one != 1 for one in stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        else:
            padding = numbers(padding)
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        self.stride, self.padding, self.dilation = stride, padding, dilation
        self.transposed, self.output_padding = self._transposed_, numbers(output_padding)
        self.groups, self.padding_mode = groups, padding_mode
        first, second = (
            (in_channels, out_channels // groups) if self._transposed_ else (out_channels, in_channels // groups)
        )
        self._parameter("weight", first, second, *kernel_size)
        if bias:
            self._parameter("bias", out_channels)
        else:
            self.register_parameter("bias", None)

    _dims_ = 2
    _transposed_ = False

    @property
    def _reversed_padding_repeated_twice(self):
        if self.padding == "valid":
            return [0] * (2 * self._dims_)
        if self.padding == "same":
            found = []
            for d, k in zip(reversed(self.dilation), reversed(self.kernel_size)):
                total = d * (k - 1)
                found += [total // 2, total - total // 2]
            return found
        return list(_reverse_repeat_tuple(self.padding, 2))

    def _conv_forward(self, input, weight, bias):
        conv = getattr(F, f"conv{self._dims_}d")
        if self.padding_mode != "zeros":
            padded = F.pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
            return conv(padded, weight, bias, self.stride, 0, self.dilation, self.groups)
        return conv(input, weight, bias, self.stride, self.padding, self.dilation, self.groups)

    def forward(self, input):
        return self._conv_forward(input, self.weight, self.bias)

    def extra_repr(self):
        return f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"


def _of_base(self, in_channels, out_channels, kernel_size, stride, padding, dilation, transposed, output_padding, groups,
             bias, padding_mode, device=None, dtype=None):  # fmt: skip
    made(locals())


signed(_ConvNd, _of_base)


@layer
class Conv1d(_ConvNd):
    _dims_ = 1


@layer
class Conv2d(_ConvNd):
    _dims_ = 2


@layer
class Conv3d(_ConvNd):
    _dims_ = 3


class _ConvTransposeNd(_ConvNd):
    _transposed_ = True

    def _output_padding(self, input, output_size, *args, **kwargs):
        if output_size is None:
            return self.output_padding
        sizes = list(output_size)[-self._dims_ :]
        found = []
        for n, want, s, p, k, d in zip(
            input.shape[-self._dims_ :], sizes, self.stride, self.padding, self.kernel_size, self.dilation
        ):
            least = (n - 1) * s - 2 * p + d * (k - 1) + 1
            if not least <= want <= least + s - 1:
                raise ValueError(
                    f"requested an output size of {sizes}, but valid sizes range from {least} to {least + s - 1} "
                    f"(for an input of {list(input.shape[2:])})"
                )
            found.append(want - least)
        return found

    def _varied_(self, input, output_size=None):
        return output_size is not None and [*self._output_padding(input, output_size)] != [*self.output_padding]

    def forward(self, input, output_size=None):
        extra = self._output_padding(input, output_size)
        conv = getattr(F, f"conv_transpose{self._dims_}d")
        return conv(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)


@layer
class ConvTranspose1d(_ConvTransposeNd):
    _dims_ = 1


@layer
class ConvTranspose2d(_ConvTransposeNd):
    _dims_ = 2


@layer
class ConvTranspose3d(_ConvTransposeNd):
    _dims_ = 3
