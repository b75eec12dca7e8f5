"""The server as a host starts it: a process of its own, spoken to over standard input and output."""

import sys
from typing import Literal

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.server.conftest import text_of


@pytest.mark.parametrize("era", ["auto", "legacy"])
def test_a_real_client_over_stdio(era: Literal["auto", "legacy"]) -> None:
    async def talk() -> None:
        parameters = StdioServerParameters(command=sys.executable, args=["-m", "paramcount", "serve"])
        with anyio.fail_after(60):
            async with Client(stdio_client(parameters), mode=era) as client:
                names = [tool.name for tool in (await client.list_tools()).tools]
                assert names == ["conv_layer_params", "network_params"]
                result = await client.call_tool("conv_layer_params", {"k": 32, "f": 3, "c": 3})
                assert not result.is_error
                assert "28 × 32 = 896" in text_of(result)
                refused = await client.call_tool("conv_layer_params", {"k": 32})
                assert refused.is_error
                again = await client.call_tool("network_params", {"layers": "Linear(3, 4)"})
                assert "16 parameters" in text_of(again)

    anyio.run(talk)
