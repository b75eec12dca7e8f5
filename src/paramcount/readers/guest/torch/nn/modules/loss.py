"""Losses. Some models compute one in `forward`; as layers they are none, so what they do is recorded step by step."""

from paramcount_guest.state import table

import torch
from torch.nn import functional as F
from torch.nn.modules._layer import Layer, made, missing, signed

__getattr__ = missing("torch.nn.modules.loss")

_FUNCTIONS = {
    "BCELoss": "binary_cross_entropy", "BCEWithLogitsLoss": "binary_cross_entropy_with_logits", "CTCLoss": "ctc_loss",
    "CosineEmbeddingLoss": "cosine_embedding_loss", "CrossEntropyLoss": "cross_entropy",
    "GaussianNLLLoss": "gaussian_nll_loss", "HingeEmbeddingLoss": "hinge_embedding_loss", "HuberLoss": "huber_loss",
    "KLDivLoss": "kl_div", "L1Loss": "l1_loss", "MSELoss": "mse_loss", "MarginRankingLoss": "margin_ranking_loss",
    "MultiLabelMarginLoss": "multilabel_margin_loss", "MultiLabelSoftMarginLoss": "multilabel_soft_margin_loss",
    "MultiMarginLoss": "multi_margin_loss", "NLLLoss": "nll_loss", "NLLLoss2d": "nll_loss",
    "PoissonNLLLoss": "poisson_nll_loss", "SmoothL1Loss": "smooth_l1_loss", "SoftMarginLoss": "soft_margin_loss",
    "TripletMarginLoss": "triplet_margin_loss", "TripletMarginWithDistanceLoss": "triplet_margin_with_distance_loss",
}  # fmt: skip
"""The function of each."""


class _Loss(Layer):
    def _made_of(self, **arguments):
        for name, value in arguments.items():
            if isinstance(value, torch.Tensor) or name in ("weight", "pos_weight"):
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)

    def forward(self, *given):
        name = next(one.__name__ for one in type(self).__mro__ if one.__name__ in _FUNCTIONS)
        more = {one: self._buffers[one] for one in ("weight", "pos_weight") if one in self._buffers}
        if "distance_function" in self.__dict__:
            more["distance_function"] = self.distance_function
        return getattr(F, _FUNCTIONS[name])(*given, reduction=self._reduction(), **more)

    def _reduction(self):
        if self.__dict__.get("reduce") is False:
            return "none"
        return "sum" if self.__dict__.get("size_average") is False else self.reduction


class _WeightedLoss(_Loss):
    pass


def _of_base(self, size_average=None, reduce=None, reduction="mean"):
    made(locals())


def _of_weighted(self, weight=None, size_average=None, reduce=None, reduction="mean"):
    made(locals())


signed(_Loss, _of_base)
signed(_WeightedLoss, _of_weighted)
for _name in _FUNCTIONS:
    globals()[_name] = type(_name, (_Loss,), {"__module__": "torch.nn.modules.loss"})
    signed(globals()[_name], table("signatures")[_name])
