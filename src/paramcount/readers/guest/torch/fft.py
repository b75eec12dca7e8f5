"""torch.fft: shapes of spectra."""

from paramcount_guest.state import fallback

from torch._dispatch import run

__getattr__ = fallback("torch.fft")


def _dims(input, dim, count):
    if dim is None:
        return list(range(len(input.shape)))[-count:] if count else list(range(len(input.shape)))
    return [int(dim)] if isinstance(dim, int) else [int(one) for one in dim]


def _transform(name, count, kind):
    def apply(input, s=None, dim=None, norm=None, *, n=None, out=None):
        if count == 1:
            s = [s if s is not None else n] if s is not None or n is not None else None
        attributes = {"dim": _dims(input, dim, count)}
        if s is not None and name.startswith(("rfft", "irfft")):
            attributes["s"] = [int(one) for one in s]
        return run(name, (input,), attributes, kind(input.dtype))

    return apply


for _suffix, _count in (("", 1), ("2", 2), ("n", 0)):
    for _start, _kind in (("fft", "to_complex"), ("ifft", "to_complex"), ("rfft", "to_complex"), ("irfft", "to_real")):
        globals()[_start + _suffix] = _transform(
            _start + _suffix,
            _count,
            lambda dtype, _kind=_kind: dtype if _kind == "to_complex" and dtype.is_complex else getattr(dtype, _kind)(),
        )


def fftshift(input, dim=None):
    return run("fftshift", (input,))


def ifftshift(input, dim=None):
    return run("ifftshift", (input,))
