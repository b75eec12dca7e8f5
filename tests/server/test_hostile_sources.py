"""Sources that mean harm, read by the server: each is contained and answered, and so is the next call."""

from collections.abc import Iterator

import anyio
import pytest
from mcp import Client
from mcp_types import CallToolResult

from paramcount.readers.formats import pytorch
from paramcount.readers.sandbox import Limits, Sandboxes
from paramcount_mcp import build_server
from tests.readers.hostile_sources import COUNT, ENTRIES, HEAD, MODEL, SOURCES
from tests.server.conftest import text_of


@pytest.fixture(scope="module", autouse=True)
def sandboxes() -> Iterator[None]:
    """Workers that give up sooner, so that the battery takes a minute."""
    ours = Sandboxes(2, Limits(fuel=4_000_000_000, seconds=60))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pytorch, "sandboxes", lambda: ours)
        yield
    ours.close()


def answers(*calls: dict[str, object]) -> list[CallToolResult]:
    """What one server answers to calls, one after the other."""

    async def run() -> list[CallToolResult]:
        async with Client(build_server()) as client:
            return [await client.call_tool("read_model", {**call, "input_shape": [3]}) for call in calls]

    return anyio.run(run)


def check(source: str, expected: tuple[str | int, ...], **more: str) -> None:
    result, again = answers({"source": source, **more}, {"source": HEAD + MODEL})
    said = text_of(result)
    found = (
        None if result.is_error or not result.structured_content else result.structured_content["totals"]["parameters"]
    )
    assert any(one == found if isinstance(one, int) else one in said for one in expected), said
    assert "defect" not in said
    assert "Traceback" not in said
    assert "wasm" not in said.lower()
    assert again.structured_content is not None, text_of(again)
    assert again.structured_content["totals"]["parameters"] == COUNT


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_is_contained(name: str) -> None:
    source, expected = SOURCES[name]
    check(source, expected if isinstance(expected, tuple) else (expected,))


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_is_contained(name: str) -> None:
    entry, expected = ENTRIES[name]
    check(HEAD + MODEL, (expected,), entry=entry)


def test_there_are_enough_of_them() -> None:
    assert len(SOURCES) + len(ENTRIES) >= 60
