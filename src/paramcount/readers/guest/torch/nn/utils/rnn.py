"""torch.nn.utils.rnn: sequences of one length packed into one; several lengths depend on the data.

What is packed lies step by step: the first step of every sequence, then the second. Source: torch.nn.utils.rnn.
"""

from collections import namedtuple

from paramcount_guest.state import STATE, data_dependent, fallback

import torch
from torch.nn import functional as F

__getattr__ = fallback("torch.nn.utils.rnn")

_Fields = namedtuple(
    "_Fields", ["data", "batch_sizes", "sorted_indices", "unsorted_indices"], defaults=[None, None, None]
)


class PackedSequence(_Fields):
    """Sequences of one length: `data` holds all their steps, `batch_sizes` how many of them have each step."""

    def to(self, *args, **kwargs):
        return self._replace(data=self.data.to(*args, **kwargs))

    def cpu(self):
        return self

    cuda = cpu
    is_cuda = False

    def padded(self, batch_first):
        """The steps of each sequence in a dimension of their own."""
        steps = self.batch_sizes.shape[0]
        found = self.data.reshape(steps, -1, *self.data.shape[1:])
        return found.transpose(0, 1) if batch_first else found


def packed(steps_first):
    """Pack what holds the steps in its first dimension."""
    steps, batch = steps_first.shape[:2]
    sizes = torch.full((steps,), batch, dtype=torch.int64)
    return PackedSequence(steps_first.reshape(steps * batch, *steps_first.shape[2:]), sizes)


def _length(lengths, steps):
    """The length that all sequences have; where the data would tell, that of the tensor that holds them."""
    if isinstance(lengths, torch.Tensor):
        if not lengths._known:
            STATE.warn(f"Sequences are taken to have all {steps} steps: how long they are depends on the data.")
            return steps
        lengths = lengths.flatten().tolist()
    found = {int(one) for one in lengths}
    if len(found) != 1:
        raise data_dependent("A packed sequence of several lengths")
    (length,) = found
    if not 0 < length <= steps:
        raise RuntimeError(f"Length of all samples has to be greater than 0, and at most {steps}, received {length}")
    return length


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    steps_first = input.transpose(0, 1) if batch_first else input
    return packed(steps_first[: _length(lengths, steps_first.shape[0])])


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    found = sequence.padded(batch_first)
    steps, batch = sequence.batch_sizes.shape[0], found.shape[0 if batch_first else 1]
    if total_length is not None and total_length != steps:
        if total_length < steps:
            raise ValueError(f"Expected total_length to be at least {steps}, but got {total_length}")
        behind = [0, 0] * (found.dim() - (2 if batch_first else 1))
        found = F.pad(found, [*behind, 0, total_length - steps], value=padding_value)
    return found, torch.full((batch,), steps, dtype=torch.int64)


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right"):
    longest = max(one.shape[0] for one in sequences)
    alike = [
        F.pad(one, [0, 0] * (one.dim() - 1) + [0, longest - one.shape[0]], value=padding_value) for one in sequences
    ]
    return torch.stack(alike, 0 if batch_first else 1)


def pack_sequence(sequences, enforce_sorted=True):
    if len({one.shape[0] for one in sequences}) != 1:
        raise data_dependent("A packed sequence of several lengths")
    return packed(torch.stack(list(sequences), 1))


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    found = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [one[: int(length)] for one, length in zip(found, lengths.tolist())]
