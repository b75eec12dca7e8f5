"""Short ways to an answer: that of a call which is repeated, and that of one which differs in its numbers only.

Assistants repeat calls, and scripts call with one number after the other. What is kept is the answer as it goes over
the wire, or the form of such answers (`forms`), for most of a call's time goes into checking and copying its answer.
Whether something is kept changes nothing but the time: the request is checked as ever, and errors are not kept.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, cast

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp_types.methods import validate_client_request

from paramcount_mcp import limits
from paramcount_mcp.forms import Forms
from paramcount_mcp.tool import Tool

_METHOD = "tools/call"
_PLAIN = frozenset({"name", "arguments", "_meta"})


class Shortcuts:
    """Middleware of the SDK that answers calls from what is kept, and keeps the answers of others.

    Args:
        tools: the server's tools, by name.
        answered: told of a call that is answered from here.
    """

    def __init__(self, tools: Mapping[str, Tool], answered: Callable[[ServerRequestContext[Any, Any]], None]) -> None:
        self._tools = tools
        self._answered = answered
        self._forms = Forms()
        self._kept: OrderedDict[str, dict[str, Any]] = OrderedDict()

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Answer from what is kept, or anew."""
        called = self._called(ctx)
        if called is None:
            return await call_next(ctx)
        tool, arguments = called
        call = self._forms.of(tool, arguments, ctx.protocol_version)
        kept = None if call is None else call.filled()
        key = "" if kept is not None else _key(tool, arguments, ctx.protocol_version)
        if key in self._kept:
            self._kept.move_to_end(key)
            kept = self._kept[key]
        if kept is not None:
            validate_client_request(_METHOD, ctx.protocol_version, ctx.params)
            self._answered(ctx)
            return kept
        result = await call_next(ctx)
        if isinstance(result, dict) and _is_small_answer(result):
            if key:
                self._kept[key] = result
            if len(self._kept) > limits.RECENT:
                self._kept.popitem(last=False)
            if call is not None:
                await self._forms.learn(call, result)
        return result

    def _called(self, context: ServerRequestContext[Any, Any]) -> tuple[Tool, dict[str, Any]] | None:
        """The tool and the arguments of a call whose answer depends on them alone: on no file, and on no time."""
        params = context.params
        if context.method != _METHOD or params is None or not params.keys() <= _PLAIN:
            return None
        name, arguments = params.get("name"), params.get("arguments")
        tool = self._tools.get(name) if isinstance(name, str) else None
        if tool is None or tool.reads is not None or not isinstance(arguments, dict):
            return None
        return tool, cast("dict[str, Any]", arguments)


def _key(tool: Tool, arguments: dict[str, Any], version: str) -> str:
    """What the answer depends on; "" where it is not kept."""
    if len(arguments) > limits.QUICK_ARGUMENTS:
        return ""
    try:
        key = json.dumps([tool.name, arguments, version])
    except (TypeError, ValueError, RecursionError):  # it did not come over the wire
        return ""
    return key if len(key) <= limits.RECENT_ARGUMENTS else ""


def _is_small_answer(wire: dict[str, Any]) -> bool:
    return (
        not wire.get("isError")
        and sum(len(part.get("text", "")) for part in wire.get("content", [])) <= limits.RECENT_TEXT
    )
