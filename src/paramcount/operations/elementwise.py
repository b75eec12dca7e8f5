"""Operations that keep the shape, spread their inputs to one shape, or reduce dimensions."""

from collections.abc import Sequence
from typing import Final

from paramcount.operations.rules import (
    Attributes,
    OperationError,
    Rule,
    Sizes,
    axes,
    axis,
    broadcast,
    text,
    whole,
    wholes,
)

_KEPT = """
    abs acos acosh alpha_dropout asin asinh atan atanh bernoulli bitwise_not ceil celu channel_shuffle clone
    contiguous cos cosh cumprod cumsum deg2rad detach digamma dropout dropout1d dropout2d dropout3d elu
    erf erfc erfinv exp exp2 expm1 feature_alpha_dropout feature_dropout fftshift fft fft2 fftn fix flip floor frac
    gelu gumbel_softmax hardshrink hardsigmoid hardswish hardtanh identity ifft ifft2 ifftn ifftshift imag
    isfinite isinf isnan leaky_relu lgamma local_response_norm log log10 log1p log2
    log_softmax logical_not logit logsigmoid mish nan_to_num neg normalize positive prelu rad2deg rand_like randn_like
    real reciprocal relu relu6 renorm roll rot180 round rrelu rsqrt scatter selu sgn sigmoid sign silu sin sinc sinh
    softmax softmin softplus softshrink softsign sqrt square tan tanh tanhshrink threshold to tril triu trunc
    zeros_like ones_like empty_like full_like conj angle
"""
"""The output has the shape of the first input."""

_SPREAD = """
    add addcdiv addcmul atan2 bitwise_and bitwise_or bitwise_xor clamp copysign div eq floor_divide
    fmax fmin fmod ge gt hypot isclose ldexp le lerp logaddexp logical_and logical_or logical_xor lt maximum minimum
    mul ne nextafter pow remainder sub where xlogy complex polar
"""
"""The output has the shape that all inputs spread to."""

_REDUCED = """
    all amax amin any argmax argmin count_nonzero kthvalue logsumexp max mean median min mode nanmean nansum norm prod
    quantile std sum var vector_norm
"""
"""Dimensions `dim` (all where None) go, or stay with size 1 where `keepdim`; `indices` come out beside the values."""


def _kept(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    first = shapes[0]
    if "dim" in attributes:
        axes(attributes, len(first))
    return (first,)


def _channels_normalised(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Statistics, weights and biases have one number a channel. Source: torch.nn.functional.batch_norm."""
    x, *vectors = shapes
    if len(x) < 2:
        raise OperationError(f"Expected a tensor of at least 2 dimensions, got {text(x)}", "ValueError")
    groups = whole(attributes, "num_groups", 1)
    if groups < 1 or x[1] % groups:
        raise OperationError(
            f"Expected number of channels in input to be divisible by num_groups, but got input of shape {text(x)} "
            f"and num_groups={groups}"
        )
    for vector in vectors:
        if vector != x[1:2]:
            raise OperationError(f"running_mean, weight and bias should contain {x[1]} elements, not {text(vector)}")
    return (x,)


def _last_normalised(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """The last dimensions are those of `normalized_shape`. Source: torch.nn.functional.layer_norm."""
    x, *affine = shapes
    own = wholes(attributes, "normalized_shape")
    if not own or x[len(x) - len(own) :] != own or len(own) > len(x):
        raise OperationError(
            f"Given normalized_shape={list(own)}, expected input with shape [*, {text(own)[1:]}, but got input of "
            f"size {text(x)}"
        )
    if any(one != own for one in affine):
        raise OperationError(f"Expected weight to be of same shape as normalized_shape, {list(own)}")
    return (x,)


def _spread(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    return (broadcast(*shapes),)


def _filled(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    target = shapes[0]
    if broadcast(*shapes) != target:
        raise OperationError(f"output with shape {text(target)} doesn't match the broadcast shape")
    return (target,)


def _reduced(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    shape = shapes[0]
    gone = axes(attributes, len(shape))
    if attributes.get("keepdim"):
        found = tuple([1 if place in gone else size for place, size in enumerate(shape)])
    else:
        found = tuple([size for place, size in enumerate(shape) if place not in gone])
    return (found, found) if attributes.get("indices") else (found,)


def _topk(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    shape = shapes[0]
    k, dim = whole(attributes, "k"), axis(whole(attributes, "dim", -1), len(shape))
    if not 0 <= k <= shape[dim]:
        raise OperationError("selected index k out of range")
    found = (*shape[:dim], k, *shape[dim + 1 :])
    return (found, found)


def _sorted(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    return (shapes[0], shapes[0])


def _spectrum(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Half of the last transformed dimension comes out: n ÷ 2 + 1 of a real signal. Source: torch.fft.rfft2."""
    shape = list(shapes[0])
    dims = axes(attributes, len(shape))
    if attributes.get("s") is not None:
        for dim, size in zip(dims, wholes(attributes, "s"), strict=True):
            shape[dim] = size
    shape[dims[-1]] = shape[dims[-1]] // 2 + 1
    return (tuple(shape),)


def _signal(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """The way back: `s` where given, else 2 × (n − 1) of the last. Source: torch.fft.irfft2."""
    shape = list(shapes[0])
    dims = axes(attributes, len(shape))
    if attributes.get("s") is not None:
        for dim, size in zip(dims, wholes(attributes, "s"), strict=True):
            shape[dim] = size
    else:
        shape[dims[-1]] = 2 * (shape[dims[-1]] - 1)
    return (tuple(shape),)


RULES: Final[dict[str, Rule]] = {
    **dict.fromkeys(_KEPT.split(), Rule(_kept)),
    **dict.fromkeys(_SPREAD.split(), Rule(_spread)),
    **dict.fromkeys(_REDUCED.split(), Rule(_reduced)),
    **dict.fromkeys(("masked_fill", "copy", "fill"), Rule(_filled)),
    **dict.fromkeys(("batch_norm", "group_norm", "instance_norm"), Rule(_channels_normalised)),
    **dict.fromkeys(("layer_norm", "rms_norm"), Rule(_last_normalised)),
    "topk": Rule(_topk),
    **dict.fromkeys(("sort", "cummax", "cummin"), Rule(_sorted)),
    **dict.fromkeys(("rfft", "rfft2", "rfftn"), Rule(_spectrum)),
    **dict.fromkeys(("irfft", "irfft2", "irfftn"), Rule(_signal)),
}
