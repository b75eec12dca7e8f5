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

import enum
from abc import ABC, abstractmethod
from typing import override

_LOOSE, _ADDITIVE, _MULTIPLICATIVE, _ATOM = 0, 1, 2, 3


class View(enum.Enum):
    """What a rendered expression shows in place of a quantity."""

    NAMES = enum.auto()
    """Its name: the formula."""
    VALUES = enum.auto()
    """Its value: the substitution."""
    EXPANDED = enum.auto()
    """Its definition's substitution, down to the quantities that have none."""


_NAMES, _EXPANDED = View.NAMES, View.EXPANDED


class Expression(ABC):
    """An integer and the tree it was computed by."""

    __slots__ = ("_formula", "_substitution", "value")
    value: int

    def __add__(self, other: "Expression | int") -> "Expression":
        return Sum((*self.terms, as_expression(other)) if isinstance(self, Sum) else (self, as_expression(other)))

    def __radd__(self, other: int) -> "Expression":
        return Sum((Literal(other), self))

    def __sub__(self, other: "Expression | int") -> "Expression":
        return Difference(self, as_expression(other))

    def __rsub__(self, other: int) -> "Expression":
        return Difference(Literal(other), self)

    def __mul__(self, other: "Expression | int") -> "Expression":
        return Product(
            (*self.factors, as_expression(other)) if isinstance(self, Product) else (self, as_expression(other))
        )

    def __rmul__(self, other: int) -> "Expression":
        return Product((Literal(other), self))

    def __floordiv__(self, other: "Expression | int") -> "Expression":
        return Floor(self, as_expression(other))

    def __index__(self) -> int:
        return self.value

    def __repr__(self) -> str:
        return f"<{self.formula} = {self.substitution} = {self.value}>"

    @property
    def formula(self) -> str:
        """The expression by the names of its quantities, as plain text."""
        try:
            return self._formula
        except AttributeError:  # rendered once: the text and the structure of an answer both show it
            self._formula: str = self.plain(View.NAMES)
            return self._formula

    @property
    def substitution(self) -> str:
        """The expression with each quantity's value in its place, as plain text."""
        try:
            return self._substitution
        except AttributeError:
            self._substitution: str = self.plain(View.VALUES)
            return self._substitution

    @property
    def expanded(self) -> str:
        """The substitution, with the definitions of its quantities written out."""
        return self.plain(View.EXPANDED)

    @abstractmethod
    def plain(self, view: View, least: int = _LOOSE) -> str:
        """Render as plain text, in brackets where it binds more loosely than `least`."""

    @abstractmethod
    def latex(self, view: View, least: int = _LOOSE) -> str:
        """Render as the body of a LaTeX formula, in brackets where it binds more loosely than `least`."""


class Literal(Expression):
    """A number that is part of a rule."""

    __slots__ = ()

    def __init__(self, value: int) -> None:
        self.value = value

    @override
    def plain(self, view: View, least: int = _LOOSE) -> str:
        return _digits(self.value, least)

    @override
    def latex(self, view: View, least: int = _LOOSE) -> str:
        return _digits(self.value, least)


class Quantity(Expression):
    """A named number. `definition` is the expression it was computed by, where there is one."""

    __slots__ = ("definition", "name")

    def __init__(self, name: str, value: int, definition: Expression | None = None) -> None:
        self.name = name
        self.value = value
        self.definition = definition

    @override
    def plain(self, view: View, least: int = _LOOSE) -> str:
        if view is _NAMES:
            return self.name
        if view is _EXPANDED and self.definition is not None:
            return self.definition.plain(view, least)
        return _digits(self.value, least)

    @override
    def latex(self, view: View, least: int = _LOOSE) -> str:
        if view is _NAMES:
            return rf"\text{{{_escape(self.name)}}}"
        if view is _EXPANDED and self.definition is not None:
            return self.definition.latex(view, least)
        return _digits(self.value, least)


class Sum(Expression):
    """A sum: term + term + …."""

    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Expression, ...]) -> None:
        self.terms = terms
        self.value = sum([term.value for term in terms])

    @override
    def plain(self, view: View, least: int = _LOOSE) -> str:
        if not self.terms:
            return "0"
        first, *rest = self.terms
        if not rest:  # alone, it binds as it binds itself
            return first.plain(view, least)
        texts = [first.plain(view, _ADDITIVE), *[term.plain(view, _MULTIPLICATIVE) for term in rest]]
        return _bracketed(" + ".join(texts), _ADDITIVE, least)

    @override
    def latex(self, view: View, least: int = _LOOSE) -> str:
        if not self.terms:
            return "0"
        first, *rest = self.terms
        if not rest:  # alone, it binds as it binds itself
            return first.latex(view, least)
        texts = [first.latex(view, _ADDITIVE), *[term.latex(view, _MULTIPLICATIVE) for term in rest]]
        return _grouped(" + ".join(texts), _ADDITIVE, least)


class Product(Expression):
    """A product: factor × factor × …."""

    __slots__ = ("factors",)

    def __init__(self, factors: tuple[Expression, ...]) -> None:
        self.factors = factors
        self.value = 1
        for factor in factors:
            self.value *= factor.value

    @override
    def plain(self, view: View, least: int = _LOOSE) -> str:
        if not self.factors:
            return "1"
        first, *rest = self.factors
        if not rest:  # alone, it binds as it binds itself
            return first.plain(view, least)
        texts = [first.plain(view, _MULTIPLICATIVE), *[factor.plain(view, _ATOM) for factor in rest]]
        return _bracketed(" × ".join(texts), _MULTIPLICATIVE, least)

    @override
    def latex(self, view: View, least: int = _LOOSE) -> str:
        if not self.factors:
            return "1"
        first, *rest = self.factors
        if not rest:  # alone, it binds as it binds itself
            return first.latex(view, least)
        texts = [first.latex(view, _MULTIPLICATIVE), *[factor.latex(view, _ATOM) for factor in rest]]
        return _grouped(r" \times ".join(texts), _MULTIPLICATIVE, least)


class _Binary(Expression):
    __slots__ = ("left", "right")

    def __init__(self, left: Expression, right: Expression) -> None:
        self.left = left
        self.right = right
        self.value = self._compute(left.value, right.value)

    @staticmethod
    @abstractmethod
    def _compute(left: int, right: int) -> int: ...

    def _ratio(self, view: View) -> str:
        return f"{self.left.plain(view, _MULTIPLICATIVE)} ÷ {self.right.plain(view, _ATOM)}"

    def _fraction(self, view: View) -> str:
        return rf"\frac{{{self.left.latex(view)}}}{{{self.right.latex(view)}}}"


class Difference(_Binary):
    """A difference: left − right."""

    __slots__ = ()

    @staticmethod
    @override
    def _compute(left: int, right: int) -> int:
        return left - right

    @override
    def plain(self, view: View, least: int = _LOOSE) -> str:
        text = f"{self.left.plain(view, _ADDITIVE)} − {self.right.plain(view, _MULTIPLICATIVE)}"
        return _bracketed(text, _ADDITIVE, least)

    @override
    def latex(self, view: View, least: int = _LOOSE) -> str:
        text = f"{self.left.latex(view, _ADDITIVE)} - {self.right.latex(view, _MULTIPLICATIVE)}"
        return _grouped(text, _ADDITIVE, least)


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
    def plain(self, view: View, least: int = _LOOSE) -> str:
        return _bracketed(self._ratio(view), _MULTIPLICATIVE, least)

    @override
    def latex(self, view: View, least: int = _LOOSE) -> str:
        return _grouped(self._fraction(view), _MULTIPLICATIVE, least)


class Floor(_Binary):
    """A quotient rounded down: ⌊left ÷ right⌋."""

    __slots__ = ()

    @staticmethod
    @override
    def _compute(left: int, right: int) -> int:
        return left // right

    @override
    def plain(self, view: View, least: int = _LOOSE) -> str:
        return f"⌊{self._ratio(view)}⌋"

    @override
    def latex(self, view: View, least: int = _LOOSE) -> str:
        return rf"\left\lfloor {self._fraction(view)} \right\rfloor"


class Ceiling(_Binary):
    """A quotient rounded up: ⌈left ÷ right⌉."""

    __slots__ = ()

    @staticmethod
    @override
    def _compute(left: int, right: int) -> int:
        return -(-left // right)

    @override
    def plain(self, view: View, least: int = _LOOSE) -> str:
        return f"⌈{self._ratio(view)}⌉"

    @override
    def latex(self, view: View, least: int = _LOOSE) -> str:
        return rf"\left\lceil {self._fraction(view)} \right\rceil"


def as_expression(value: Expression | int) -> Expression:
    """Make a literal of an int; leave an expression as it is."""
    return value if isinstance(value, Expression) else Literal(value)


def exact_div(left: Expression, right: Expression | int) -> Expression:
    """Left ÷ right, where right divides left; raises `ArithmeticError` where it does not."""
    return Quotient(left, as_expression(right))


def named(name: str, definition: Expression) -> Quantity:
    """Give the value of an expression a name, by which later expressions show it."""
    return Quantity(name, definition.value, definition)


def _digits(value: int, least: int) -> str:
    if value >= 0:
        return str(value)
    return f"−{-value}" if least == _LOOSE else f"(−{-value})"


def _bracketed(text: str, precedence: int, least: int) -> str:
    return text if precedence >= least else f"({text})"


def _grouped(text: str, precedence: int, least: int) -> str:
    return text if precedence >= least else rf"\left({text}\right)"


def _escape(name: str) -> str:
    r"""Escape what LaTeX would read as markup.

    >>> _escape("kernel_height")
    'kernel\\_height'
    """
    return "".join({"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}.get(
        character, f"\\{character}" if character in "_%$#&{}" else character
    ) for character in name)  # fmt: skip
