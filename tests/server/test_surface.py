"""The tool surface is what was last agreed on: one committed file a tool. Run this file to write them anew."""

import json
from pathlib import Path

import pytest

from paramcount_mcp.tools import tools
from tests.conftest import DATA

SNAPSHOTS = DATA / "tools"


def shown(name: str) -> str:
    listed = tools()[name].listed.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps(listed, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("name", sorted(tools()))
def test_each_tool_is_as_agreed(name: str) -> None:
    snapshot = SNAPSHOTS / f"{name}.json"
    assert snapshot.exists(), f"{name} has no snapshot: run python -m tests.server.test_surface and review it"
    assert snapshot.read_text(encoding="utf-8") == shown(name)


def test_no_snapshot_is_left_over() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*.json")} == set(tools())


def write(folder: Path) -> None:
    """Write every tool's snapshot."""
    folder.mkdir(exist_ok=True)
    for name in tools():
        (folder / f"{name}.json").write_text(shown(name), encoding="utf-8")


if __name__ == "__main__":
    write(SNAPSHOTS)
