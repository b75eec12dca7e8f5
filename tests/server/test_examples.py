"""Every example runs, and checks what it shows."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_example(name: str) -> None:
    finished = run(name)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout


def test_a_budget_that_is_broken_ends_with_1() -> None:
    finished = run("budget.py", "100000")
    assert finished.returncode == 1
    assert "122,570 parameters are above the budget of 100,000" in finished.stdout
