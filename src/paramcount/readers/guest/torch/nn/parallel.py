"""torch.nn.parallel: one process."""

from paramcount_guest.state import fallback

from torch.nn.modules.module import Module

__getattr__ = fallback("torch.nn.parallel")


class DataParallel(Module):
    """A module on several devices, of which there is one."""

    def __init__(self, module, device_ids=None, output_device=None, dim=0):
        super().__init__()
        self.module = module

    def forward(self, *inputs, **kwargs):
        return self.module(*inputs, **kwargs)


class DistributedDataParallel(DataParallel):
    """A module in several processes, of which there is one."""
