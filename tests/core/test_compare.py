"""Networks side by side."""

import itertools

import pytest

from paramcount import LayerError, ParamcountError
from paramcount.compare import Comparison, candidate, compare

_PAIR = (
    "Conv2d(256, 256, 3, padding=1, bias=False)",
    "Conv2d(256, 256, 3, padding=1, groups=256, bias=False), Conv2d(256, 256, 1, bias=False)",
)
_NETWORKS = (
    *_PAIR,
    "Conv2d(256, 64, 3) -> ReLU() -> Conv2d(64, 17, 5) -> Flatten() -> Linear(11492, 10)",
    "Conv2d(256, 64, 3) -> BatchNorm2d(64) -> ReLU() -> Conv2d(64, 17, 5, bias=False) -> Flatten() -> Linear(11492, 11)",
    "resnet18(in_channels=256)",
    "resnet34(in_channels=256, num_classes=7)",
    "vgg11_bn(in_channels=256)",
    "Repeat(1000, Conv2d(256, 256, 3, padding=1), ReLU())",
    *("BasicBlock(256, 256), " * times for times in (1, 30, 80)),
)


def _compared(*texts: str, shape: tuple[int, ...] | None = (256, 32, 32)) -> Comparison:
    return compare([candidate(text, index, shape) for index, text in enumerate(texts)])


def test_a_convolution_against_its_depthwise_separable_form() -> None:
    first, second = _compared(*_PAIR).to_dict()["networks"]  # type: ignore[misc]
    assert first["totals"]["parameters"] == 589_824
    assert second["totals"]["parameters"] == 67_840
    assert second["against_first"]["parameters"] == {
        "difference": -521_984,
        "ratio": 0.115017,
        "percent": -88.5,
        "times": 8.69,
    }
    assert second["against_first"]["macs"]["difference"] == 32 * 32 * (67_840 - 589_824)
    assert second["receptive_field"]["size"] == first["receptive_field"]["size"] == [3, 3]
    assert "8.69 times smaller" in _compared(*_PAIR).to_text()


def test_what_is_trained_is_compared_where_not_all_is() -> None:
    """Keras counts moving statistics, 53,120 of them, and gives its 26,560 filters biases."""
    against = _compared("resnet50()", "ResNet50()", shape=None).networks[1].changes
    assert against["parameters"].difference == 53_120 + 26_560
    assert against["trainable"].difference == 26_560


@pytest.mark.parametrize("pair", list(itertools.permutations(range(len(_NETWORKS)), 2)))
def test_the_parts_make_up_the_whole_difference(pair: tuple[int, int]) -> None:
    compared = _compared(*(_NETWORKS[index] for index in pair)).networks[1]
    assert sum(part.parameters for part in compared.parts) == compared.changes["parameters"].difference
    assert len(compared.parts) <= 7
    assert all(part.first or part.here for part in compared.parts)


def test_networks_that_are_the_same_part_nowhere() -> None:
    assert "layer by layer the same" in _compared("resnet18()", "resnet18()", shape=None).to_text()


def test_without_its_head_a_network_parts_from_itself_at_the_head() -> None:
    (part,) = compare([candidate("VGG16()", 0), candidate("VGG16(include_top=False)", 1)]).networks[1].parts
    assert [line.name for line in part.first] == ["flatten", "fc1", "fc2", "predictions"]
    assert part.here == ()


def test_each_network_may_have_an_input_and_a_framework_of_its_own() -> None:
    given = (
        {"name": "torch", "layers": "Conv2d(3, 8, 3), BatchNorm2d(8)", "input_shape": [3, 9, 9]},
        {"name": "keras", "layers": ["Conv2D(8, 3)", "BatchNormalization()"], "input_shape": [9, 9, 3]},
    )
    torch, keras = compare([candidate(one, index) for index, one in enumerate(given)]).networks
    assert (torch.report.totals.parameters.value, keras.report.totals.parameters.value) == (240, 256)
    assert (torch.report.framework, keras.report.framework) == ("pytorch", "keras")
    notes = " ".join(compare([candidate(one, index) for index, one in enumerate(given)]).notes)
    assert "Keras holds the moving statistics" in notes


@pytest.mark.parametrize("shape", [(3, 224, 224), (224, 224, 3)])
def test_one_shape_of_an_image_is_not_both_frameworks(shape: tuple[int, ...]) -> None:
    both = ("resnet50()", "MobileNetV2()")
    with pytest.raises(
        LayerError, match=r"channels come first in PyTorch's and last in Keras's\. Give each network its"
    ):
        compare([candidate(one, index, shape) for index, one in enumerate(both)])
    own = [{"layers": both[0], "input_shape": [3, 96, 96]}, {"layers": both[1], "input_shape": [96, 96, 3]}]
    compared = compare([candidate(one, index) for index, one in enumerate(own)])
    assert [one.report.totals.parameters.value for one in compared.networks] == [25_557_032, 3_538_984]


def test_every_mistake_is_told_with_the_name_of_its_network() -> None:
    with pytest.raises(ParamcountError) as caught:
        compare([candidate(text, index) for index, text in enumerate(("Conv2d(3, 8)", "ReLU()", "Cnov2d(3, 8, 3)"))])
    assert "Conv2d(3, 8): layer 0 (Conv2d): kernel_size must be given" in str(caught.value)
    assert "Cnov2d(3, 8, 3): layer 0 (Cnov2d)" in str(caught.value)


@pytest.mark.parametrize("many", [0, 1, 9])
def test_two_to_eight_networks_are_compared(many: int) -> None:
    with pytest.raises(ParamcountError, match="two to 8 networks"):
        compare([candidate("ReLU()", index) for index in range(many)])
