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
from math import prod

_ADDITIVE, _MULTIPLICATIVE, _ATOM = 1, 2, 3


class View(enum.Enum):
    """What a rendered expression shows in place of a quantity."""

    NAMES = enum.auto()
    """Its name: the formula."""
    VALUES = enum.auto()
    """Its value: the substitution."""
    EXPANDED = enum.auto()
    """Its definition's substitution, down to the quantities that have none."""


class Expression:
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
        return self._once("_formula", View.NAMES)

    @property
    def substitution(self) -> str:
        """The expression with each quantity's value in its place, as plain text."""
        return self._once("_substitution", View.VALUES)

    @property
    def expanded(self) -> str:
        """The substitution, with the definitions of its quantities written out."""
        return self.render(View.EXPANDED)

    def render(self, view: View, *, latex: bool = False) -> str:
        """Render as plain text, or as the body of a LaTeX formula."""
        return (self._latex if latex else self._plain)(view)[0]

    def _once(self, slot: str, view: View) -> str:
        """Render once; text and structure of an answer both show it."""
        try:
            return str(getattr(self, slot))
        except AttributeError:
            text = self._plain(view)[0]
            setattr(self, slot, text)
            return text

    def _plain(self, view: View) -> tuple[str, int]:
        raise NotImplementedError  # each node below renders itself

    def _latex(self, view: View) -> tuple[str, int]:
        raise NotImplementedError  # each node below renders itself

    def _text(self, view: View, latex: bool, least: int) -> str:
        """Render as an operand: in brackets where it binds more loosely than `least`."""
        text, precedence = (self._latex if latex else self._plain)(view)
        if precedence >= least:
            return text
        return rf"\left({text}\right)" if latex else f"({text})"


class Literal(Expression):
    """A number that is part of a rule."""

    __slots__ = ()

    def __init__(self, value: int) -> None:
        self.value = value

    def _text(self, view: View, latex: bool, least: int) -> str:  # noqa: ARG002 - a literal looks alike in every view
        return str(self.value) if self.value >= 0 else f"({_number(self.value)[0]})"

    def _plain(self, view: View) -> tuple[str, int]:  # noqa: ARG002 - the same
        return _number(self.value)

    _latex = _plain


class Quantity(Expression):
    """A named number. `definition` is the expression it was computed by, where there is one."""

    __slots__ = ("definition", "name")

    def __init__(self, name: str, value: int, definition: Expression | None = None) -> None:
        self.name = name
        self.value = value
        self.definition = definition

    def _text(self, view: View, latex: bool, least: int) -> str:
        if not latex:  # the short way for what is rendered most
            if view is View.NAMES:
                return self.name
            if self.value >= 0 and (view is View.VALUES or self.definition is None):
                return str(self.value)
        return super()._text(view, latex, least)

    def _plain(self, view: View) -> tuple[str, int]:
        if view is View.NAMES:
            return self.name, _ATOM
        if view is View.EXPANDED and self.definition is not None:
            return self.definition._plain(view)
        return _number(self.value)

    def _latex(self, view: View) -> tuple[str, int]:
        if view is View.NAMES:
            return rf"\text{{{_escape(self.name)}}}", _ATOM
        if view is View.EXPANDED and self.definition is not None:
            return self.definition._latex(view)
        return _number(self.value)


class Sum(Expression):
    """A sum: term + term + …."""

    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Expression, ...]) -> None:
        self.terms = terms
        self.value = sum([term.value for term in terms])

    def _joined(self, view: View, latex: bool) -> tuple[str, int]:
        if not self.terms:
            return "0", _ATOM
        first, *rest = self.terms
        texts = [first._text(view, latex, _ADDITIVE), *(term._text(view, latex, _MULTIPLICATIVE) for term in rest)]
        return " + ".join(texts), _ADDITIVE if rest else _ATOM

    def _plain(self, view: View) -> tuple[str, int]:
        return self._joined(view, latex=False)

    def _latex(self, view: View) -> tuple[str, int]:
        return self._joined(view, latex=True)


class Product(Expression):
    """A product: factor × factor × …."""

    __slots__ = ("factors",)

    def __init__(self, factors: tuple[Expression, ...]) -> None:
        self.factors = factors
        self.value = prod([factor.value for factor in factors])

    def _joined(self, view: View, latex: bool) -> tuple[str, int]:
        if not self.factors:
            return "1", _ATOM
        first, *rest = self.factors
        texts = [first._text(view, latex, _MULTIPLICATIVE), *(factor._text(view, latex, _ATOM) for factor in rest)]
        return (r" \times " if latex else " × ").join(texts), _MULTIPLICATIVE if rest else _ATOM

    def _plain(self, view: View) -> tuple[str, int]:
        return self._joined(view, latex=False)

    def _latex(self, view: View) -> tuple[str, int]:
        return self._joined(view, latex=True)


class _Binary(Expression):
    __slots__ = ("left", "right")

    def __init__(self, left: Expression, right: Expression) -> None:
        self.left = left
        self.right = right
        self.value = self._compute(left.value, right.value)

    @staticmethod
    def _compute(left: int, right: int) -> int:
        raise NotImplementedError  # each node below computes itself

    def _ratio(self, view: View) -> str:
        return f"{self.left._text(view, False, _MULTIPLICATIVE)} ÷ {self.right._text(view, False, _ATOM)}"

    def _fraction(self, view: View) -> str:
        return rf"\frac{{{self.left.render(view, latex=True)}}}{{{self.right.render(view, latex=True)}}}"


class Difference(_Binary):
    """A difference: left − right."""

    __slots__ = ()

    @staticmethod
    def _compute(left: int, right: int) -> int:
        return left - right

    def _plain(self, view: View) -> tuple[str, int]:
        return (
            f"{self.left._text(view, False, _ADDITIVE)} − {self.right._text(view, False, _MULTIPLICATIVE)}",
            _ADDITIVE,
        )

    def _latex(self, view: View) -> tuple[str, int]:
        return f"{self.left._text(view, True, _ADDITIVE)} - {self.right._text(view, True, _MULTIPLICATIVE)}", _ADDITIVE


class Quotient(_Binary):
    """left ÷ right, where right divides left."""

    __slots__ = ()

    @staticmethod
    def _compute(left: int, right: int) -> int:
        quotient, remainder = divmod(left, right)
        if remainder:
            raise ArithmeticError(f"{right} does not divide {left}")
        return quotient

    def _plain(self, view: View) -> tuple[str, int]:
        return self._ratio(view), _MULTIPLICATIVE

    def _latex(self, view: View) -> tuple[str, int]:
        return self._fraction(view), _MULTIPLICATIVE


class Floor(_Binary):
    """A quotient rounded down: ⌊left ÷ right⌋."""

    __slots__ = ()

    @staticmethod
    def _compute(left: int, right: int) -> int:
        return left // right

    def _plain(self, view: View) -> tuple[str, int]:
        return f"⌊{self._ratio(view)}⌋", _ATOM

    def _latex(self, view: View) -> tuple[str, int]:
        return rf"\left\lfloor {self._fraction(view)} \right\rfloor", _ATOM


class Ceiling(_Binary):
    """A quotient rounded up: ⌈left ÷ right⌉."""

    __slots__ = ()

    @staticmethod
    def _compute(left: int, right: int) -> int:
        return -(-left // right)

    def _plain(self, view: View) -> tuple[str, int]:
        return f"⌈{self._ratio(view)}⌉", _ATOM

    def _latex(self, view: View) -> tuple[str, int]:
        return rf"\left\lceil {self._fraction(view)} \right\rceil", _ATOM


def as_expression(value: Expression | int) -> Expression:
    """Make a literal of an int; leave an expression as it is."""
    return value if isinstance(value, Expression) else Literal(value)


def exact_div(left: Expression, right: Expression | int) -> Expression:
    """Left ÷ right, where right divides left; raises `ArithmeticError` where it does not."""
    return Quotient(left, as_expression(right))


def named(name: str, definition: Expression) -> Quantity:
    """Give the value of an expression a name, by which later expressions show it."""
    return Quantity(name, definition.value, definition)


def _number(value: int) -> tuple[str, int]:
    return (str(value), _ATOM) if value >= 0 else (f"−{-value}", 0)


def _escape(name: str) -> str:
    r"""Escape what LaTeX would read as markup.

    >>> _escape("kernel_height")
    'kernel\\_height'
    """
    return "".join({"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}.get(
        character, f"\\{character}" if character in "_%$#&{}" else character
    ) for character in name)  # fmt: skip
