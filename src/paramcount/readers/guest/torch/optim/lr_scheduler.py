"""torch.optim.lr_scheduler: schedules can be made; nothing is trained, so no rate changes."""

from paramcount_guest.state import unsupported

_NAMES = ("ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR",
          "ExponentialLR", "LambdaLR", "LinearLR", "MultiStepLR", "MultiplicativeLR", "OneCycleLR", "PolynomialLR",
          "ReduceLROnPlateau", "SequentialLR", "StepLR")  # fmt: skip


class LRScheduler:
    """Holds its optimizer."""

    def __init__(self, optimizer, *args, **kwargs):
        self.optimizer = optimizer
        self.last_epoch = 0

    def step(self, *args, **kwargs):
        return None

    def get_last_lr(self):
        return [group["lr"] for group in self.optimizer.param_groups]

    get_lr = get_last_lr

    def state_dict(self):
        return {}

    def load_state_dict(self, state_dict):
        return None


_LRScheduler = LRScheduler


def __getattr__(name):
    if name in _NAMES:
        return type(name, (LRScheduler,), {"__module__": __name__})
    if name.startswith("_") or not name[0].isupper():
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    raise unsupported(f"{__name__}.{name}")
