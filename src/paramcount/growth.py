"""Whether a figure can fall as an unknown grows. Where it cannot, the unknown may be solved for by bisection.

It cannot where unknowns stand for widths alone, by themselves or in sums, products and whole quotients by numbers,
in layers that stand in the notation themselves. Two networks are compared, with the least and the most of the
unknown, the others as they are: they may differ in widths alone, none of which is less in the second.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from paramcount.errors import ParamcountError, sequence
from paramcount.fit import WORD, Problem, Values, texts
from paramcount.modules import MODULES
from paramcount.network import Loop, Network, Node

_WIDTHS: Final = frozenset(
    (
        *("in_channels", "out_channels", "num_features", "num_channels", "normalized_shape", "in_features"),
        *("out_features", "in1_features", "in2_features", "num_embeddings", "embedding_dim", "input_size"),
        *("hidden_size", "units", "filters"),
    )
)
"""Fields by which neither parameters nor MACs of a layer can fall as they grow."""

_MAY_FALL = re.compile(r"[-%]|//\s*[^\s\d]")
"""What may make a number smaller as an unknown grows: differences, remainders, quotients by something unknown."""


def is_plain(problem: Problem) -> bool:
    """Whether numbers are written, and layers, so that nothing gets smaller as an unknown grows."""
    written = " ".join(texts(problem.layers)).replace("->", " ")
    words = {word.lower() for word in WORD.findall(written)}
    least = min(min(choices) for choices in problem.unknowns.values())
    return least >= 0 and not _MAY_FALL.search(written) and words.isdisjoint(map(str.lower, MODULES))


def cannot_fall(make: Callable[[Values], Network], least: Values, most: Values) -> bool:
    """Whether neither parameters nor MACs of a plainly written network fall anywhere from `least` to `most`."""
    try:
        narrow, wide = make(least), make(most)
    except ParamcountError:
        return False
    return not narrow.catalogued and _widens(narrow, wide)  # a named network may be another between the two


def _widens(narrow: Network, wide: Network) -> bool:
    """Whether two networks differ in nothing but widths, which are nowhere less in the second."""
    return (
        (narrow.framework, narrow.inputs, narrow.outputs, narrow.ties)
        == (wide.framework, wide.inputs, wide.outputs, wide.ties)
        and _all_widen(narrow.nodes, wide.nodes)
        and _all_widen(narrow.unused, wide.unused)
    )


def _all_widen(narrow: Sequence[Node | Loop], wide: Sequence[Node | Loop]) -> bool:
    return len(narrow) == len(wide) and all(_one_widens(one, two) for one, two in zip(narrow, wide, strict=True))


def _one_widens(one: Node | Loop, two: Node | Loop) -> bool:
    if isinstance(one, Loop) or isinstance(two, Loop):
        return (
            isinstance(one, Loop)
            and isinstance(two, Loop)
            and replace(one, nodes=()) == replace(two, nodes=())
            and _all_widen(one.nodes, two.nodes)
        )
    if one._replace(layer=two.layer) != two or type(one.layer) is not type(two.layer):
        return False
    fields = [(name, getattr(one.layer, name), getattr(two.layer, name)) for name in type(one.layer).model_fields]
    return all(before == after or (name in _WIDTHS and _grows(before, after)) for name, before, after in fields)


def _grows(value: object, after: object) -> bool:
    before, later = sequence(value) or (value,), sequence(after) or (after,)
    return len(before) == len(later) and all(
        isinstance(a, int) and isinstance(b, int) and a <= b for a, b in zip(before, later, strict=True)
    )
