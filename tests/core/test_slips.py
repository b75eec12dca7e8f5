"""Each slip people make, on sizes that no two slips share, and silence where nothing explains a number."""

import pytest

from paramcount import ParamcountError, derive, layer, network

CONV = "Conv2d(5, 7, (3, 11))"  # 1,162 parameters: 165 weights a filter and 7 biases


@pytest.mark.parametrize(
    ("expected", "slip"),
    [
        (1155, "weights only: the 7 biases are missing"),
        (1156, "one bias in all"),
        (1160, "one bias per input channel"),
        (1190, "one bias per kernel: each filter has one"),
        ((33 + 1) * 7, "the 5 input channels of a filter are forgotten"),
        (33 * 7, "the 5 input channels of a filter and the biases are forgotten"),
        (166, "one filter only: there are 7"),
        (1162 * 17 * 9, "multiplied by the 153 output positions"),
        (1155 * 17 * 9, "these are the MACs"),
        (2 * 1155 * 17 * 9, "these are the FLOPs"),
        (1162 * 4, "these are the bytes in float32"),
        (1162 * 2, "these are the bytes in float16"),
    ],
)
def test_a_convolutions_slips(expected: int, slip: str) -> None:
    answer = derive(layer(CONV), (5, 19, 19), expected=expected).to_dict()["expected"]
    assert isinstance(answer, dict)
    assert answer["match"] is False
    assert slip in answer["slip"]


@pytest.mark.parametrize(
    ("call", "expected", "slip"),
    [
        ("Conv2d(6, 9, 3, groups=3)", (9 * 6 + 1) * 9, "groups=3 is forgotten"),
        ("Conv2d(6, 9, 3, bias=False)", 54 * 9 + 9, "9 biases counted: there are none (bias=False)"),
        ("Linear(13, 7)", 91, "weights only: the 7 biases are missing"),
        ("Linear(13, 7)", 92, "one bias in all: each output has one"),
        ("BatchNorm2d(13)", 52, "with the 26 running statistics, which PyTorch keeps in buffers and Keras counts"),
    ],
)
def test_other_slips(call: str, expected: int, slip: str) -> None:
    answer = derive(layer(call), expected=expected).to_dict()["expected"]
    assert isinstance(answer, dict)
    assert slip in answer["slip"]


NETWORK = (
    "Conv2d(3, 5, 3, padding=1), BatchNorm2d(5), Flatten(), Linear(245, 11), Linear(11, 2)"  # 140 + 10 + 2706 + 24
)


@pytest.mark.parametrize(
    ("expected", "slip"),
    [
        (2880 - 18, "weights only: the 18 biases are missing"),
        (2880 - 18 + 3, "one bias for each layer"),
        (2880 + 10, "with the 10 running statistics"),
        (2880 - 10, "without the 10 parameters of the normalisation layers"),
        (2880 - 2706, "layer 3 (Linear(245, 11), 2,706) is missing"),
        (2880 + 24, "layer 4 (Linear(11, 2), 24) is counted twice"),
        (2880 * 4, "these are the bytes in float32"),
    ],
)
def test_a_networks_slips(expected: int, slip: str) -> None:
    answer = derive(network(NETWORK, input_shape=(3, 7, 7)), expected=expected).to_dict()["expected"]
    assert isinstance(answer, dict)
    assert slip in answer["slip"]


def test_keras_statistics() -> None:
    made = network("Dense(512), BatchNormalization()", input_shape=(4096,))
    total = 4096 * 512 + 512 + 2048
    assert derive(made, expected=total).to_dict()["expected"] == {"value": total, "match": True}
    answer = derive(made, expected=total - 1024).to_dict()["expected"]
    assert isinstance(answer, dict)
    assert "moving statistics" in answer["slip"]


def test_nothing_is_made_up() -> None:
    assert derive(layer(CONV), expected=1234567).to_dict()["expected"] == {"value": 1234567, "match": False}


@pytest.mark.parametrize("expected", [-1, 2**53, True, 3.0, "5"])
def test_what_is_expected_is_a_count(expected: int) -> None:
    with pytest.raises(ParamcountError, match="expected must be a whole number"):
        derive(layer(CONV), expected=expected)
