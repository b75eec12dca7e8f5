"""The adaptive softmax: a head for the frequent classes, and a narrower pair of linear layers for each further part."""

import itertools

from paramcount_guest.state import data_dependent

from torch.nn import functional as F
from torch.nn.modules._layer import missing
from torch.nn.modules.container import ModuleList, Sequential
from torch.nn.modules.linear import Linear
from torch.nn.modules.module import Module

__getattr__ = missing("torch.nn.modules.adaptive")


class AdaptiveLogSoftmaxWithLoss(Module):
    def __init__(self, in_features, n_classes, cutoffs, div_value=4.0, head_bias=False, device=None, dtype=None):
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        if cutoffs != sorted(set(cutoffs)) or cutoffs[0] <= 0 or cutoffs[-1] >= n_classes:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each "
                "value is between 1 and n_classes-1"
            )
        self.in_features, self.n_classes, self.div_value, self.head_bias = in_features, n_classes, div_value, head_bias
        self.cutoffs = [*cutoffs, n_classes]
        self.shortlist_size, self.n_clusters = cutoffs[0], len(cutoffs)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias)
        self.tail = ModuleList()
        for index, (low, high) in enumerate(itertools.pairwise(self.cutoffs)):
            width = int(in_features // div_value ** (index + 1))
            self.tail.append(Sequential(Linear(in_features, width, bias=False), Linear(width, high - low, bias=False)))

    def forward(self, input_, target_):
        raise data_dependent("Which part of the classes each target lies in")

    def log_prob(self, input):
        head = F.log_softmax(self.head(input), dim=1)
        out = input.new_empty((head.size(0), self.n_classes))
        out[:, : self.shortlist_size] = head[:, : self.shortlist_size]
        for index, (low, high) in enumerate(itertools.pairwise(self.cutoffs)):
            own = F.log_softmax(self.tail[index](input), dim=1)
            out[:, low:high] = own + head[:, self.shortlist_size + index].unsqueeze(1)
        return out

    def predict(self, input):
        raise data_dependent("Which inputs are of the frequent classes")
