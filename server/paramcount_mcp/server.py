"""The server: tools listed and called over MCP.

`MCPServer` is used for its transports and protocol eras; `list_tools` and `call_tool`, both public,
are overridden so that every schema and every error is the project's own.
"""

import functools
import json
import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast, override

import anyio
import anyio.from_thread
import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, GetPromptResult, InputRequiredResult
from mcp_types import Tool as Listed

from paramcount import __version__
from paramcount.errors import closest, sequence
from paramcount_mcp import limits
from paramcount_mcp.answering import DefectError, RefusedError, answer, guarded
from paramcount_mcp.shortcuts import Shortcuts
from paramcount_mcp.tool import Pending, Tool
from paramcount_mcp.tools import tools
from paramcount_mcp.transports import stdio

logger = logging.getLogger(__name__)

INSTRUCTIONS = (
    "paramcount answers exactly what convolutional networks cost; never compute such numbers yourself. "
    "conv_layer_params for one convolution, network_params for several layers or any other kind, or a network by "
    "name (resnet50()); read_model for print(model), a summary, a configuration or source code; compare_networks for "
    "two or more; fit_to_budget to find widths that meet a limit. "
    "Parameters need no input size; output shapes and MACs do: ask the user for it rather than assume it. "
    "Show the steps when an explanation is asked for, and pass a number the user has as `expected` to have it checked. "
    f"At most {limits.MAX_LAYERS:,} layers in one call; totals above 2^53 - 1 are refused."
)


class ParamcountServer(MCPServer[Any]):
    """An MCP server with paramcount's tools."""

    def __init__(self, roots: Sequence[Path] = ()) -> None:
        super().__init__(
            "paramcount",
            title="paramcount",
            description="Exact parameter counts, shapes and MACs of convolutional networks, with their derivation.",
            instructions=INSTRUCTIONS,
            version=__version__,
            log_level="WARNING",
            cache_hints={"tools/list": CacheHint(ttl_ms=limits.LIST_TTL_MS, scope="public")},
        )
        self._threads = anyio.CapacityLimiter(limits.THREADS)
        resolved = tuple(root.resolve() for root in roots)
        self._tools = {name: tool.below(resolved) for name, tool in tools().items()}
        self._reading = anyio.CapacityLimiter(limits.READING)
        self.middleware.append(Shortcuts(self._tools, self.answered))

    def answered(self, context: ServerRequestContext[Any, Any]) -> None:
        """Do nothing about a call that was answered on a short way, `call_tool` passed by."""

    async def list_tools(self) -> list[Listed]:
        """List the tools, in the order of their names."""
        return [tool.listed for tool in tools().values()]

    @override
    async def run_stdio_async(self) -> None:
        """Serve over standard input and output."""
        inner = self._lowlevel_server
        with stdio.streams() as files:
            async with stdio_server(*files) as (receive, send):
                await inner.run(receive, send, inner.create_initialization_options())

    @override
    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context[Any, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """Give a prompt. One that there is not is the caller's mistake; the SDK takes it for a defect, and logs it.

        Raises:
            MCPError: there is no such prompt.
        """
        if name not in [prompt.name for prompt in await self.list_prompts()]:
            raise MCPError(INVALID_PARAMS, f"There is no prompt {name[:60]!r}.")
        return await super().get_prompt(name, arguments, context)

    async def call_tool(
        self,
        name: str,
        arguments: dict[str, Any],
        context: Context[Any, Any] | None = None,
    ) -> CallToolResult:
        """Answer a call.

        Raises:
            ToolError: what the caller can correct, in words that stand alone.
            UnexpectedToolError: a defect of paramcount itself.
        """
        tool = self._tools.get(name)
        if tool is None:
            raise ToolError(f"There is no tool {name[:60]!r}.{closest(name, self._tools)}")
        _refuse_halves(arguments)
        try:
            return await self.work(tool, arguments, context)
        except RefusedError as error:
            raise ToolError(str(error)) from error
        except DefectError as error:
            logger.error("%s at\n%s", error, error.trace)
            raise UnexpectedToolError(str(error)) from error

    async def work(self, tool: Tool, arguments: dict[str, Any], context: Context[Any, Any] | None) -> CallToolResult:
        """Answer at once what is small, and in a thread what is not.

        Raises:
            RefusedError: what the caller can correct.
            DefectError: a defect of paramcount itself.
        """
        if tool.reads is not None:
            return await self._watch(tool, arguments, context)
        if tool.begin is not None:
            return await self._follow(tool, tool.begin, arguments, context)
        if not tool.threaded and _small(arguments):
            return answer(tool, arguments)
        return await anyio.to_thread.run_sync(functools.partial(answer, tool, arguments), limiter=self._threads)

    async def _watch(self, tool: Tool, arguments: dict[str, Any], context: Context[Any, Any] | None) -> CallToolResult:
        """Read something; while that takes long its progress is told, and a cancelled call ends it."""
        given_up = threading.Event()

        def watch(seconds: float) -> None:
            if given_up.is_set():
                raise TimeoutError("nobody waits for the answer")
            if context is not None:
                anyio.from_thread.run(context.report_progress, seconds, None, f"reading for {seconds:.1f} s")

        try:
            return await anyio.to_thread.run_sync(
                functools.partial(answer, tool.watched(watch), arguments), limiter=self._reading, abandon_on_cancel=True
            )
        finally:
            given_up.set()

    async def _follow(
        self,
        tool: Tool,
        begin: Callable[[Mapping[str, object]], Pending],
        arguments: dict[str, Any],
        context: Context[Any, Any] | None,
    ) -> CallToolResult:
        """Work on a long answer slice by slice; between them progress is told, and a cancelled call ends."""

        async def run[T](work: Callable[[], T]) -> T:
            return await anyio.to_thread.run_sync(functools.partial(guarded, tool, work), limiter=self._threads)

        pending = await run(lambda: begin(arguments))
        end = anyio.current_time() + limits.MAX_SECONDS
        while await run(lambda: pending.advance(limits.SLICE_SECONDS)):
            if anyio.current_time() > end:
                raise RefusedError(str(pending.too_long(limits.MAX_SECONDS)))
            if context is not None:
                done, of, words = pending.progress
                await context.report_progress(done, of, words)
        return await run(lambda: pending.answer().result())


_GROWS = re.compile(
    r"Repeat|Block|Transformer|num_layers|=\s*(?:\[|[\w.]*(?:Sequential|Residual|Concat|Add|Multiply|Frozen))",
    re.IGNORECASE,
)
"""What may make many layers of a short text: repetition, stacks, and blocks with a name, which can be called."""


_WRITER = json.JSONEncoder(ensure_ascii=False)


def _refuse_halves(arguments: dict[str, Any]) -> None:
    """Refuse a text that cannot be sent back: JSON may hold half a surrogate pair, UTF-8 may not.

    Raises:
        ToolError: there is one in the arguments.
    """
    try:
        _WRITER.encode(arguments).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise ToolError(
            f"the arguments hold half a surrogate pair, {half}, which is no text. Send whole characters."
        ) from None
    except (TypeError, ValueError, RecursionError):
        return  # they did not come over the wire


def _small(arguments: dict[str, Any]) -> bool:
    """Whether a call is a matter of a millisecond, and not worth a thread."""
    layers = arguments.get("layers")
    items = sequence(layers) or (layers,)
    if len(items) > limits.INLINE_LAYERS or not all(map(_plain, items)):
        return False
    written = [item for item in items if isinstance(item, str)]
    return sum(map(len, written)) <= limits.INLINE_TEXT and not any(map(_GROWS.search, written))


def _plain(item: object) -> bool:
    """Whether an item is not a JSON object that holds others."""
    if not isinstance(item, dict):
        return True
    values = cast("dict[object, object]", item).values()
    return not any(isinstance(one, dict) for value in values for one in (value, *(sequence(value) or ())))


def build_server(roots: Sequence[Path] = ()) -> ParamcountServer:
    """Make the server. It is run by `run()`, or driven in memory by `mcp.Client`.

    Args:
        roots: folders in which `read_model` may read files: for a server on its user's own machine.
    """
    return ParamcountServer(roots)
