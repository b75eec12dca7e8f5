"""The catalogue against the frameworks' own counts."""

import pytest

from paramcount import derive, network
from paramcount.architectures import catalogue


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_network_counts_what_its_builder_counts(name: str) -> None:
    one = catalogue()[name]
    report = derive(network(f"{name}()", input_shape=one.input_shape))
    assert report.totals.parameters.value == one.total
    assert sum(row.repeat * row.parameters for row in report.rows) == one.total
