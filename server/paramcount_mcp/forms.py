"""Calls that differ in a few numbers: their answers have one form, which is worked out once and then filled in.

Which numbers those are a tool says itself (`Tool.numbers`); everything else of a call is the key of its form. A form
comes from the rules' own answer (`paramcount.recorded`) and is used once it gave what they do; where numbers decide
otherwise than those it was made from, it gives nothing, and the rules are asked.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import anyio.to_thread

from paramcount.kept import Kept
from paramcount.recorded import Form, Recording
from paramcount_mcp import limits
from paramcount_mcp.tool import Tool

if TYPE_CHECKING:
    from mcp_types import TextContent

logger = logging.getLogger(__name__)

type Wire = dict[str, Any]
"""The result of a call as it goes over the wire."""


@dataclass(slots=True)
class _Alike:
    """What is known of calls that differ in their numbers only."""

    met: int = 0
    tried: int = 0
    forms: list[Form[Wire]] = field(default_factory=list[Form[Wire]])


@dataclass(frozen=True, slots=True)
class Call:
    """One call, taken apart."""

    tool: Tool
    arguments: Mapping[str, object]
    numbers: Sequence[int]
    alike: _Alike

    def filled(self) -> Wire | None:
        """Its answer; None where no form is known that fits."""
        for form in self.alike.forms:
            wire = form(*self.numbers)
            if wire is not None:
                return wire
        return None


class Forms:
    """The forms of calls that were met often enough, a bounded number of them."""

    def __init__(self) -> None:
        self._known: Kept[tuple[str, ...], _Alike] = Kept(limits.FORMS)
        self._learning = False

    def of(self, tool: Tool, arguments: Mapping[str, object], version: str) -> Call | None:
        """Take a call's numbers out; what is left, name by name, is its key.

        Args:
            tool: what is called.
            arguments: as they were sent.
            version: of the protocol, on which the look of an answer depends.

        Returns:
            None where there are no numbers that may differ, or too much beside them.
        """
        if not tool.numbers or len(arguments) > limits.QUICK_ARGUMENTS:
            return None
        key = [tool.name, version]
        numbers: list[int] = []
        for name, value in arguments.items():
            key.append(name)
            found = _numbers(value) if name in tool.numbers else None
            if found is not None:
                numbers += found
                key.append("," * len(found) if type(value) is list else "")
                continue
            try:
                key.append(repr(value))
            except (ValueError, RecursionError):  # digits without end, brackets without end
                return None
        if not numbers or sum(map(len, key)) > limits.RECENT_ARGUMENTS:
            return None
        whole = tuple(key)
        return Call(tool, arguments, numbers, self._known.get(whole) or self._known.keep(whole, _Alike()))

    async def learn(self, call: Call, wire: Wire) -> None:
        """Make a form of a call's answer, beside the event loop, once calls like it were met often enough."""
        alike = call.alike
        alike.met += 1
        if self._learning or alike.met < limits.FORMS_AFTER or alike.tried == limits.FORMS_OF_ONE:
            return
        alike.tried += 1
        self._learning = True
        try:
            form = await anyio.to_thread.run_sync(_form, call, wire)
        finally:
            self._learning = False
        if form is not None:
            alike.forms.append(form)


def _numbers(value: object) -> list[int] | None:
    """The whole numbers that an argument is, or is a list of."""
    if type(value) is int:
        return [value]
    if type(value) is list and all(type(one) is int for one in cast("list[object]", value)):
        return cast("list[int]", value)
    return None


def _form(call: Call, wire: Wire) -> Form[Wire] | None:
    """Make the form of a call that had this answer; None where the rules cannot be recorded."""
    recording = Recording()
    recorded: dict[str, object] = {}
    for name, value in call.arguments.items():
        numbers = _numbers(value) if name in call.tool.numbers else None
        if numbers is None:
            recorded[name] = value
        else:
            made = [recording.number(one) for one in numbers]
            recorded[name] = made if type(value) is list else made[0]
    try:
        result = call.tool.answer(recorded).result()
        text = cast("TextContent", result.content[0]).text
        content = [{**wire["content"][0], "text": text}]
        form = recording.compiled({**wire, "content": content, "structuredContent": result.structured_content})
        right = form(*call.numbers) == wire
    except Exception:  # a rule took a number for what it is not: nothing is lost, for the rules are asked as before
        logger.debug("a call of %s cannot be recorded", call.tool.name, exc_info=True)
        return None
    if not right:
        logger.debug("the form of a call of %s does not give what the rules do", call.tool.name)
    return form if right else None
