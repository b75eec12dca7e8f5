"""Networks of keras.applications that a source calls by name: layers and counts are those of real Keras."""

import json

import pytest

from paramcount import ParamcountError
from paramcount.readers import Asked, Given, read
from tests.conftest import table
from tests.readers.tables import packed

_CONFIGURATIONS = {one["id"]: one for one in packed("keras_configs.json.xz")["models"]}
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


def test_a_network_without_a_rule_is_refused_by_its_name():
    with pytest.raises(ParamcountError, match="NASNetMobile is not supported"):
        read(Given("import keras\nmodel = keras.applications.NASNetMobile(weights=None)"))
