"""torch.nn.utils.rnn: packed sequences depend on the lengths in the data."""

from paramcount_guest.state import fallback, unsupported

__getattr__ = fallback("torch.nn.utils.rnn")


class PackedSequence(tuple):
    """Sequences of several lengths in one."""


def pack_padded_sequence(*args, **kwargs):
    raise unsupported("torch.nn.utils.rnn.pack_padded_sequence")


def pad_packed_sequence(*args, **kwargs):
    raise unsupported("torch.nn.utils.rnn.pad_packed_sequence")
