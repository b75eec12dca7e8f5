"""Graphs: blocks, names, sharing, what is never run; and receptive fields and memory along them."""

from typing import Any

import pytest

from paramcount import derive, network
from paramcount.report import NetworkReport
from tests.conftest import table

BLOCKS = table("blocks.json")["blocks"]


def report_of(items: Any, shape: Any = None, **asked: Any) -> NetworkReport:
    return derive(network(items, input_shape=shape), **asked)


@pytest.mark.parametrize("case", BLOCKS, ids=[case["network"][:24] for case in BLOCKS])
def test_blocks_as_torchvision_counts_them(case: dict[str, Any]) -> None:
    report = report_of(case["network"], case["input"])
    assert report.totals.parameters.value == case["parameters"]
    assert report.totals.buffers.value == case["buffers"]
    assert report.totals.macs is not None
    assert report.totals.macs.value == case["macs"]
    assert report.output_shape == tuple(case["output"])


FIELDS = table("receptive_fields.json")["networks"]


@pytest.mark.parametrize("case", FIELDS, ids=[case["network"][:24] for case in FIELDS])
def test_receptive_fields_are_the_support_of_the_gradient(case: dict[str, Any]) -> None:
    report = report_of(case["network"], case["input"], receptive_field=True)
    assert report.output_shape is not None
    assert list(report.output_shape[1:]) == case["output"]
    seen = report.rows[-1].seen
    assert seen is not None
    assert not isinstance(seen.field, str), seen.field
    for line, axis in zip(seen.field, case["axes"], strict=True):
        positions = range(axis["first"], axis["first"] + len(axis["low"]))
        assert [line.at(position) for position in positions] == list(zip(axis["low"], axis["high"], strict=True))
        largest = max(high - low + 1 for low, high in zip(axis["low"], axis["high"], strict=True))
        assert line.size == largest if line.period <= len(positions) else line.size >= largest


def test_the_table_of_receptive_fields_holds_what_it_held() -> None:
    assert len(FIELDS) >= 80
    for kind, least in (("Residual", 25), ("Concat", 25), ("Transpose", 15), ("Pool", 20), ("dilation=3", 25)):
        assert sum(kind in case["network"] for case in FIELDS) >= least, kind
