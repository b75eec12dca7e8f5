"""The classes of this file of torch.nn, by its own name."""

from torch.nn.modules._layer import missing

__getattr__ = missing("torch.nn.modules.distance")
