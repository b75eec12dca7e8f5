"""What the README shows is what is printed; its table of layers is generated. Run this file to write it anew."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from paramcount import calculate_conv_layer_params, derive, network
from paramcount.layers import kinds

README = Path(__file__).parents[2] / "README.md"
START, END = "checked by the tests -->\n", "<!-- end of layers -->"


def layers() -> str:
    """The table of layers: a line for each kind."""
    lines = ["| PyTorch | Keras | what it is | for example |", "| --- | --- | --- | --- |"]
    for kind in kinds().values():
        names = [
            " ".join(f"`{name}`" for name in signature.names) if signature else ""
            for signature in (kind.pytorch, kind.keras)
        ]
        example = kind.examples[0]
        count = f"`{example.call}`: {example.parameters:,}" if example.parameters else f"`{example.call}`"
        lines.append(f"| {names[0]} | {names[1]} | {kind.about} | {count} |")
    return "\n".join(lines) + "\n"


def with_layers(text: str) -> str:
    start, end = text.index(START) + len(START), text.index(END)
    return text[:start] + layers() + text[end:]


def test_the_table_of_layers_is_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")
    assert with_layers(text) == text, "run python -m tests.core.test_readme"


CONSOLE = re.compile(r"```console\n\$ (.*?)\n(.*?)```", re.DOTALL)
CONSOLES = CONSOLE.findall(README.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("command", "shown"), CONSOLES, ids=[command[:30] for command, _ in CONSOLES])
def test_what_the_readme_shows_is_printed(command: str, shown: str) -> None:
    assert printed(command, shown) == shown


def printed(command: str, shown: str) -> str:
    """What the command prints, after the lines that are typed into it."""
    stdin = ""
    if command.endswith("<<'EOF'"):
        stdin = shown.split("EOF\n", 1)[0]
        command = command.removesuffix(" <<'EOF'")
    arguments = [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', command)]
    assert arguments.pop(0) == "paramcount"
    finished = subprocess.run(
        [sys.executable, "-m", "paramcount", *arguments], input=stdin, capture_output=True, text=True, check=True
    )
    return f"{stdin}EOF\n{finished.stdout}" if stdin else finished.stdout


def test_both_consoles_were_found() -> None:
    assert len(CONSOLES) == 2


def test_the_python_in_the_readme() -> None:
    made = network("Conv2d(3, 8, 3), Flatten(), Linear(7200, 10)", input_shape=(3, 32, 32))
    assert derive(made).to_dict("summary")["totals"]["parameters"] == 72234  # type: ignore[index]
    assert calculate_conv_layer_params(32, 3, 3) == 896


if __name__ == "__main__":
    anew = with_layers(README.read_text(encoding="utf-8"))
    anew = CONSOLE.sub(lambda found: f"```console\n$ {found[1]}\n{printed(found[1], found[2])}```", anew)
    README.write_text(anew, encoding="utf-8")
