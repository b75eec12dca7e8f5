"""Recorded numbers: a form gives what the rules give, or nothing."""

from collections.abc import Callable
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramcount.recorded import Form, Recorded, Recording, is_whole

type Rule = Callable[..., object]

NUMBERS = st.tuples(*[st.integers(-50, 50)] * 3)
RULES: tuple[Rule, ...] = (
    lambda a, b, c: a + 2 * b - c,
    lambda a, b, c: f"{a * b:,} of {-c}",
    lambda a, b, c: {"larger": max(a, b), "all": [sum([a, b, c]), prod([a, b, c])], "none": None},
    lambda a, b, c: divmod(a, b) if b else c,
    lambda a, b, c: (a // 3, 7 % (b * b + 1), 100 - c, divmod(1000, c * c + 1)),
    lambda a, b, c: "odd" if a % 2 else ("between" if b <= a < c else f"{a}|{b!s}|{c!r}"),
    lambda a, b, c: [(a, b, c).index(c), a in (b, c), a != b, a == 3, a is None],
    lambda a, b, c: [*range(abs(int(b)) % 5), a, c],
    lambda a, b, c: "x" * (int(a) % 3) + f"{b:>6}" + ("" if c else "nothing"),
    lambda a, b, c: [*sorted([a, b, c]), a > b, a >= b, a < c, 0 * c, c * 1, 0 + c, c - 0],
)


def recorded(rule: Rule, numbers: tuple[int, ...]) -> Form[object]:
    recording = Recording()
    return recording.compiled(rule(*[recording.number(one) for one in numbers]))


@pytest.mark.parametrize("rule", RULES)
@given(first=NUMBERS, others=st.lists(NUMBERS, max_size=5))
def test_a_form_gives_what_the_rule_gives_or_nothing(
    rule: Rule, first: tuple[int, ...], others: list[tuple[int, ...]]
) -> None:
    form = recorded(rule, first)
    assert form(*first) == rule(*first)
    for numbers in others:
        assert form(*numbers) in (None, rule(*numbers))


def test_what_was_not_decided_by_a_number_holds_for_every_number() -> None:
    form = recorded(lambda a, b, c: f"{a} × {b} = {a * b:,}; {c}", (3, 5, 7))
    assert form(1000, 11, 13) == "1000 × 11 = 11,000; 13"


def test_a_number_that_is_asked_for_its_value_holds_for_that_alone() -> None:
    form = recorded(lambda a, b, c: [0] * int(a) + [b, c], (2, 5, 7))
    assert form(2, 1, 1) == [0, 0, 1, 1]
    assert form(3, 1, 1) is None


def test_each_answer_is_made_anew() -> None:
    form = recorded(lambda a, b, c: {"sizes": [a, b, c]}, (1, 2, 3))
    first, second = form(1, 2, 3), form(1, 2, 3)
    assert first == second
    assert first is not second


@pytest.mark.parametrize(
    "rule",
    [
        lambda a, b, c: {a: b}[c],
        lambda a, b, c: {a, b, c},
        lambda a, b, c: [b, c, a == 1.5],
        lambda a, b, c: a / b + c,
        lambda a, b, c: [*a, b, c],
        lambda a, b, c: [a, b, c, object()],
    ],
)
def test_what_cannot_be_noted_fails_while_it_is_recorded(rule: Rule) -> None:
    with pytest.raises(TypeError):
        recorded(rule, (1, 2, 1))


@pytest.mark.parametrize("name", ["given_9", "__import__('os')", "made_0"])
def test_a_text_with_marks_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="characters in it that mark a number"):
        recorded(lambda a, b, c: [a, b, c, f"\ue000{name}:\ue001"], (1, 2, 3))


def test_what_a_whole_number_is() -> None:
    number = Recording().number(3)
    assert isinstance(number, Recorded)
    assert [is_whole(one) for one in (3, number, True, 3.0, "3", None)] == [True, True, False, False, False, False]
