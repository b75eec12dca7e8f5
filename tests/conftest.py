"""What the tests share: the tables of real frameworks, and a check that every printed sum adds up."""

import json
from pathlib import Path
from typing import Any

import pytest

from paramcount.layers import spellings
from paramcount.layers.base import Example, Kind
from paramcount.signature import FRAMEWORKS, Framework

DATA = Path(__file__).parent / "data"


def table(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def framework_of(kind: Kind, example: Example) -> Framework:
    """The framework that an example is written for."""
    name = example.call.split("(")[0]
    found = [one for one in FRAMEWORKS if name in spellings(one) and spellings(one)[name][0] is kind]
    if len(found) == 1:
        return found[0]
    return "keras" if "keras" in example.source else "pytorch"


@pytest.fixture(scope="session")
def torchvision() -> dict[str, dict[str, Any]]:
    return table("torchvision.json")["models"]
