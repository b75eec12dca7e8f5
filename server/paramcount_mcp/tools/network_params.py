"""`network_params`: a network of layers, derived one by one."""

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field

from paramcount import LayerError, ParamcountError, derive, network
from paramcount.declared import InputShape
from paramcount.errors import raise_all, shown
from paramcount.report import DETAILS, NetworkReport
from paramcount.rows import Detail
from paramcount.written import Item
from paramcount_mcp import limits
from paramcount_mcp.arguments import Arguments, Truth, WhichFramework, Whole, check, refuse
from paramcount_mcp.networks import InputShapes, Layers
from paramcount_mcp.tool import Answer, Tool


def _share(value: object) -> object:
    if isinstance(value, str) and len(value) < 20 and value.replace(".", "", 1).isdecimal() and value.isascii():
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise refuse(f"must be a number from 0 to 1, received {shown(value)}.")
    return value


def _detail(value: object) -> object:
    if value not in DETAILS:
        raise refuse(f"must be one of {', '.join(map(repr, DETAILS))}, received {shown(value)}.")
    return value


WhichDetail = Annotated[Literal["summary", "layers", "steps"], BeforeValidator(_detail)]


class NetworkArguments(Arguments):
    """A network and what to say of it."""

    layers: Annotated[
        Layers,
        Field(
            description="The layers in order, as constructor calls of PyTorch or Keras: a list, or one text. Objects "
            "with a kind are accepted too, and networks by name: resnet50(num_classes=10). Blocks nest: "
            "Sequential(…), Residual(a, b, shortcut=c), Concat([a], [b, c]) or Add or Multiply of branches, where [] "
            "is what flows in, Repeat(3, a, b). Name a layer, x = ReLU(), to use its value again: Concat()(x, y); x() "
            "runs it once more with the same weights.",
            examples=[["Conv2d(3, 8, 3, padding=1)", "ReLU()", "MaxPool2d(2)", "Flatten()", "Linear(2048, 10)"]],
        ),
    ]
    input_shape: Annotated[
        InputShapes,
        Field(
            description="Shape of one sample without the batch: [C, H, W] for PyTorch, [H, W, C] for Keras; a list of "
            "shapes for several inputs. Needed for output shapes and MACs, and for counts that depend on it.",
            examples=[[3, 32, 32]],
        ),
    ] = None
    framework: Annotated[
        WhichFramework | None,
        Field(
            description="Whose rules, and what the total holds; left out, the spelling of the layers tells.",
            examples=["keras"],
        ),
    ] = None
    detail: Annotated[
        WhichDetail,
        Field(description="Totals only, a row a layer, or every derivation.", examples=["summary"]),
    ] = "layers"
    expected: Annotated[
        Whole | None,
        Field(description="A parameter count to check; a mismatch names the likely slip.", examples=[20714]),
    ] = None
    receptive_field: Annotated[
        Truth | None, Field(description="Give each layer's receptive field, stride and padding.", examples=[True])
    ] = None
    batch_size: Annotated[
        Whole | None,
        Field(description="Give activation, inference and training memory for this many samples.", examples=[32]),
    ] = None
    sparsity: Annotated[
        float | None,
        BeforeValidator(_share),
        Field(description="Give the parameters that are not zero when this share is pruned.", examples=[0.9]),
    ] = None


SYNONYMS = {"network": "layers", "model": "layers", "input_size": "input_shape"}


def answer(arguments: Mapping[str, object]) -> Answer:
    """Answer one call.

    Raises:
        ParamcountError: every mistake of the call.
    """
    given, problems = check(NetworkArguments, arguments, SYNONYMS)
    made = None
    if "layers" in given:
        try:
            made = network(
                cast("str | list[Item]", given["layers"]),
                input_shape=cast("InputShape | None", given.get("input_shape")),
                framework=cast("WhichFramework | None", given.get("framework")),
                most=limits.MAX_LAYERS,
            )
        except ParamcountError as error:
            problems.append(error)
    raise_all(problems)
    if made is None:
        raise LayerError("layers must be given.")
    detail = cast("Detail", given.get("detail", "layers"))
    report = derive(
        made,
        expected=cast("int | None", given.get("expected")),
        receptive_field=bool(given.get("receptive_field")),
        batch_size=cast("int | None", given.get("batch_size")),
        sparsity=cast("float | None", given.get("sparsity")),
    )
    return fitting(report, detail)


def partial(error: ParamcountError) -> Answer | None:
    """The answer as far as it got, for an error that has one."""
    return None if error.report is None or not error.report.rows else fitting(error.report, "layers")


def fitting(report: NetworkReport, detail: Detail) -> Answer:
    """The answer with as much detail as is asked for and as fits into one."""
    if detail == "summary":
        return Answer(report, detail)  # and its rows need not be put together
    rows = len(report.rows)
    for less in reversed(DETAILS[: DETAILS.index(detail) + 1]):
        if rows <= limits.MAX_ROWS[less]:
            note = None
            if less != detail:
                most = limits.MAX_ROWS[detail]
                note = f"detail='{less}': with '{detail}' at most {most} rows are answered, not {rows}."
            return Answer(report, less, note)
    return Answer(report, "summary")


TOOL = Tool(
    name="network_params",
    title="Parameters of a network",
    description=(
        "Exact parameters, output shapes, MACs and memory of a convolutional network, layer by layer and in sum. Give "
        "the layers as they stand in code: Conv2d(3, 64, 7, stride=2), nn.Linear(512, 10), Conv2D(32, 3), Dense(10). "
        "Use it for anything of more than one layer, for pooling, dense, normalisation and other layers, and to check "
        "that shapes fit: a layer that does not fit is an error that names it, the rule and a way out. Shapes leave "
        "the batch out. total counts as the framework does: batch-norm statistics are non-trainable parameters in "
        "Keras, buffers in PyTorch. Bias, normalisation and activations are not in the MACs; FLOPs = 2 × MACs."
    ),
    arguments=NetworkArguments,
    answer=answer,
    output={
        "type": "object",
        "description": (
            "framework; input_shape, output_shape; totals: {parameters, trainable, non_trainable, buffers, macs, "
            "flops, memory_bytes}; layers: {name, layer, repeat, output_shape, parameters, trainable, "
            "non_trainable, buffers, macs, shares, tied, frozen, unused, receptive_field, steps, tensors}, where "
            "repeat n stands for n alike and figures are those of one; memory; nonzero_parameters; unused; failed: "
            "{at, reason}; expected: {value, match, slip}; notes. Fields that do not apply, or are 0, are left out."
        ),
        "properties": {
            "totals": {"type": "object"},
            "layers": {"type": "array"},
        },
        "required": ["framework", "totals"],
    },
)
