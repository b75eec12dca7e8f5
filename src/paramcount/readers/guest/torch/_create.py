"""Functions that make tensors out of nothing."""

import math

from paramcount_guest.placeholders import Weights
from paramcount_guest.values import LIMIT

from torch import _dispatch
from torch._dispatch import make, run
from torch._registry import FUNCTIONS, function, method
from torch._tensor import Tensor, sized, tensor
from torch._types import Size, as_dtype, bool_, flat, float32, get_default_dtype, int64
from torch._types import device as device_

function("tensor")(tensor)


def _made(shape, dtype, value, requires_grad=False, device=None):
    shape = Size(shape)
    count = shape.numel()
    result = make(shape, dtype, [value] * count if value is not None and count <= LIMIT else None)
    if device is not None:
        result._device = device if isinstance(device, device_) else device_(device)
        if result._device.type != "meta":
            result._device = device_("cpu")
    if requires_grad:
        result.requires_grad_()
    return result


def _of_size(name, value):
    def apply(*size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False, out=None,
              generator=None, memory_format=None, names=None, **named):  # fmt: skip
        if "size" in named:
            size = (named.pop("size"),)
        if named:
            raise TypeError(f"{name}() received an invalid combination of arguments: {sorted(named)}")
        return _made(sized(flat(size)), as_dtype(dtype) or get_default_dtype(), value, requires_grad, device)

    apply.__name__ = name
    function(name)(apply)


for _name, _value in (("zeros", 0), ("ones", 1), ("empty", None), ("rand", None), ("randn", None)):
    _of_size(_name, _value)


def _like(name, value):
    def apply(input, *, dtype=None, layout=None, device=None, requires_grad=False, memory_format=None):
        if not isinstance(input, Tensor):
            _dispatch.refuse(name, input)
        return _made(input.shape, as_dtype(dtype) or input.dtype, value, requires_grad)

    apply.__name__ = name
    function(name)(apply)


for _name, _value in (
    ("zeros_like", 0),
    ("ones_like", 1),
    ("empty_like", None),
    ("rand_like", None),
    ("randn_like", None),
):
    _like(_name, _value)


@function()
def full(size, fill_value, *, dtype=None, device=None, requires_grad=False, layout=None, out=None):
    if isinstance(fill_value, Tensor):
        fill_value = fill_value.item()
    found = as_dtype(dtype) or (
        bool_ if isinstance(fill_value, bool) else int64 if isinstance(fill_value, int) else get_default_dtype()
    )
    return _made(sized(flat((size,))), found, fill_value, requires_grad)


@function()
def full_like(input, fill_value, *, dtype=None, device=None, requires_grad=False, memory_format=None):
    return _made(input.shape, as_dtype(dtype) or input.dtype, fill_value, requires_grad)


@function()
def randint(low, high=None, size=None, *, generator=None, dtype=None, device=None, requires_grad=False):
    if size is None:
        size = high
    return _made(sized(size), as_dtype(dtype) or int64, None)


@function()
def randperm(n, *, generator=None, dtype=None, device=None):
    return _made((n,), as_dtype(dtype) or int64, None)


@function()
def normal(mean, std=1.0, size=None, *, generator=None, out=None):
    shape = size if size is not None else mean.shape if isinstance(mean, Tensor) else std.shape
    return _made(sized(shape), get_default_dtype(), None)


@function()
def multinomial(input, num_samples, replacement=False, *, generator=None):
    return _made((*input.shape[:-1], num_samples), int64, None)


@function()
def arange(*args, start=None, end=None, step=None, dtype=None, device=None, requires_grad=False, layout=None, out=None):
    args = [one.item() if isinstance(one, Tensor) else one for one in args]
    if len(args) == 1 and end is None:
        end = args[0]
    elif args:
        start, end, step = (*args, *(end, step)[len(args) - 1 :])
    start, step = 0 if start is None else start, 1 if step is None else step
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    found = as_dtype(dtype)
    whole = all([isinstance(one, int) for one in (start, end, step)])
    found = found or (int64 if whole else get_default_dtype())
    count = math.ceil((end - start) / step) if not whole else -((start - end) // step)
    return make((count,), found, [start + place * step for place in range(count)] if count <= LIMIT else None)


@function("range")
def _range(start=0, end=None, step=1, *, dtype=None, device=None):
    return arange(start, end + step / 2, step, dtype=dtype or float32)


@function()
def linspace(start, end, steps=None, *, dtype=None, device=None, requires_grad=False, layout=None, out=None):
    start, end = (one.item() if isinstance(one, Tensor) else one for one in (start, end))
    steps = int(steps)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    dtype = as_dtype(dtype) or get_default_dtype()
    if steps == 1:
        return make((1,), dtype, [start])
    if steps > LIMIT:
        return make((steps,), dtype)
    from paramcount_guest.values import rounded

    (step,) = rounded([(end - start) / (steps - 1)], dtype) if steps else (0,)
    values = [start + step * place if place < steps / 2 else end - step * (steps - 1 - place) for place in range(steps)]
    return make((steps,), dtype, values)


@function()
def logspace(start, end, steps, base=10.0, *, dtype=None, device=None):
    exponents = linspace(start, end, steps)
    return FUNCTIONS["pow"](base, exponents)


@function()
def eye(n, m=None, *, dtype=None, device=None, requires_grad=False, out=None):
    m = n if m is None else m
    values = [int(row == column) for row in range(n) for column in range(m)] if n * m <= LIMIT else None
    return make((n, m), as_dtype(dtype) or get_default_dtype(), values)


@function("as_tensor", "asarray")
def as_tensor(data, dtype=None, device=None):
    if isinstance(data, Tensor):
        return data.to(dtype) if dtype is not None else data
    return tensor(data, dtype=dtype)


@function()
def from_numpy(ndarray):
    if not hasattr(ndarray, "_array_"):
        if hasattr(type(ndarray), "_placeholder_"):
            _dispatch.refuse("from_numpy", ndarray)
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    return tensor(ndarray)


@function("scalar_tensor")
def scalar_tensor(s, *, dtype=None, device=None):
    return tensor(s, dtype=dtype or get_default_dtype())


@function()
def meshgrid(*tensors, indexing="ij"):
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
    vectors = [one if isinstance(one, Tensor) else tensor(one) for one in tensors]
    shapes = _dispatch.shapes_of("meshgrid", vectors, {"indexing": indexing})
    results = []
    order = list(range(len(vectors)))
    if indexing == "xy" and len(order) > 1:
        order[:2] = [1, 0]
    for place, (vector, shape) in enumerate(zip(vectors, shapes)):
        own = [1] * len(shape)
        own[order[place]] = vector.numel()
        results.append(vector.reshape(own).expand(*shape))
    return tuple(results)


@function()
def cartesian_prod(*tensors):
    grids = meshgrid(*tensors)
    return FUNCTIONS["stack"]([one.flatten() for one in grids], 1) if len(grids) > 1 else tensors[0]


@function()
def tril_indices(row, col, offset=0, *, dtype=int64, device=None):
    pairs = [(r, c) for r in range(row) for c in range(col) if c - r <= offset]
    return make((2, len(pairs)), dtype, [r for r, _ in pairs] + [c for _, c in pairs])


@function()
def triu_indices(row, col, offset=0, *, dtype=int64, device=None):
    pairs = [(r, c) for r in range(row) for c in range(col) if c - r >= offset]
    return make((2, len(pairs)), dtype, [r for r, _ in pairs] + [c for _, c in pairs])


def _window(name):
    def apply(window_length, periodic=True, *, dtype=None, device=None, **more):
        return make((window_length,), as_dtype(dtype) or get_default_dtype())

    function(name)(apply)


for _name in ("hann_window", "hamming_window", "blackman_window", "bartlett_window", "kaiser_window"):
    _window(_name)


@function()
def embedding(weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False):
    return run("embedding", (indices, weight), {}, weight.dtype)


@method("new_tensor")
def new_tensor(self, data, *, dtype=None, device=None, requires_grad=False):
    return tensor(data, dtype=dtype or self.dtype)


def _new(value):
    def apply(self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
        shape = Size(sized(flat(size)))
        count = shape.numel()
        values = [value] * count if value is not None and count <= LIMIT else None
        return make(shape, dtype or self.dtype, values)

    return apply


method("new_zeros")(_new(0))
method("new_ones")(_new(1))
method("new_empty")(_new(None))
method("new")(_new(None))


@method("new_full")
def new_full(self, size, fill_value, *, dtype=None, device=None, requires_grad=False):
    return _new(fill_value)(self, *size, dtype=dtype)


@function()
def load(f, *args, **kwargs):
    return Weights(f"torch.load({str(f)[:200]!r})")


@function()
def save(obj, f, *args, **kwargs):
    """Write nothing: there are no files, and nothing that is counted is lost."""
