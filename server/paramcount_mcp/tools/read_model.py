"""`read_model`: a network from what the caller has: source code, a printed model, a summary, a configuration."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, cast

from pydantic import BeforeValidator, Field

from paramcount import LayerError, ParamcountError
from paramcount.declared import InputShape, checked_shapes
from paramcount.errors import raise_all, shown
from paramcount.files import opened
from paramcount.limits import MAX_NAME
from paramcount.readers import AUTO, Asked, Given, Reading, format_names, read
from paramcount.readers.base import Watch, unwatched
from paramcount.rows import Detail
from paramcount_mcp import limits
from paramcount_mcp.arguments import Arguments, Truth, WhichFramework, Whole, check, refuse
from paramcount_mcp.networks import InputShapes
from paramcount_mcp.roots import below
from paramcount_mcp.tool import Answer, Tool
from paramcount_mcp.tools.network_params import WhichDetail, fitting


def _format(value: object) -> object:
    if not isinstance(value, str) or (value != AUTO and value not in format_names()):
        raise refuse(f"must be one of {', '.join((AUTO, *format_names()))}, received {shown(value)}.")
    return value


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise refuse(f"must be text, received {shown(value)}.")
    if len(value) > limits.MAX_SOURCE:
        raise refuse(f"must have at most {limits.MAX_SOURCE} characters, received {len(value)}.")
    return value


def _files(value: object) -> object:
    if not isinstance(value, dict):
        raise refuse(f"must be an object of paths and their text, received {shown(value)}.")
    files = cast("dict[object, object]", value)
    if not 0 < len(files) <= limits.MAX_FILES:
        raise refuse(f"must hold 1 to {limits.MAX_FILES} files, received {len(files)}.")
    for path, text in files.items():
        if not isinstance(path, str) or not isinstance(text, str) or not _is_inside(path):
            raise refuse(f"must map relative paths such as 'net/blocks.py' to text; received {shown(path)}.")
    size = sum(len(text) for text in files.values() if isinstance(text, str))
    if size > limits.MAX_SOURCE:
        raise refuse(f"must have at most {limits.MAX_SOURCE} characters together, received {size}.")
    return files


def _is_inside(path: str) -> bool:
    parts = path.split("/")
    return 0 < len(path) <= MAX_NAME and "\\" not in path and "\0" not in path and not {"", ".", ".."} & set(parts)


def _short(value: object) -> object:
    if not isinstance(value, str) or len(value) > limits.MAX_ENTRY:
        raise refuse(f"must be text of at most {limits.MAX_ENTRY} characters, received {shown(value)}.")
    return value


class ReadArguments(Arguments):
    """What to read, and what to say of it."""

    source: Annotated[
        str | None, BeforeValidator(_text), Field(description="The text to read.", examples=["Net(\n  (fc): Linear(…)"])
    ] = None
    files: Annotated[
        dict[str, str] | None,
        BeforeValidator(_files),
        Field(
            description="Instead: several source files, path → text, that with the model first.",
            examples=[{"net.py": "from blocks import Block …", "blocks.py": "…"}],
        ),
    ] = None
    path: Annotated[
        str | None,
        BeforeValidator(_short),
        Field(
            description="Instead: a file on the server's machine, below a root that its user allowed.",
            examples=["model.onnx"],
        ),
    ] = None
    format: Annotated[
        str,
        BeforeValidator(_format),
        Field(description="What it is.", json_schema_extra={"enum": [AUTO, *format_names()]}, examples=[AUTO]),
    ] = AUTO
    entry: Annotated[
        str | None,
        BeforeValidator(_short),
        Field(description="Which model of a source, as a call.", examples=["Net(num_classes=10)"]),
    ] = None
    input_shape: Annotated[
        InputShapes, Field(description="One sample without the batch, or a list of shapes.", examples=[[3, 224, 224]])
    ] = None
    framework: Annotated[
        WhichFramework | None, Field(description="Where the text does not tell.", examples=["keras"])
    ] = None
    detail: Annotated[WhichDetail, Field(description="As in network_params.", examples=["summary"])] = "layers"
    expected: Annotated[Whole | None, Field(description="A parameter count to check.", examples=[25557032])] = None
    as_layers: Annotated[
        Truth | None,
        Field(description="Give the network in notation too, to change it and ask network_params.", examples=[True]),
    ] = None


SYNONYMS = {"text": "source", "code": "source", "model": "source", "input_size": "input_shape", "file": "path"}


def answer(roots: tuple[Path, ...], watch: Watch, arguments: Mapping[str, object]) -> Answer:
    """Answer one call; files are read below `roots`, and `watch` is told how long it takes.

    Raises:
        ParamcountError: every mistake of the call, or why what was given cannot be read.
    """
    given, problems = check(ReadArguments, arguments, SYNONYMS)
    named = [name for name in ("source", "files", "path") if name in given]
    if len(named) != 1 and not problems:
        problems.append(
            LayerError(f"give source, files or path, one of them; received {' and '.join(named) or 'none'}.")
        )
    asked = Asked(
        entry=cast("str", given.get("entry", "")),
        framework=cast("WhichFramework | None", given.get("framework")),
        most=limits.MAX_LAYERS,
        watch=watch,
    )
    if "input_shape" in given:
        try:
            asked = replace(asked, input_shapes=checked_shapes(cast("InputShape", given["input_shape"])))
        except ParamcountError as error:
            problems.append(error)
    raise_all(problems)
    report = _read(given, asked, roots).report(
        expected=cast("int | None", given.get("expected")), as_layers=bool(given.get("as_layers"))
    )
    return fitting(report, cast("Detail", given.get("detail", "layers")))


def _read(given: Mapping[str, object], asked: Asked, roots: tuple[Path, ...]) -> Reading:
    wanted = cast("str", given.get("format", AUTO))
    if "path" in given:
        with opened([str(below(cast("str", given["path"]), roots))]) as file:
            return read(file, asked, format=wanted)
    if "files" in given:
        files = cast("dict[str, str]", given["files"])
        first = next(iter(files))
        return read(Given(files[first], files, first), asked, format=wanted)
    return read(Given(cast("str", given["source"])), asked, format=wanted)


TOOL = Tool(
    name="read_model",
    title="Read a model",
    description=(
        "The answer of network_params for a model that is there in another form, as text: what print(model) shows, a "
        "summary table, a configuration, PyTorch source code, which runs in a sandbox only. Beside the answer, `read` "
        "says what the text was taken for and what it does not show; what cannot be known is left out, not guessed."
    ),
    arguments=ReadArguments,
    answer=partial(answer, (), unwatched),
    output={
        "type": "object",
        "description": "As network_params; read: {format, what, entry, completeness, not_understood, stopped, notes}.",
        "properties": {"totals": {"type": "object"}, "read": {"type": "object"}},
        "required": ["framework", "totals"],
    },
    threaded=True,
    reads=answer,
)
