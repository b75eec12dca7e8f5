"""`compare_networks`: two to eight networks side by side."""

from collections.abc import Mapping
from typing import Annotated, cast

from pydantic import BeforeValidator, Field

from paramcount import LayerError, ParamcountError
from paramcount.compare import MAX_NETWORKS, Candidate, candidate, compare
from paramcount.declared import InputShape
from paramcount.errors import raise_all, sequence, shown
from paramcount.signature import Framework
from paramcount_mcp import limits
from paramcount_mcp.arguments import Arguments, WhichFramework, Whole, check, refuse, unstringified
from paramcount_mcp.networks import InputShapes, layers, shapes
from paramcount_mcp.tool import Answer, Tool


def _networks(value: object) -> object:
    """Check how many there are, and the outer shape and the size of each."""
    sent = sequence(unstringified(value))
    if sent is None or not 2 <= len(sent) <= MAX_NETWORKS:
        received = shown(value) if sent is None else str(len(sent))
        raise refuse(f"must hold two to {MAX_NETWORKS} networks, received {received}.")
    return [_network(one) for one in map(unstringified, sent)]


def _network(value: object) -> object:
    if not isinstance(value, dict):
        return layers(value)
    fields = cast("dict[str, object]", value)
    checked = dict(fields)
    if "layers" in fields:
        checked["layers"] = layers(fields["layers"])
    if "layers" in fields and fields.get("input_shape") is not None:
        checked["input_shape"] = shapes(fields["input_shape"])
    return checked


class CompareArguments(Arguments):
    """The networks and what flows into them."""

    networks: Annotated[
        list[str | list[str | dict[str, object]] | dict[str, object]],
        BeforeValidator(_networks),
        Field(
            description="Two to eight networks; the others are compared with the first. Each is written as for "
            "network_params: a text or a list of layers, a name such as resnet18(), or an object with layers and, "
            "where they differ, name, input_shape and framework.",
            examples=[["Conv2d(256, 256, 3)", "Conv2d(256, 256, 3, groups=256), Conv2d(256, 256, 1)"]],
        ),
    ]
    input_shape: Annotated[
        InputShapes,
        Field(description="Shape of one sample without the batch, for all networks.", examples=[[256, 28, 28]]),
    ] = None
    framework: Annotated[WhichFramework | None, Field(description="Whose rules, for all.", examples=["pytorch"])] = None
    batch_size: Annotated[
        Whole | None, Field(description="Compare the memory for this many samples too.", examples=[32])
    ] = None


SYNONYMS = {"models": "networks", "input_size": "input_shape"}


def answer(arguments: Mapping[str, object]) -> Answer:
    """Answer one call.

    Raises:
        ParamcountError: every mistake of the call.
    """
    given, problems = check(CompareArguments, arguments, SYNONYMS)
    candidates: list[Candidate] = []
    for position, one in enumerate(cast("list[object]", given.get("networks", []))):
        try:
            shape, framework = given.get("input_shape"), given.get("framework")
            candidates.append(
                candidate(one, position, cast("InputShape | None", shape), cast("Framework | None", framework))
            )
        except ParamcountError as error:
            problems.append(error)
    raise_all(problems)
    if not candidates:
        raise LayerError("networks must be given.")
    batch = cast("int | None", given.get("batch_size"))
    return Answer(compare(candidates, batch_size=batch, most=limits.MAX_LAYERS), "summary")


TOOL = Tool(
    name="compare_networks",
    title="Networks side by side",
    description=(
        "Compare two to eight networks: parameters, MACs, memory, receptive field and output shape of each, and for "
        "all but the first the difference, ratio and per cent against the first, with the layers where they part. Use "
        "it for 'how much smaller', 'which is cheaper', a changed model against the original, or known "
        "architectures by name."
    ),
    arguments=CompareArguments,
    answer=answer,
    output={
        "type": "object",
        "description": (
            "networks: [{name, framework, input_shape, output_shape, totals as network_params gives them, layers "
            "(how many), receptive_field: {at, size, stride, padding}, memory, against_first: {parameters, trainable, "
            "macs, activation_bytes: {difference, ratio, percent, times}}, parts: [{first, here, parameters}]}]; notes."
        ),
        "properties": {"networks": {"type": "array"}},
        "required": ["networks"],
    },
    threaded=True,
)
