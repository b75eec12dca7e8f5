"""Every text of an expression, read by another evaluator, gives the expression's value."""

import math
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramcount import derive, expression, layer
from paramcount.expression import (
    Ceiling,
    Difference,
    Expression,
    Floor,
    Literal,
    Product,
    Quantity,
    Sum,
    exact_div,
    named,
)
from paramcount.layers import kinds
from tests.conftest import framework_of


def evaluate(text: str) -> Fraction:
    """Evaluate a substitution with Python's own arithmetic on fractions, not with paramcount's."""
    python = text.replace("×", "*").replace("÷", "/").replace("−", "-")
    for opening, closing, name in (("⌊", "⌋", "floor"), ("⌈", "⌉", "ceil")):
        python = python.replace(opening, f"{name}(").replace(closing, ")")
    python = re.sub(r"\d+", r"F(\g<0>)", python)
    assert re.fullmatch(r"[F()\d\s*/+-]|(floor|ceil|[F()\d\s*/+-])+", python), python
    return Fraction(eval(python, {"F": Fraction, "floor": math.floor, "ceil": math.ceil}))  # noqa: S307 - checked above


def evaluate_latex(text: str) -> Fraction:
    """Turn LaTeX into the plain notation, and evaluate that."""
    plain = text.replace(r"\times", "×").replace("-", "−")
    for latex, sign in ((r"\left\lfloor", "⌊"), (r"\right\rfloor", "⌋"), (r"\left\lceil", "⌈"), (r"\right\rceil", "⌉")):
        plain = plain.replace(latex, sign)
    plain = plain.replace(r"\left(", "(").replace(r"\right)", ")")
    while r"\frac" in plain:
        plain = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1) ÷ (\2))", plain)
    return evaluate(plain)


SMALL = st.integers(0, 97)


def _combine(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    positive = inner.filter(lambda one: one.value != 0)
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(lambda terms: Sum(tuple(terms))),
        st.lists(inner, min_size=1, max_size=4).map(lambda factors: Product(tuple(factors))),
        st.tuples(inner, inner).map(lambda pair: Difference(*pair)),
        st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1]),
        st.tuples(inner, positive).map(lambda pair: Floor(*pair)),
        st.tuples(inner, positive).map(lambda pair: Ceiling(*pair)),
        st.tuples(inner, positive).map(lambda pair: exact_div(pair[0] * pair[1], pair[1])),
        inner.map(lambda one: named("part", one)),
    )


LEAVES = st.one_of(SMALL.map(Literal), st.tuples(st.sampled_from("abc"), SMALL).map(lambda pair: Quantity(*pair)))
EXPRESSIONS = st.recursive(LEAVES, _combine, max_leaves=12)


def test_a_sum_of_one_term_binds_as_that_term() -> None:
    for alone in (Sum((Literal(0) - 1,)), Product((Literal(0) - 1,))):
        assert (Literal(0) - named("part", alone)).expanded == "0 − (0 − 1)"


@given(EXPRESSIONS)
def test_every_text_has_the_value(made: Expression) -> None:
    assert evaluate(made.substitution) == made.value
    assert evaluate(made.expanded) == made.value
    assert evaluate_latex(made.latex[1]) == made.value


@given(EXPRESSIONS)
def test_the_formula_gives_the_substitution(made: Expression) -> None:
    """Formula and substitution have the same shape: they differ in their leaves only."""
    leaves = re.compile(r"[a-z]+|\(?−\d+\)?|\d+")
    assert leaves.sub("·", made.formula).replace("(·)", "·") == leaves.sub("·", made.substitution).replace("(·)", "·")


def test_a_lost_bracket_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The property above fails when brackets are left out, so it can fail."""

    def without_brackets(_style: object, text: str) -> str:
        return text

    cases = [
        (Quantity("a", 2) + 3) * 5,
        Quantity("a", 20) - (Quantity("b", 7) + 3),
        Quantity("a", 20) - (Quantity("b", 7) - 3),
        exact_div(Quantity("a", 30), Quantity("b", 2) * 3),
        Floor(Quantity("a", 7) + 4, Literal(2)),
        Quantity("a", 5) * Difference(Literal(2), Literal(9)),
    ]
    assert all(evaluate(made.expanded) == made.value for made in cases)
    monkeypatch.setattr(expression, "_bracketed", without_brackets)
    assert all(evaluate(made.expanded) != made.value for made in cases)


def test_views_of_one_tree() -> None:
    weights = named("weights_per_filter", Quantity("kernel_height", 3) * Quantity("kernel_width", 5) * 2)
    total = (weights + 1) * Quantity("filters", 7)
    assert total.formula == "(weights_per_filter + 1) × filters"
    assert total.substitution == "(30 + 1) × 7"
    assert total.expanded == "(3 × 5 × 2 + 1) × 7"
    assert total.value == 217
    assert total.latex[0] == r"\left(\text{weights\_per\_filter} + 1\right) \times \text{filters}"


def test_exact_division_that_is_not_exact_is_refused() -> None:
    with pytest.raises(ArithmeticError, match="3 does not divide 7"):
        exact_div(Quantity("a", 7), 3)


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_step_of_every_kind_evaluates_to_its_value(kind: str) -> None:
    for example in kinds()[kind].examples:
        report = derive(layer(example.call, framework=framework_of(kinds()[kind], example)), example.input_shape)
        for step in report.to_dict()["steps"]:
            assert evaluate(step["substitution"]) == step["value"], step
        if report.to_dict()["tensors"]:
            assert evaluate(report.derivation.parameters.expanded) == report.derivation.parameters.value
