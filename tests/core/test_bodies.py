"""Blocks that are wired and derived as one answer as their layers do, each taken by itself; what is kept is bounded."""

from dataclasses import replace
from typing import Any

import pytest

from paramcount import LayerError, NetworkReport, ParamcountError, ShapeError, derive, network
from paramcount.architectures import catalogue
from paramcount.kept import Kept
from paramcount.network import Block, Network, Node


def blocks(made: Network) -> list[str]:
    return [part.name for part in made.parts if isinstance(part, Block)]


def whole(report: NetworkReport) -> list[Any]:
    return [report.to_text("layers"), report.to_dict("steps"), report.to_dict("summary"), report.output_shapes]


@pytest.mark.parametrize("name", catalogue())
def test_a_network_answers_as_its_layers_do(name: str) -> None:
    made = network(f"{name}()", input_shape=catalogue()[name].input_shape)
    apart = replace(made, parts=made.nodes)
    assert not blocks(apart)
    assert whole(derive(made)) == whole(derive(apart))


def test_blocks_of_the_catalogue_and_of_papers_are_wired_as_one() -> None:
    assert blocks(network("resnet50()")) == ["layer1", "layer2", "layer3", "layer4"]
    assert blocks(network("Conv2d(3, 64, 1), Bottleneck(64, 16), Bottleneck(64, 16)")) == ["1", "2"]


def test_a_block_is_wired_and_derived_once() -> None:
    one, two = (network("Conv2d(3, 64, 1), Bottleneck(64, 16), Bottleneck(64, 16)") for _ in range(2))
    bodies = {id(part.body) for made in (one, two) for part in made.parts if isinstance(part, Block)}
    assert len(bodies) == 1
    rows = [row for made in (one, two) for row in derive(made, (3, 9, 9)).rows if row.name.endswith(".conv2")]
    assert [row.name for row in rows] == ["1.conv2", "2.conv2"] * 2
    assert len({id(row.derivation) for row in rows}) == 1


def test_what_is_in_a_block_can_be_referred_to() -> None:
    """So the layers of all blocks are taken each by itself."""
    made = network("r = resnet18(include_top=False), x = Conv2d(64, 9, 1)(r.layer1.1.relu2)", input_shape=(3, 64, 64))
    assert not blocks(made)
    assert derive(made).output_shape == (9, 16, 16)
    again = network("r = resnet18(), r()", input_shape=(3, 224, 224))
    assert not blocks(again)


def test_what_a_block_refers_to_is_found() -> None:
    made = network("x = Conv2d(3, 64, 1), Sequential(BasicBlock(64, 64), Add()(BasicBlock(64, 64), x))")
    assert blocks(made) == ["1.0", "1.1.in0"]
    assert [node.inputs for node in made.nodes if isinstance(node, Node)][-1] == ("1.1.in0.relu2", "x")


def test_a_name_in_a_block_is_taken() -> None:
    with pytest.raises(LayerError, match=r"the name '0\.layer1\.0\.conv1' is taken"):
        network(["resnet18()", {"kind": "relu", "name": "0.layer1.0.conv1"}])


@pytest.mark.parametrize("around", ["Frozen", "Unused", "Unordered", "Repeat(2, {})", "Sequential"])
def test_blocks_within_others(around: str) -> None:
    text = around.format("BasicBlock(8, 8)") if "{" in around else f"{around}(BasicBlock(8, 8))"
    report = derive(network(f"Conv2d(3, 8, 1), {text}", input_shape=(3, 9, 9)))
    times = 2 if "Repeat" in around else 1
    assert report.totals.parameters.value == 32 + times * 1184
    assert report.totals.trainable.value == 32 + (0 if around == "Frozen" else times * 1184)
    assert sum(row.repeat * row.parameters for row in report.rows) == report.totals.parameters.value


def test_a_layer_in_a_block_that_does_not_fit_is_named() -> None:
    with pytest.raises(ShapeError, match=r"layer 1\.conv1 .*in_channels=64, but 8 flow in") as caught:
        derive(network("Conv2d(3, 8, 1), BasicBlock(64, 64)", input_shape=(3, 9, 9)))
    assert caught.value.report is not None
    assert [row.name for row in caught.value.report.rows] == ["0"]


@pytest.mark.parametrize("text", ["BasicBlock(8, 8, stride=0)", "BasicBlock(8)", "Bottleneck(8, 8, groups=0)"])
def test_a_mistake_in_a_block_is_said_of_its_layer(text: str) -> None:
    messages: list[str] = []
    for _ in range(2):  # the second time it is known that it is no body
        with pytest.raises(ParamcountError) as caught:
            network(f"Conv2d(3, 8, 1), {text}")
        messages.append(str(caught.value))
    assert messages[0] == messages[1]
    assert "layer 1" in messages[0]


def test_layers_written_alike_are_one_and_numbers_of_other_kinds_are_not() -> None:
    one, two = (network("Conv2d(3, 8, 1)").nodes[0] for _ in range(2))
    assert isinstance(one, Node)
    assert isinstance(two, Node)
    assert one.layer is two.layer
    for other in ("True", "1.0"):
        with pytest.raises(ParamcountError, match="must be a whole number"):
            network(f"Conv2d(3, 8, {other})")


def test_what_is_kept_is_bounded() -> None:
    kept = Kept[int, str](10)
    for key in range(100):
        assert kept.keep(key, str(key)) == str(key)
        assert kept.get(key) == str(key)
        assert sum(kept.get(earlier) is not None for earlier in range(key + 1)) <= 10
    assert kept.keep(1000, "heavy", 11) == "heavy"
    assert kept.get(1000) is None
    assert kept.get(99) is not None, "what weighs too much lets nothing go"
    kept.keep(1001, "weighs", 8)
    assert kept.get(99) is None
    assert kept.get(1001) == "weighs"
