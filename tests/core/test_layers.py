"""The registry of layer kinds: complete, found by discovery, and right in its own examples."""

import pytest

from paramcount import derive, layer
from paramcount.layers import kind_named, kinds, register, spellings, spelt
from paramcount.layers.base import Example, Kind
from paramcount.modules import EVERY_BLOCK
from paramcount.report import LayerReport
from paramcount.signature import FRAMEWORKS, Framework
from tests.conftest import framework_of

EXAMPLES = [(kind, example) for kind in kinds().values() for example in kind.examples]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[example.call for _, example in EXAMPLES])
def test_worked_examples(kind: Kind, example: Example) -> None:
    report = derive(layer(example.call, framework=framework_of(kind, example)), example.input_shape)
    assert isinstance(report, LayerReport)
    assert report.total == example.parameters
    assert report.derivation.output_shape == example.output_shape
    assert example.source


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_kind_has_an_example_a_spelling_and_a_line(name: str) -> None:
    kind = kinds()[name]
    assert kind.name == name == name.lower()
    assert kind.examples, f"{name} has no worked example"
    assert kind.pytorch or kind.keras
    assert kind.about.endswith(".")


def test_the_test_above_would_notice_a_kind_without_example() -> None:
    bare = Kind("bare", "Nothing.", next(iter(kinds().values())).model)
    with pytest.raises(AssertionError):
        assert bare.examples, "bare has no worked example"


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_kind_found_alone_is_the_one_among_all(framework: Framework) -> None:
    assert {name: spelt(name, framework) for name in spellings(framework)} == spellings(framework)
    assert {name: kind_named(name) for name in kinds()} == kinds()
    assert spelt("Conv9d", framework) is None


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_kind_that_is_spelt_like_a_block_takes_several_inputs(framework: Framework) -> None:
    alike = {name: spellings(framework)[name][0] for name in EVERY_BLOCK if name in spellings(framework)}
    assert "Add" in alike
    assert all(kind.inputs != (1, 1) for kind in alike.values()), "a call of it alone would be taken for the layer"


def test_two_kinds_of_one_name_are_refused() -> None:
    kind = next(iter(kinds().values()))
    with pytest.raises(TypeError, match="two layer kinds are called"):
        register([kind, kind])


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[example.call for _, example in EXAMPLES])
def test_tensors_add_up_to_the_total(kind: Kind, example: Example) -> None:
    report = derive(layer(example.call, framework=framework_of(kind, example)), example.input_shape)
    assert isinstance(report, LayerReport)
    assert sum(tensor.count for tensor in report.derivation.tensors if not tensor.buffer) == report.total


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[example.call for _, example in EXAMPLES])
def test_a_layer_is_written_so_that_it_reads_back(kind: Kind, example: Example) -> None:
    framework = framework_of(kind, example)
    made = layer(example.call, framework=framework)
    again = layer(str(made), framework=framework)
    assert str(again) == str(made)
    assert derive(again, example.input_shape).to_dict() == derive(made, example.input_shape).to_dict()


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (
            "nn.Conv2d(3, 64, (7, 7), (2, 2), padding=3, bias=False)",
            "Conv2d(3, 64, 7, stride=2, padding=3, bias=False)",
        ),
        ("torch.nn.Conv2d(in_channels=3, out_channels=8, kernel_size=(1, 7))", "Conv2d(3, 8, (1, 7))"),
        ("layers.Conv2D(32, (3, 3), activation='relu')", 'Conv2D(32, 3, activation="relu")'),
        ("tf.keras.layers.Dense(10, kernel_regularizer=regularizers.l2(1e-4))", "Dense(10)"),
        ("Linear(16 * 5 * 5, 120)", "Linear(400, 120)"),
    ],
)
def test_canonical_text(written: str, text: str) -> None:
    assert str(layer(written)) == text


def test_an_object_and_a_call_are_one_layer() -> None:
    as_object = {"kind": "conv2d", "in_channels": 3, "out_channels": 64, "kernel_size": 7}
    assert layer(as_object) == layer("Conv2d(3, 64, 7)")
    assert hash(layer(as_object)) == hash(layer("Conv2d(3, 64, 7)"))
    keras = {"kind": "conv2d", "in_channels": 3, "out_channels": 64, "kernel_size": 7, "stride": 2}
    report = derive(layer(keras, framework="keras"))
    assert report.to_dict()["layer"] == "Conv2D(64, 7, strides=2)"
    assert report.to_dict()["total"] == 9472
