"""torch.ao.quantization: the marks in a model that is to be quantized; it is read as it stands before that."""

from paramcount_guest.state import fallback

from torch.nn import Module

__getattr__ = fallback("torch.ao.quantization")


class QuantStub(Module):
    """Where quantized numbers begin."""

    def __init__(self, qconfig=None):
        super().__init__()
        if qconfig:
            self.qconfig = qconfig

    def forward(self, x):
        return x


class DeQuantStub(QuantStub):
    """Where they end."""


class QuantWrapper(Module):
    """A model between the two."""

    def __init__(self, module):
        super().__init__()
        self.add_module("quant", QuantStub())
        self.add_module("dequant", DeQuantStub())
        self.add_module("module", module)
        self.train(module.training)

    def forward(self, X):
        return self.dequant(self.module(self.quant(X)))


def get_default_qconfig(backend="x86", version=0):
    return backend


get_default_qat_qconfig = get_default_qconfig
