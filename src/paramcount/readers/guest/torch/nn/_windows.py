"""Convolutions, pooling, and windows taken apart and put together."""

from torch._dispatch import run
from torch._registry import functional
from torch._types import int64
from torch.nn._arguments import given, plain, same_type


def _conv(op):
    def apply(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        attributes = {
            "stride": plain(stride),
            "padding": plain(padding),
            "dilation": plain(dilation),
            "groups": groups,
        }
        same_type(op, input, weight)
        return run(op, given(input, weight, bias), attributes)

    apply.__name__ = op
    return apply


def _conv_transpose(op):
    def apply(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
        attributes = {
            "stride": plain(stride), "padding": plain(padding), "output_padding": plain(output_padding),
            "groups": groups, "dilation": plain(dilation),
        }  # fmt: skip
        same_type(op, input, weight)
        return run(op, given(input, weight, bias), attributes)

    apply.__name__ = op
    return apply


def _max_pool(op):
    def apply(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
        attributes = {
            "kernel_size": plain(kernel_size), "stride": plain(stride), "padding": plain(padding),
            "dilation": plain(dilation), "ceil_mode": bool(ceil_mode), "return_indices": bool(return_indices),
        }  # fmt: skip
        found = run(op, (input,), attributes)
        if return_indices:
            found[1]._dtype = int64
        return found

    return apply


def _avg_pool(op):
    def apply(
        input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
    ):
        attributes = {
            "kernel_size": plain(kernel_size), "stride": plain(stride), "padding": plain(padding),
            "ceil_mode": bool(ceil_mode),
        }  # fmt: skip
        return run(op, (input,), attributes)

    return apply


def _lp_pool(op):
    def apply(input, norm_type, kernel_size, stride=None, ceil_mode=False):
        attributes = {"kernel_size": plain(kernel_size), "stride": plain(stride), "ceil_mode": bool(ceil_mode)}
        return run(op, (input,), attributes)

    return apply


def _adaptive(op):
    def apply(input, output_size, return_indices=False):
        attributes = {"output_size": plain(output_size), "return_indices": bool(return_indices)}
        found = run(op, (input,), attributes)
        if return_indices:
            found[1]._dtype = int64
        return found

    return apply


def _unpool(op):
    def apply(input, indices, kernel_size, stride=None, padding=0, output_size=None):
        attributes = {
            "kernel_size": plain(kernel_size), "stride": plain(stride), "padding": plain(padding),
            "output_size": plain(output_size),
        }  # fmt: skip
        return run(op, (input, indices), attributes)

    return apply


@functional()
def max_pool2d_with_indices(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    return _max_pool("max_pool2d")(input, kernel_size, stride, padding, dilation, ceil_mode, True)


@functional()
def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    attributes = {
        "kernel_size": plain(kernel_size), "dilation": plain(dilation), "padding": plain(padding),
        "stride": plain(stride),
    }  # fmt: skip
    return run("unfold", (input,), attributes)


@functional()
def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    attributes = {
        "output_size": plain(output_size), "kernel_size": plain(kernel_size), "dilation": plain(dilation),
        "padding": plain(padding), "stride": plain(stride),
    }  # fmt: skip
    return run("fold", (input,), attributes)


for _kind, _make in {
    "conv": _conv, "conv_transpose": _conv_transpose, "max_pool": _max_pool, "avg_pool": _avg_pool, "lp_pool": _lp_pool,
    "adaptive_avg_pool": _adaptive, "adaptive_max_pool": _adaptive, "max_unpool": _unpool,
}.items():  # fmt: skip
    for _dims in (1, 2, 3):
        functional(f"{_kind}{_dims}d")(_make(f"{_kind}{_dims}d"))
