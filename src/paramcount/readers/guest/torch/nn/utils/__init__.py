"""torch.nn.utils."""

import importlib

from paramcount_guest.state import fallback, unsupported

from torch._registry import FUNCTIONS
from torch.nn.utils.norms import (
    remove_spectral_norm as remove_spectral_norm,
)  # fmt: skip
from torch.nn.utils.norms import (
    remove_weight_norm as remove_weight_norm,
)
from torch.nn.utils.norms import (
    spectral_norm as spectral_norm,
)
from torch.nn.utils.norms import (
    weight_norm as weight_norm,
)

_fallback = fallback("torch.nn.utils")


def __getattr__(name):
    if name in ("parametrizations", "parametrize", "rnn", "prune", "fusion", "stateless"):
        return importlib.import_module(f"torch.nn.utils.{name}")
    return _fallback(name)


def clip_grad_norm_(*args, **kwargs):
    raise unsupported("torch.nn.utils.clip_grad_norm_", "nothing is trained here")


def parameters_to_vector(parameters):
    return FUNCTIONS["cat"]([one.view(-1) for one in parameters])


def skip_init(module_cls, *args, **kwargs):
    kwargs.pop("device", None)
    return module_cls(*args, **kwargs)
