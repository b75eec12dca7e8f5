"""torchmetrics: metrics are modules that hold states, and no parameters or buffers; those with networks are not here."""

from paramcount_guest.placeholders import absent
from torch.nn import Module

_METRICS = """
    Accuracy AUROC AveragePrecision CatMetric CohenKappa ConfusionMatrix Dice ExactMatch F1Score FBetaScore
    HammingDistance JaccardIndex MatthewsCorrCoef MaxMetric MeanAbsoluteError MeanAbsolutePercentageError MeanMetric
    MeanSquaredError MeanSquaredLogError Metric MetricCollection MetricTracker MinMetric PearsonCorrCoef
    PeakSignalNoiseRatio Perplexity Precision PrecisionRecallCurve R2Score ROC Recall SpearmanCorrCoef Specificity
    StructuralSimilarityIndexMeasure SumMetric WordErrorRate CharErrorRate BLEUScore
"""
_PARTS = ("Binary", "Multiclass", "Multilabel")
_rest = absent("torchmetrics")


class Metric(Module):
    """Whatever it measures."""

    def __init__(self, *args, **kwargs):
        super().__init__()

    def add_state(self, name, default, dist_reduce_fx=None, persistent=False):
        setattr(self, name, default)

    def clone(self, prefix=None, postfix=None):
        return self


def __getattr__(name):
    short = next((name.removeprefix(part) for part in _PARTS if name.startswith(part)), name)
    if short in _METRICS.split():
        return type(name, (Metric,), {"__module__": __name__})
    return _rest(name)
