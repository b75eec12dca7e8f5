"""torch.linalg: norms; decompositions have no rule."""

from paramcount_guest.state import fallback

from torch._reduce import norm as _norm
from torch._registry import FUNCTIONS

__getattr__ = fallback("torch.linalg")
matmul = FUNCTIONS["matmul"]


def norm(A, ord=None, dim=None, keepdim=False, *, out=None, dtype=None):
    return _norm(A, 2, dim, keepdim)


def vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None, out=None):
    return _norm(x, ord, dim, keepdim)
