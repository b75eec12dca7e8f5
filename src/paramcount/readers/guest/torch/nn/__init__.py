"""torch.nn: its classes are made when they are first asked for."""

import importlib

from paramcount_guest.state import exists, table

from torch.nn import functional as functional
from torch.nn.modules.container import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from torch.nn.modules.module import Module
from torch.nn.parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter

__all__ = [
    "Buffer", "Module", "ModuleDict", "ModuleList", "Parameter", "ParameterDict", "ParameterList", "Sequential",
    "UninitializedBuffer", "UninitializedParameter", "functional",
]  # fmt: skip

_FAMILIES = {"Conv": "conv", "BatchNorm": "batchnorm", "InstanceNorm": "batchnorm", "SyncBatchNorm": "batchnorm",
             "Lazy": "lazy", "Transformer": "transformer"}  # fmt: skip
_FILES = {
    "parallel": "DataParallel",
    "adaptive": "AdaptiveLogSoftmaxWithLoss",
    "linear": "Identity Linear Bilinear",
    "normalization": "LayerNorm RMSNorm GroupNorm LocalResponseNorm CrossMapLRN2d",
    "rnn": "RNNBase RNNCellBase LSTM GRU RNN LSTMCell GRUCell RNNCell",
    "activation": """ReLU ReLU6 SiLU Mish Hardswish Hardsigmoid SELU ELU CELU LeakyReLU Threshold GELU Sigmoid Tanh
        Softplus Softsign Softshrink Hardshrink Tanhshrink LogSigmoid Softmax LogSoftmax Softmin GLU Softmax2d RReLU
        Hardtanh PReLU MultiheadAttention""",
    "pooling": " ".join(
        f"{kind}Pool{dims}d"
        for kind in ("Max", "Avg", "LP", "AdaptiveAvg", "AdaptiveMax", "FractionalMax")
        for dims in (1, 2, 3)
    )
    + " MaxUnpool1d MaxUnpool2d MaxUnpool3d",
}
_WHERE = {name: file for file, names in _FILES.items() for name in names.split()}
_SUBMODULES = ("init", "utils", "modules", "parameter", "parallel", "quantized", "attention")


def _file_of(name):
    if name in _WHERE:
        return _WHERE[name]
    if "Loss" in name:
        return "loss"
    for start, file in _FAMILIES.items():
        if name.startswith(start):
            return file
    return "loss" if name.endswith(("Loss", "Loss2d")) else "misc"


def __getattr__(name):
    if name in _SUBMODULES:
        return importlib.import_module(f"torch.nn.{name}")
    if name not in table("signatures"):
        if name.startswith("_") or not exists("torch.nn", name):
            raise AttributeError(f"module 'torch.nn' has no attribute '{name}'")
        from paramcount_guest.state import fallback

        return fallback("torch.nn")(name)
    from torch.nn.modules._layer import unruled

    file = _file_of(name)
    file = importlib.import_module("torch.nn.parallel" if file == "parallel" else f"torch.nn.modules.{file}")
    found = vars(file).get(name) or unruled(name)
    globals()[name] = found
    return found
