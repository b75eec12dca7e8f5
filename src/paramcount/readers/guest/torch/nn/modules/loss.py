"""Losses. Some models compute one in `forward`; as layers they are none, so what they do is recorded step by step."""

from paramcount_guest.state import table, unsupported

import torch
from torch.nn import functional as F
from torch.nn.modules._layer import Layer, missing, signed

__getattr__ = missing("torch.nn.modules.loss")

_FUNCTIONS = {
    "BCELoss": "binary_cross_entropy", "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "CrossEntropyLoss": "cross_entropy", "HuberLoss": "huber_loss", "KLDivLoss": "kl_div", "L1Loss": "l1_loss",
    "MSELoss": "mse_loss", "NLLLoss": "nll_loss", "SmoothL1Loss": "smooth_l1_loss",
}  # fmt: skip
"""The losses that have a rule."""

_OTHERS = """CTCLoss CosineEmbeddingLoss GaussianNLLLoss HingeEmbeddingLoss MarginRankingLoss MultiLabelMarginLoss
    MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss2d PoissonNLLLoss SoftMarginLoss TripletMarginLoss
    TripletMarginWithDistanceLoss"""


class _Loss(Layer):
    def _made_of(self, **arguments):
        for name, value in arguments.items():
            if isinstance(value, torch.Tensor) or name in ("weight", "pos_weight"):
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)

    def forward(self, input, target):
        name = next((one.__name__ for one in type(self).__mro__ if one.__name__ in _FUNCTIONS), None)
        if name is None:
            raise unsupported(f"torch.nn.{type(self).__name__}")
        weights = {one: self._buffers[one] for one in ("weight", "pos_weight") if one in self._buffers}
        return getattr(F, _FUNCTIONS[name])(input, target, reduction=self._reduction(), **weights)

    def _reduction(self):
        if self.__dict__.get("reduce") is False:
            return "none"
        return "sum" if self.__dict__.get("size_average") is False else self.reduction


class _WeightedLoss(_Loss):
    pass


signed(_Loss, "size_average=None, reduce=None, reduction='mean'")
signed(_WeightedLoss, "weight=None, size_average=None, reduce=None, reduction='mean'")
for _name in (*_FUNCTIONS, *_OTHERS.split()):
    globals()[_name] = type(_name, (_Loss,), {"__module__": "torch.nn.modules.loss"})
    signed(globals()[_name], table("signatures")[_name])
