"""Networks of keras.applications that a source calls by name: layers and counts are those of real Keras."""

import hashlib
import json
from typing import Any

import pytest

from paramcount import ParamcountError
from paramcount.readers import Asked, Given, read
from paramcount.readers.formats.pytorch import reading
from paramcount.readers.sandbox import sandboxes
from paramcount.readers.trace import parse
from tests.conftest import table
from tests.readers.tables import packed

_CONFIGURATIONS = {one["id"]: one for one in packed("keras_configs.json.xz")["models"]}
_USES = table("keras_application_uses.json")["uses"]
_HEADLESS = table("keras_application_counts.json")["models"]


@pytest.mark.parametrize(
    "name",
    ["DenseNet121", "EfficientNetB1", "InceptionResNetV2", "InceptionV3", "MobileNet", "MobileNetV2", "ResNet50",
     "ResNet101V2", "VGG19", "Xception"],
)  # fmt: skip
def test_it_has_the_layers_and_counts_of_real_keras(name):
    source = f"from keras.applications import {name}\nmodel = {name}(weights=None)\n"
    network = read(Given(source)).network
    row = _CONFIGURATIONS[name]
    layers = [one for one in json.loads(row["json"])["config"]["layers"] if one["class_name"] != "InputLayer"]
    assert {node.name.partition(".")[0] for node in network.nodes} == {layer["config"]["name"] for layer in layers}
    headless = read(Given(source), Asked(entry=f"{name}(weights='imagenet', include_top=False)")).report()
    totals = read(Given(source)).report().to_dict("summary")["totals"]
    assert (totals["parameters"], totals["trainable"]) == (row["parameters"], row["trainable"])
    totals, wanted = headless.to_dict("summary")["totals"], _HEADLESS[name]
    assert (totals["parameters"], totals["trainable"]) == (wanted["headless_total"], wanted["headless_trainable"])


def digest(found: list[Any]) -> str:
    """As the table has it."""
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()[:32]


@pytest.mark.parametrize("row", [row for row in _USES if "refused" not in row], ids=lambda row: row["id"])
def test_a_use_is_read_as_keras_builds_it(row: dict[str, Any]) -> None:
    job = {"files": {"model.py": row["source"]}, "main": "model.py", "entry": "model", "inputs": row["inputs"]}
    answer = sandboxes().run(job)
    trace = json.loads(answer)
    assert (trace["stopped"], trace["skipped"], trace["stubbed"]) == (None, [], [])
    layers = [[one["path"], one["class"]] for one in trace["modules"] if one["path"]]
    weights = [
        [one["path"], weight["name"], weight["shape"], weight["trainable"]]
        for one in trace["modules"]
        for weight in one["parameters"]
    ]
    assert digest(layers) == row["layers"]
    assert digest(weights) == row["weights"]
    shapes = tuple(tuple(one) for one in row["inputs"] or ())
    found = reading(parse(answer), Asked("model", shapes)).report().to_dict("summary")
    totals = found["totals"]
    assert (totals["parameters"], totals["trainable"], totals.get("macs")) == (
        row["total"],
        row["trainable"],
        row["macs"],
    )
    if row["outputs"] is not None:
        assert found["output_shape"] in (row["outputs"], row["outputs"][0])


@pytest.mark.parametrize("row", [row for row in _USES if "refused" in row], ids=lambda row: row["id"])
def test_what_keras_refuses_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ParamcountError, match=row["refused"]):
        read(Given(row["source"]), Asked("model"))


def test_names_of_keras_2_are_found_and_told() -> None:
    """tf_keras 2 names MobileNet v3's layers with a slash, and ConvNeXt's model by model_name."""
    source = """
import tensorflow as tf
base = tf.keras.applications.MobileNetV3Small(input_shape=(64, 64, 3), include_top=False, weights=None)
cut = tf.keras.Model(base.input, base.get_layer("expanded_conv_3/squeeze_excite/AvgPool").output)
whole = tf.keras.applications.ConvNeXtTiny(model_name="convnext_tiny", weights=None, input_shape=(32, 32, 3))
for layer in base.layers[:20]:
    layer.trainable = False
"""
    found = read(Given(source), Asked("cut"))
    notes = " ".join(found.read.notes)
    assert "expanded_conv_3_squeeze_excite_avg_pool" in notes
    assert "model_name" in notes
    assert "numbered as in Keras 3" in notes
    assert found.report().to_dict("summary")["output_shape"] == [1, 1, 96]
    quiet = source.replace("layers[:20]", "layers").replace("/squeeze_excite/AvgPool", "_squeeze_excite_avg_pool")
    notes = " ".join(read(Given(quiet.replace("model_name", "name")), Asked("cut")).read.notes)
    assert "Keras 2" not in notes


def test_a_layer_that_keras_2_had_not_either_is_refused() -> None:
    source = """
import keras
base = keras.applications.MobileNetV3Small(input_shape=(64, 64, 3), include_top=False, weights=None)
model = keras.Model(base.input, base.get_layer("expanded_conv_3/squeeze_excite/Max").output)
"""
    with pytest.raises(ParamcountError, match="No such layer: expanded_conv_3/squeeze_excite/Max"):
        read(Given(source), Asked("model"))
