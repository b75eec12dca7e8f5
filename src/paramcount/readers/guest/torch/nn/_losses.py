"""Losses, which some models compute in `forward`: one number, or with `reduction="none"` one for each prediction."""

from torch._registry import FUNCTIONS
from torch._tensor import Tensor
from torch.nn import functional as F


def _reduced(values, reduction, size_average=None, reduce=None):
    if size_average is not None or reduce is not None:  # the names of before
        reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return values if reduction == "none" else getattr(values, reduction)()


def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    return _reduced((input - target) ** 2, reduction, size_average, reduce)


def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    return _reduced((input - target).abs(), reduction, size_average, reduce)


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    return _reduced((input - target).abs(), reduction, size_average, reduce)


def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    return _reduced((input - target).abs(), reduction)


def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    found = target * (target.log() - input)
    if reduction == "batchmean":
        return found.sum() / input.shape[0]
    return _reduced(found, reduction, size_average, reduce)


def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    if tuple(input.shape) != tuple(target.shape):
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    found = input.log() * target
    return _reduced(found if weight is None else found * weight, reduction, size_average, reduce)


def binary_cross_entropy_with_logits(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None
):
    if tuple(input.shape) != tuple(target.shape):
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    found = input.sigmoid() * target
    for one in (weight, pos_weight):
        found = found if one is None else found * one
    return _reduced(found, reduction, size_average, reduce)


def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
    classes = 0 if input.dim() == 1 else 1
    wanted = (*input.shape[:classes], *input.shape[classes + 1 :])
    if tuple(target.shape) != wanted:
        raise ValueError(f"Expected a target of {list(wanted)} for an input of {list(input.shape)}, got {target.shape}")
    found = FUNCTIONS["gather"](input, classes, target.unsqueeze(classes)).squeeze(classes)
    return _reduced(found, reduction, size_average, reduce)


def cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean",
                  label_smoothing=0.0):  # fmt: skip
    classes = 0 if input.dim() == 1 else 1
    found = FUNCTIONS["log_softmax"](input, classes)
    if isinstance(target, Tensor) and target.dtype.order >= 2:  # a probability for each class
        return _reduced((found * target).sum(classes), reduction, size_average, reduce)
    return nll_loss(found, target, weight, size_average, ignore_index, reduce, reduction)


def triplet_margin_loss(anchor, positive, negative, *args, reduction="mean", **more):
    return _reduced(F.pairwise_distance(anchor, positive) - F.pairwise_distance(anchor, negative), reduction)


def triplet_margin_with_distance_loss(anchor, positive, negative, *, distance_function=None, reduction="mean", **more):
    distance = distance_function or F.pairwise_distance
    return _reduced(distance(anchor, positive) - distance(anchor, negative), reduction)


def cosine_embedding_loss(input1, input2, target, *args, reduction="mean", **more):
    return _reduced(F.cosine_similarity(input1, input2, -1) - target, reduction)


def margin_ranking_loss(input1, input2, target, *args, reduction="mean", **more):
    return _reduced((input1 - input2) * target, reduction)


def gaussian_nll_loss(input, target, var, *args, reduction="mean", **more):
    return _reduced((input - target) / var, reduction)


def multi_margin_loss(input, target, *args, reduction="mean", **more):
    return _reduced(input.mean(-1), reduction)


multilabel_margin_loss = multilabel_soft_margin_loss = multi_margin_loss


def _of_each(name):
    def apply(input, target, *args, reduction="mean", **more):
        return _reduced(input * target, reduction)

    apply.__name__ = name
    return apply


hinge_embedding_loss, soft_margin_loss, poisson_nll_loss = (
    _of_each(name) for name in ("hinge_embedding_loss", "soft_margin_loss", "poisson_nll_loss")
)


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean", zero_infinity=False):
    if log_probs.dim() == 3:  # steps, examples, classes
        return _reduced(log_probs.sum((0, 2)), reduction)
    return log_probs.sum()
