"""torch.quantization: the older name of torch.ao.quantization."""

from paramcount_guest.state import fallback

from torch.ao.quantization import DeQuantStub, QuantStub, QuantWrapper, get_default_qat_qconfig, get_default_qconfig

__getattr__ = fallback("torch.quantization")
__all__ = ["DeQuantStub", "QuantStub", "QuantWrapper", "get_default_qat_qconfig", "get_default_qconfig"]
