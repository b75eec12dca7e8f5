"""The rules of operations, against what real torch computes."""

import json
from pathlib import Path

import pytest

from paramcount import LayerError, layer
from paramcount.operations import OPERATIONS, OperationError, macs, outputs

_DATA = Path(__file__).parent.parent / "data"
_ROWS = [
    row
    for name in ("operations.json", "keras_operations.json")
    for row in json.loads((_DATA / name).read_text())["rows"]
]


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row["torch"])
def test_an_operation_agrees_with_torch(row):
    shapes = [tuple(shape) for shape in row["shapes"]]
    if "raises" in row:
        with pytest.raises(OperationError) as refused:
            outputs(row["operation"], shapes, row["attributes"])
        assert refused.value.raises == row["raises"]
        return
    assert [list(shape) for shape in outputs(row["operation"], shapes, row["attributes"])] == row["outputs"]
    if "macs" in row:
        assert macs(row["operation"], shapes, row["attributes"]) == row["macs"]


def test_what_multiplies_is_checked_against_a_count():
    counted = {row["operation"] for row in _ROWS if "macs" in row}
    uncounted = {
        "outer",
        "bilinear",
        "conv_transpose3d",
        "deform_conv2d",
    }  # torch's counter leaves these out, or no row has it
    assert {name for name, rule in OPERATIONS.items() if rule.macs is not None} - counted <= uncounted


@pytest.mark.parametrize("given", ["True", "7", "[1]", "(1, 2)", "'ab'", "[('dim', 1, 2)]"])
def test_what_is_no_arguments_by_name_is_refused(given):
    with pytest.raises(LayerError, match="arguments by name"):
        layer(f"Op('add', attributes={given})")
