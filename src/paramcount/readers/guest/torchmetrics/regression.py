"""torchmetrics.regression: metrics by where they are defined."""

from torchmetrics import __getattr__ as __getattr__
