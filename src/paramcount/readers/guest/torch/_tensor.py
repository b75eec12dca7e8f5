"""The tensor that has a shape and a type, and numbers only where it is small and they are known."""

import types

from paramcount_guest.state import STATE, data_dependent, exists, unsupported
from paramcount_guest.values import LIMIT, Storage, contiguous, positions, rounded, spread

from torch import _dispatch
from torch._types import Size, as_dtype, device, float32, get_default_dtype, of_scalar, strided, whole

_CPU = device("cpu")


def are_numbers(given):
    """Whether the old constructors take what is given for numbers, not for sizes."""
    return hasattr(given, "_array_") or (isinstance(given, (list, tuple)) and not isinstance(given, Size))


class Tensor:
    """A tensor; operations are added to it by the modules that define them."""

    __array_priority__ = 1000
    _leaf = True
    _requires_grad = False
    _id = None
    _device = _CPU
    grad = None
    layout = strided
    is_sparse = is_quantized = is_mkldnn = is_nested = is_xla = is_mps = is_xpu = False

    def __init__(self, *args, **kwargs):
        if len(args) == 1 and isinstance(args[0], Tensor):
            self._start_view(args[0], args[0].shape, args[0]._strides, args[0]._offset)
        elif len(args) == 1 and are_numbers(args[0]):
            made = tensor(args[0], dtype=float32)
            self._start(made.shape, float32, made._list() if made._known else None)
        else:
            sizes = args[0] if len(args) == 1 and isinstance(args[0], (Size, tuple, list)) else args
            self._start(Size(sized(sizes)), get_default_dtype(), None)

    def _start(self, shape, dtype, values=None):
        self.shape = shape
        self._dtype = dtype
        self._strides = None
        self._offset = 0
        self._storage = Storage(None)
        if values is not None:
            self._fill(values)

    def _start_view(self, other, shape, strides, offset):
        self.shape = shape
        self._dtype = other._dtype
        self._strides = strides
        self._offset = offset
        self._storage = other._storage
        self._device = other._device

    @property
    def _known(self):
        return self._storage.data is not None

    @property
    def _steps(self):
        return contiguous(self.shape) if self._strides is None else self._strides

    def _fill(self, values):
        if len(values) <= LIMIT:
            self._storage.data = rounded(values, self._dtype)

    def _list(self):
        """The numbers in order, of a tensor whose numbers are known."""
        data = self._storage.data
        if self._strides is None and self._offset == 0 and len(data) == self.numel():
            return data
        return [data[place] for place in positions(self.shape, self._steps, self._offset)]

    def _list_as(self, shape):
        """The numbers in order, spread to a larger shape."""
        if tuple(shape) == tuple(self.shape):
            return self._list()
        data = self._storage.data
        return [data[place] for place in positions(shape, spread(self.shape, self._steps, shape), self._offset)]

    def _needed(self, what):
        if not self._known:
            raise data_dependent(what)
        return self._list()

    # --- what it is -------------------------------------------------------------------------------------------

    @property
    def dtype(self):
        return self._dtype

    @property
    def device(self):
        return self._device

    @property
    def ndim(self):
        return len(self.shape)

    def dim(self):
        return len(self.shape)

    ndimension = dim

    def size(self, dim=None):
        return self.shape if dim is None else self.shape[dim]

    def numel(self):
        total = 1
        for size in self.shape:
            total *= size
        return total

    nelement = numel

    def stride(self, dim=None):
        return self._steps if dim is None else self._steps[dim]

    def storage_offset(self):
        return self._offset

    def is_contiguous(self, memory_format=None):
        if self._strides is None or 0 in self.shape:
            return True
        own = contiguous(self.shape)
        return all([size == 1 or one == other for size, one, other in zip(self.shape, self._strides, own)])

    def element_size(self):
        return self._dtype.itemsize

    itemsize = property(element_size)
    nbytes = property(lambda self: self.numel() * self._dtype.itemsize)

    def is_floating_point(self):
        return self._dtype.is_floating_point

    def is_complex(self):
        return self._dtype.is_complex

    def is_signed(self):
        return self._dtype.is_signed

    def get_device(self):
        return -1

    is_cuda = property(lambda self: self._device.type == "cuda")
    is_cpu = property(lambda self: self._device.type == "cpu")
    is_meta = property(lambda self: self._device.type == "meta")

    @property
    def requires_grad(self):
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value):
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad=True):
        if requires_grad and self._dtype.order < 2:
            raise RuntimeError("only Tensors of floating point and complex dtype can require gradients")
        self._requires_grad = bool(requires_grad)
        return self

    @property
    def is_leaf(self):
        return self._leaf

    grad_fn = property(lambda self: None if self._leaf or not self._requires_grad else "grad_fn")

    @property
    def data(self):
        return self.detach()

    @data.setter
    def data(self, value):
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        self._start_view(value, value.shape, value._strides, value._offset)
        self._id = value._id

    # --- its numbers -------------------------------------------------------------------------------------------

    def item(self):
        if self.numel() != 1:
            raise RuntimeError(f"a Tensor with {self.numel()} elements cannot be converted to Scalar")
        return self._needed("item()")[0]

    def tolist(self):
        values = iter(self._needed("tolist()"))

        def nested(shape):
            return [nested(shape[1:]) for _ in range(shape[0])] if shape else next(values)

        return nested(self.shape)

    def __bool__(self):
        if self.numel() != 1:
            raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
        return bool(self._needed("A condition on a tensor")[0])

    def __int__(self):
        return int(self.item())

    def __float__(self):
        return float(self.item())

    def __complex__(self):
        return complex(self.item())

    def __index__(self):
        value = self.item()
        if self._dtype.order > 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(value)

    def __round__(self, ndigits=None):
        return self.round() if ndigits is None else self.round(decimals=ndigits)

    def numpy(self, *, force=False):
        from numpy._array import known

        if self._requires_grad and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return known(list(self._needed("numpy()")), tuple(self.shape), self._dtype.name)

    def __array__(self, dtype=None):
        return self.numpy()

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of a 0-d tensor")
        return self.shape[0]

    def __iter__(self):
        if not self.shape:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __contains__(self, element):
        return bool((self == element).any())

    __hash__ = object.__hash__

    def __reversed__(self):
        return self.flip(0)

    def __repr__(self):
        if self._known and self.numel() <= 1000:
            return f"tensor({self.tolist()})"
        return f"tensor(..., size={tuple(self.shape)})"

    def __format__(self, spec):
        return format(self.item(), spec) if not self.shape and spec else repr(self)

    def __deepcopy__(self, memo):
        found = type(self).__new__(type(self))
        found.__dict__.update(self.__dict__)
        found._storage = Storage(None if not self._known else list(self._storage.data))
        found._id = None
        memo[id(self)] = found
        return found

    def __getattr__(self, name):
        if not name.startswith("__") and exists("torch.Tensor", name):
            from torch._registry import late

            found = late(name)
            if found is not None:
                return types.MethodType(found, self)

            def absent(*args, **kwargs):
                raise unsupported(f"Tensor.{name}")

            return absent
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    # --- autograd: nothing is computed -------------------------------------------------------------------------

    def backward(self, *args, **kwargs):
        raise unsupported("Tensor.backward", "nothing is trained here")

    def retain_grad(self):
        return None

    def register_hook(self, hook):
        return None

    def detach(self):
        found = _dispatch.viewed("detach", self, {}, self.shape, self._strides, self._offset)
        found._requires_grad, found._leaf = False, True
        return found

    def detach_(self):
        self._requires_grad, self._leaf = False, True
        return self

    def share_memory_(self):
        return self

    def pin_memory(self, *args):
        return self


_dispatch.SELF.append(Tensor)


def sized(sizes):
    """Sizes as whole numbers, none negative."""
    found = whole(sizes)
    for size in found:
        if size < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {size}: {list(sizes)}")
    return found


def tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False):
    """A tensor of given numbers."""
    dtype = as_dtype(dtype)
    values, unknown = [], False
    if isinstance(data, Tensor):
        shape, found = data.shape, data.dtype
        values, unknown = (list(data._list()), False) if data._known else ([], True)
    else:
        found = None

        def walk(item):
            nonlocal unknown, found
            if isinstance(item, Tensor) or hasattr(item, "_array_"):
                kind = item.dtype if isinstance(item, Tensor) else as_dtype_of(item)
                found = kind if found is None else promote(found, kind)
                if not item._known:
                    unknown = True
                else:
                    values.extend(item._list())
                return tuple(item.shape)
            if isinstance(item, (list, tuple, range)):
                shapes = [walk(one) for one in item]
                for one in shapes[1:]:
                    if one != shapes[0]:
                        raise ValueError(f"expected sequence of length {shapes[0]} but got {one}")
                return (len(shapes), *(shapes[0] if shapes else ()))
            if not isinstance(item, (int, float, complex)):
                name = getattr(type(item), "_placeholder_", None)
                if name:
                    _dispatch.refuse("tensor", item)
                raise TypeError(f"must be real number, not {type(item).__name__}")
            kind = of_scalar(item)
            found = kind if found is None else promote(found, kind)
            values.append(item)
            return ()

        from torch._types import promoted as promote

        shape = walk(data)
        found = found or get_default_dtype()
    result = _dispatch.make(shape, dtype or found, None if unknown else values)
    if requires_grad:
        result.requires_grad_()
    return result


def as_dtype_of(array):
    """The type of a numpy array of ours, in torch."""
    from torch._types import DTYPES

    return DTYPES[array.dtype.name]


STATE.tensor = tensor
