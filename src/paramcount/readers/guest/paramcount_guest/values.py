"""Numbers of small tensors: a list that views share, read through strides.

Up to 4,096 numbers are kept, rounded as the tensor's type rounds them; of larger tensors only the shape is known.
"""

import math
import struct
from array import array

LIMIT = 4096


class Storage:
    """The numbers that a tensor and its views share; `data` is None where they are not known."""

    __slots__ = ("data",)

    def __init__(self, data=None):
        self.data = data


def contiguous(shape):
    """The strides of a tensor whose numbers lie in order."""
    found, step = [], 1
    for size in reversed(shape):
        found.append(step)
        step *= max(size, 1)
    return tuple(reversed(found))


def positions(shape, strides, offset):
    """Where in the storage each number lies, in order."""
    found = [offset]
    for size, stride in zip(shape, strides):
        steps = [place * stride for place in range(size)]
        found = [base + step for base in found for step in steps]
    return found


def spread(shape, strides, to):
    """The strides by which a tensor reads as one of the larger shape `to`."""
    new = len(to) - len(shape)
    return (0,) * new + tuple(
        0 if size == 1 and want != 1 else stride for size, stride, want in zip(shape, strides, to[new:])
    )


def viewed(shape, strides, to):
    """The strides of the same numbers under another shape, or None where they would have to be copied.

    Runs of dimensions that lie next to one another are cut anew; a wanted size may not cross from run to run.
    """
    if 0 in shape:
        return contiguous(to)
    runs = []  # (numbers in the run, stride of its last dimension)
    for size, stride in zip(shape, strides):
        if size == 1:
            continue
        if runs and runs[-1][1] == size * stride:
            runs[-1] = (runs[-1][0] * size, stride)
        else:
            runs.append((size, stride))
    runs = runs or [(1, 1)]
    found, (left, step) = [], runs.pop()
    for size in reversed(to):
        if size == 1:
            found.append(step)
            continue
        if left == 1 and runs:
            left, step = runs.pop()
        if left % size:
            return None
        found.append(step)
        step *= size
        left //= size
    return tuple(reversed(found)) if left == 1 and not runs else None


def _half(value):
    try:
        return struct.unpack("e", struct.pack("e", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def _brain(value):
    if value != value or value in (math.inf, -math.inf):
        return value
    bits = struct.unpack("I", struct.pack("f", value))[0]
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return struct.unpack("f", struct.pack("I", bits & 0xFFFFFFFF))[0]


def _wrapped(bits, signed):
    top = 1 << bits

    def wrap(value):
        value = int(value) % top
        return value - top if signed and value >= top >> 1 else value

    return wrap


def rounded(values, dtype):
    """Numbers as a type keeps them."""
    name = dtype.name
    if name == "float32":
        if len(values) > 16 and values.count(values[0]) == len(values):  # zeros and ones, mostly
            return array("f", values[:1]).tolist() * len(values)
        return array("f", values).tolist()
    if name == "float64":
        return [float(value) for value in values]
    if name == "bool":
        return [bool(value) for value in values]
    if dtype.is_complex:
        return [complex(value) for value in values]
    if name == "float16":
        return [_half(value) for value in values]
    if dtype.is_floating_point:
        return [_brain(value) for value in values]
    if name == "int64" and all(type(value) is int for value in values):
        return list(values)
    signed = not name.startswith("u")
    wrap = _wrapped(int(name.lstrip("uint") or 64), signed)
    return [wrap(value) for value in values]
