"""The command line, run as the user runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from paramcount import derive, layer, network
from paramcount.cli import main
from tests.networks import LENET5


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "paramcount", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=60)


def test_a_layer_prints_its_derivation() -> None:
    finished = run("layer", "Conv2d(3, 32, 3)", "--input", "3,224,224")
    assert finished.returncode == 0, finished.stderr
    assert "kernel_height × kernel_width × in_channels = 3 × 3 × 3" in finished.stdout
    assert "output: [32, 222, 222]" in finished.stdout


def test_a_network_from_standard_input_and_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "lenet5.txt"
    file.write_text(LENET5, encoding="utf-8")
    piped = run("network", "-", "--input", "1x32x32", stdin=LENET5)
    read = run("network", str(file), "--input", "1,32,32")
    assert piped.stdout == read.stdout
    assert "total (pytorch): 61,706 parameters" in piped.stdout


@pytest.mark.parametrize("detail", ["summary", "layers", "steps"])
def test_json_is_the_report(detail: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "lenet5.txt"
    file.write_text(LENET5, encoding="utf-8")
    assert main(["network", str(file), "--input", "1,32,32", "--json", "--detail", detail, "--expected", "61,706"]) == 0
    report = derive(network(LENET5, input_shape=(1, 32, 32)), expected=61706)
    assert json.loads(capsys.readouterr().out) == report.to_dict(detail)  # type: ignore[arg-type]


def test_json_of_a_layer_and_a_layer_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layer", '{"kind": "conv2d", "in_channels": 3, "out_channels": 32, "kernel_size": 3}', "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == derive(layer("Conv2d(3, 32, 3)")).to_dict()


@pytest.mark.parametrize(
    "text",
    [
        '["Conv2D(32, 3)", {"kind": "flatten"}, "Dense(10)"]',
        '{"layers": "Conv2D(32, 3), Flatten(), Dense(10)", "input_shape": [8, 8, 1], "framework": "keras"}',
        "[Conv2D(32, 3), Flatten(), Dense(10)]",
    ],
)
def test_files_hold_notation_or_json(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "network"
    file.write_text(text, encoding="utf-8")
    assert main(["network", str(file), "--input", "8,8,1"]) == 0
    assert "total (keras): 11,850 parameters" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["layer", "Conv2d(3, 32)"], "kernel_size must be given"),
        (["layer", "{"], "the JSON cannot be read"),
        (["network", "no-such-file"], "no-such-file cannot be read: No such file or directory"),
        (["network", "."], "cannot be read"),
    ],
)
def test_errors_go_to_standard_error(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    "arguments",
    [[], ["layer"], ["layer", "ReLU()", "--input", "a,b"], ["layer", "ReLU()", "--expected", "x"], ["nope"]],
)
def test_usage_errors_exit_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_files_that_are_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "weights.bin"
    file.write_bytes(b"\xff\xfe\x00")
    assert main(["network", str(file)]) == 2
    assert "is not UTF-8 text" in capsys.readouterr().err


def test_a_limit_holds_or_ends_with_1() -> None:
    assert run("network", "-", "--at-most", "61706", stdin=LENET5).returncode == 0
    finished = run("network", "-", "--at-most", "61,705", stdin=LENET5)
    assert finished.returncode == 1
    assert "61,706 parameters are above the limit of 61,705" in finished.stderr


def test_latex(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layer", "Conv2d(3, 32, 3)", "--latex"]) == 0
    assert r"\begin{align*}" in capsys.readouterr().out


def test_only_serve_imports_the_sdk() -> None:
    program = (
        "import sys; from paramcount.cli import main; main(['layer', 'Conv2d(3, 32, 3)']); "
        "sys.exit(any(name in sys.modules for name in ('mcp', 'anyio', 'paramcount_mcp')))"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=60)
    assert finished.returncode == 0


UNET = "Conv2d(3, 4, 3, padding=1), Concat([], [MaxPool2d(2), ConvTranspose2d(4, 4, 2, stride=2)]), Conv2d(8, 2, 1)"


def test_receptive_field_memory_and_sparsity(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "model.txt"
    file.write_text(UNET, encoding="utf-8")
    asked = ["--receptive-field", "--batch-size", "8", "--sparsity", "0.25"]
    assert main(["network", str(file), "--input", "3,16,12", *asked]) == 0
    printed = capsys.readouterr().out
    assert "sees 4×4, stride 1" in printed
    assert "batch of 8, bytes: activations" in printed
    assert "parameters that are not zero" in printed
    assert main(["network", str(file), "--input", "3,16,12", "--json", *asked]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["layers"][-1]["receptive_field"] == {"size": [4, 4], "stride": [1, 1], "padding": [1, 1]}
    assert answer["memory"]["batch_size"] == 8
    assert answer["nonzero_parameters"]["value"] == 198 - 198 // 4


def test_what_was_answered_before_a_clash_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "model.txt"
    file.write_text(UNET, encoding="utf-8")
    assert main(["network", str(file), "--input", "3,17,12"]) == 2
    captured = capsys.readouterr()
    assert "ConvTranspose2d(4, 4, 2, stride=2)" in captured.out
    assert "The input's sides should divide by 2." in captured.err


def test_several_inputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "model.txt"
    file.write_text("a = Input(), b = Input(), Concat()(a, b), Conv2d(5, 2, 1)", encoding="utf-8")
    assert main(["network", str(file), "--input", "3,8,8;2,8,8"]) == 0
    assert "[3, 8, 8], [2, 8, 8] → [2, 8, 8]" in capsys.readouterr().out
