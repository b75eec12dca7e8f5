"""Configurations of Keras: those of its applications, what Keras 2 writes, archives, and what is refused."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from paramcount import ParamcountError
from paramcount.files import opened
from paramcount.readers import Given, Reading, read
from tests.conftest import table
from tests.readers.tables import packed, report

APPLICATIONS = packed("keras_configs.json.xz")["models"]
SMALL = table("keras_small_configs.json")["models"]


@pytest.mark.parametrize("case", APPLICATIONS, ids=[case["id"] for case in APPLICATIONS])
def test_applications(case: dict[str, Any]) -> None:
    found = report(case["json"])
    assert found.totals.parameters.value == case["parameters"]
    assert found.totals.trainable.value == case["trainable"]
    assert found.output_shape == tuple(case["output"])
    assert (found.totals.macs is None) == (None in case["input"])
    assert found.read is not None
    assert found.read.completeness == "full"


def test_all_applications_are_there() -> None:
    assert len(APPLICATIONS) == 40


@pytest.mark.parametrize("case", SMALL, ids=[case["id"] for case in SMALL])
def test_what_keras_2_and_3_write(case: dict[str, Any]) -> None:
    for text in (case["json"], case["config"]):  # to_json(), and print(get_config())
        found = report(text)
        assert found.totals.parameters.value == case["parameters"]
        assert found.totals.trainable.value == case["trainable"]
        assert [None if shape is None else list(shape) for shape in found.output_shapes] == case["outputs"]
        assert found.read is not None
        assert found.read.completeness == case["completeness"]


def test_both_generations_are_there() -> None:
    assert {case["keras"].split(".")[0] for case in SMALL} == {"2", "3"}
    assert len(SMALL) >= 16


def test_an_input_shape_replaces_the_stated_one() -> None:
    text = next(case["json"] for case in SMALL if case["id"] == "3.sequential")
    assert report(text, (16, 16, 1)).input_shape == (16, 16, 1)
    with pytest.raises(ParamcountError, match="input_shape holds 2 shapes; the model has 1"):
        report(text, (16, 16, 1), (3,))


def dense(name: str = "d", **config: Any) -> dict[str, Any]:
    return {"class_name": "Dense", "config": {"name": name, "units": 3, **config}}


def sequential(*layers: Any) -> str:
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, 5], "name": "i"}}
    return json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [first, *layers]}})


def functional(nodes: Any, outputs: Any = None) -> str:
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, 5], "name": "i"}, "inbound_nodes": []}
    layers = [first, dense() | {"name": "d", "inbound_nodes": nodes}]
    config = {"layers": layers, "input_layers": [["i", 0, 0]], "output_layers": outputs or [["d", 0, 0]]}
    return json.dumps({"class_name": "Functional", "config": config})


def test_what_is_not_known_is_named() -> None:
    odd = {"class_name": "MyLayer", "registered_name": "Custom>MyLayer", "config": {"name": "m", "width": 3}}
    found = report(sequential(dense(), odd))
    assert found.read is not None
    assert found.read.completeness == "partial"
    assert found.read.not_understood == ("MyLayer at m: not known; if it has parameters, they are missing.",)
    assert found.totals.macs is None
    cell = {"class_name": "RNN", "config": {"cell": odd, "name": "r"}, "build_config": {"input_shape": [None, 5, 2]}}
    after = dense("after") | {"build_config": {"input_shape": [None, 4]}}
    found = report(sequential(cell, after))
    assert found.read is not None
    assert found.read.not_understood == ("RNN around MyLayer at r: not known; if it has parameters, they are missing.",)
    assert found.totals.parameters.value == 15
    with pytest.raises(ParamcountError, match="lora_rank adds weights that are not counted here yet"):
        report(sequential(dense(lora_rank=4)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"class_name": "Sequential", "config": ' + "[" * 1000, "more than 100 brackets are nested"),
        ('{"class_name": "Sequential", "config": {"layers": [' + '{"a":' * 99_999, "more than 100 brackets"),
        ('{"class_name": "Sequential", "config": {"layers": [}', "it is no JSON"),
        ('{"class_name": "Sequential", "config": {"layers": object()]}}', "'object' is no literal"),
        ('{"class_name": "MyModel", "config": {}}', "'MyModel' lists no layers: a subclassed model"),
        ('{"class_name": "Sequential", "config": {"layers": []}}', "the model has no layers"),
        ('{"class_name": "Sequential", "config": {"layers": [3]}}', "a layer must be an object, received 3"),
        (sequential({"class_name": "Dense", "config": {"units": -3}}), "layer dense_1 (Dense): units must be at least 0"),
        (sequential({"class_name": "Dense", "config": {}}), "units must be given"),
        (sequential(dense("x" * 300)), "a layer's name has 1 to 200 characters"),
        (functional([[["q", 0, 0, {}]]]), "what flows into 'd' is given by no layer"),
        (functional([[["d", 0, 0, {}]]]), "what flows into 'd' is given by no layer"),
        (functional([[["i", 0]]]), "an inbound node is [layer, call, tensor, arguments]"),
        (functional([[["i", 0, 0, {}]]], [["d", "x", 0]]), "a value is [layer, call, tensor]"),
        (functional([[["i", 0, 0, {}]]] * 200_001), "is called 200001 times"),
        ('{"class_name": "Sequential", "config": {"layers": [{"class_name": "InputLayer", "config": {"batch_shape": '
         '[null, 99999999999]}}]}}', "a shape holds at most"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, said: str) -> None:
    with pytest.raises(ParamcountError, match=re.escape(said)):
        report(text)


def archive(**files: bytes) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in files.items():
            written.writestr(name.replace("_", "."), data)
    return stream


def reading(stream: io.BytesIO) -> Reading:
    return read(Given(name="model.keras", stream=stream))


def test_an_archive(tmp_path: Path) -> None:
    stream = archive(metadata_json=b"{}", config_json=sequential(dense()).encode(), model_weights_h5=bytes(10**6))
    assert reading(stream).report().totals.parameters.value == 18
    file = tmp_path / "model.keras"
    file.write_bytes(stream.getvalue())
    with opened([str(file)]) as given:
        assert read(given).read.what.startswith("config.json of a .keras archive")


def damaged(stream: io.BytesIO, place: int, data: bytes) -> io.BytesIO:
    whole = bytearray(stream.getvalue())
    place = place if place >= 0 else len(whole) + place
    whole[place : place + len(data)] = data
    return io.BytesIO(bytes(whole))


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (archive(config_json=bytes(10**9)), "unpacks to more than"),
        (archive(metadata_json=b"{}"), "the archive holds no config.json"),
        (archive(config_json=b"\xff\xfe\x00"), "is not UTF-8 text"),
        (archive(config_json=b"{" * 10_000), "more than 100 brackets"),
        (io.BytesIO(b"PK\x03\x04" + bytes(100)), "it is no archive"),
        (io.BytesIO(b"PK\x03\x04"), "it is no archive"),
        (
            damaged(archive(config_json=b"{}"), -10, (2**31).to_bytes(4, "little")),
            "the list of its files has 2147483648",
        ),
        (damaged(archive(config_json=sequential(dense()).encode()), 45, b"\xff" * 40), "the archive cannot be read"),
    ],
    ids=["bomb", "no config", "no text", "deep", "no end", "short", "long list", "damaged"],
)
def test_hostile_archives(stream: io.BytesIO, said: str) -> None:
    with pytest.raises(ParamcountError, match=re.escape(said)):
        reading(stream)
