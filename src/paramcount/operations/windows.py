"""Operations over spatial dimensions: convolution, pooling, padding, resizing, patches."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from paramcount.operations.rules import (
    Attributes,
    OperationError,
    Rule,
    Sizes,
    axes,
    count,
    listed,
    numel,
    text,
    whole,
    wholes,
)
from paramcount.shapes import transposed, window, window_ceil


def split(x: Sizes, dims: int, name: str) -> tuple[Sizes, Sizes]:
    """Split a shape into batch and channels, and `dims` spatial sizes; the batch may be missing.

    Raises:
        OperationError: the shape has other than dims + 1 or dims + 2 dimensions.
    """
    if len(x) not in (dims + 1, dims + 2):
        raise OperationError(
            f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {name}, but got input of size: "
            f"{text(x)}"
        )
    return x[:-dims], x[-dims:]


def _positive(sizes: Sizes, x: Sizes, name: str) -> Sizes:
    if any(size < 1 for size in sizes):
        raise OperationError(
            f"Calculated output size of {name} is too small: {text(sizes)} from the input size {text(x)}"
        )
    return sizes


def _weighted(shapes: Sequence[Sizes], dims: int, name: str, groups: int, channel_axis: int) -> tuple[Sizes, Sizes]:
    """The batch, and the spatial sizes, of a convolution's input, checked against its weight."""
    count(shapes, 2, name)
    x, weight = shapes[:2]
    lead, sizes = split(x, dims, name)
    if len(weight) != dims + 2:
        raise OperationError(f"{name} takes a weight of {dims + 2} dimensions, received {text(weight)}")
    if min(weight) < 1:
        raise OperationError(f"{name} takes a weight without a dimension of size 0, received {text(weight)}")
    expected = weight[1] * groups if channel_axis == 1 else weight[0]
    if groups < 1 or weight[0] % groups or lead[-1] != expected:
        raise OperationError(
            f"Given groups={groups}, weight of size {text(weight)}, expected input{text(x)} to have {expected} "
            f"channels, but got {lead[-1]} channels instead"
        )
    return lead[:-1], sizes


def _convolution(dims: int) -> Rule:
    """Source: torch.nn.functional.conv2d and its siblings."""
    name = f"conv{dims}d"

    def outputs(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
        groups = whole(attributes, "groups", 1)
        batch, sizes = _weighted(shapes, dims, name, groups, 1)
        weight = shapes[1]
        stride, dilation = wholes(attributes, "stride", dims, 1), wholes(attributes, "dilation", dims, 1)
        padding = attributes.get("padding", 0)
        if min(stride) < 1 or min(dilation) < 1:
            raise OperationError("non-positive stride is not supported")
        if padding == "same":
            if max(stride) > 1:
                raise OperationError("padding='same' is not supported for strided convolutions")
            found = sizes
        else:
            pads = (0,) * dims if padding == "valid" else wholes(attributes, "padding", dims, 0)
            if min(pads) < 0:
                raise OperationError("negative padding is not supported")
            kernel = weight[2:]
            for size, k, p, d in zip(sizes, kernel, pads, dilation, strict=True):
                if d * (k - 1) + 1 > size + 2 * p:
                    raise OperationError(
                        f"Calculated padded input size per channel: ({size + 2 * p}). Kernel size: ({d * (k - 1) + 1})."
                        " Kernel size can't be greater than actual input size"
                    )
            found = tuple([window(*one) for one in zip(sizes, kernel, stride, pads, dilation, strict=True)])
        if len(shapes) > 2 and shapes[2] != weight[:1]:
            raise OperationError(f"the bias must be [{weight[0]}], received {text(shapes[2])}")
        return ((*batch, weight[0], *found),)

    def macs(shapes: Sequence[Sizes], attributes: Attributes) -> int:
        return numel(outputs(shapes, attributes)[0]) * numel(shapes[1][1:])

    return Rule(outputs, macs)


def _transposed(dims: int) -> Rule:
    """Source: torch.nn.functional.conv_transpose2d and its siblings."""
    name = f"conv_transpose{dims}d"

    def outputs(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
        groups = whole(attributes, "groups", 1)
        batch, sizes = _weighted(shapes, dims, name, groups, 0)
        stride, dilation = wholes(attributes, "stride", dims, 1), wholes(attributes, "dilation", dims, 1)
        padding, extra = wholes(attributes, "padding", dims, 0), wholes(attributes, "output_padding", dims, 0)
        for one, s, d in zip(extra, stride, dilation, strict=True):
            if one >= max(s, d):
                raise OperationError("output padding must be smaller than either stride or dilation")
        each = zip(sizes, shapes[1][2:], stride, padding, dilation, extra, strict=True)
        found = _positive(tuple([transposed(*one) for one in each]), shapes[0], name)
        return ((*batch, shapes[1][1] * groups, *found),)

    def macs(shapes: Sequence[Sizes], _attributes: Attributes) -> int:
        return numel(shapes[0]) * numel(shapes[1][1:])

    return Rule(outputs, macs)


def _deformable(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Inputs: x, offset, weight. Source: torchvision.ops.deform_conv2d."""
    count(shapes, 3, "deform_conv2d")
    return _CONV2D.outputs((shapes[0], shapes[2]), {**attributes, "groups": shapes[0][1] // shapes[2][1]})


def _deformable_macs(shapes: Sequence[Sizes], attributes: Attributes) -> int:
    return numel(_deformable(shapes, attributes)[0]) * numel(shapes[2][1:])


def _pooling(dims: int, name: str) -> Rule:
    """Source: torch.nn.functional.max_pool2d, avg_pool2d, lp_pool2d and their siblings; ATen/native/Pool.h."""

    def outputs(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
        lead, sizes = split(shapes[0], dims, name)
        kernel = wholes(attributes, "kernel_size", dims)
        stride = kernel if attributes.get("stride") in (None, [], ()) else wholes(attributes, "stride", dims)
        padding, dilation = wholes(attributes, "padding", dims, 0), wholes(attributes, "dilation", dims, 1)
        if min(*kernel, *stride, *dilation) < 1:
            raise OperationError(f"{name}: kernel size and stride should be greater than zero")
        if any(2 * p > k for p, k in zip(padding, kernel, strict=True)) or min(padding) < 0:
            raise OperationError(f"pad should be at most half of effective kernel size, but got pad={list(padding)}")
        rule = window_ceil if attributes.get("ceil_mode") else window
        each = zip(sizes, kernel, stride, padding, dilation, strict=True)
        found = (*lead, *_positive(tuple([rule(*one) for one in each]), shapes[0], name))
        return (found, found) if attributes.get("return_indices") else (found,)

    return Rule(outputs)


def _adaptive(dims: int, name: str) -> Rule:
    """Source: torch.nn.functional.adaptive_avg_pool2d and its siblings; None keeps a size."""

    def outputs(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
        lead, sizes = split(shapes[0], dims, name)
        wanted = listed(attributes.get("output_size"), dims)
        if len(wanted) == 1:
            wanted *= dims
        if len(wanted) != dims:
            raise OperationError(f"{name}: output_size must be {dims} numbers, received {wanted}")
        each = zip(sizes, wanted, strict=True)
        found = (*lead, *[size if want is None else whole({"output_size": want}, "output_size") for size, want in each])
        if min(found) < 0:
            raise OperationError(f"{name}: elements of output_size must be greater than or equal to 0")
        return (found, found) if attributes.get("return_indices") else (found,)

    return Rule(outputs)


def _unpooling(dims: int) -> Rule:
    """Source: torch.nn.MaxUnpool2d and its siblings."""

    def outputs(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
        lead, sizes = split(shapes[0], dims, f"max_unpool{dims}d")
        if attributes.get("output_size") is not None:
            return ((*lead, *wholes(attributes, "output_size")[-dims:]),)
        kernel = wholes(attributes, "kernel_size", dims)
        stride = kernel if attributes.get("stride") in (None, [], ()) else wholes(attributes, "stride", dims)
        each = zip(sizes, kernel, stride, wholes(attributes, "padding", dims, 0), strict=True)
        return ((*lead, *[(n - 1) * s - 2 * p + k for n, k, s, p in each]),)

    return Rule(outputs)


def _interpolated(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Every dimension after batch and channels. Source: torch.nn.functional.interpolate."""
    x = shapes[0]
    sizes, dims = x[2:], len(x) - 2
    if dims < 1:
        raise OperationError(f"Input Error: only 3D, 4D and 5D input tensors supported, got {len(x)}D", "ValueError")
    size, scale = attributes.get("size"), attributes.get("scale_factor")
    if (size is None) == (scale is None):
        raise OperationError("one of size or scale_factor should be defined, and only one", "ValueError")
    if size is not None:
        return ((*x[:2], *_positive(wholes(attributes, "size", dims), x, "interpolate")),)
    factors = [one for one in listed(scale, dims) if isinstance(one, int | float)]
    if len(factors) != dims:
        raise OperationError(f"scale_factor must be {dims} numbers, received {scale!r}", "ValueError")
    found = tuple([math.floor(n * one) for n, one in zip(sizes, factors, strict=True)])
    return ((*x[:2], *_positive(found, x, "interpolate")),)


def _padded(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Pairs from the last dimension to the front. Source: torch.nn.functional.pad."""
    x = shapes[0]
    pad = wholes(attributes, "pad")
    if len(pad) % 2 or len(pad) // 2 > len(x):
        raise OperationError(
            f"Padding length should be even and at most twice the dimensions of {text(x)}: {list(pad)}"
        )
    found = list(x)
    for place in range(len(pad) // 2):
        before, after = pad[2 * place : 2 * place + 2]
        size = x[-1 - place]
        mode = attributes.get("mode", "constant")
        if (mode == "reflect" and max(before, after) >= size) or (mode == "circular" and max(before, after) > size):
            raise OperationError(
                f"Padding size should be less than the corresponding input dimension: {text(x)}, {pad}"
            )
        found[-1 - place] = size + before + after
    if min(found, default=0) < 0:
        raise OperationError(f"The input size {text(x)}, plus padding {list(pad)}, resulted in a negative output size")
    return (tuple(found),)


def _shuffled(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Source: torch.nn.PixelShuffle."""
    *lead, channels, height, width = shapes[0]
    r = whole(attributes, "upscale_factor")
    if r < 1 or channels % (r * r):
        raise OperationError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={channels} is not divisible by {r * r}"
        )
    return ((*lead, channels // (r * r), height * r, width * r),)


def _unshuffled(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Source: torch.nn.PixelUnshuffle."""
    *lead, channels, height, width = shapes[0]
    r = whole(attributes, "downscale_factor")
    if r < 1 or height % r or width % r:
        raise OperationError(f"pixel_unshuffle expects height and width to be divisible by downscale_factor ({r})")
    return ((*lead, channels * r * r, height // r, width // r),)


def _patches(sizes: Sizes, attributes: Attributes) -> Sizes:
    dims = len(sizes)
    each = zip(
        sizes,
        wholes(attributes, "kernel_size", dims),
        wholes(attributes, "stride", dims, 1),
        wholes(attributes, "padding", dims, 0),
        wholes(attributes, "dilation", dims, 1),
        strict=True,
    )
    return _positive(tuple([window(*one) for one in each]), sizes, "the sliding blocks")


def _unfolded(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Source: torch.nn.Unfold."""
    lead, sizes = split(shapes[0], 2, "unfold")
    kernel = wholes(attributes, "kernel_size", 2)
    return ((*lead[:-1], lead[-1] * numel(kernel), numel(_patches(sizes, attributes))),)


def _folded(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Source: torch.nn.Fold."""
    *lead, channels, positions = shapes[0]
    kernel, size = numel(wholes(attributes, "kernel_size", 2)), wholes(attributes, "output_size", 2)
    blocks = numel(_patches(size, attributes))
    if channels % kernel or positions != blocks:
        raise OperationError(f"fold: {text(shapes[0])} must be {kernel} × channels by {blocks} sliding blocks")
    return ((*lead, channels // kernel, *size),)


def _sampled(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    """Source: torch.nn.functional.grid_sample."""
    count(shapes, 2, "grid_sample")
    x, grid = shapes[:2]
    if len(x) not in (4, 5) or len(grid) != len(x) or grid[0] != x[0] or grid[-1] != len(x) - 2:
        raise OperationError(f"grid_sampler: {text(x)} and a grid of {text(grid)} do not fit")
    return ((*x[:2], *grid[1:-1]),)


def _grid(_shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Source: torch.nn.functional.affine_grid."""
    size = wholes(attributes, "size")
    return ((size[0], *size[2:], len(size) - 2),)


def _regions(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Source: torchvision.ops.roi_align."""
    count(shapes, 2, "roi_align")
    return ((shapes[1][0], shapes[0][1], *wholes(attributes, "output_size", 2)),)


def _along(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Windows of one dimension become a last dimension. Source: torch.Tensor.unfold."""
    x = shapes[0]
    (dim,) = axes(attributes, len(x), "dimension")
    size, step = whole(attributes, "size"), whole(attributes, "step")
    if step < 1 or not 0 <= size <= x[dim]:
        raise OperationError(f"maximum size for tensor at dimension {dim} is {x[dim]} but size is {size}")
    return ((*x[:dim], (x[dim] - size) // step + 1, *x[dim + 1 :], size),)


def _each(make: Callable[[int], Rule], name: str) -> dict[str, Rule]:
    return {name.format(dims): make(dims) for dims in (1, 2, 3)}


def _pools(kind: str) -> dict[str, Rule]:
    return {name: _pooling(dims, name) for dims in (1, 2, 3) for name in (f"{kind}_pool{dims}d",)}


def _adaptives(kind: str) -> dict[str, Rule]:
    return {name: _adaptive(dims, name) for dims in (1, 2, 3) for name in (f"adaptive_{kind}_pool{dims}d",)}


_CONV2D = _convolution(2)

RULES: Final[dict[str, Rule]] = {
    **_each(_convolution, "conv{}d"),
    **_each(_transposed, "conv_transpose{}d"),
    "deform_conv2d": Rule(_deformable, _deformable_macs),
    **_pools("max"),
    **_pools("avg"),
    **_pools("lp"),
    **_adaptives("avg"),
    **_adaptives("max"),
    **_each(_unpooling, "max_unpool{}d"),
    "interpolate": Rule(_interpolated),
    "pad": Rule(_padded),
    "pixel_shuffle": Rule(_shuffled),
    "pixel_unshuffle": Rule(_unshuffled),
    "unfold": Rule(_unfolded),
    "fold": Rule(_folded),
    "grid_sample": Rule(_sampled),
    "affine_grid": Rule(_grid),
    "roi_align": Rule(_regions),
    "unfold_dimension": Rule(_along),
}
