"""What people ask: calls whose answers hold the right figures, or that say what is missing."""

from typing import Any

import pytest

from tests.conftest import table
from tests.server.conftest import Call, text_of

QUESTIONS = table("questions.json")["questions"]
CALLS = [
    pytest.param(call, id=f"{question['id']} {number}")
    for question in QUESTIONS
    for number, call in enumerate(question["calls"], start=1)
]


def at(answer: Any, path: str) -> Any:
    for part in path.split("."):
        answer = answer[int(part)] if isinstance(answer, list) else answer[part]
    return answer


@pytest.mark.parametrize("asked", CALLS)
def test_an_answer_holds_the_right_figures(asked: dict[str, Any], call: Call) -> None:
    result = call(asked["tool"], **asked["arguments"])
    assert result.is_error == ("error" in asked), text_of(result)
    for part in asked.get("error", ()):
        assert part in text_of(result)
    for path, value in asked.get("figures", {}).items():
        assert at(result.structured_content, path) == value, path


def test_every_question_has_a_call_that_says_something() -> None:
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS) == 56
    assert all(question["source"] and question["calls"] for question in QUESTIONS)
    assert all(call.get("figures") or call.get("error") for question in QUESTIONS for call in question["calls"])
