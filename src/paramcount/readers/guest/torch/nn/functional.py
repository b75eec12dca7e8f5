"""torch.nn.functional: what layers do, by the shared rules of shapes."""

import importlib

from paramcount_guest.state import data_dependent, fallback, unsupported

from torch import _dispatch
from torch._dispatch import elementwise, run, write
from torch._registry import FUNCTIONAL, FUNCTIONS
from torch._tensor import Tensor
from torch._types import int64
from torch.nn import _activations, _windows
from torch.nn._arguments import given, plain, same_type
from torch.nn._attention import multi_head_attention_forward as multi_head_attention_forward

_fallback = fallback("torch.nn.functional")


def __getattr__(name):
    if name.endswith(("_loss", "cross_entropy", "_with_logits", "kl_div")):
        losses = importlib.import_module("torch.nn._losses")
        if name in vars(losses):
            return vars(losses)[name]
    return _fallback(name)


def linear(input, weight, bias=None):
    same_type("linear", input, weight)
    return run("linear", given(input, weight, bias))


def bilinear(input1, input2, weight, bias=None):
    return run("bilinear", given(input1, input2, weight, bias))


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


def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05):
    return run("batch_norm", given(input, running_mean, running_var, weight, bias))


def instance_norm(
    input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05
):
    return run("instance_norm", given(input, weight, bias))


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05):
    return run("layer_norm", given(input, weight, bias), {"normalized_shape": plain(list(normalized_shape))})


def rms_norm(input, normalized_shape, weight=None, eps=None):
    return run("rms_norm", given(input, weight), {"normalized_shape": plain(list(normalized_shape))})


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05):
    return run("group_norm", given(input, weight, bias), {"num_groups": int(num_groups)})


def local_response_norm(input, size, alpha=0.0001, beta=0.75, k=1.0):
    return run("local_response_norm", (input,))


def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    return run("normalize", (input,), {"dim": plain(dim)})


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
    return run("interpolate", (input,), {"size": plain(size), "scale_factor": plain(scale_factor), "mode": mode})


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input, size=None, scale_factor=None):
    return interpolate(input, size, scale_factor, "bilinear", True)


def pad(input, pad, mode="constant", value=None):
    if mode not in ("constant", "reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    return run("pad", (input,), {"pad": plain(list(pad)), "mode": mode})


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


def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    return run("grid_sample", (input, grid))


def affine_grid(theta, size, align_corners=None):
    return run("affine_grid", (theta,), {"size": plain(list(size))})


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    return elementwise("mul", (x1, x2)).sum(dim)


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    return (x1 - x2).norm(p, -1, keepdim)


def pdist(input, p=2.0):
    raise unsupported("torch.nn.functional.pdist")


globals().update(FUNCTIONAL)
_IN_TORCH = """conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d bilinear max_pool1d max_pool2d
    max_pool3d avg_pool1d adaptive_avg_pool1d adaptive_max_pool1d celu celu_ selu selu_ rrelu rrelu_ prelu
    threshold threshold_ hardshrink softmax batch_norm instance_norm layer_norm rms_norm group_norm dropout
    alpha_dropout pixel_shuffle pixel_unshuffle channel_shuffle embedding_bag cosine_similarity
    pairwise_distance"""
"""Functions that are `torch`'s as well."""
for _name in _IN_TORCH.split():
    FUNCTIONS.setdefault(_name, globals()[_name])
