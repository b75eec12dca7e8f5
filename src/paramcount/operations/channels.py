"""Convolutions, pooling and resizing as Keras's and TensorFlow's functions have them: channels last or first.

`data_format` says which; `padding` is a word. Source: keras.ops.conv, keras.ops.max_pool, tf.nn.depth_to_space.
"""

from collections.abc import Sequence
from typing import Final

from paramcount import shapes as windows
from paramcount.operations.rules import Attributes, OperationError, Rule, Sizes, count, numel, text, whole, wholes


def _split(x: Sizes, attributes: Attributes) -> tuple[int, int, Sizes]:
    """The batch, the channels and the sizes beside them."""
    if len(x) < 3:
        raise OperationError(f"Expected a tensor of at least 3 dimensions, got {text(x)}", "ValueError")
    if attributes.get("data_format") == "channels_first":
        return x[0], x[1], x[2:]
    return x[0], x[-1], x[1:-1]


def _join(batch: int, channels: int, sizes: Sizes, attributes: Attributes) -> Sizes:
    return (batch, channels, *sizes) if attributes.get("data_format") == "channels_first" else (batch, *sizes, channels)


def _moved(sizes: Sizes, kernel: Sizes, attributes: Attributes) -> Sizes:
    dims = len(sizes)
    strides, dilation = wholes(attributes, "strides", dims, 1), wholes(attributes, "dilation", dims, 1)
    if min(*kernel, *strides, *dilation) < 1 or len(kernel) != dims:
        raise OperationError(
            f"kernel {text(kernel)}, strides {text(strides)} do not fit {dims} dimensions", "ValueError"
        )
    found: list[int] = []
    for size, k, s, d in zip(sizes, kernel, strides, dilation, strict=True):
        if attributes.get("padding") == "same":
            found.append(windows.same(size, s))
        elif size < windows.extent(k, d):
            raise OperationError(f"the window {k} is larger than the input's {size}", "ValueError")
        else:
            found.append(windows.window(size, k, s, 0, d))
    return tuple(found)


def _convolved(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Inputs: x, kernel (*kernel, channels ÷ groups, filters)."""
    count(shapes, 2, "conv")
    batch, channels, sizes = _split(shapes[0], attributes)
    *kernel, inward, filters = shapes[1]
    if inward < 1 or channels % inward or (channels != inward and filters % (channels // inward)):
        raise OperationError(f"a kernel of {text(shapes[1])} does not fit {channels} channels", "ValueError")
    return (_join(batch, filters, _moved(sizes, tuple(kernel), attributes), attributes),)


def _convolved_macs(shapes: Sequence[Sizes], attributes: Attributes) -> int:
    return numel(_convolved(shapes, attributes)[0]) * numel(shapes[1][:-1])


def _depthwise(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Inputs: x, kernel (*kernel, channels, multiplier)."""
    count(shapes, 2, "depthwise_conv")
    batch, channels, sizes = _split(shapes[0], attributes)
    *kernel, inward, multiplier = shapes[1]
    if inward != channels:
        raise OperationError(f"a kernel of {text(shapes[1])} does not fit {channels} channels", "ValueError")
    return (_join(batch, channels * multiplier, _moved(sizes, tuple(kernel), attributes), attributes),)


def _depthwise_macs(shapes: Sequence[Sizes], attributes: Attributes) -> int:
    return numel(_depthwise(shapes, attributes)[0]) * numel(shapes[1][:-2])


def _transposed(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Inputs: x, kernel (*kernel, filters, channels)."""
    count(shapes, 2, "conv_transpose")
    batch, channels, sizes = _split(shapes[0], attributes)
    *kernel, filters, inward = shapes[1]
    strides = wholes(attributes, "strides", len(sizes), 1)
    if inward != channels or len(kernel) != len(sizes):
        raise OperationError(f"a kernel of {text(shapes[1])} does not fit {text(shapes[0])}", "ValueError")
    same = attributes.get("padding") == "same"
    found = [size * s + (0 if same else max(k - s, 0)) for size, k, s in zip(sizes, kernel, strides, strict=True)]
    return (_join(batch, filters, tuple(found), attributes),)


def _transposed_macs(shapes: Sequence[Sizes], _attributes: Attributes) -> int:
    return numel(shapes[0]) * numel(shapes[1][:-1])


def _pooled(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    batch, channels, sizes = _split(shapes[0], attributes)
    return (_join(batch, channels, _moved(sizes, wholes(attributes, "size", len(sizes)), attributes), attributes),)


def _resized(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """`size` is the height and the width that come out; a single image has no batch."""
    size = wholes(attributes, "size", 2)
    if len(shapes[0]) == 3:
        return (_resized([(1, *shapes[0])], attributes)[0][1:],)
    batch, channels, _ = _split(shapes[0], attributes)
    return (_join(batch, channels, size, attributes),)


def _to_space(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    block = whole(attributes, "block_size")
    batch, channels, sizes = _split(shapes[0], attributes)
    if block < 1 or channels % block**2:
        raise OperationError(f"{channels} channels cannot be cut into blocks of {block} × {block}", "ValueError")
    return (_join(batch, channels // block**2, tuple([size * block for size in sizes]), attributes),)


def _to_depth(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    block = whole(attributes, "block_size")
    batch, channels, sizes = _split(shapes[0], attributes)
    if block < 1 or any(size % block for size in sizes):
        raise OperationError(f"{text(sizes)} cannot be cut into blocks of {block} × {block}", "ValueError")
    return (_join(batch, channels * block**2, tuple([size // block for size in sizes]), attributes),)


RULES: Final[dict[str, Rule]] = {
    "keras_conv": Rule(_convolved, _convolved_macs),
    "keras_depthwise_conv": Rule(_depthwise, _depthwise_macs),
    "keras_conv_transpose": Rule(_transposed, _transposed_macs),
    "keras_pool": Rule(_pooled),
    "resize_images": Rule(_resized),
    "depth_to_space": Rule(_to_space),
    "space_to_depth": Rule(_to_depth),
}
