"""torch.nn.functional: what layers do, by the shared rules of shapes."""

import importlib
import math

from paramcount_guest.state import data_dependent, fallback, unsupported

from torch import _dispatch
from torch._dispatch import elementwise, run, write
from torch._in_place import in_place
from torch._reduce import log_softmax as _log_softmax
from torch._reduce import softmax as _softmax
from torch._registry import FUNCTIONS, method
from torch._tensor import Tensor
from torch._types import int64
from torch.nn._attention import multi_head_attention_forward as multi_head_attention_forward

_fallback = fallback("torch.nn.functional")


def __getattr__(name):
    if name.endswith(("_loss", "cross_entropy", "_with_logits", "kl_div")):
        losses = importlib.import_module("torch.nn._losses")
        if name in vars(losses):
            return vars(losses)[name]
    return _fallback(name)


def _tensors(*given):
    return tuple([one for one in given if one is not None])


def _plain(value):
    """An argument as JSON has it: sizes as whole numbers in lists."""
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    if isinstance(value, Tensor) or (hasattr(value, "__index__") and not isinstance(value, (bool, int))):
        return value.__index__() if not isinstance(value, Tensor) or value.dtype.order < 2 else value.item()
    return value


# --- convolution and matrix products ------------------------------------------------------------------------------


def _same_type(op, input, weight):
    if isinstance(input, Tensor) and isinstance(weight, Tensor) and input.dtype is not weight.dtype:
        raise RuntimeError(
            f"{op}: expected the input and the weight to have the same type, but got {input.dtype} and {weight.dtype}"
        )


def _conv(op):
    def apply(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        attributes = {
            "stride": _plain(stride),
            "padding": _plain(padding),
            "dilation": _plain(dilation),
            "groups": groups,
        }
        _same_type(op, input, weight)
        return run(op, _tensors(input, weight, bias), attributes)

    apply.__name__ = op
    return apply


def _conv_transpose(op):
    def apply(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
        attributes = {
            "stride": _plain(stride), "padding": _plain(padding), "output_padding": _plain(output_padding),
            "groups": groups, "dilation": _plain(dilation),
        }  # fmt: skip
        _same_type(op, input, weight)
        return run(op, _tensors(input, weight, bias), attributes)

    apply.__name__ = op
    return apply


conv1d, conv2d, conv3d = (_conv(f"conv{dims}d") for dims in (1, 2, 3))
conv_transpose1d, conv_transpose2d, conv_transpose3d = (_conv_transpose(f"conv_transpose{dims}d") for dims in (1, 2, 3))


def linear(input, weight, bias=None):
    _same_type("linear", input, weight)
    return run("linear", _tensors(input, weight, bias))


def bilinear(input1, input2, weight, bias=None):
    return run("bilinear", _tensors(input1, input2, weight, bias))


def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False
):
    return run("scaled_dot_product_attention", (query, key, value), {"enable_gqa": bool(enable_gqa)})


def embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False):
    if isinstance(input, Tensor) and input.dtype.order != 1:
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{input.dtype} instead (while checking arguments for embedding)"
        )
    return run("embedding", (input, weight), {}, getattr(weight, "dtype", None))


def embedding_bag(input, weight, offsets=None, *args, **kwargs):
    if len(input.shape) == 2:
        return run("embedding", (input, weight), {}, weight.dtype).mean(1)
    if offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    return run("embedding", (offsets, weight), {}, weight.dtype)


def one_hot(tensor, num_classes=-1):
    if num_classes == -1:
        if not tensor._known:
            raise data_dependent("one_hot without num_classes")
        num_classes = max(tensor._list()) + 1
    compute = lambda values: [int(v == c) for v in values for c in range(num_classes)]
    return run("one_hot", (tensor,), {"num_classes": int(num_classes)}, int64, compute)


# --- pooling ----------------------------------------------------------------------------------------------------------


def _max_pool(op):
    def apply(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
        attributes = {
            "kernel_size": _plain(kernel_size), "stride": _plain(stride), "padding": _plain(padding),
            "dilation": _plain(dilation), "ceil_mode": bool(ceil_mode), "return_indices": bool(return_indices),
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
            "kernel_size": _plain(kernel_size), "stride": _plain(stride), "padding": _plain(padding),
            "ceil_mode": bool(ceil_mode),
        }  # fmt: skip
        return run(op, (input,), attributes)

    return apply


def _lp_pool(op):
    def apply(input, norm_type, kernel_size, stride=None, ceil_mode=False):
        attributes = {"kernel_size": _plain(kernel_size), "stride": _plain(stride), "ceil_mode": bool(ceil_mode)}
        return run(op, (input,), attributes)

    return apply


def _adaptive(op, indices=False):
    def apply(input, output_size, return_indices=False):
        attributes = {"output_size": _plain(output_size), "return_indices": bool(return_indices)}
        found = run(op, (input,), attributes)
        if return_indices:
            found[1]._dtype = int64
        return found

    return apply


max_pool1d, max_pool2d, max_pool3d = (_max_pool(f"max_pool{dims}d") for dims in (1, 2, 3))
avg_pool1d, avg_pool2d, avg_pool3d = (_avg_pool(f"avg_pool{dims}d") for dims in (1, 2, 3))
lp_pool1d, lp_pool2d, lp_pool3d = (_lp_pool(f"lp_pool{dims}d") for dims in (1, 2, 3))
adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = (_adaptive(f"adaptive_avg_pool{d}d") for d in (1, 2, 3))
adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = (_adaptive(f"adaptive_max_pool{d}d") for d in (1, 2, 3))


def max_pool2d_with_indices(
    input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
):
    return max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def _unpool(op):
    def apply(input, indices, kernel_size, stride=None, padding=0, output_size=None):
        attributes = {
            "kernel_size": _plain(kernel_size), "stride": _plain(stride), "padding": _plain(padding),
            "output_size": _plain(output_size),
        }  # fmt: skip
        return run(op, (input, indices), attributes)

    return apply


max_unpool1d, max_unpool2d, max_unpool3d = (_unpool(f"max_unpool{dims}d") for dims in (1, 2, 3))


# --- activations ------------------------------------------------------------------------------------------------------


def _plain_activation(name, compute=None):
    """An activation of no arguments but `inplace`."""

    def apply(input, inplace=False):
        if not isinstance(input, Tensor):
            _dispatch.refuse(name, input)
        found = elementwise(name, (input,), {}, None, compute)
        return write(input, found) if inplace else found

    apply.__name__ = name
    return apply


def _sigmoid_of(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


relu = _plain_activation("relu", lambda x: x if x > 0 else x * 0)
relu6 = _plain_activation("relu6", lambda x: min(max(x, 0), 6))
silu = _plain_activation("silu", lambda x: x * _sigmoid_of(x))
mish = _plain_activation("mish")
hardswish = _plain_activation("hardswish", lambda x: x * min(max(x + 3, 0), 6) / 6)
hardsigmoid = _plain_activation("hardsigmoid", lambda x: min(max(x + 3, 0), 6) / 6)
selu = _plain_activation("selu")


def _with(name, *names):
    """An activation with arguments, which are kept for the trace."""
    defaults = dict(names)

    def apply(input, *args, **kwargs):
        given = dict(zip([*defaults, "inplace"], args))
        if len(args) > len(defaults) + 1:
            raise TypeError(f"{name}() takes at most {len(defaults) + 2} arguments")
        for key, value in kwargs.items():
            if key in given or key not in (*defaults, "inplace", "training"):
                raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")
            given[key] = value
        if not isinstance(input, Tensor):
            _dispatch.refuse(name, input)
        found = elementwise(name, (input,))
        return write(input, found) if given.get("inplace") else found

    apply.__name__ = name
    return apply


elu, celu = _with("elu", ("alpha", 1.0)), _with("celu", ("alpha", 1.0))
leaky_relu = _with("leaky_relu", ("negative_slope", 0.01))
hardtanh = _with("hardtanh", ("min_val", -1.0), ("max_val", 1.0))
threshold = _with("threshold", ("threshold", 0), ("value", 0))
rrelu = _with("rrelu", ("lower", 1 / 8), ("upper", 1 / 3), ("training", False))
softplus = _with("softplus", ("beta", 1), ("threshold", 20))
hardshrink, softshrink = _with("hardshrink", ("lambd", 0.5)), _with("softshrink", ("lambd", 0.5))
softsign, tanhshrink, logsigmoid = _with("softsign"), _with("tanhshrink"), _with("logsigmoid")


def gelu(input, approximate="none"):
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    return elementwise("gelu", (input,), {}, None, lambda x: 0.5 * x * (1 + math.erf(x / math.sqrt(2))))


def sigmoid(input):
    return FUNCTIONS["sigmoid"](input)


def tanh(input):
    return FUNCTIONS["tanh"](input)


def glu(input, dim=-1):
    size = input.shape[dim]
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim} is size {size}")
    one, other = FUNCTIONS["chunk"](input, 2, dim)
    return one * sigmoid(other)


def prelu(input, weight):
    if isinstance(weight, Tensor) and weight.numel() != 1 and len(input.shape) > 1 and weight.numel() != input.shape[1]:
        raise RuntimeError(
            f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {weight.numel()} and "
            f"channel size = {input.shape[1]}."
        )
    return run("prelu", (input, weight))


def _default_dim(input):
    return 0 if len(input.shape) in (0, 1, 3) else 1


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    if not isinstance(input, Tensor):
        _dispatch.refuse("softmax", input)
    return _softmax(input, _default_dim(input) if dim is None else dim, dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    return _log_softmax(input, _default_dim(input) if dim is None else dim, dtype)


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    return run("softmin", (input,), {"dim": _default_dim(input) if dim is None else dim})


def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    return run("gumbel_softmax", (logits,), {"dim": dim})


# --- normalisation ----------------------------------------------------------------------------------------------------


def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05):
    return run("batch_norm", _tensors(input, running_mean, running_var, weight, bias))


def instance_norm(
    input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05
):
    return run("instance_norm", _tensors(input, weight, bias))


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05):
    return run("layer_norm", _tensors(input, weight, bias), {"normalized_shape": _plain(list(normalized_shape))})


def rms_norm(input, normalized_shape, weight=None, eps=None):
    return run("rms_norm", _tensors(input, weight), {"normalized_shape": _plain(list(normalized_shape))})


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05):
    return run("group_norm", _tensors(input, weight, bias), {"num_groups": int(num_groups)})


def local_response_norm(input, size, alpha=0.0001, beta=0.75, k=1.0):
    return run("local_response_norm", (input,))


def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    return run("normalize", (input,), {"dim": _plain(dim)})


# --- dropout ----------------------------------------------------------------------------------------------------------


def _dropout(name):
    def apply(input, p=0.5, training=True, inplace=False):
        if p < 0.0 or p > 1.0:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        if not isinstance(input, Tensor):
            _dispatch.refuse(name, input)
        compute = None if training and p else (lambda values: list(values))
        found = run(name, (input,), {}, None, compute)
        return write(input, found) if inplace else found

    apply.__name__ = name
    return apply


dropout, dropout1d, dropout2d, dropout3d = (_dropout(f"dropout{suffix}") for suffix in ("", "1d", "2d", "3d"))
alpha_dropout, feature_alpha_dropout = _dropout("alpha_dropout"), _dropout("feature_alpha_dropout")


# --- sizes ------------------------------------------------------------------------------------------------------------


def interpolate(
    input,
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
    antialias=False,
):
    if not isinstance(input, Tensor):
        _dispatch.refuse("interpolate", input)
    dims = {
        "nearest": None,
        "nearest-exact": None,
        "area": None,
        "linear": 3,
        "bilinear": 4,
        "bicubic": 4,
        "trilinear": 5,
    }
    if mode not in dims:
        raise NotImplementedError(f"Input Error: unknown interpolation mode {mode!r}")
    if dims[mode] not in (None, len(input.shape)):
        raise NotImplementedError(f"Got {len(input.shape)}D input, but {mode} mode needs {dims[mode]}D input")
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    return run("interpolate", (input,), {"size": _plain(size), "scale_factor": _plain(scale_factor), "mode": mode})


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input, size=None, scale_factor=None):
    return interpolate(input, size, scale_factor, "bilinear", True)


def pad(input, pad, mode="constant", value=None):
    if mode not in ("constant", "reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    return run("pad", (input,), {"pad": _plain(list(pad)), "mode": mode})


def pixel_shuffle(input, upscale_factor):
    return run("pixel_shuffle", (input,), {"upscale_factor": int(upscale_factor)})


def pixel_unshuffle(input, downscale_factor):
    return run("pixel_unshuffle", (input,), {"downscale_factor": int(downscale_factor)})


def channel_shuffle(input, groups):
    if input.shape[1] % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {input.shape[1]} channels and {groups} groups."
        )
    return run("channel_shuffle", (input,))


native_channel_shuffle = channel_shuffle


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    attributes = {
        "kernel_size": _plain(kernel_size), "dilation": _plain(dilation), "padding": _plain(padding),
        "stride": _plain(stride),
    }  # fmt: skip
    return run("unfold", (input,), attributes)


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    attributes = {
        "output_size": _plain(output_size), "kernel_size": _plain(kernel_size), "dilation": _plain(dilation),
        "padding": _plain(padding), "stride": _plain(stride),
    }  # fmt: skip
    return run("fold", (input,), attributes)


def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    return run("grid_sample", (input, grid))


def affine_grid(theta, size, align_corners=None):
    return run("affine_grid", (theta,), {"size": _plain(list(size))})


# --- distances ----------------------------------------------------------------------------------------------


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    return elementwise("mul", (x1, x2)).sum(dim)


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    return (x1 - x2).norm(p, -1, keepdim)


def pdist(input, p=2.0):
    raise unsupported("torch.nn.functional.pdist")


relu_, elu_, leaky_relu_, hardtanh_, celu_, selu_, rrelu_, threshold_ = (
    in_place(one.__name__ + "_", one) for one in (relu, elu, leaky_relu, hardtanh, celu, selu, rrelu, threshold)
)
for _name in ("prelu", "hardshrink"):
    method(_name)(globals()[_name])

IN_TORCH = [
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "bilinear",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "avg_pool1d",
    "adaptive_avg_pool1d",
    "adaptive_max_pool1d",
    "celu",
    "celu_",
    "selu",
    "selu_",
    "rrelu",
    "rrelu_",
    "prelu",
    "threshold",
    "threshold_",
    "hardshrink",
    "softmax",
    "batch_norm",
    "instance_norm",
    "layer_norm",
    "rms_norm",
    "group_norm",
    "dropout",
    "alpha_dropout",
    "pixel_shuffle",
    "pixel_unshuffle",
    "channel_shuffle",
    "embedding_bag",
    "cosine_similarity",
    "pairwise_distance",
]
"""Functions that are `torch`'s as well."""
for _name in IN_TORCH:
    if _name not in FUNCTIONS:
        FUNCTIONS[_name] = globals()[_name]
