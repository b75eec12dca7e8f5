"""Matrices as a whole, spectra over time, orders of numbers: loaded when the first of them is asked for."""

from paramcount_guest.state import unsupported

from torch._dispatch import run
from torch._reduce import Pair, _reduced
from torch._registry import FUNCTIONS
from torch._tensor import Tensor
from torch._types import int64


def inverse(input, *, out=None):
    return run("inverse", (input,))


def cholesky(input, upper=False, *, out=None):
    return run("cholesky", (input,))


def matrix_exp(input):
    return run("matrix_exp", (input,))


def matrix_power(input, n, *, out=None):
    return run("matrix_power", (input,))


def det(input, *, out=None):
    return run("det", (input,))


def slogdet(input, *, out=None):
    return run("det", (input,), {"sign": True})


def pinv(input, *args, **kwargs):
    return run("pinv", (input,))


def linalg_svd(A, full_matrices=True, *, driver=None, out=None):
    return run("svd", (A,), {"full": bool(full_matrices)})


def svd(input, some=True, compute_uv=True, *, out=None):
    left, values, right = linalg_svd(input, not some)
    return left, values, right.transpose(-2, -1)


def svdvals(A, *, driver=None, out=None):
    return linalg_svd(A)[1]


def qr(A, mode="reduced", *, out=None):
    return run("qr", (A,), {"full": mode == "complete"})


def eigh(A, UPLO="L", *, out=None):
    return run("eigh", (A,))


def eigvalsh(A, UPLO="L", *, out=None):
    return run("eigh", (A,))[0]


def solve(A, B, *, left=True, out=None):
    if not left:
        raise unsupported("torch.linalg.solve from the right")
    return run("solve", (A, B))


def multi_dot(tensors, *, out=None):
    return FUNCTIONS["chain_matmul"](*tensors)


def matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None, out=None):
    return _reduced("norm", A, dim, keepdim, None, None)


def cov(input, *, correction=1, fweights=None, aweights=None):
    return run("cov", (input,))


def corrcoef(input):
    return run("cov", (input,))


def trace(input):
    return input.diagonal().sum()


def kthvalue(input, k, dim=-1, keepdim=False, *, out=None):
    return _ordered("kthvalue", input, dim, keepdim)


def mode(input, dim=-1, keepdim=False, *, out=None):
    return _ordered("mode", input, dim, keepdim)


def _ordered(op, input, dim, keepdim):
    found = run(op, (input,), {"dim": [int(dim)], "keepdim": bool(keepdim), "indices": True})
    found[1]._dtype = int64
    return Pair(found)


def quantile(input, q, dim=None, keepdim=False, *, interpolation="linear", out=None):
    found = _reduced("quantile", input, dim, keepdim, None, None)
    if not isinstance(q, Tensor) or not q.shape:
        return found
    return found.unsqueeze(0).expand(q.shape[0], *found.shape)


nanquantile = quantile


def _running(op):
    def apply(input, dim, *, out=None):
        found = run(op, (input,))
        found[1]._dtype = int64
        return Pair(found)

    return apply


cummax, cummin = _running("cummax"), _running("cummin")


def logcumsumexp(input, dim, *, out=None):
    return run("cumsum", (input,), {"dim": int(dim)})


def stft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode="reflect",
         normalized=False, onesided=None, return_complex=None, align_to_window=None):  # fmt: skip
    attributes = {"n_fft": int(n_fft), "hop_length": int(hop_length or n_fft // 4), "center": bool(center),
                  "onesided": not input.dtype.is_complex if onesided is None else bool(onesided),
                  "return_complex": bool(return_complex)}  # fmt: skip
    return run("stft", (input,), attributes, input.dtype.to_complex() if return_complex else None)


def istft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, onesided=None,
          length=None, return_complex=False):  # fmt: skip
    attributes = {"n_fft": int(n_fft), "hop_length": int(hop_length or n_fft // 4), "center": bool(center)}
    if length is not None:
        attributes["length"] = int(length)
    return run("istft", (input,), attributes, input.dtype.to_real())


def atleast_1d(*tensors):
    return _at_least(1, tensors)


def atleast_2d(*tensors):
    return _at_least(2, tensors)


def _at_least(rank, tensors):
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tensors[0]
    found = [one.reshape((1,) * (rank - one.dim()) + tuple(one.shape)) if one.dim() < rank else one for one in tensors]
    return found[0] if len(found) == 1 else tuple(found)


pinverse, logdet = pinv, det
