"""Headers of safetensors files: shapes are answered, and a header that does not agree with itself is refused."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from paramcount import ParamcountError
from paramcount.files import opened
from paramcount.readers import Given, Reading, read


def written(header: object, data: int | None = None) -> io.BytesIO:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    ends = [one["data_offsets"][1] for one in header.values() if isinstance(one, dict) and "data_offsets" in one] if isinstance(header, dict) else []  # fmt: skip
    return io.BytesIO(len(text).to_bytes(8, "little") + text + bytes(max(ends, default=0) if data is None else data))


def tensor(shape: list[Any], start: int, end: int, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


LINEAR = {
    "__metadata__": {"format": "pt"},
    "fc.weight": tensor([5, 7], 0, 140),
    "fc.bias": tensor([5], 140, 150, "F16"),
    "bn.running_mean": tensor([5], 150, 170),
    "scale": tensor([], 170, 174),
}


def reading(header: object, data: int | None = None) -> Reading:
    return read(Given(name="model.safetensors", stream=written(header, data)))


def test_tensors_are_counted_and_named() -> None:
    found = reading(LINEAR)
    report = found.report()
    assert report.totals.parameters.value == 35 + 5 + 1
    assert report.totals.buffers.value == 5
    assert report.totals.macs is None
    answer = report.to_dict("layers")
    assert answer["read"]["completeness"] == "params_only"  # type: ignore[index]
    assert "output_shape" not in answer
    assert "not known" in answer["notes"][0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (b"[1]", "must be an object"),
        (b'{"a": ', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        ({}, "names no tensor"),
        ({"w": 3}, "shape must hold whole numbers"),
        ({"w": tensor([-1], 0, 0)}, "shape must hold whole numbers"),
        ({"w": tensor([2**31], 0, 0)}, "shape must hold whole numbers"),
        ({"w": tensor([True], 0, 4)}, "shape must hold whole numbers"),
        ({"w": tensor([2, 3], 0, 20)}, "takes 24 bytes"),
        ({"w": tensor([2, 3], 4, 24)}, "takes 24 bytes"),
        ({"w": tensor([2], 0, 8, "F31")}, "dtype must be one of"),
        ({"w": {"dtype": "F32", "shape": [2]}}, "data_offsets must be a pair"),
        ({"w" * 300: tensor([2], 0, 8)}, "at most 200 characters"),
        ({"w": tensor([1] * 20, 0, 4)}, "must be a shape"),
    ],
)
def test_what_does_not_agree_is_refused(header: object, said: str) -> None:
    with pytest.raises(ParamcountError, match=said):
        reading(header)


def test_data_that_is_not_there_is_noticed() -> None:
    with pytest.raises(ParamcountError, match="takes 140 bytes; data_offsets 0 to 140 of 100"):
        reading(LINEAR, 100)


def test_a_header_longer_than_the_file() -> None:
    stream = io.BytesIO((2**40).to_bytes(8, "little") + b"{}")
    with pytest.raises(ParamcountError, match="said to have 1099511627776 bytes"):
        read(Given(name="model.safetensors", stream=stream))


def test_a_file_is_known_by_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(written(LINEAR).getvalue())
    with opened([str(file)]) as given:
        assert read(given).read.format == "safetensors"
