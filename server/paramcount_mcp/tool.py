"""What a tool is: a name, a description, checked arguments, and a function from them to an answer."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, cast

from mcp_types import CallToolResult, TextContent, ToolAnnotations
from mcp_types import Tool as Listed

from paramcount.errors import LimitError, sequence
from paramcount.readers.base import Watch, unwatched
from paramcount.report import NetworkReport, Report
from paramcount.rows import Detail
from paramcount_mcp.arguments import Arguments


@dataclass(frozen=True, slots=True)
class Answer:
    """A report and how much of it to give."""

    report: Report
    detail: Detail = "steps"
    note: str | None = None
    """Something to say about the answer itself."""

    def result(self, *, failed: str | None = None) -> CallToolResult:
        """The answer as text and as structure; each is whole by itself."""
        shown = self.report
        if failed is not None and isinstance(shown, NetworkReport):
            shown = replace(shown, failed=None)  # the error is said first, and once
        text = shown.to_text(self.detail)
        structure = self.report.to_dict(self.detail)
        if self.note is not None:
            text = f"{text}\nnote: {self.note}"
            notes = cast("list[str]", structure.setdefault("notes", []))
            structure["notes"] = [*notes, self.note]
        if failed is not None:
            text = f"{failed}\n\nUp to there:\n{text}"
        return CallToolResult(
            content=[TextContent(type="text", text=text)], structured_content=structure, is_error=failed is not None
        )


class Pending(ABC):
    """An answer that takes long: it is worked on in slices, between which progress is told and a client may cancel."""

    __slots__ = ()

    @abstractmethod
    def advance(self, seconds: float) -> bool:
        """Work on it for so long; returns whether there is more to do."""

    @property
    @abstractmethod
    def progress(self) -> tuple[int, int, str]:
        """How much is done, of how much, in words too."""

    @abstractmethod
    def answer(self) -> Answer:
        """The answer, once there is nothing more to do."""

    @abstractmethod
    def too_long(self, seconds: float) -> LimitError:
        """What to say where it was not done after so many seconds, which is as long as a call may take."""


type Reads = Callable[[tuple[Path, ...], Watch, Mapping[str, object]], Answer]
"""Answers a call that reads something: files below these folders, watched while it takes long."""


@dataclass(frozen=True)
class Tool:
    """A tool of the server."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    answer: Callable[[Mapping[str, object]], Answer]
    output: Mapping[str, object]
    """The JSON schema of the structured answer. It describes the fields at its root and checks few:
    clients in Python validate every answer against it, at ten microseconds for each nested schema."""
    quick: bool = False
    """Whether every call with few and short arguments is a matter of microseconds."""
    numbers: frozenset[str] = frozenset()
    """Arguments, whole numbers or lists of them, that may differ from call to call while the answer keeps its form."""
    threaded: bool = False
    """Whether a call may take long, whatever its arguments look like."""
    reads: Reads | None = None
    """`answer` for a server that may read files below some folders, watched while it takes long."""
    roots: tuple[Path, ...] = ()
    """The folders in which files may be read."""
    begin: Callable[[Mapping[str, object]], Pending] | None = None
    """Begins an answer that takes long enough to be worked on in slices."""

    def below(self, roots: tuple[Path, ...]) -> "Tool":
        """The tool as one that may read files in these folders."""
        return replace(self, roots=roots).watched(unwatched)

    def watched(self, watch: Watch) -> "Tool":
        """The tool as one that says how long a reading takes."""
        return self if self.reads is None else replace(self, answer=partial(self.reads, self.roots, watch))

    @cached_property
    def listed(self) -> Listed:
        """The tool as `tools/list` gives it."""
        return Listed(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=published(self.arguments),
            output_schema=dict(self.output),
            annotations=ToolAnnotations(
                title=self.title,
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )


def published(model: type[Arguments]) -> dict[str, Any]:
    """A model's JSON schema, small and without references.

    Raises:
        TypeError: the schema has references, which several hosts cannot read.
    """
    schema = cast("dict[str, Any]", _plain(model.model_json_schema()))
    if "$defs" in schema:
        raise TypeError(f"the schema of {model.__name__} has references")
    schema.pop("description", None)
    return schema


def _plain(schema: Any) -> Any:
    """Leave out titles and null defaults, which say nothing to a model."""
    items = sequence(schema)
    if items is not None:
        return [_plain(inner) for inner in items]
    if not isinstance(schema, dict):
        return schema
    fields = cast("dict[str, Any]", schema)
    plain: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "properties":
            plain[name] = {field: _plain(inner) for field, inner in value.items()}
        elif name == "anyOf":
            kept = [inner for inner in value if inner != {"type": "null"}]
            plain |= {name: _plain(kept)} if len(kept) > 1 else _plain(kept[0])
        elif name != "title" and not (name == "default" and value is None):
            plain[name] = _plain(value)
    return plain
