"""Integers that remember how they were computed.

An `Expression` carries its value and the tree it came from, so that a formula
("kernel_height × kernel_width × in_channels"), its substitution ("3 × 3 × 3") and its value (27)
are three views of one thing and cannot disagree. Nothing in paramcount writes a derivation by hand.

    Expression
    ├── Literal            a number that is part of the rule itself, the 2 of "2 × padding"
    ├── Quantity           a named number; it may have a definition, an expression of its own
    ├── Sum  Difference  Product
    ├── Quotient           a ÷ b, exact: b divides a
    ├── Floor              ⌊a ÷ b⌋
    └── Ceiling            ⌈a ÷ b⌉

Operators build trees: `+`, `-`, `*` and `//` (floor) take expressions and ints; `exact_div` and
`ceil_div` are functions. Trees are immutable by convention: nothing assigns to one after it is made.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from math import prod
from typing import ClassVar, Final, override

_LOOSE, _ADDITIVE, _MULTIPLICATIVE, _ATOM = 0, 1, 2, 3


class Style(ABC):
    """How a tree is written down. One walk over it gives a pattern with a gap, %s, for each quantity."""

    __slots__ = ("expanded",)
    times: ClassVar[str]
    minus: ClassVar[str]
    brackets: ClassVar[tuple[str, str]]
    floor: ClassVar[tuple[str, str]]
    ceiling: ClassVar[tuple[str, str]]

    def __init__(self, *, expanded: bool = False) -> None:
        self.expanded = expanded
        """Whether a quantity that has a definition is written out."""

    @abstractmethod
    def ratio(self, left: "Expression", right: "Expression", gaps: "list[Quantity]") -> str:
        """Write a quotient."""


class Plain(Style):
    """Plain text: ⌊(input + 2 × padding − kernel) ÷ stride⌋ + 1."""

    __slots__ = ()
    times, minus, brackets, floor, ceiling = " × ", " − ", ("(", ")"), ("⌊", "⌋"), ("⌈", "⌉")

    @override
    def ratio(self, left: "Expression", right: "Expression", gaps: "list[Quantity]") -> str:
        return f"{left.pattern(self, gaps, _MULTIPLICATIVE)} ÷ {right.pattern(self, gaps, _ATOM)}"


class Latex(Style):
    """The body of a LaTeX formula."""

    __slots__ = ()
    times, minus, brackets = r" \times ", " - ", (r"\left(", r"\right)")
    floor, ceiling = (r"\left\lfloor ", r" \right\rfloor"), (r"\left\lceil ", r" \right\rceil")

    @override
    def ratio(self, left: "Expression", right: "Expression", gaps: "list[Quantity]") -> str:
        return rf"\frac{{{left.pattern(self, gaps, _LOOSE)}}}{{{right.pattern(self, gaps, _LOOSE)}}}"


PLAIN: Final = Plain()
EXPANDED: Final = Plain(expanded=True)
LATEX: Final = Latex()


class Expression(ABC):
    """An integer and the tree it was computed by."""

    __slots__ = ("_texts", "value")

    def __init__(self, value: int) -> None:
        self.value = value
        self._texts: tuple[str, str] | None = None

    def __add__(self, other: "Expression | int") -> "Expression":
        return Sum((self, *_terms(other)))

    def __radd__(self, other: int) -> "Expression":
        return Sum((Literal(other), self))

    def __sub__(self, other: "Expression | int") -> "Expression":
        return Difference(self, as_expression(other))

    def __rsub__(self, other: int) -> "Expression":
        return Difference(Literal(other), self)

    def __mul__(self, other: "Expression | int") -> "Expression":
        return Product((self, as_expression(other)))

    def __rmul__(self, other: int) -> "Expression":
        return Product((Literal(other), self))

    def __floordiv__(self, other: "Expression | int") -> "Expression":
        return Floor(self, as_expression(other))

    def __index__(self) -> int:
        return self.value

    def __repr__(self) -> str:
        return f"<{self.formula} = {self.substitution} = {self.value}>"

    @property
    def texts(self) -> tuple[str, str]:
        """Formula and substitution: one pattern, filled with the quantities' names and with their values."""
        if self._texts is None:  # rendered once: the text and the structure of an answer both show it
            gaps: list[Quantity] = []
            pattern = self.pattern(PLAIN, gaps, _LOOSE)
            self._texts = pattern % tuple([quantity.name for quantity in gaps]), pattern % _values(gaps)
        return self._texts

    @property
    def formula(self) -> str:
        """The expression by the names of its quantities, as plain text."""
        return self.texts[0]

    @property
    def substitution(self) -> str:
        """The expression with each quantity's value in its place, as plain text."""
        return self.texts[1]

    @property
    def expanded(self) -> str:
        """The substitution, with the definitions of its quantities written out."""
        gaps: list[Quantity] = []
        pattern = self.pattern(EXPANDED, gaps, _LOOSE)
        return pattern % _values(gaps)

    @property
    def latex(self) -> tuple[str, str]:
        """Formula and substitution as the bodies of LaTeX formulas."""
        gaps: list[Quantity] = []
        pattern = self.pattern(LATEX, gaps, _LOOSE)
        names = tuple([rf"\text{{{_escape(quantity.name)}}}" for quantity in gaps])
        return pattern % names, pattern % _values(gaps)

    @abstractmethod
    def pattern(self, style: Style, gaps: "list[Quantity]", least: int) -> str:
        """Write the tree with a gap, %s, for each quantity, which is noted in `gaps`.

        It stands in brackets where it binds more loosely than `least`.
        """


class Literal(Expression):
    """A number that is part of a rule."""

    __slots__ = ()

    @override
    def pattern(self, style: Style, gaps: "list[Quantity]", least: int) -> str:
        return _digits(self.value)


class Quantity(Expression):
    """A named number. `definition` is the expression it was computed by, where there is one."""

    __slots__ = ("definition", "name")

    def __init__(self, name: str, value: int, definition: Expression | None = None) -> None:
        self.name = name
        self.value = value
        self._texts = None
        self.definition = definition

    @override
    def pattern(self, style: Style, gaps: "list[Quantity]", least: int) -> str:
        if style.expanded and self.definition is not None:
            return self.definition.pattern(style, gaps, least)
        gaps.append(self)
        return "%s"


class Sum(Expression):
    """A sum: term + term + …."""

    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Expression, ...]) -> None:
        self.terms = terms
        self.value = sum([term.value for term in terms])
        self._texts = None

    @override
    def __add__(self, other: Expression | int) -> Expression:
        return Sum((*self.terms, *_terms(other)))

    @override
    def pattern(self, style: Style, gaps: "list[Quantity]", least: int) -> str:
        return _joined(style, gaps, " + ", self.terms, "0", _ADDITIVE, least)


class Product(Expression):
    """A product: factor × factor × …."""

    __slots__ = ("factors",)

    def __init__(self, factors: tuple[Expression, ...]) -> None:
        self.factors = factors
        self.value = prod([factor.value for factor in factors])
        self._texts = None

    @override
    def __mul__(self, other: Expression | int) -> Expression:
        return Product((*self.factors, as_expression(other)))

    @override
    def pattern(self, style: Style, gaps: "list[Quantity]", least: int) -> str:
        return _joined(style, gaps, style.times, self.factors, "1", _MULTIPLICATIVE, least)


class _Binary(Expression):
    __slots__ = ("left", "right")

    def __init__(self, left: Expression, right: Expression) -> None:
        self.left = left
        self.right = right
        self.value = self._compute(left.value, right.value)
        self._texts = None

    @staticmethod
    @abstractmethod
    def _compute(left: int, right: int) -> int: ...


class Difference(_Binary):
    """A difference: left − right."""

    __slots__ = ()

    @staticmethod
    @override
    def _compute(left: int, right: int) -> int:
        return left - right

    @override
    def pattern(self, style: Style, gaps: "list[Quantity]", least: int) -> str:
        left, right = self.left.pattern(style, gaps, _ADDITIVE), self.right.pattern(style, gaps, _MULTIPLICATIVE)
        text = f"{left}{style.minus}{right}"
        return text if least <= _ADDITIVE else _bracketed(style, text)


class Quotient(_Binary):
    """A quotient: left ÷ right, where right divides left."""

    __slots__ = ()

    @staticmethod
    @override
    def _compute(left: int, right: int) -> int:
        quotient, remainder = divmod(left, right)
        if remainder:
            raise ArithmeticError(f"{right} does not divide {left}")
        return quotient

    @override
    def pattern(self, style: Style, gaps: "list[Quantity]", least: int) -> str:
        text = style.ratio(self.left, self.right, gaps)
        return text if least <= _MULTIPLICATIVE else _bracketed(style, text)


class Floor(_Binary):
    """A quotient rounded down: ⌊left ÷ right⌋."""

    __slots__ = ()

    @staticmethod
    @override
    def _compute(left: int, right: int) -> int:
        return left // right

    @override
    def pattern(self, style: Style, gaps: "list[Quantity]", least: int) -> str:
        opening, closing = style.floor
        return f"{opening}{style.ratio(self.left, self.right, gaps)}{closing}"


class Ceiling(_Binary):
    """A quotient rounded up: ⌈left ÷ right⌉."""

    __slots__ = ()

    @staticmethod
    @override
    def _compute(left: int, right: int) -> int:
        return -(-left // right)

    @override
    def pattern(self, style: Style, gaps: "list[Quantity]", least: int) -> str:
        opening, closing = style.ceiling
        return f"{opening}{style.ratio(self.left, self.right, gaps)}{closing}"


def as_expression(value: Expression | int) -> Expression:
    """Make a literal of an int; leave an expression as it is."""
    return Literal(value) if isinstance(value, int) else value


def _terms(value: Expression | int) -> tuple[Expression, ...]:
    return value.terms if type(value) is Sum else (as_expression(value),)


def exact_div(left: Expression, right: Expression | int) -> Expression:
    """Left ÷ right, where right divides left; raises `ArithmeticError` where it does not."""
    return Quotient(left, as_expression(right))


def named(name: str, definition: Expression) -> Quantity:
    """Give the value of an expression a name, by which later expressions show it."""
    return Quantity(name, definition.value, definition)


def _joined(
    style: Style, gaps: list[Quantity], sign: str, parts: Sequence[Expression], none: str, binds: int, least: int
) -> str:
    """Write parts with a sign between them; one part alone binds as it binds itself."""
    if not parts:
        return none
    if len(parts) == 1:
        return parts[0].pattern(style, gaps, least)
    first, *rest = parts
    text = sign.join([first.pattern(style, gaps, binds), *[part.pattern(style, gaps, binds + 1) for part in rest]])
    return text if least <= binds else _bracketed(style, text)


def _bracketed(style: Style, text: str) -> str:
    opening, closing = style.brackets
    return f"{opening}{text}{closing}"


def _digits(value: int) -> str:
    return str(value) if value >= 0 else f"(−{-value})"


def _values(gaps: list[Quantity]) -> tuple[str, ...]:
    return tuple([_digits(quantity.value) for quantity in gaps])


def _escape(name: str) -> str:
    r"""Escape what LaTeX would read as markup.

    >>> _escape("kernel_height")
    'kernel\\_height'
    """
    return "".join({"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}.get(
        character, f"\\{character}" if character in "_%$#&{}" else character
    ) for character in name)  # fmt: skip
