"""Summary tables: read exactly, and a number that is blank or wrong is found or said to be missing, never believed."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from paramcount import ParamcountError
from paramcount.readers import Given, read
from tests.conftest import table
from tests.readers.tables import report

SMALL = table("keras_small_configs.json")["models"]
HIDDEN = ("2.deeper", "3.deeper")
"""Models in which another holds a batch norm: of what is not trained there, its row tells nothing."""
KERAS = [one | {"text": one["summary"]} for one in SMALL if one["id"] not in HIDDEN]
EXPANDED = [one | {"id": f"{one['id']} expanded", "text": one["expanded"]} for one in SMALL if one["expanded"]]
OF_TORCH = table("torch_summaries.json")["summaries"]
COLUMNS = [one for one in OF_TORCH if "num_params" in one["id"]]
"""Tables with other columns than torchinfo has by itself."""
TORCH = [one for one in OF_TORCH if one not in COLUMNS]
ALL = KERAS + EXPANDED + TORCH + COLUMNS


@pytest.mark.parametrize("case", ALL, ids=[case["id"] for case in ALL])
def test_a_whole_table(case: dict[str, Any]) -> None:
    found = report(case["text"])
    assert found.totals.parameters.value == case["parameters"]
    assert found.totals.trainable.value == case["trainable"]
    assert found.read is not None
    assert found.read.completeness != "partial"
    assert not any("wrong" in one or "missing" in one for one in found.read.notes)


@pytest.mark.parametrize("case", [one for one in SMALL if one["id"] in HIDDEN], ids=HIDDEN[::-1])
def test_what_a_model_within_does_not_train_is_not_known(case: dict[str, Any]) -> None:
    found = report(case["summary"])
    assert found.totals.parameters.value == case["parameters"]
    assert found.read is not None
    assert found.read.not_understood == ("8 parameters are not trained; which, the table does not tell.",)


def test_rows_of_an_expanded_model_that_do_not_add_up_are_named() -> None:
    text = next(one["text"] for one in EXPANDED if one["id"] == "3.frozen expanded")
    found = report(re.sub(r"(\(Functional\) .*?)\d+( )", r"\g<1>7\2", text, count=1))
    assert found.read is not None
    assert found.read.completeness == "partial"


CELL = re.compile(r"(?<=[\s(])\d{1,3}(?:,\d{3})+(?=[\s)])|(?<=[\s(])\d{2,}(?=[\s)])")


def changed(case: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A table with one number of parameters, or one total, blank or wrong; and what was done."""
    text: str = case["text"]
    start = text.index("Layer (type")
    for place, line in enumerate(text[start:].splitlines()[1:]):
        for found in list(CELL.finditer(line))[-1:]:
            total = re.match(r"\s*(?:Total|Trainable|Non-trainable) params", line)
            if "[" in line[found.start() :] and "│" not in line and not total and "[[" in line:
                continue
            if not total and re.match(r"\s*(?:Input|Forward|Params|Estimated|Total mult)", line):
                continue
            digits = found[0]
            wrong = f"{int(digits.replace(',', '')) + 7:,}" if "," in digits else str(int(digits) + 7)
            for name, new in (("blank", "?".rjust(len(digits))), ("wrong", wrong.rjust(len(digits)))):
                mended = line[: found.start()] + new + line[found.end() :]
                yield f"{name} {'total' if total else 'row'} {place}: {digits}", text.replace(line, mended, 1)


CHANGED = [(case, what, text) for case in KERAS + TORCH for what, text in list(changed(case))[:24]]


def judged(case: dict[str, Any], text: str) -> str:
    """How a changed table was read: its figures found, said not to agree, refused, or believed."""
    try:
        found = report(text)
    except ParamcountError:
        return "refused"
    assert found.read is not None
    said = any("wrong" in one or "missing" in one for one in found.read.notes)
    right = found.totals.parameters.value == case["parameters"]
    if right and said:
        return "found"
    if found.read.completeness == "partial":
        return "marked"
    return "unnoticed" if right else "wrong"


def test_a_number_that_is_blank_or_wrong_is_found_or_marked() -> None:
    counts = Counter(judged(case, text) for case, _, text in CHANGED)
    assert counts["wrong"] == 0
    assert counts["found"] >= 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Layer (type)  Output Shape  Param #", "the table has no rows"),
        ("nothing", "no table was found"),
        ("Layer (type)  Output Shape  Param #\n" + "d (Dense)  (None, 3)  12\n" * 200_001, "more than 200000 rows"),
        ("Layer (type)  Output Shape  Param #\nd (Dense)  (None, 99999999999)  12\n", "a shape holds at most"),
        ("Layer (type)  Output Shape  Param #\n" + "d" * 300 + " (Dense)  (None, 9)  12\n", "a name has at most"),
    ],
)
def test_what_is_refused(text: str, said: str) -> None:
    with pytest.raises(ParamcountError, match=said):
        read(Given(text), format="summary")


if __name__ == "__main__":
    for one, what, text in CHANGED:
        verdict = judged(one, text)
        if verdict not in ("found", "marked"):
            print(one["id"], what, verdict)
    print(len(CHANGED), dict(Counter(judged(one, text) for one, _, text in CHANGED)))


@pytest.mark.parametrize("case", ALL, ids=[case["id"] for case in ALL])
def test_a_table_in_the_colours_of_a_terminal_is_the_same_table(case: dict[str, Any]) -> None:
    """Keras 3 prints its tables in them."""
    coloured = re.sub(r"([A-Za-z_]\w+)", "\x1b[38;5;33m\\1\x1b[0m", case["text"])
    assert report(coloured).to_dict() == report(case["text"]).to_dict()


@pytest.mark.parametrize("case", ALL, ids=[case["id"] for case in ALL])
def test_a_table_without_totals_does_not_tell_whether_it_is_whole(case: dict[str, Any]) -> None:
    lines = [line for line in case["text"].splitlines() if not re.search(r"(?i)params: |total params", line)]
    found: Any = report("\n".join(lines)).to_dict()["read"]
    assert found["completeness"] == "partial"
    assert any("no total" in words for words in found["not_understood"])
