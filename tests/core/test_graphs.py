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
