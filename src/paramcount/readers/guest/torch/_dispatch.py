"""How an operation runs: shapes by the shared rules, numbers where they are known, a line in the trace."""

import builtins

from paramcount_guest import state
from paramcount_guest.state import STATE, located
from paramcount_guest.values import LIMIT, Storage, contiguous, positions, rounded, spread

from paramcount.operations import OPERATIONS, OperationError
from torch._types import Size, get_default_dtype

GRAD = [True]
"""Whether gradients are recorded: `no_grad` and its siblings set it."""

SELF = []
"""The class of tensors, once it is made."""


def tensor_class():
    return SELF[0]


def make(shape, dtype=None, values=None):
    """A tensor of a shape, with its numbers where they are known and few."""
    cls = SELF[0]
    found = cls.__new__(cls)
    found._start(Size(shape), dtype or get_default_dtype(), values)
    return found


def checked(op, tensors):
    """Raise for what is no tensor."""
    cls = SELF[0]
    for one in tensors:
        if not isinstance(one, cls):
            refuse(op, one)


def refuse(op, one):
    """Raise for something that is no tensor, by its own name where it stands for a library."""
    if getattr(type(one), "_placeholder_", None):
        raise one._stop(f"is needed by {op}()")
    raise TypeError(f"{op}(): argument 'input' must be Tensor, not {type(one).__name__}")


def shapes_of(op, tensors, attributes):
    """Output shapes by the shared rule; what the rule refuses is raised in torch's class."""
    try:
        return OPERATIONS[op].outputs([tuple(one.shape) for one in tensors], attributes)
    except OperationError as error:
        raise getattr(builtins, error.raises)(str(error)) from None


def run(op, tensors, attributes=None, dtype=None, compute=None):
    """Run an operation; the result, or a tuple of results where the rule gives several.

    `compute` takes one list of numbers for each tensor, spread to one shape where `op` spreads, and returns the
    numbers of the (only) output.
    """
    checked(op, tensors)
    attributes = attributes or {}
    shapes = shapes_of(op, tensors, attributes)
    dtype = dtype or tensors[0].dtype
    if len(shapes) == 1:
        result = make(shapes[0], dtype)
        if compute is not None and result.numel() <= LIMIT and all(one._known for one in tensors):
            result._fill(compute(*[one._list() for one in tensors]))
        results = (result,)
    else:
        results = tuple([make(shape, dtype) for shape in shapes])
    finish(op, tensors, attributes, results)
    return results[0] if len(results) == 1 else results


def elementwise(op, tensors, attributes=None, dtype=None, compute=None):
    """Run an operation on tensors that spread to one shape."""
    checked(op, tensors)
    attributes = attributes or {}
    (shape,) = shapes_of(op, tensors, attributes)
    result = make(shape, dtype or tensors[0].dtype)
    if compute is not None and result.numel() <= LIMIT and all(one._known for one in tensors):
        lists = [one._list_as(shape) for one in tensors]
        try:
            result._fill([compute(*each) for each in zip(*lists)])
        except (ArithmeticError, ValueError):  # outside a function's range, where floating point has nan or inf
            result._fill([_quietly(compute, each) for each in zip(*lists)])
    finish(op, tensors, attributes, (result,))
    return result


def _quietly(compute, each):
    try:
        return compute(*each)
    except ZeroDivisionError:
        top = each[0]
        return float("nan") if top == 0 or top != top else float("inf") if top > 0 else float("-inf")
    except OverflowError:
        return float("inf")
    except ValueError:
        return float("-inf") if each[0] == 0 else float("nan")


def finish(op, tensors, attributes, results):
    """Pass on whether gradients flow, and write the call into the trace."""
    if GRAD[0] and any([one.requires_grad for one in tensors]):
        for result in results:
            result._leaf = False
            if result.dtype.order >= 2:
                result._requires_grad = True
    if STATE.recording and not STATE.paused:
        record(op, tensors, attributes, results)


def reference(one):
    """How the trace refers to a tensor."""
    if one._id is not None:
        return {"value": one._id}
    path = STATE.tensor_paths.get(id(one))
    if path is not None:
        return {"parameter": path}
    return {"constant": _sizes(one)}


def flowing(one):
    """The number of a value that comes out, which may depend on nothing that went in."""
    if one._id is None:
        record("identity", (one,), {}, (one,), constants=True)
    return one._id


def record(op, tensors, attributes, results, module=None, references=None, constants=False):
    """Write one call into the trace, unless it is about constants alone and multiplies nothing."""
    inputs = [reference(one) for one in tensors] if references is None else references
    state.record(op, module, inputs, attributes, results, _sizes, located, constants)


def _sizes(one):
    return list(one.shape)


def viewed(op, one, attributes, shape, strides, offset):
    """A tensor that shares its numbers with another."""
    cls = SELF[0]
    result = cls.__new__(cls)
    result._start_view(one, Size(shape), strides, offset)
    finish(op, (one,), attributes, (result,))
    return result


def write(one, value):
    """Put a tensor's numbers into the storage of another of the same shape, and take over its place in the trace."""
    if tuple(one.shape) != tuple(value.shape):
        raise RuntimeError(f"output with shape {list(one.shape)} doesn't match the broadcast shape {list(value.shape)}")
    if value.dtype.order > one.dtype.order:
        raise RuntimeError(f"result type {value.dtype} can't be cast to the desired output type {one.dtype}")
    mutable(one)
    if one._known and value._known:
        store(one, positions(one.shape, one._steps, one._offset), value._list())
    else:
        one._storage.data = None
    one._id = value._id
    if value._requires_grad and not one._requires_grad:
        one._requires_grad, one._leaf = True, False
    return one


def mutable(one):
    """Raise where torch forbids a change in place."""
    if GRAD[0] and one._requires_grad and one._leaf:
        raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")


def store(one, places, values):
    """Write numbers into a tensor's storage."""
    data = one._storage.data
    for place, value in zip(places, rounded(values, one.dtype)):
        data[place] = value


__all__ = ["GRAD", "LIMIT", "Storage", "contiguous", "elementwise", "make", "positions", "run", "spread", "write"]
