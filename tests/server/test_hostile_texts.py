"""Hostile texts for read_model: each is answered or refused with a reason, and none takes a second."""

import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.server.hostile_texts import BOMBS, READ
from tests.server.test_hostile import ENDS, EXAMPLES, attempt


@settings(
    max_examples=EXAMPLES // 4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(READ)
def test_hostile_texts(call: tuple[str, dict[str, Any]]) -> None:
    attempt(*call)


@pytest.mark.parametrize("arguments", BOMBS, ids=range(len(BOMBS)))
def test_known_bombs(arguments: dict[str, Any]) -> None:
    attempt("read_model", arguments)


if __name__ == "__main__":
    settings.register_profile("many", max_examples=int(sys.argv[1]))
    test_hostile_texts()
    for one in BOMBS:
        attempt("read_model", one)
    print(dict(ENDS))
