"""Answers to calls that are repeated: assistants repeat them, and the same arguments have the same answer.

What is kept is the answer as it goes over the wire, for it is its checking and copying that costs. Whether it is kept
changes nothing but the time: the request is checked as ever, and errors are not kept.
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp_types.methods import validate_client_request

from paramcount_mcp import limits

_METHOD = "tools/call"
_PLAIN = frozenset({"name", "arguments", "_meta"})


@dataclass(slots=True)
class Repeats:
    """Middleware of the SDK that keeps the last few small answers."""

    answered: Callable[[ServerRequestContext[Any, Any]], None]
    """Told of a call that is answered from here."""
    _kept: OrderedDict[str, dict[str, Any]] = field(init=False, default_factory=OrderedDict[str, dict[str, Any]])

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Answer from what is kept, or anew."""
        key = _key(ctx)
        if key is None:
            return await call_next(ctx)
        kept = self._kept.get(key)
        if kept is not None:
            validate_client_request(_METHOD, ctx.protocol_version, ctx.params)
            self._kept.move_to_end(key)
            self.answered(ctx)
            return kept
        result = await call_next(ctx)
        if isinstance(result, dict) and _small(result):
            self._kept[key] = result
            if len(self._kept) > limits.RECENT:
                self._kept.popitem(last=False)
        return result


def _key(context: ServerRequestContext[Any, Any]) -> str | None:
    """What the answer depends on; None where it is not kept."""
    params = context.params
    if context.method != _METHOD or params is None or not params.keys() <= _PLAIN:
        return None
    arguments = params.get("arguments")
    if not isinstance(arguments, dict) or len(cast("dict[str, Any]", arguments)) > limits.QUICK_ARGUMENTS:
        return None
    key = json.dumps([params.get("name"), arguments, context.protocol_version])
    return key if len(key) <= limits.RECENT_ARGUMENTS else None


def _small(wire: dict[str, Any]) -> bool:
    return (
        not wire.get("isError")
        and sum(len(part.get("text", "")) for part in wire.get("content", [])) <= limits.RECENT_TEXT
    )
