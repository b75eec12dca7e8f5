"""torch.linalg: norms, and decompositions, which have shapes and no work that is counted."""

import importlib

from paramcount_guest.state import fallback

from torch._reduce import norm as _norm
from torch._registry import FUNCTIONS

_fallback = fallback("torch.linalg")
_NAMES = {"inv": "inverse", "svd": "linalg_svd"} | {
    name: name
    for name in ("cholesky", "det", "slogdet", "pinv", "svdvals", "qr", "eigh", "eigvalsh", "solve", "multi_dot",
                 "matrix_norm", "matrix_exp", "matrix_power")
}  # fmt: skip


def __getattr__(name):
    if name in _NAMES:
        return vars(importlib.import_module("torch._decompositions"))[_NAMES[name]]
    return _fallback(name)


matmul = FUNCTIONS["matmul"]


def norm(A, ord=None, dim=None, keepdim=False, *, out=None, dtype=None):
    return _norm(A, 2, dim, keepdim)


def vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None, out=None):
    return _norm(x, ord, dim, keepdim)
