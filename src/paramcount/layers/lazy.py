"""PyTorch's lazy layers: the same as the others, but for the number of channels, which what flows in tells.

Source: torch.nn.LazyConv2d, torch.nn.LazyLinear, torch.nn.LazyBatchNorm2d and their relatives.
"""

from dataclasses import replace

from paramcount.layers import batch_norm, conv_transpose, convolution, linear, normalization
from paramcount.layers.base import Example, Kind
from paramcount.signature import Parameter, Signature

_EXAMPLES = {
    "conv1d": ("8, 3", 128, (5, 9), (8, 7)),
    "conv2d": ("8, 3", 368, (5, 9, 7), (8, 7, 5)),
    "conv3d": ("8, 3", 1088, (5, 9, 7, 6), (8, 7, 5, 4)),
    "convtranspose1d": ("8, 3", 128, (5, 9), (8, 11)),
    "convtranspose2d": ("8, 3", 368, (5, 9, 7), (8, 11, 9)),
    "convtranspose3d": ("8, 3", 1088, (5, 9, 7, 6), (8, 11, 9, 8)),
    "linear": ("8", 48, (5,), (8,)),
    "batchnorm1d": ("", 10, (5, 9), (5, 9)),
    "batchnorm2d": ("", 10, (5, 9, 7), (5, 9, 7)),
    "batchnorm3d": ("", 10, (5, 9, 7, 6), (5, 9, 7, 6)),
    "instancenorm1d": ("", 10, (5, 9), (5, 9)),
    "instancenorm2d": ("", 10, (5, 9, 7), (5, 9, 7)),
    "instancenorm3d": ("", 10, (5, 9, 7, 6), (5, 9, 7, 6)),
}


def _lazy(kind: Kind) -> Kind:
    """The lazy form of a kind: the first argument is left out, and what flows in stands for it."""
    arguments, parameters, input_shape, output_shape = _EXAMPLES[kind.name]
    if kind.pytorch is None:
        raise TypeError(f"{kind.name} does not exist in PyTorch")
    name = f"Lazy{kind.pytorch.name}"
    return replace(
        kind,
        name=name.lower(),
        about=f"{kind.about.removesuffix('.')}; what flows in tells its channels.",
        pytorch=Signature((name,), tuple(map(_learning, kind.pytorch.parameters[1:]))),
        keras=None,
        examples=(Example(f"{name}({arguments})", parameters, "torch 2.14.1", input_shape, output_shape),),
    )


def _learning(parameter: Parameter) -> Parameter:
    """A lazy InstanceNorm has weights and statistics unless it is told otherwise, unlike InstanceNorm itself."""
    return replace(parameter, default=True) if parameter.name in ("affine", "track_running_stats") else parameter


_MODULES = (convolution, conv_transpose, linear, batch_norm, normalization)

KINDS = tuple(_lazy(kind) for module in _MODULES for kind in module.KINDS if kind.name in _EXAMPLES)
