"""What is printed of each network of the catalogue: small, and its rows sum to its totals."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from paramcount import NetworkReport, derive, network
from paramcount.architectures import catalogue
from paramcount.rows import MOST_ROWS, Detail

FIGURES = {
    "parameters": re.compile(r"([\d,]+)(?: = .*)?"),
    "non_trainable": re.compile(r"([\d,]+) not trainable"),
    "buffers": re.compile(r"([\d,]+) in buffers"),
    "macs": re.compile(r"([\d,]+) MACs"),
}
TOTALS = {
    "parameters": re.compile(r"total \(\w+\): ([\d,]+) parameters"),
    "non_trainable": re.compile(r"trainable, ([\d,]+) not"),
    "buffers": re.compile(r"([\d,]+) in buffers"),
    "macs": re.compile(r"MACs: ([\d,]+);"),
}


def tokens(text: str) -> float:
    return len(text.encode()) / 4


def compact(answer: dict[str, object]) -> str:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def number(text: str) -> int:
    return int(text.replace(",", ""))


def printed_rows(lines: list[str]) -> Iterator[tuple[int, dict[str, int]]]:
    """How often each row stands there, and its figures."""
    for line in lines:
        first, *parts = line.split(" | ")
        times = re.search(r" × (\d+)$", first)
        found = {name: number(match[1])
                 for name, pattern in FIGURES.items() for part in parts if (match := pattern.fullmatch(part))}  # fmt: skip
        yield int(times[1]) if times else 1, found


def check_text(report: NetworkReport) -> None:
    """The rows of the text sum to what its last lines say, and each row's working to its parameters."""
    text = report.to_text("layers").split("\n")
    start = next(index for index, line in enumerate(text) if line.startswith("total ("))
    rows, closing = list(printed_rows(text[:start])), "\n".join(text[start:])
    for name, pattern in TOTALS.items():
        told = pattern.search(closing)
        assert sum(times * row.get(name, 0) for times, row in rows) == (number(told[1]) if told else 0), name
    for working in re.findall(r" \| ([\d,]+) = ([\d +×()−-]+)(?: \||$)", "\n".join(text[:start])):
        assert eval(working[1].replace("×", "*").replace("−", "-")) == number(working[0])  # noqa: S307 - sums of digits


def check_structure(report: NetworkReport, detail: Detail) -> None:
    answer: Any = report.to_dict(detail)
    for name in ("parameters", "trainable", "non_trainable", "buffers", "macs"):
        total = sum(row["repeat"] * row.get(name, 0) for row in answer["layers"])
        assert total == answer["totals"].get(name, 0), name


@pytest.mark.parametrize("name", catalogue())
def test_rows_sum_to_totals_and_are_read_at_a_glance(name: str) -> None:
    report = derive(network(f"{name}()", input_shape=catalogue()[name].input_shape))
    check_text(report)
    check_structure(report, "layers")
    check_structure(report, "steps")
    assert len(report.shown("layers")) <= MOST_ROWS
    for detail, most in (("summary", 400), ("layers", 1500)):
        assert tokens(report.to_text(detail)) <= most
        assert tokens(compact(report.to_dict(detail))) <= most


@pytest.mark.parametrize("name", ["resnet50", "ResNet50"])
def test_a_resnet_50_is_told_in_few_words(name: str) -> None:
    """Also where nothing is asked but everything: receptive fields and memory."""
    report = derive(
        network(f"{name}()", input_shape=catalogue()[name].input_shape), receptive_field=True, batch_size=32
    )
    assert max(tokens(report.to_text("summary")), tokens(compact(report.to_dict("summary")))) <= 400
    assert max(tokens(report.to_text("layers")), tokens(compact(report.to_dict("layers")))) <= 1500


def test_a_network_within_a_network_is_shown_by_its_blocks_too() -> None:
    report = derive(network("Conv2d(1, 3, 1), body = resnet50(include_top=False), Conv2d(2048, 7, 1), tail = resnet18(in_channels=7)",
                            input_shape=(1, 224, 224)))  # fmt: skip
    check_text(report)
    names = [row.name for row in report.shown("layers")]
    assert names[:2] == ["0", "body.conv1"]
    assert "body.layer1.0" in names
    assert report.output_shape == (1000,)


def test_what_is_never_run_is_named_by_its_block() -> None:
    assert derive(network("Conv2d(3, 3, 1), net = googlenet()")).unused == ("net.aux1", "net.aux2")
    assert derive(network("inception_v3()")).unused == ("AuxLogits",)
