"""torch.cuda.amp: mixed precision changes no shape."""

from paramcount_guest.state import fallback

from torch import autocast as _autocast

__getattr__ = fallback("torch.cuda.amp")


class autocast(_autocast):
    """Mixed precision."""

    def __init__(self, enabled=True, dtype=None, cache_enabled=True):
        pass


def custom_fwd(fwd=None, **kwargs):
    return (lambda one: one) if fwd is None else fwd


def custom_bwd(bwd):
    return bwd


class GradScaler:
    """Scales the loss in training, which does not happen here."""

    def __init__(self, *args, **kwargs):
        pass

    def scale(self, outputs):
        return outputs

    def unscale_(self, optimizer):
        return None

    step = update = unscale_

    def state_dict(self):
        return {}
