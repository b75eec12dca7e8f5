"""What any reader gives in notation reads back to the same figures, whatever it was read from."""

from collections.abc import Iterator
from typing import Any

import pytest

from paramcount import LimitError, derive, network
from paramcount.readers import Given, read
from paramcount.readers.base import Reading
from tests.conftest import table
from tests.readers.tables import packed

TOO_LONG = ("EfficientNetV2L", "NASNetLarge", "NASNetMobile")
"""Those that the notation is too long of."""


def _texts() -> Iterator[Any]:
    """Every committed text that is read without a sandbox."""
    for form, models, key in (
        ("configuration", packed("keras_configs.json.xz")["models"], "json"),
        ("configuration", table("keras_small_configs.json")["models"], "json"),
        ("print", packed("printed_models.json.xz")["models"], "text"),
        ("summary", table("torch_summaries.json")["summaries"], "text"),
    ):
        yield from [pytest.param(one[key], id=f"{form} {one['id']}") for one in models if one["id"] not in TOO_LONG]


def again(reading: Reading) -> dict[str, Any]:
    """The answer for what a reading gives in notation, on the same input."""
    inputs = reading.network.inputs
    shape = inputs[0][1] if len(inputs) == 1 else None  # of several, the notation declares each
    notation = reading.report(as_layers=True).notation
    return derive(network(notation, framework=reading.network.framework, input_shape=shape)).to_dict("summary")


@pytest.mark.parametrize("text", list(_texts()))
def test_the_notation_has_the_figures_of_what_was_read(text: str) -> None:
    reading = read(Given(text))
    answer: Any = reading.report().to_dict("summary")
    found = again(reading)
    assert found["totals"] == answer["totals"]
    assert found.get("output_shape") == answer.get("output_shape")


def test_what_is_too_long_to_be_written_says_so() -> None:
    (text,) = [one["json"] for one in packed("keras_configs.json.xz")["models"] if one["id"] == "NASNetMobile"]
    with pytest.raises(LimitError, match="characters; at most 60000 are given"):
        read(Given(text)).report(as_layers=True)
