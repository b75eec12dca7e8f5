"""Numbers of a tensor chosen by indices: square brackets, read and written, and the functions that do it by name."""

from paramcount_guest.state import data_dependent, stop, unsupported
from paramcount_guest.values import LIMIT, positions

from paramcount.operations.rules import broadcast
from torch import _dispatch
from torch._dispatch import finish, make, run, shapes_of
from torch._registry import both, method
from torch._tensor import Tensor, tensor
from torch._types import Size, bool_, uint8


def _bound(value):
    return None if value is None else value.__index__()


def _items(index, shape):
    """The index as a list of whole numbers, slices, None, dots and index tensors, masks turned into indices."""
    given = list(index) if isinstance(index, tuple) else [index]
    if isinstance(index, list) and any(
        [isinstance(one, (slice, Tensor)) or one is None or one is Ellipsis for one in index]
    ):
        given = list(index)
    found = []
    for item in given:
        if item is None or item is Ellipsis:
            found.append(item)
        elif isinstance(item, slice):
            step = _bound(item.step)
            if step is not None and step < 1:
                raise ValueError("step must be greater than zero")
            found.append(slice(_bound(item.start), _bound(item.stop), step))
        elif isinstance(item, bool):
            raise unsupported("indexing by True or False")
        elif isinstance(item, (Tensor, list, tuple, range)) or hasattr(item, "_array_"):
            one = item if isinstance(item, Tensor) else tensor(list(item) if isinstance(item, range) else item)
            if one.dtype in (bool_, uint8):
                if not one._known:
                    raise data_dependent("Indexing by a mask")
                found.append(_Mask(one))
            elif one.dtype.order == 1 or one.numel() == 0:
                found.append(one)
            else:
                raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        elif hasattr(item, "__index__"):
            found.append(item.__index__())
        elif getattr(type(item), "_placeholder_", None):
            raise stop("missing library", f"{item!r} is needed as an index, and its library is not here.")
        else:
            raise TypeError(
                "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
                f"(got {type(item).__name__})"
            )
    return found


class _Mask:
    """A mask whose numbers are known, as the indices that it selects."""

    def __init__(self, mask):
        self.shape = tuple(mask.shape)
        self.indices = list(mask.nonzero(as_tuple=True))
        self.count = self.indices[0].shape[0] if self.indices else 0


def _written(items):
    """The index as the trace has it."""
    found = []
    for item in items:
        if isinstance(item, slice):
            found.append([item.start, item.stop, item.step])
        elif isinstance(item, _Mask):
            found.append({"shape": [item.count], "spans": len(item.shape)})
        elif isinstance(item, Tensor):
            found.append({"shape": list(item.shape)})
        else:
            found.append("..." if item is Ellipsis else item)
    return found


def _basic(one, items):
    """Apply all but index tensors: shape, strides, offset, and which dimensions of the result are indexed by what."""
    used = sum([0 if i is None or i is Ellipsis else len(i.shape) if isinstance(i, _Mask) else 1 for i in items])
    if Ellipsis not in [i for i in items if not isinstance(i, (Tensor, _Mask))]:
        items = [*items, Ellipsis]
    steps, sizes = one._steps, one.shape
    shape, strides, offset, indexed, source = [], [], one._offset, [], 0
    for item in items:
        if item is None:
            shape.append(1)
            strides.append(1)
            continue
        if item is Ellipsis:
            count = len(sizes) - used
            shape += sizes[source : source + count]
            strides += steps[source : source + count]
            source += count
            continue
        if isinstance(item, int):
            offset += (item % sizes[source] if sizes[source] else 0) * steps[source]
        elif isinstance(item, slice):
            places = range(*item.indices(sizes[source]))
            offset += (places.start if len(places) else 0) * steps[source]
            shape.append(len(places))
            strides.append(steps[source] * places.step)
        else:
            for index in item.indices if isinstance(item, _Mask) else [item]:
                indexed.append((len(shape), index))
                shape.append(sizes[source])
                strides.append(steps[source])
                source += 1
            continue
        source += 1
    return shape, strides, offset, indexed


def _places(one, items):
    """Where in the storage the numbers lie that an index picks, in order, or None where it is not known."""
    shape, strides, offset, indexed = _basic(one, items)
    if not indexed:
        return positions(shape, strides, offset)
    dims = [dim for dim, _ in indexed]
    if not all([index._known for _, index in indexed]):
        return None
    common = broadcast(*[tuple(index.shape) for _, index in indexed])
    count = Size(common).numel()
    picked = [0] * count
    for dim, index in indexed:
        for place, at in enumerate(index._list_as(common)):
            if not -shape[dim] <= at < shape[dim]:
                raise IndexError(f"index {at} is out of bounds for dimension {dim} with size {shape[dim]}")
            picked[place] += (at % shape[dim]) * strides[dim]
    first = dims[0] if dims == list(range(dims[0], dims[0] + len(dims))) else 0
    rest = [dim for dim in range(len(shape)) if dim not in dims]
    before = [dim for dim in rest if dim < first]
    after = [dim for dim in rest if dim >= first]
    lead = positions([shape[d] for d in before], [strides[d] for d in before], offset)
    tail = positions([shape[d] for d in after], [strides[d] for d in after], 0)
    return [a + b + c for a in lead for b in picked for c in tail]


@method("__getitem__")
def getitem(self, index):
    items = _items(index, self.shape)
    attributes = {"index": _written(items)}
    (shape,) = shapes_of("getitem", (self,), attributes)
    advanced = [item for item in items if isinstance(item, (Tensor, _Mask))]
    if not advanced:
        _own, strides, offset, _ = _basic(self, items)
        return _dispatch.viewed("getitem", self, attributes, shape, tuple(strides), offset)
    result = make(shape, self.dtype)
    if result.numel() <= LIMIT or self.numel() <= LIMIT:
        places = _places(self, items) if result.numel() <= LIMIT else None
        if places is not None and self._known:
            data = self._storage.data
            result._fill([data[place] for place in places])
    more = [item for item in advanced if isinstance(item, Tensor) and item._id is not None]
    finish("getitem", (self, *more), attributes, (result,))
    return result


def _is_number(value):
    return value.numel() == 1 if isinstance(value, Tensor) else isinstance(value, (int, float))


def _fill(one, mask, value):
    """Put one number where a mask is true: which places those are depends on the data, and no shape does."""
    if tuple(mask.shape) != tuple(one.shape[: len(mask.shape)]):
        raise IndexError(
            f"The shape of the mask {list(mask.shape)} does not match the indexed tensor {list(one.shape)}"
        )
    wide = mask.reshape(*mask.shape, *[1] * (len(one.shape) - len(mask.shape)))
    number = value.reshape(()) if isinstance(value, Tensor) else value
    _dispatch.write(one, one.masked_fill(wide.bool(), number))


@method("__setitem__")
def setitem(self, index, value):
    _dispatch.mutable(self)
    if isinstance(index, Tensor) and index.dtype in (bool_, uint8) and not index._known and _is_number(value):
        _fill(self, index, value)
        return
    items = _items(index, self.shape)
    attributes = {"index": _written(items)}
    if not isinstance(value, (Tensor, int, float, complex)):
        value = (
            tensor(value)
            if hasattr(value, "_array_") or isinstance(value, list)
            else _dispatch.refuse("setitem", value)
        )
    tensors = (self, value) if isinstance(value, Tensor) else (self,)
    shapes_of("setitem", tensors, attributes)
    (target,) = shapes_of("getitem", (self,), attributes)
    known = self._known and (not isinstance(value, Tensor) or value._known)
    places = _places(self, items) if known else None
    if places is None:
        if Size(target).numel():
            self._storage.data = None
    elif isinstance(value, Tensor):
        while len(value.shape) > len(target):
            value = value[0]
        _dispatch.store(self, places, value._list_as(target))
    else:
        _dispatch.store(self, places, [value] * len(places))
    if any([one._id is not None for one in tensors]):
        holder = make(self.shape, self.dtype)
        finish("setitem", tensors, attributes, (holder,))
        self._id = holder._id


@method()
def index_put_(self, indices, values, accumulate=False):
    setitem(self, tuple(indices), values)
    return self


for _name in ("index_add_", "index_copy_", "scatter_", "scatter_add_", "index_fill_", "masked_scatter_"):

    def _scattered(self, *args, _name=_name, **kwargs):
        return _dispatch.write(self, getattr(Tensor, _name[:-1])(self, *args, **kwargs))

    method(_name)(_scattered)


@both()
def index_select(input, dim, index):
    items = [slice(None)] * (dim % max(len(input.shape), 1)) + [index.reshape(-1)]
    if input._known and index._known:
        return input[tuple(items)]
    return run("index_select", (input, index), {"dim": int(dim)})


@both()
def gather(input, dim, index, *, sparse_grad=False, out=None):
    return run("gather", (input, index), {"dim": int(dim)})


@both()
def take_along_dim(input, indices, dim=None):
    return run("gather", (input, indices), {"dim": dim})


def _scattered(name):
    def apply(input, *args, **kwargs):
        others = [one for one in (*args, *kwargs.values()) if isinstance(one, Tensor)]
        return run("scatter", (input, *others), {"of": name})

    return apply


for _name in ("scatter", "scatter_add", "scatter_reduce", "index_add", "index_copy", "index_fill", "masked_scatter"):
    both(_name)(_scattered(_name))


@both()
def masked_select(input, mask, *, out=None):
    return input[mask]
