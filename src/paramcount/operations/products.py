"""Operations that multiply and accumulate: matrix products, linear maps, attention."""

from collections.abc import Sequence
from typing import Final, cast

from paramcount.operations.rules import Attributes, OperationError, Rule, Sizes, broadcast, count, numel, text


def _linear(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    """x·Wᵀ + b with W of [out, in], or of [in]. Source: torch.nn.functional.linear."""
    count(shapes, 2, "linear")
    x, weight, *bias = shapes
    if len(weight) not in (1, 2) or not x or x[-1] != weight[-1]:
        inner = text((weight[-1], weight[0])) if len(weight) == 2 else text(weight)
        raise OperationError(f"mat1 and mat2 shapes cannot be multiplied ({text(x)} and {inner})")
    found = (*x[:-1], *weight[:-1])
    if bias and broadcast(bias[0], found) != found:
        raise OperationError(f"The bias {text(bias[0])} does not fit the output {text(found)}.")
    return (found,)


def _linear_macs(shapes: Sequence[Sizes], _attributes: Attributes) -> int:
    x, weight = shapes[:2]
    return numel(x[:-1]) * numel(weight)


def _matmul(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    """Source: torch.matmul."""
    count(shapes, 2, "matmul")
    left, right = shapes[:2]
    if not left or not right:
        raise OperationError("both arguments to matmul need to be at least 1D")
    inner = right[0] if len(right) == 1 else right[-2]
    if left[-1] != inner:
        raise OperationError(f"mat1 and mat2 shapes cannot be multiplied ({text(left)} and {text(right)})")
    batch = broadcast(left[:-2], right[:-2])
    return ((*batch, *(left[-2:-1] if len(left) > 1 else ()), *(right[-1:] if len(right) > 1 else ())),)


def _matmul_macs(shapes: Sequence[Sizes], attributes: Attributes) -> int:
    return numel(_matmul(shapes, attributes)[0]) * shapes[0][-1]


def _ranked(rank: int, name: str) -> Rule:
    """A matrix product of tensors that all have `rank` dimensions."""

    def outputs(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
        count(shapes, 2, name)
        if any(len(shape) != rank for shape in shapes[:2]):
            raise OperationError(f"{name} takes tensors of {rank} dimensions: {text(shapes[0])} and {text(shapes[1])}")
        if rank == 3 and shapes[0][0] != shapes[1][0]:
            raise OperationError(f"batch sizes must match in {name}: {text(shapes[0])} and {text(shapes[1])}")
        return _matmul(shapes, attributes)

    return Rule(outputs, _matmul_macs)


def _added(rule: Rule) -> Rule:
    """A product onto which the first input is added."""

    def outputs(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
        count(shapes, 3, "the product")
        found = rule.outputs(shapes[1:], attributes)[0]
        if broadcast(shapes[0], found) != found:
            raise OperationError(f"{text(shapes[0])} cannot be added to the product, {text(found)}")
        return (found,)

    def macs(shapes: Sequence[Sizes], attributes: Attributes) -> int:
        return _matmul_macs(shapes[1:], attributes)

    return Rule(outputs, macs)


def _outer(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    count(shapes, 2, "outer")
    if len(shapes[0]) != 1 or len(shapes[1]) != 1:
        raise OperationError("outer: expected 1D tensors")
    return ((*shapes[0], *shapes[1]),)


def _bilinear(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    """Source: torch.nn.functional.bilinear."""
    count(shapes, 3, "bilinear")
    first, second, weight = shapes[:3]
    if first[:-1] != second[:-1] or len(weight) != 3 or (first[-1], second[-1]) != weight[1:]:
        raise OperationError(f"bilinear: {text(first)}, {text(second)} and a weight of {text(weight)} do not fit")
    return ((*first[:-1], weight[0]),)


def _bilinear_macs(shapes: Sequence[Sizes], _attributes: Attributes) -> int:
    first, _, weight = shapes[:3]
    return numel(first[:-1]) * weight[0] * (weight[1] * weight[2] + weight[2])


def _attention(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """softmax(q·kᵀ)·v. Source: torch.nn.functional.scaled_dot_product_attention."""
    count(shapes, 3, "scaled_dot_product_attention")
    query, key, value = shapes[:3]
    if min(map(len, (query, key, value))) < 2 or query[-1] != key[-1] or key[-2] != value[-2]:
        raise OperationError(f"query {text(query)}, key {text(key)} and value {text(value)} do not fit one another")
    batch = query[:-2] if attributes.get("enable_gqa") else broadcast(query[:-2], key[:-2], value[:-2])
    return ((*batch, query[-2], value[-1]),)


def _attention_macs(shapes: Sequence[Sizes], attributes: Attributes) -> int:
    query, key = shapes[:2]
    return numel(_attention(shapes, attributes)[0][:-1]) * key[-2] * (query[-1] + shapes[2][-1])


def _terms(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[list[str], str, dict[str, int]]:
    """The letters of each input and of the output of an einsum, dots given capital letters of their own."""
    equation = cast("str", attributes.get("equation", "")).replace(" ", "")
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise OperationError(f"einsum {equation!r} names {len(terms)} tensors, received {len(shapes)}")
    spare = [chr(code) for code in range(0x391, 0x3A9) if code != 0x3A2]  # Greek capitals stand for the dots
    dots = max([len(shape) - len(term.replace("...", "")) for term, shape in zip(terms, shapes, strict=True)
                if "..." in term] or [0])  # fmt: skip
    if dots > len(spare):
        raise OperationError("einsum: too many dimensions")
    sizes: dict[str, int] = {}
    written: list[str] = []
    for term, shape in zip(terms, shapes, strict=True):
        own = len(shape) - len(term.replace("...", ""))
        spelled = term.replace("...", "".join(spare[dots - own : dots])) if "..." in term and own >= 0 else term
        if len(spelled) != len(shape):
            raise OperationError(f"einsum {equation!r}: {term!r} does not fit {text(shape)}")
        for letter, size in zip(spelled, shape, strict=True):
            if sizes.get(letter, 1) not in (1, size) and size != 1:
                raise OperationError(f"einsum {equation!r}: {letter!r} is {sizes[letter]} and {size}")
            sizes[letter] = max(sizes.get(letter, 1), size) if size else 0
        written.append(spelled)
    if arrow:
        out = right.replace("...", "".join(spare[:dots]))
    else:
        every = "".join(written)
        out = "".join(spare[:dots]) + "".join(
            sorted([letter for letter in sizes if every.count(letter) == 1 and letter not in spare])
        )
    if any(letter not in sizes for letter in out) or len(set(out)) != len(out):
        raise OperationError(f"einsum {equation!r}: the output names what no input has, or one dimension twice")
    return written, out, sizes


def _einsum(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Source: torch.einsum."""
    _, out, sizes = _terms(shapes, attributes)
    return (tuple([sizes[letter] for letter in out]),)


def _einsum_macs(shapes: Sequence[Sizes], attributes: Attributes) -> int:
    """A matrix product for two tensors that are summed over what both have; else they are multiplied number by number.

    Tensors are taken in from left to right. What only one of the two has, or has once, is summed before.
    """
    written, out, _ = _terms(shapes, attributes)
    total, current = 0, dict(zip(written[0], shapes[0], strict=True))
    for place, term in enumerate(written[1:], 1):
        other = dict(zip(term, shapes[place], strict=True))
        later = set(out).union(*written[place + 1 :])
        summed = {letter for letter in current.keys() & other.keys() if min(current[letter], other[letter]) > 1} - later
        left = {letter: max(current.get(letter, 1), other.get(letter, 1)) for letter in {*current, *other} & later}
        if summed:
            total += numel([*left.values(), *[current[letter] for letter in summed]])
        current = left
    return total


def _cdist(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    count(shapes, 2, "cdist")
    left, right = shapes[:2]
    if len(left) < 2 or len(right) < 2 or left[-1] != right[-1]:
        raise OperationError(f"cdist: {text(left)} and {text(right)} have different widths")
    return ((*broadcast(left[:-2], right[:-2]), left[-2], right[-2]),)


_MATMUL, _MM, _BMM = Rule(_matmul, _matmul_macs), _ranked(2, "mm"), _ranked(3, "bmm")

RULES: Final[dict[str, Rule]] = {
    "linear": Rule(_linear, _linear_macs),
    "matmul": _MATMUL,
    "mm": _MM,
    "bmm": _BMM,
    "addmm": _added(_MM),
    "baddbmm": _added(_BMM),
    "outer": Rule(_outer),  # each product stands by itself: nothing is accumulated
    "bilinear": Rule(_bilinear, _bilinear_macs),
    "scaled_dot_product_attention": Rule(_attention, _attention_macs),
    "einsum": Rule(_einsum, _einsum_macs),
    "cdist": Rule(_cdist),
}
