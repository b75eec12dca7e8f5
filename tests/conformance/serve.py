"""Serve this project's application with the suite's fixtures in it: `python -m tests.conformance.serve PORT`.

Two things differ from what is deployed, since scenarios of either revision need a client that is asked something
while its call runs: there are sessions, and answers may be streams. Everything else, the application's front, its
settings and its server, is the project's own.
"""

import sys
from typing import Any, override

import uvicorn
from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context
from mcp.server.subscriptions import ListenHandler
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import (
    EmptyResult,
    SetLevelRequestParams,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
    Tool,
    UnsubscribeRequestParams,
)
from starlette.applications import Starlette

from paramcount_mcp.settings import PATH, read
from paramcount_mcp.tools import tools
from paramcount_mcp.transports.http import build_app
from paramcount_mcp.transports.service import HttpServer
from paramcount_mcp.workshop import Workshop
from tests.conformance.fixtures import add_contents, add_conversations, add_resources_and_prompts
from tests.conformance.rounds import add_rounds_with_state, add_single_rounds


class ConformanceServer(HttpServer):
    """paramcount's tools, and beside them what the suite names."""

    methods = frozenset({"GET", "POST", "DELETE"})

    def __init__(self) -> None:
        super().__init__(Workshop(processes=1, waiting=8, seconds=20, memory=512))
        for add in (
            add_contents,
            add_conversations,
            add_resources_and_prompts,
            add_single_rounds,
            add_rounds_with_state,
        ):
            add(self)
        handlers = self._lowlevel_server
        handlers.add_request_handler("logging/setLevel", SetLevelRequestParams, self._nothing)
        handlers.add_request_handler("resources/subscribe", SubscribeRequestParams, self._nothing)
        handlers.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, self._nothing)
        listen = ListenHandler(self._subscriptions)
        handlers.add_request_handler("subscriptions/listen", SubscriptionsListenRequestParams, listen)

    async def _nothing(self, _context: ServerRequestContext[Any, Any], _params: Any) -> EmptyResult:
        return EmptyResult()

    @override
    def http_app(self, body_limit: int) -> Starlette:
        return self.streamable_http_app(
            streamable_http_path=PATH,
            max_request_body_size=body_limit,
            retry_interval=100,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )

    @override
    async def list_tools(self) -> list[Tool]:
        return [*await super().list_tools(), *await super(HttpServer.__mro__[1], self).list_tools()]

    @override
    async def call_tool(self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None) -> Any:
        if name in tools():
            return await super().call_tool(name, arguments, context)
        return await super(HttpServer.__mro__[1], self).call_tool(name, arguments, context)


def main() -> None:
    settings = read({"port": sys.argv[1]})
    uvicorn.run(
        build_app(settings, ConformanceServer()), host=settings.host, port=settings.port, ws="none", log_level="warning"
    )


if __name__ == "__main__":
    main()
