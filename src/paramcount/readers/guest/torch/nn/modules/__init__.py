"""The files of torch.nn, by torch's own names where models import from them."""

from torch.nn.modules._layer import missing
from torch.nn.modules.module import Module

__all__ = ["Module"]
__getattr__ = missing("torch.nn.modules")
