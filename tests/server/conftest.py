"""A real MCP client on the real server, in memory, in both protocol eras."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

import anyio
import pytest
from mcp import Client
from mcp_types import CallToolResult

from paramcount_mcp import build_server

type Era = Literal["auto", "legacy"]
type Call = Callable[..., CallToolResult]


def talk[T](era: Era, conversation: Callable[[Client], Awaitable[T]]) -> T:
    """Run a conversation of a client with a server of its own."""

    async def run() -> T:
        async with Client(build_server(), mode=era) as client:
            return await conversation(client)

    return anyio.run(run)


@pytest.fixture(params=["auto", "legacy"])
def era(request: pytest.FixtureRequest) -> Era:
    return request.param


@pytest.fixture
def call(era: Era) -> Call:
    def one(name: str, /, **arguments: Any) -> CallToolResult:
        return talk(era, lambda client: client.call_tool(name, arguments))

    return one


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert content.type == "text"
    return content.text
