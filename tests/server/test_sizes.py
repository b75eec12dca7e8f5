"""How long the answers are, in tokens of four bytes: every usual variant of a convolution, each way."""

import json
from itertools import product
from typing import Any

import pytest

from paramcount import ParamcountError
from paramcount_mcp.tools.conv_layer_params import answer

TEXT, STRUCTURE = 250, 400
"""Tokens that the answer for one convolution may take."""


def tokens(value: Any) -> float:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode()) / 4


KERNELS: dict[int, list[Any]] = {1: [3, 7], 2: [1, 3, 7, [1, 7], [3, 5]], 3: [1, 3, 5]}
SIZES: dict[int, list[Any]] = {1: [[16000]], 2: [[224, 224], [112, 96]], 3: [[16, 16, 16]]}
STRIDES: dict[int, list[Any]] = {1: [1, 2], 2: [1, 2, [2, 1]], 3: [1, 2]}
PADDINGS: dict[int, list[Any]] = {1: [0, 1, "same"], 2: [0, 1, [1, 2], "same"], 3: [0, 1, "same"]}


def variants(dims: int) -> list[dict[str, Any]]:
    """Every kernel with every stride, padding, dilation and so on; the frameworks refuse some.

    Left out: what is dilated and differs along its dimensions at once, which takes a few tokens more.
    """
    return [
        {
            "in_channels": 64,
            "out_channels": 128,
            "kernel_size": kernel,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "groups": groups,
            "bias": bias,
            "input_size": size,
        }
        for kernel, size, stride, padding, dilation, groups, bias in product(
            KERNELS[dims], SIZES[dims], STRIDES[dims], PADDINGS[dims], (1, 2), (1, 2, 64), (True, False)
        )
        if dilation == 1
        or (not any(isinstance(one, list) for one in (kernel, stride, padding)) and len(set(size)) == 1)
    ]


def slips(answered: dict[str, Any]) -> list[int | None]:
    """Nothing, the right number, one that no slip explains, and numbers that one does."""
    total, filters, channels = answered["total"], answered["filters"], 64
    biases = filters if answered["bias_per_filter"] else 0
    weights = total - biases
    positions = answered["activations"] // filters
    return [
        None,
        total,
        total + 12345,
        weights,
        weights + 1,
        weights + channels,
        weights + filters,
        weights // channels + biases,
        total * positions,
        4 * total,
        answered["macs"],
    ]


@pytest.mark.parametrize("framework", ["pytorch", "keras"])
@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_every_usual_convolution_has_a_small_answer(dims: int, transposed: bool, framework: str) -> None:
    answers = 0
    for arguments in variants(dims):
        arguments |= {"transposed": transposed, "framework": framework}
        try:
            alone = answer(arguments).report.to_dict()
        except ParamcountError:
            continue
        steps = {step["name"]: step["value"] for step in alone["steps"]}  # type: ignore[attr-defined]
        for expected in slips(alone | {"activations": steps["activations"]}):
            asked = answer(arguments | ({} if expected is None else {"expected": expected})).report
            assert tokens(asked.to_text()) <= TEXT, (arguments, expected, asked.to_text())
            assert tokens(asked.to_dict()) <= STRUCTURE, (arguments, expected, asked.to_dict())
            answers += 1
    assert answers > 100
