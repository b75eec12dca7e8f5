"""The trace: what a sandbox claims to have seen of a model. Strict and bounded; every number in it is a claim.

    modules   in registration order, "" the root: class, kind and hyperparameters, parameters, buffers
    calls     what ran, in order: a module, or an operation on tensors, with values by number and whole shapes, batch 1
    stopped   where and why a run ended early

`kind` is a class of torch.nn whose signature the hyperparameters follow, read after construction; it is None for
containers and for the user's own classes, whose parameters stand for themselves.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from paramcount.errors import LimitError, NotationError
from paramcount.limits import MAX_EXACT, MAX_NAME, MAX_SIZE

VERSION: Final = 1

MAX_MODULES: Final = 50_000
MAX_CALLS: Final = 100_000
MAX_TENSORS_OF_MODULE: Final = 10_000
MAX_VALUES: Final = 10_000
"""Values that flow into one call, or out of it."""
MAX_SHAPE: Final = 12
"""Dimensions of a tensor, the batch included."""
MAX_WORDS: Final = 2_000
"""Characters of a message or of a line of source."""
MAX_NOTES: Final = 200
MAX_ATTRIBUTES: Final = 64

_CONFIG: Final = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

Name = Annotated[str, Field(max_length=MAX_NAME)]
Path = Annotated[str, Field(max_length=4 * MAX_NAME)]
Words = Annotated[str, Field(max_length=MAX_WORDS)]
Size = Annotated[int, Field(ge=0, le=MAX_SIZE)]
Sizes = Annotated[tuple[Size, ...], Field(max_length=MAX_SHAPE)]
Number = Annotated[int, Field(ge=0, le=MAX_EXACT)]
Attributes = Annotated[dict[Name, JsonValue], Field(max_length=MAX_ATTRIBUTES)]
Notes = Annotated[tuple[Words, ...], Field(max_length=MAX_NOTES)]


class Parameter(BaseModel):
    """A parameter, or a buffer where it stands among those."""

    model_config = _CONFIG

    name: Name
    shape: Sizes
    trainable: bool = True
    shared_with: Path | None = None
    """The parameter that it is, `path.name`, where it was met before."""


class Module(BaseModel):
    """A module of the tree."""

    model_config = _CONFIG

    path: Path
    class_name: Name = Field(alias="class")
    kind: Name | None = None
    hyper: Attributes | None = None
    training: bool = False
    built: Annotated[
        tuple[Annotated[tuple[Size | None, ...], Field(max_length=MAX_SHAPE)], ...], Field(max_length=MAX_VALUES)
    ] = ()
    """What flowed into a layer of Keras when its weights were made, batch excluded."""
    same_as: Path | None = None
    """The path under which the same module was met before."""
    parameters: Annotated[tuple[Parameter, ...], Field(max_length=MAX_TENSORS_OF_MODULE)] = ()
    buffers: Annotated[tuple[Parameter, ...], Field(max_length=MAX_TENSORS_OF_MODULE)] = ()


class Operand(BaseModel):
    """What flows into a call: a value by its number, a parameter or buffer by its name, or a constant of this shape."""

    model_config = _CONFIG

    value: Number | None = None
    parameter: Path | None = None
    constant: Sizes | None = None


class Output(BaseModel):
    """What flows out of a call."""

    model_config = _CONFIG

    value: Number
    shape: Sizes


class Call(BaseModel):
    """One module or operation that ran."""

    model_config = _CONFIG

    op: Name
    module: Path | None = None
    scope: Path = ""
    """The innermost module of the user's that ran."""
    inputs: Annotated[tuple[Operand, ...], Field(max_length=MAX_VALUES)] = ()
    attributes: Attributes = Field(default_factory=dict[str, JsonValue])
    outputs: Annotated[tuple[Output, ...], Field(max_length=MAX_VALUES)] = ()
    at: tuple[Path, Number] | None = None
    """File and line."""


class Entry(BaseModel):
    """Which model was traced, and how it was chosen."""

    model_config = _CONFIG

    text: Words
    how: Words = ""
    class_name: Name = Field(default="", alias="class")


class Stopped(BaseModel):
    """Where a run ended early."""

    model_config = _CONFIG

    stage: Words
    class_name: Words = Field(alias="class")
    reason: Words
    module: Path | None = None
    kind: Name | None = None
    input_shape: JsonValue = None
    file: Path | None = None
    line: Number | None = None
    text: Words | None = None


class Candidate(BaseModel):
    """A model that might have been meant."""

    model_config = _CONFIG

    call: Words
    requires: Notes = ()


class Skipped(BaseModel):
    """A statement of the source that failed and was left out."""

    model_config = _CONFIG

    file: Path | None = None
    line: Number | None = None
    text: Words | None = None
    reason: Words


class Trace(BaseModel):
    """What a sandbox claims to have seen."""

    model_config = _CONFIG

    version: Literal[1]
    framework: Literal["pytorch", "keras"]
    entry: Entry | None = None
    completeness: Literal["full", "params_only", "partial", "failed"]
    modules: Annotated[tuple[Module, ...], Field(max_length=MAX_MODULES)] = ()
    calls: Annotated[tuple[Call, ...], Field(max_length=MAX_CALLS)] = ()
    inputs: Annotated[tuple[Number, ...], Field(max_length=MAX_VALUES)] = ()
    input_shapes: Annotated[tuple[Sizes, ...], Field(max_length=MAX_VALUES)] = ()
    outputs: Annotated[tuple[Number, ...], Field(max_length=MAX_VALUES)] = ()
    output_shapes: Annotated[tuple[Sizes, ...], Field(max_length=MAX_VALUES)] = ()
    stopped: Stopped | None = None
    candidates: Annotated[tuple[Candidate, ...], Field(max_length=MAX_NOTES)] = ()
    skipped: Annotated[tuple[Skipped, ...], Field(max_length=MAX_NOTES)] = ()
    stubbed: Notes = ()
    warnings: Notes = ()


def prepare() -> None:
    """Get ready to read traces, which the first `parse` would do."""
    Trace.model_rebuild()


def parse(answer: bytes) -> Trace:
    """Read a trace.

    Raises:
        NotationError: it is no trace.
        LimitError: it holds more than is read.
    """
    try:
        return Trace.model_validate_json(answer)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))[:MAX_NAME]
    if first["type"] in ("too_long", "string_too_long", "less_than_equal"):
        raise LimitError(f"what was recorded of the model is too large at {place}: {first['msg']}.")
    raise NotationError(f"what was recorded of the model is no trace, at {place or 'its root'}: {first['msg']}.")
