"""From a tool and its arguments to an answer, without the SDK: on the event loop, in a thread, or in a process."""

import traceback
from collections.abc import Callable, Mapping

from mcp_types import CallToolResult

from paramcount import ParamcountError
from paramcount_mcp.tool import Tool
from paramcount_mcp.tools.network_params import partial


class RefusedError(Exception):
    """What the caller can correct; the message stands alone."""


class DefectError(Exception):
    """A defect of paramcount; the message says so and nothing of the call, `trace` where it is."""

    def __init__(self, message: str, trace: str) -> None:
        super().__init__(message)
        self.trace = trace


def answer(tool: Tool, arguments: Mapping[str, object]) -> CallToolResult:
    """Answer one call.

    Raises:
        RefusedError: what the caller can correct.
        DefectError: a defect.
    """

    def work() -> CallToolResult:
        try:
            return tool.answer(arguments).result()
        except ParamcountError as error:
            so_far = partial(error)
            if so_far is None:
                raise
            return so_far.result(failed=str(error))

    return guarded(tool, work)


def answer_within(tool: Tool, arguments: Mapping[str, object], seconds: float) -> CallToolResult:
    """Answer one call; one that is worked on in slices ends with its own words where the seconds do not suffice.

    Raises:
        RefusedError: what the caller can correct.
        DefectError: a defect.
    """
    begin = tool.begin
    if begin is None:
        return answer(tool, arguments)

    def work() -> CallToolResult:
        pending = begin(arguments)
        if pending.advance(seconds):
            raise pending.too_long(seconds)
        return pending.answer().result()

    return guarded(tool, work)


def guarded[T](tool: Tool, work: Callable[[], T]) -> T:
    """Do a part of a tool's work; what the caller can correct is told apart from a defect.

    Raises:
        RefusedError: what the caller can correct.
        DefectError: a defect.
    """
    try:
        return work()
    except ParamcountError as error:
        raise RefusedError(str(error)) from None
    except Exception as error:
        raise DefectError(
            f"{tool.name} failed because of a defect in paramcount ({type(error).__name__}), not because of the "
            f"arguments. Please report the call.",
            "".join(traceback.format_tb(error.__traceback__)),
        ) from error
