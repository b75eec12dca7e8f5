"""`conv_layer_params`: one convolution, with its derivation."""

from collections.abc import Mapping
from typing import Annotated, cast

from pydantic import Field

from paramcount import LayerError, MissingError, ParamcountError, derive
from paramcount.build import layer_of_kind
from paramcount.errors import raise_all, sequence, shown
from paramcount.layers.base import Layer
from paramcount.limits import MAX_SIZE
from paramcount_mcp.arguments import Arguments, Numbers, Padding, Truth, WhichFramework, Whole, check
from paramcount_mcp.tool import Answer, Tool

SYNONYMS = {
    "filters": "out_channels",
    "filter_size": "kernel_size",
    "strides": "stride",
    "use_bias": "bias",
    "dilation_rate": "dilation",
    "channels": "in_channels",
}
REQUIRED = ("in_channels", "out_channels", "kernel_size")
GUIDE = {"k": "out_channels", "f": "kernel_size", "c": "in_channels"}
"""The letters of the formula ((f × f × c) + 1) × k, understood when all three come together."""


class ConvArguments(Arguments):
    """A convolution, flat."""

    in_channels: Annotated[Whole, Field(description="Channels of the input; 3 for RGB.", examples=[3])]
    out_channels: Annotated[Whole, Field(description="Number of filters.", examples=[32])]
    kernel_size: Annotated[
        Numbers,
        Field(description="Filter size: one number, or [height, width]; [length] for 1-D.", examples=[3, [1, 7]]),
    ]
    stride: Annotated[Numbers, Field(description="Step, per dimension or one for all.", examples=[2])] = 1
    padding: Annotated[
        Padding,
        Field(description="Zeros added on each side; 'same' or 'valid' (all that Keras takes).", examples=[1, "same"]),
    ] = 0
    dilation: Annotated[Numbers, Field(description="Spacing of the kernel's points.", examples=[2])] = 1
    groups: Annotated[Whole, Field(description="Groups; groups = in_channels is depthwise.", examples=[32])] = 1
    bias: Annotated[Truth, Field(description="One bias per filter.", examples=[False])] = True
    transposed: Annotated[Truth, Field(description="Transposed convolution (upsampling).", examples=[True])] = False
    output_padding: Annotated[
        Numbers | None, Field(description="Transposed only: rows added to the output.", examples=[1])
    ] = None
    input_size: Annotated[
        Numbers | None,
        Field(
            description="Spatial size of the input without channels: [height, width], or one number for a square. "
            "Needed for output shape and MACs, not for parameters.",
            examples=[[224, 224], 28],
        ),
    ] = None
    framework: Annotated[
        WhichFramework, Field(description="Whose rules, names and order of dimensions.", examples=["keras"])
    ] = "pytorch"
    expected: Annotated[
        Whole | None,
        Field(description="A parameter count to check; a mismatch names the likely slip.", examples=[864]),
    ] = None


def answer(arguments: Mapping[str, object]) -> Answer:
    """Answer one call.

    Raises:
        ParamcountError: every mistake of the call.
    """
    _refuse_call(arguments)
    sent, synonyms, problems = _letters(arguments)
    given, found = check(ConvArguments, sent, synonyms)
    problems += [_clearer(error, given) for error in found]
    made: Layer | None = None
    shape: tuple[int, ...] | None = None
    if all(name in given for name in REQUIRED):
        try:
            made, dims = _layer(given)
            shape = _input_shape(made, given, dims)
        except ParamcountError as error:
            error.place = ()
            problems.append(error)
    raise_all(problems)
    if made is None:
        raise LayerError(f"{', '.join(REQUIRED)} must be given.")
    return Answer(derive(made, shape, expected=cast("int | None", given.get("expected"))))


def _refuse_call(arguments: Mapping[str, object]) -> None:
    """A layer in notation goes to another tool: everything else that would be said is beside the point.

    Raises:
        LayerError: there is one.
    """
    for name, value in arguments.items():
        if isinstance(value, str) and "(" in value and name not in ConvArguments.model_fields:
            raise LayerError(
                f"there is no argument {shown(name)}. What is written as a call goes to network_params: "
                f"layers={shown(value)}."
            )


def _letters(
    arguments: Mapping[str, object],
) -> tuple[dict[str, object], Mapping[str, str], list[ParamcountError]]:
    """Take k, f and c as synonyms where all three are given; refuse a lone one."""
    letters = [name for name in GUIDE if name in arguments]
    if len(letters) == len(GUIDE):
        return dict(arguments), SYNONYMS | GUIDE, []
    problems: list[ParamcountError] = []
    for name in letters:
        also = "kernel_size or out_channels" if name == "k" else GUIDE[name]
        problems.append(
            LayerError(f"{name} alone is ambiguous. Use {also}, or give k (filters), f (filter side) and c together.")
        )
    return {name: value for name, value in arguments.items() if name not in letters}, SYNONYMS, problems


def _clearer(error: ParamcountError, given: Mapping[str, object]) -> ParamcountError:
    """Say what a missing number of input channels would change, and never assume it."""
    if error.message != "in_channels is missing.":
        return error
    never = "in_channels is missing, and it is never assumed"
    try:
        counts = [f"{derive(_layer({**given, 'in_channels': channels})[0]).total:,}" for channels in (1, 3)]
    except (ParamcountError, KeyError):  # something else is missing or wrong as well
        return MissingError(f"{never}: 1 for greyscale, 3 for RGB.")
    return MissingError(f"{never}: the layer has {counts[0]} parameters with 1 and {counts[1]} with 3.")


def _layer(given: Mapping[str, object]) -> tuple[Layer, int]:
    """Make the layer; returns it with its number of spatial dimensions."""
    dims = _dimensions(given)
    kind = f"convtranspose{dims}d" if given.get("transposed") else f"conv{dims}d"
    framework = cast("WhichFramework", given.get("framework", "pytorch"))
    return layer_of_kind(kind, _fields(given), framework=framework), dims


def _dimensions(given: Mapping[str, object]) -> int:
    """How many spatial dimensions the numbers speak of; two where they do not tell.

    Raises:
        LayerError: they disagree, or the input's size may hold the channels.
    """
    names = ("kernel_size", "stride", "padding", "dilation", "output_padding")
    several = {name: items for name in names if (items := sequence(given.get(name))) is not None}
    lengths = {name: len(items) for name, items in several.items() if name == "kernel_size" or len(items) != 1}
    size = sequence(given.get("input_size"))
    if size is not None:
        _refuse_channels(size, lengths, given)
        lengths["input_size"] = len(size)
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise LayerError(f"the numbers of dimensions differ: {told}.")
    dims = next(iter(lengths.values()), 2)
    if not 1 <= dims <= 3:
        raise LayerError(f"convolutions of 1, 2 and 3 dimensions are known, received {dims}.")
    return dims


def _refuse_channels(size: tuple[object, ...], lengths: Mapping[str, int], given: Mapping[str, object]) -> None:
    """Three numbers for a layer that does not say its dimensions: a volume, or an image with its channels?"""
    if len(size) != 3:
        return
    channels, others = given["in_channels"], set(lengths.values())
    last = given.get("framework") == "keras" if (size[0] == channels) == (size[-1] == channels) else size[0] != channels
    if others in (set[int](), {2}) and (others or channels in (size[0], size[-1])):
        image = size[:2] if last else size[1:]
        volume = "" if others else ", or kernel_size with three numbers for a volume"
        raise LayerError(f"input_size={list(size)} seems to hold the channels. Give {list(image)}{volume}.")


def _fields(given: Mapping[str, object]) -> dict[str, object]:
    """The canonical fields of the layer."""
    fields = {name: given[name] for name in _FIELDS if name in given}
    if fields.get("groups") == 1:
        del fields["groups"]  # a transposed convolution of Keras has none, and 1 says nothing
    if given.get("framework") == "keras" and fields.get("padding") == 0:
        fields["padding"] = "valid"
    if not given.get("transposed") and "output_padding" in fields:
        raise LayerError("output_padding is for transposed convolutions: set transposed=true, or leave it out.")
    return fields


_FIELDS = (
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "bias",
    "output_padding",
)


def _input_shape(made: Layer, given: Mapping[str, object], dims: int) -> tuple[int, ...] | None:
    size = given.get("input_size")
    if size is None:
        return None
    sizes = tuple(cast("list[int]", size)) if isinstance(size, list) else (cast("int", size),) * dims
    channels = cast("int", given["in_channels"])
    for number in sizes:
        if not 1 <= number <= MAX_SIZE:
            raise LayerError(f"input_size must be from 1 to {MAX_SIZE}, received {number}.")
    return (*sizes, channels) if made.channels_last else (channels, *sizes)


TOOL = Tool(
    name="conv_layer_params",
    quick=True,
    numbers=frozenset(("in_channels", "channels", "c", "out_channels", "filters", "k", "input_size", "expected")),
    title="Parameters of a convolution",
    description=(
        "Exact parameter count of one convolutional layer, step by step: weights per filter "
        "(kernel_height × kernel_width × in_channels ÷ groups), bias, parameters per filter, total. "
        "1-D, 2-D and 3-D, grouped, depthwise, dilated or transposed, as PyTorch or Keras counts. "
        "With input_size also output shape, MACs (FLOPs = 2 × MACs), activation size, and what a dense and a "
        "depthwise-separable layer would need instead. With expected it checks a number and names the slip. "
        "Use it for one convolution instead of computing; for several layers, or any other kind of layer, use "
        "network_params. The number of input channels is never assumed."
    ),
    arguments=ConvArguments,
    answer=answer,
    output={
        "type": "object",
        "description": (
            "layer; weights_per_filter, bias_per_filter, parameters_per_filter, filters; steps: {name, formula, "
            "substitution, value}; tensors: {name, shape, count}; with input_size output_shape (batch excluded), "
            "macs, flops, instead: parameters of other layers in its place; memory_bytes by dtype; expected: {value, "
            "match, slip}; notes. Fields that do not apply are left out."
        ),
        "properties": {
            "total": {"type": "integer", "description": "parameters"},
            "steps": {"type": "array"},
        },
        "required": ["layer", "total", "steps"],
    },
)
