"""What the README says that the tools answer is what they answer. Run this file to write it anew."""

import json
import re

import pytest

from paramcount_mcp.tools import tools
from tests.core.test_readme import README
from tests.server.conftest import text_of

ANSWER = re.compile(r"```json (\w+)\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)
ANSWERS = ANSWER.findall(README.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("tool", "arguments", "shown"), ANSWERS, ids=[tool for tool, _, _ in ANSWERS])
def test_what_the_readme_shows_is_answered(tool: str, arguments: str, shown: str) -> None:
    assert answered(tool, arguments) == shown


def test_both_answers_were_found() -> None:
    assert [tool for tool, _, _ in ANSWERS] == ["compare_networks", "fit_to_budget"]


def answered(tool: str, arguments: str) -> str:
    return text_of(tools()[tool].answer(json.loads(arguments)).result()) + "\n"


if __name__ == "__main__":
    anew = README.read_text(encoding="utf-8")
    anew = ANSWER.sub(lambda one: f"```json {one[1]}\n{one[2]}```\n\n```text\n{answered(one[1], one[2])}```", anew)
    README.write_text(anew, encoding="utf-8")
