"""The classes of this file of torch.nn, by its own name."""

from torch.nn.modules._layer import missing

__getattr__ = missing("torch.nn.modules.loss")


def _get(name):
    from torch.nn.modules import misc

    return misc._Loss if name == "_Loss" else missing("torch.nn.modules.loss")(name)


__getattr__ = _get
