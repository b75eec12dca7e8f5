"""The command line: `paramcount layer`, `paramcount network`, `paramcount read`, `paramcount serve`.

Only `serve` imports the MCP server. Errors go to standard error with exit code 2; a network above
`--at-most` ends with exit code 1.
"""

import argparse
import gc
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import paramcount
from paramcount.declared import InputShape, checked_shapes
from paramcount.errors import LimitError, NotationError, ParamcountError, shown
from paramcount.limits import MAX_TEXT
from paramcount.render import table
from paramcount.render.text import latex
from paramcount.report import DETAILS, Report
from paramcount.rows import Detail
from paramcount.signature import FRAMEWORKS, Framework
from paramcount.written import Item

OK, ABOVE_LIMIT, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    sent = sys.argv[1:] if arguments is None else arguments
    gc.freeze()  # what was imported stays: to look through it again takes a sixth of a command's time
    if sent[:1] == ["serve"]:
        return _serve(sent[1:])
    parser = _parser()
    chosen = parser.parse_args(sent)
    try:
        return int(chosen.run(chosen))
    except ParamcountError as error:
        print(f"paramcount: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the output has left; nothing is left to say
        return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="paramcount",
        description="Exact parameter counts, shapes and MACs of convolutional networks, with the working shown.",
    )
    parser.add_argument("--version", action="version", version=f"paramcount {paramcount.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    layer = commands.add_parser("layer", help="derive one layer", description="Derive one layer.")
    layer.add_argument("layer", metavar="LAYER", help='notation, such as "Conv2d(3, 32, 3)", or a JSON object')
    layer.add_argument("--latex", action="store_true", help="print the derivation as LaTeX")
    layer.set_defaults(run=_layer)

    network = commands.add_parser("network", help="derive a network", description="Derive a network.")
    network.add_argument("file", metavar="FILE", help="a file with notation or JSON; - for standard input")
    network.add_argument("--detail", choices=DETAILS, default="layers", help="how much to print (default: layers)")
    network.add_argument("--at-most", type=_count, metavar="N", help="end with exit code 1 above N parameters")
    network.add_argument("--receptive-field", action="store_true", help="print each layer's receptive field")
    network.add_argument("--batch-size", type=_count, metavar="N", help="print the memory for a batch of N")
    network.add_argument("--sparsity", type=float, metavar="SHARE", help="print the parameters left when pruned")
    network.set_defaults(run=_network)

    read = commands.add_parser(
        "read",
        help="derive a model from another form of it",
        description="Derive a model that is there as print(model), a summary table, a configuration or source code.",
    )
    read.add_argument(
        "file", metavar="FILE", nargs="+", help="the file, with others it imports after it; - for standard input"
    )
    read.add_argument("--entry", default="", metavar="CALL", help='which model of a source: "Net(num_classes=10)"')
    read.add_argument("--format", default="auto", metavar="FORMAT", help="what the file is (default: auto)")
    read.add_argument("--detail", choices=DETAILS, default="layers", help="how much to print (default: layers)")
    read.add_argument("--as-layers", action="store_true", help="print the network in notation too")
    read.set_defaults(run=_read_model)

    for command in (layer, network, read):
        command.add_argument(
            "--input",
            type=_sizes,
            metavar="SIZES",
            help="shape of one sample: 3,224,224 (Keras: 224,224,3); several as 3,32,32;10",
        )
        command.add_argument("--framework", choices=FRAMEWORKS, help="whose rules; left out, the spelling tells")
        command.add_argument("--expected", type=_count, metavar="N", help="a number of parameters to check")
        command.add_argument("--json", action="store_true", help="print what the MCP tool answers")

    commands.add_parser("serve", help="run the MCP server, over stdio or HTTP", add_help=False)
    return parser


def _layer(chosen: argparse.Namespace) -> int:
    written: Item = chosen.layer
    if chosen.layer.lstrip().startswith("{"):
        written = cast("Mapping[str, object]", _json(chosen.layer))
    made = paramcount.layer(written, framework=chosen.framework)
    report = paramcount.derive(made, chosen.input, expected=chosen.expected)
    if chosen.latex:
        print(latex(report))
    else:
        _print(report, "steps", as_json=chosen.json)
    return OK


def _network(chosen: argparse.Namespace) -> int:
    text = _read(chosen.file)
    items: Item | Sequence[Item] = text
    shape, framework = chosen.input, chosen.framework
    if text.lstrip()[:1] in ("{", "[") and (read := _json_or_none(text)) is not None:
        items, shape, framework = _from_json(read, shape, framework)
    made = paramcount.network(items, input_shape=shape, framework=framework)
    try:
        report = paramcount.derive(
            made,
            expected=chosen.expected,
            receptive_field=chosen.receptive_field,
            batch_size=chosen.batch_size,
            sparsity=chosen.sparsity,
        )
    except ParamcountError as error:
        if error.report is not None:
            _print(error.report, chosen.detail, as_json=chosen.json)  # as far as it got
        raise
    _print(report, chosen.detail, as_json=chosen.json)
    if chosen.at_most is None:
        return OK
    total = report.totals.parameters.value
    if total <= chosen.at_most:
        return OK
    print(f"paramcount: {total:,} parameters are above the limit of {chosen.at_most:,}", file=sys.stderr)
    return ABOVE_LIMIT


def _read_model(chosen: argparse.Namespace) -> int:
    from paramcount.readers.sandbox import sandboxes  # readers are many: only this command pays for them

    if any(name.endswith(".py") for name in chosen.file):
        sandboxes().prepare()  # it gets ready while the rest is imported

    from paramcount.files import opened
    from paramcount.readers import Asked, read

    shapes = () if chosen.input is None else checked_shapes(chosen.input)
    with opened(chosen.file, sys.stdin.buffer) as given:
        asked = Asked(chosen.entry, shapes, chosen.framework, watch=_tell)
        reading = read(given, asked, format=chosen.format)
    try:
        report = reading.report(expected=chosen.expected, as_layers=chosen.as_layers)
    except ParamcountError as error:
        if error.report is not None:
            _print(error.report, chosen.detail, as_json=chosen.json)  # as far as it got
        raise
    _print(report, chosen.detail, as_json=chosen.json)
    return OK


def _tell(seconds: float) -> None:
    """Say once a second that something still runs, to whoever sits before a terminal."""
    if sys.stderr.isatty() and seconds >= 1 and seconds % 1 < 0.2:
        print(f"\rreading … {seconds:.0f} s", end="", file=sys.stderr, flush=True)


def _serve(options: Sequence[str]) -> int:
    from paramcount_mcp import serve  # the SDK takes a second to import: only this command pays for it

    return serve.main(options)


def _print(report: Report, detail: Detail, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(report.to_dict(detail), ensure_ascii=False, indent=2))
    else:
        print(table.render(report, detail))


def _from_json(
    read: object, shape: InputShape | None, framework: Framework | None
) -> tuple[Item | Sequence[Item], InputShape | None, Framework | None]:
    """Take a list of layers, one layer, or the arguments of the tool apart."""
    if isinstance(read, list):
        return cast("Sequence[Item]", read), shape, framework
    if not isinstance(read, dict) or "layers" not in read or "kind" in read:
        return cast("Item", read), shape, framework
    fields = cast("dict[str, object]", read)
    unknown = set(fields) - {"layers", "input_shape", "framework"}
    if unknown:
        raise NotationError(f"{shown(min(unknown))} is not understood; layers, input_shape and framework are.")
    return (
        cast("Sequence[Item]", fields["layers"]),
        shape if shape is not None else cast("InputShape | None", fields.get("input_shape")),
        framework or cast("Framework | None", fields.get("framework")),
    )


def _read(name: str) -> str:
    """Read a file, or standard input for "-".

    Raises:
        NotationError: there is no such file, or it is not text.
        LimitError: it is too long.
    """
    try:
        if name == "-":
            text = sys.stdin.read(MAX_TEXT + 1)
        else:
            with Path(name).open(encoding="utf-8") as file:
                text = file.read(MAX_TEXT + 1)
    except OSError as error:
        raise NotationError(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise NotationError(f"{name} is not UTF-8 text.") from None
    if len(text) > MAX_TEXT:
        raise LimitError(f"{name} has more than {MAX_TEXT} characters.")
    return text


def _json(text: str) -> object:
    try:
        return cast("object", json.loads(text))
    except (ValueError, RecursionError) as error:
        raise NotationError(f"the JSON cannot be read: {error}.") from None


def _json_or_none(text: str) -> object:
    """Read JSON; None where the text is notation that begins with a bracket."""
    try:
        return cast("object", json.loads(text))
    except (ValueError, RecursionError):
        return None


def _sizes(text: str) -> InputShape:
    if ";" in text:  # a shape for each of several inputs
        return [_one_shape(part) for part in text.split(";")]
    return _one_shape(text)


def _one_shape(text: str) -> tuple[int, ...]:
    parts = text.strip("()[] ").replace("×", ",").replace("x", ",").split(",")
    if not all(part.strip().isdecimal() and len(part) < 20 for part in parts):
        raise argparse.ArgumentTypeError(f"sizes are written 3,224,224, received {text[:60]!r}")
    return tuple(int(part) for part in parts)


def _count(text: str) -> int:
    digits = text.replace(",", "").replace("_", "")
    if not digits.isdecimal() or len(digits) > 19:
        raise argparse.ArgumentTypeError(f"a whole number is expected, received {text[:60]!r}")
    return int(digits)
