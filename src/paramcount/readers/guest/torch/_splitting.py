"""Operations that cut a tensor into several, which share its numbers."""

import itertools

from torch import _dispatch
from torch._dispatch import shapes_of
from torch._registry import both, method
from torch._tensor import Tensor
from torch._types import Size, whole


def _pieces(input, sizes, dim):
    attributes = {"sizes": sizes, "dim": int(dim)}
    shapes = shapes_of("split", (input,), attributes)
    step = input._steps[dim]
    results, start = [], 0
    for size, shape in zip(sizes, shapes):
        result = Tensor.__new__(Tensor)
        result._start_view(input, Size(shape), input._steps, input._offset + start * step)
        results.append(result)
        start += size
    _dispatch.finish("split", (input,), attributes, results)
    return tuple(results)


@both()
def split(input, split_size_or_sections=None, dim=0, *, split_size=None):
    if not isinstance(input, Tensor):
        _dispatch.refuse("split", input)
    wanted = split_size_or_sections if split_size is None else split_size
    if wanted is None:
        raise TypeError("split() missing 1 required positional argument: 'split_size'")
    if isinstance(wanted, (list, tuple)):
        return _pieces(input, whole(wanted), dim)
    wanted, total = int(wanted), input.shape[dim]
    if wanted <= 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={wanted}")
    return _pieces(input, [min(wanted, total - at) for at in range(0, total, wanted)] or [0], dim)


@method("split_with_sizes")
def _split_with_sizes(self, split_sizes, dim=0):
    return split(self, list(split_sizes), dim)


@both()
def chunk(input, chunks, dim=0):
    if not isinstance(input, Tensor):
        _dispatch.refuse("chunk", input)
    if chunks < 1:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    total = input.shape[dim]
    return split(input, max(-(-total // chunks), 1), dim)


@both()
def tensor_split(input, indices_or_sections=None, dim=0, *, indices=None, sections=None):
    if indices_or_sections is None:
        indices_or_sections = indices if sections is None else sections
    total = input.shape[dim]
    if isinstance(indices_or_sections, int):
        base, more = divmod(total, indices_or_sections)
        return _pieces(input, [base + (place < more) for place in range(indices_or_sections)], dim)
    edges = [0, *[min(edge, total) for edge in indices_or_sections], total]
    return _pieces(input, [b - a for a, b in itertools.pairwise(edges)], dim)


@both()
def unbind(input, dim=0):
    if not isinstance(input, Tensor):
        _dispatch.refuse("unbind", input)
    attributes = {"dim": int(dim)}
    shapes = shapes_of("unbind", (input,), attributes)
    steps = list(input._steps)
    step = steps.pop(dim)
    results = []
    for place, shape in enumerate(shapes):
        result = Tensor.__new__(Tensor)
        result._start_view(input, Size(shape), tuple(steps), input._offset + place * step)
        results.append(result)
    _dispatch.finish("unbind", (input,), attributes, results)
    return tuple(results)
