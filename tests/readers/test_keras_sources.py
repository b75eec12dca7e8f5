"""Keras sources, read in the sandbox: every figure beside what real Keras makes of the same source."""

import json
from pathlib import Path

import pytest

from paramcount import ParamcountError, derive
from paramcount.readers import Asked, Given, read
from tests.readers.test_as_layers import again

_DATA = Path(__file__).parent.parent / "data"
_SOURCES = json.loads((_DATA / "keras_sources.json").read_text())["sources"]


def _read(name: str, row: dict):
    given = Given((_DATA / "keras_sources" / f"{name}.py").read_text())
    asked = Asked(entry=row["entry"], input_shapes=tuple(tuple(shape) for shape in row["inputs"] or ()))
    return read(given, asked)


@pytest.mark.parametrize("name", [name for name, row in _SOURCES.items() if "refused" not in row])
def test_a_source_has_the_figures_of_real_keras(name):
    row = _SOURCES[name]
    reading = _read(name, row)
    report = derive(reading.network)
    answer = report.to_dict(detail="steps")
    totals = answer["totals"]
    assert (totals["parameters"], totals["trainable"]) == (row["total"], row["trainable"])
    assert totals["non_trainable"] == row["total"] - row["trainable"]
    assert reading.read.completeness == "full"
    found = [
        tuple(tensor["shape"])
        for layer in answer["layers"]
        for tensor in layer.get("tensors", ())
        for _ in range(layer["repeat"])
    ]
    assert sorted(found) == sorted(tuple(shape) for shape, _ in row["weights"])
    if row["outputs"] is not None:
        assert answer["output_shape"] in (row["outputs"][0][1:], [shape[1:] for shape in row["outputs"]])
    found = again(reading)
    assert (found["totals"], found["output_shape"]) == (totals, answer["output_shape"])


@pytest.mark.parametrize("name", [name for name, row in _SOURCES.items() if "refused" in row])
def test_what_keras_refuses_is_refused(name):
    with pytest.raises(ParamcountError) as refused:
        _read(name, _SOURCES[name])
    assert _SOURCES[name]["refused"] in str(refused.value)
    assert "line " in str(refused.value)


def test_a_part_that_a_builder_takes_is_not_taken_for_the_model():
    source = (_DATA / "keras_sources" / "builder_with_parts.py").read_text()
    assert read(Given(source)).read.entry == "build()"
    assert read(Given(f"{source}\nmodel = build(14)\n")).read.entry == "model"


def test_a_layer_of_the_file_is_not_taken_for_the_model_that_a_function_makes():
    source = """
import keras
from keras import layers
class Twice(layers.Layer):
    def __init__(self, name=None):
        super().__init__(name=name)
    def call(self, x):
        return 2 * x
def make(width=5):
    x = keras.Input((3,))
    return keras.Model(x, layers.Dense(width)(Twice()(x)))
"""
    reading = read(Given(source))
    assert reading.read.entry == "make()"
    assert derive(reading.network).totals.parameters.value == 20  # Keras 3.15.1


def test_a_layer_of_a_library_that_is_not_here_is_named():
    source = (
        "import keras, tensorflow_hub as hub\nmodel = keras.Sequential([hub.KerasLayer('x'), keras.layers.Dense(5)])\n"
    )
    with pytest.raises(ParamcountError, match=r"line 2 .*tensorflow_hub.KerasLayer"):
        read(Given(source))


@pytest.mark.parametrize(
    ("layer", "said"),
    [("GRU(5)", "made with reset_after=True"), ("GRU(5, reset_after=False)", ""), ("Conv2D(8, 3, 3)", "in Keras 1 it meant"),
     ("Conv2D(8, 3, 2)", "")],
)  # fmt: skip
def test_what_an_older_keras_makes_otherwise_is_said(layer, said):
    """keras.io, "GRU layer": reset_after is True by default, and False before; Keras 1's second and third were a kernel."""
    shape = "(7, 4)" if layer.startswith("GRU") else "(12, 12, 3)"
    source = (
        "from keras.layers.recurrent import GRU\nfrom keras.layers import Conv2D, Input\nfrom keras.models import Sequential\n"
        f"model = Sequential([Input({shape}), {layer}])\n"
    )
    notes = " ".join(read(Given(source)).read.notes)
    assert "keras.layers.recurrent is a module of Keras 2" in notes
    assert (said in notes) if said else ("reset_after" not in notes and "Keras 1" not in notes)
