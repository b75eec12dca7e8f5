"""torch.nn.utils.parametrizations: weight, spectral and orthogonal norms as modules."""

from paramcount_guest.state import fallback

from torch._dispatch import make, run
from torch.nn.modules.module import Module
from torch.nn.utils.norms import _lengths
from torch.nn.utils.parametrize import register_parametrization

__getattr__ = fallback("torch.nn.utils.parametrizations")


class _WeightNorm(Module):
    def __init__(self, dim=0):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g, weight_v):
        return run("mul", (weight_v, weight_g))

    def right_inverse(self, weight):
        return make(_lengths(weight, self.dim), weight.dtype), weight


class _SpectralNorm(Module):
    def __init__(self, weight, n_power_iterations=1, dim=0, eps=1e-12):
        super().__init__()
        rank = len(weight.shape)
        if not -rank <= dim < rank:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{rank}, {rank - 1}] but got {dim})")
        self.dim = dim % rank
        if rank > 1:
            self.register_buffer("_u", make((weight.shape[self.dim],), weight.dtype))
            self.register_buffer("_v", make((weight.numel() // max(weight.shape[self.dim], 1),), weight.dtype))

    def forward(self, weight):
        return run("clone", (weight,))

    def right_inverse(self, value):
        return value


class _Orthogonal(Module):
    def __init__(self, weight, base):
        super().__init__()
        if base is not None:
            self.register_buffer("base", base)

    def forward(self, X):
        return run("clone", (X,))

    def right_inverse(self, Q):
        return Q


def weight_norm(module, name="weight", dim=0):
    return register_parametrization(module, name, _WeightNorm(dim))


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    if dim is None:
        dim = 1 if type(module).__name__.startswith("ConvTranspose") else 0
    return register_parametrization(module, name, _SpectralNorm(getattr(module, name), n_power_iterations, dim, eps))


def orthogonal(module, name="weight", orthogonal_map=None, *, use_trivialization=True):
    weight = getattr(module, name)
    if len(weight.shape) < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {len(weight.shape)} dimensions.")
    side = max(weight.shape[-2:])
    base = make((*weight.shape[:-2], side, side), weight.dtype) if use_trivialization else None
    return register_parametrization(module, name, _Orthogonal(weight, base))
