"""The server as it answers over HTTP: what is quick at once, everything else in a process that can be ended."""

from collections.abc import Mapping
from typing import Any, cast, override

from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import CallToolResult
from starlette.applications import Starlette
from starlette.requests import Request

from paramcount.errors import sequence
from paramcount_mcp import limits
from paramcount_mcp.answering import RefusedError, answer
from paramcount_mcp.server import ParamcountServer
from paramcount_mcp.settings import PATH
from paramcount_mcp.tool import Tool
from paramcount_mcp.tools import tools
from paramcount_mcp.transports.front import Note
from paramcount_mcp.workshop import GoneError, OverloadedError, TooLargeError, TooLongError, Workshop

CONTENT = 2_000
"""Characters of a call's arguments that are logged, where that is asked for."""


class BoundError(RefusedError):
    """A bound was reached; `outcome` is what the figures call it."""

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


class HttpServer(ParamcountServer):
    """paramcount's tools, each call within its bounds."""

    methods = frozenset({"POST"})
    """An older client's GET would hold a stream open for ever."""

    def __init__(self, workshop: Workshop, *, log_content: bool = False) -> None:
        super().__init__()
        self.workshop = workshop
        self._log_content = log_content

    def http_app(self, body_limit: int) -> Starlette:
        """The SDK's application. Hosts and origins were checked before it, for every path."""
        return self.streamable_http_app(
            streamable_http_path=PATH,
            stateless_http=True,
            json_response=True,
            max_request_body_size=body_limit,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )

    @override
    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult:
        outcome = "gone"
        try:
            result = await super().call_tool(name, arguments, context)
            outcome = "incomplete" if result.is_error else "answered"
        except UnexpectedToolError:
            outcome = "defect"
            raise
        except ToolError as error:
            outcome = error.__cause__.outcome if isinstance(error.__cause__, BoundError) else "refused"
            raise
        else:
            return result
        finally:
            if context is not None:
                self._note(context.request_context, name, outcome, arguments)

    @override
    def answered(self, context: ServerRequestContext[Any, Any]) -> None:
        params = context.params or {}
        self._note(context, params["name"], "answered", params["arguments"])

    def _note(
        self, context: ServerRequestContext[Any, Any], name: str, outcome: str, arguments: Mapping[str, Any]
    ) -> None:
        """Tell the front what became of a call."""
        request = cast("object", context.request)
        if isinstance(request, Request):
            note = Note.of(request.scope)
            note.tool, note.outcome = name if name in tools() else "unknown", outcome
            if self._log_content:
                note.content = repr(arguments)[:CONTENT]

    @override
    async def work(self, tool: Tool, arguments: dict[str, Any], context: Context[Any, Any] | None) -> CallToolResult:
        if tool.quick and _few(arguments):
            return answer(tool, arguments)
        request = None if context is None else context.request_context.request
        shop = self.workshop
        try:
            return await shop.answer(tool, arguments, request.is_disconnected if isinstance(request, Request) else None)
        except OverloadedError:
            raise BoundError(
                "overloaded",
                f"The server is busy: {shop.waiting} calls wait already. Nothing is wrong with this one; try again in "
                "a second.",
            ) from None
        except TooLongError:
            raise BoundError(
                "too_long",
                f"{tool.name} was stopped after {shop.seconds:g} seconds, which is as long as a call may take here. "
                "Ask for less at a time: fewer layers, narrower ranges, less detail.",
            ) from None
        except TooLargeError:
            raise BoundError(
                "too_large",
                f"{tool.name} was stopped: its process ended, most likely because the {shop.memory} MiB that a call "
                "may take here did not suffice. Ask for less at a time: fewer layers, less detail.",
            ) from None
        except GoneError:
            raise BoundError("gone", "The client left before there was an answer.") from None


def _few(arguments: Mapping[str, object]) -> bool:
    """Whether there are few arguments, all of them short."""
    return (
        len(arguments) <= limits.QUICK_ARGUMENTS
        and all(map(_short, arguments))
        and all(map(_short, arguments.values()))
    )


def _short(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= limits.QUICK_VALUE
    if isinstance(value, dict):
        return False
    items = sequence(value)
    return items is None or (len(items) <= limits.QUICK_VALUE and all(isinstance(item, int | float) for item in items))
