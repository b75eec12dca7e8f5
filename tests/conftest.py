"""What the tests share: the tables of real frameworks, and a check that every printed sum adds up."""

import json
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent / "data"


def table(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def torchvision() -> dict[str, dict[str, Any]]:
    return table("torchvision.json")["models"]
