"""The two tools through a real client: answers, errors, sizes, both eras."""

import json
from typing import Any

import pytest
from mcp import Client

from paramcount import derive, layer, network
from paramcount_mcp import limits
from tests.networks import LENET5, vgg
from tests.server.conftest import Call, Era, talk, text_of
from tests.server.test_sizes import tokens


def structure(result: Any) -> dict[str, Any]:
    assert not result.is_error, text_of(result)
    assert result.structured_content is not None
    return result.structured_content


def refusal(result: Any) -> str:
    assert result.is_error
    return text_of(result)


def test_the_guides_example(call: Call) -> None:
    result = call("conv_layer_params", in_channels=3, out_channels=32, kernel_size=3)
    assert structure(result) == derive(layer("Conv2d(3, 32, 3)")).to_dict()
    assert text_of(result) == derive(layer("Conv2d(3, 32, 3)")).to_text()
    assert "total = per_filter × filters = 28 × 32 = 896" in text_of(result)


def test_both_eras_answer_alike() -> None:
    async def both(client: Client) -> Any:
        one = await client.call_tool("conv_layer_params", {"k": 32, "f": 3, "c": 3, "input_size": 224})
        two = await client.call_tool("network_params", {"layers": LENET5, "input_shape": [1, 32, 32]})
        listed = await client.list_tools()
        return [
            (one.content, one.structured_content),
            (two.content, two.structured_content),
            [tool.model_dump() for tool in listed.tools],
        ]

    assert talk("auto", both) == talk("legacy", both)


@pytest.mark.parametrize(
    "arguments",
    [
        {"filters": 32, "filter_size": 3, "channels": 3, "strides": 2, "use_bias": False, "dilation_rate": 1},
        {"in_channels": 3.0, "out_channels": "32", "kernel_size": "[3, 3]", "stride": [2, 2], "bias": "false"},
        {"k": 32, "f": [3, 3], "c": 3, "stride": 2, "bias": False},
        {"in_channels": 3, "out_channels": 32, "kernel_size": [3, 3], "stride": 2, "bias": False, "expected": None},
    ],
)
def test_synonyms_and_what_hosts_stringify(arguments: dict[str, Any], call: Call) -> None:
    assert (
        structure(call("conv_layer_params", **arguments))
        == derive(layer("Conv2d(3, 32, 3, stride=2, bias=False)")).to_dict()
    )


@pytest.mark.parametrize(
    ("arguments", "notation", "shape"),
    [
        ({"kernel_size": 3, "input_size": 28}, "Conv2d(4, 6, 3)", (4, 28, 28)),
        ({"kernel_size": [7], "padding": "SAME"}, 'Conv1d(4, 6, 7, padding="same")', None),
        ({"kernel_size": 7, "input_size": [100]}, "Conv1d(4, 6, 7)", (4, 100)),
        ({"kernel_size": 3, "input_size": [9, 11, 13]}, "Conv3d(4, 6, 3)", (4, 9, 11, 13)),
        ({"kernel_size": [1, 7], "padding": [0, 3], "groups": 2}, "Conv2d(4, 6, (1, 7), padding=(0, 3), groups=2)", None),
        ({"kernel_size": 3, "transposed": True, "stride": 2, "output_padding": 1, "input_size": "5x7"},
         "ConvTranspose2d(4, 6, 3, stride=2, output_padding=1)", (4, 5, 7)),
    ],
)  # fmt: skip
def test_dimensions_are_told_by_the_numbers(arguments: dict[str, Any], notation: str, shape: Any, call: Call) -> None:
    result = call("conv_layer_params", in_channels=4, out_channels=6, **arguments)
    assert structure(result) == derive(layer(notation), shape).to_dict()


def test_keras(call: Call) -> None:
    result = call(
        "conv_layer_params",
        in_channels=3,
        out_channels=32,
        kernel_size=3,
        padding=0,
        input_size=[9, 11],
        framework="tf",
    )
    answer = structure(result)
    assert answer["layer"] == "Conv2D(32, 3)"
    assert answer["output_shape"] == [7, 9, 32]
    assert answer["tensors"][0] == {"name": "kernel", "shape": [3, 3, 3, 32], "count": 864}


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ({"k": 32}, ["k alone is ambiguous", "in_channels is missing"]),
        ({"out_channels": 64, "kernel_size": 3}, ["in_channels is missing", "640 parameters with 1 and 1,792 with 3"]),
        ({"out_channels": 64, "kernel_size": [7], "bias": False}, ["448 parameters with 1 and 1,344 with 3"]),
        ({"out_channels": 64, "kernel_size": 3, "groups": 3}, ["in_channels is missing, and it is never assumed: 1 for"]),
        ({"k": 8, "f": 3, "c": 3, "in_channels": 5}, ["in_channels is given twice"]),
        ({"in_channels": 3, "out_channels": 64, "kernal_size": 3}, ["'kernal_size'", "Did you mean kernel_size"]),
        ({"in_channels": 30, "out_channels": 64, "kernel_size": 3, "groups": 4},
         ["groups=4 does not divide in_channels=30. Common divisors of the channels: 1, 2."]),
        ({"in_channels": 3, "out_channels": 64, "kernel_size": 3, "filters": 64}, ["out_channels is given twice"]),
        ({"in_channels": True, "out_channels": 64, "kernel_size": 2.5}, ["in_channels must be a whole number",
         "kernel_size must be a whole number, received 2.5"]),
        ({"in_channels": 3, "out_channels": 8, "kernel_size": 3, "input_size": [3, 224, 224]},
         ["seems to hold the channels. Give [224, 224]"]),
        ({"in_channels": 3, "out_channels": 8, "kernel_size": [3, 3], "input_size": [224, 224, 3]},
         ["seems to hold the channels. Give [224, 224]"]),
        ({"in_channels": 3, "out_channels": 8, "kernel_size": [3, 3], "stride": [1, 1, 1]}, ["kernel_size has 2, stride has 3"]),
        ({"in_channels": 3, "out_channels": 8, "kernel_size": 3, "output_padding": 1}, ["transposed=true"]),
        ({"in_channels": 3, "out_channels": 8, "kernel_size": 3, "framework": "jax"}, ["must be 'pytorch' or 'keras'"]),
        ({"in_channels": 3, "out_channels": 8, "kernel_size": 3, "padding": 1, "framework": "keras"}, ["ZeroPadding2D"]),
        ({"in_channels": 3, "out_channels": 8, "kernel_size": 9, "input_size": 5}, ["larger than the input's 5"]),
        ({"in_channels": 3, "out_channels": 8, "kernel_size": 3, "bias": "maybe", "groups": 2, "input_size": 0},
         ["bias must be true or false", "groups=2 does not divide in_channels=3"]),
    ],
)  # fmt: skip
def test_refusals_stand_alone(arguments: dict[str, Any], parts: list[str], call: Call) -> None:
    message = refusal(call("conv_layer_params", **arguments))
    for part in parts:
        assert part in message


def test_a_network_answers_as_the_core_does(call: Call) -> None:
    for detail in ("summary", "layers", "steps"):
        result = call("network_params", layers=LENET5, input_shape=[1, 32, 32], detail=detail, expected=61470)
        report = derive(network(LENET5, input_shape=(1, 32, 32)), expected=61470)
        assert structure(result) == report.to_dict(detail)  # type: ignore[arg-type]
        assert text_of(result) == report.to_text(detail)  # type: ignore[arg-type]
    assert "biases are missing" in text_of(result)


def test_a_layer_in_notation_goes_to_the_other_tool(call: Call) -> None:
    said = refusal(call("conv_layer_params", layer="Conv2d(3, 64, 3)", input_shape=[3, 9, 9]))
    assert said == (
        "there is no argument 'layer'. What is written as a call goes to network_params: layers='Conv2d(3, 64, 3)'."
    )


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"parameters": 10000}, "target must be a whole number. Write target=10000 and quantity='parameters'."),
        ('{"macs": 5}', "target must be a whole number. Write target=5 and quantity='macs'."),
        ("10k", "target must be a whole number, such as 10000, received '10k'; quantity says of what."),
        ({"macs": "many"}, "target must be a whole number, such as 10000, received {'macs': 'many'}; quantity says"),
    ],
)
def test_a_budget_that_is_no_number_says_where_its_parts_go(target: Any, said: str, call: Call) -> None:
    answered = refusal(call("fit_to_budget", layers="Conv2d(3, w, 3)", unknowns={"w": [1, 9]}, target=target))
    assert answered.startswith(said)


@pytest.mark.parametrize(
    "layers",
    [
        '["Conv2d(3, 8, 3)", {"kind": "relu"}]',
        ["Conv2d(3, 8, 3), ReLU()"],
        {"kind": "sequential", "layers": [{"kind": "conv2d", "in_channels": 3, "out_channels": 8, "kernel_size": 3}]},
    ],
)
def test_layers_in_every_form(layers: Any, call: Call) -> None:
    assert structure(call("network_params", layers=layers, input_shape="3x8x8"))["totals"]["parameters"] == 224


def test_a_clash_is_an_error_that_holds_the_answer_up_to_there(call: Call) -> None:
    result = call("network_params", layers=["Conv2d(3, 8, 3)", "ReLU()", "Linear(5, 3)"], input_shape=[3, 32, 32])
    message = refusal(result)
    assert message.startswith("layer 2 (Linear(5, 3)): in_features=5, but 30 flow in.")
    assert "0: Conv2d(3, 8, 3) | [8, 30, 30] | 224" in message
    assert result.structured_content is not None
    assert result.structured_content["failed"]["at"] == "layer 2 (Linear(5, 3))"
    assert [row["parameters"] for row in result.structured_content["layers"]] == [224, 0]


def test_all_mistakes_of_a_call_together(call: Call) -> None:
    message = refusal(call("network_params", layers=["Conv2d(3, 8, 3, pading=1)", "Lineer(4)"], detail="all", depth=3))
    assert message.startswith("4 mistakes:")
    for part in ("'depth'", "detail must be one of", "'pading'", "Lineer"):
        assert part in message


def test_an_unknown_tool_names_the_nearest(call: Call) -> None:
    assert "Did you mean network_params?" in refusal(call("network_param"))


def test_large_answers_say_what_they_leave_out(call: Call) -> None:
    layers = "Conv2d(8, 8, 3, padding=1), ReLU(), " * 500
    result = call("network_params", layers=layers, input_shape=[8, 9, 9], detail="steps")
    answer = structure(result)
    assert "steps" not in answer["layers"][0]
    assert any("at most 300 rows are answered, not 1000" in note for note in answer["notes"])
    assert answer["totals"]["parameters"] == 584 * 500


def test_the_bounds_of_a_call(call: Call) -> None:
    assert str(limits.MAX_LAYERS) in refusal(call("network_params", layers=["ReLU()"] * (limits.MAX_LAYERS + 1)))
    assert str(limits.MAX_TEXT) in refusal(call("network_params", layers=" " * (limits.MAX_TEXT + 1)))
    assert f"more than {limits.MAX_LAYERS} layers" in refusal(
        call("network_params", layers="ReLU()," * (limits.MAX_LAYERS + 1))
    )


def test_a_networks_answer_is_small(call: Call) -> None:
    deep = call("network_params", layers=vgg("vgg16"), input_shape=[3, 224, 224], detail="layers")
    assert tokens(text_of(deep)) <= 1200
    assert tokens(structure(deep)) <= 1200


def test_the_list_of_tools_is_small_and_travels(era: Era) -> None:
    async def listing(client: Client) -> Any:
        return await client.list_tools()

    listed = talk(era, listing)
    sent = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in listed.tools]
    assert tokens(sent) <= 5000
    assert tokens([tool for tool in sent if tool["name"] in ("conv_layer_params", "network_params")]) <= 2500
    text = json.dumps(sent)
    assert "$ref" not in text
    assert "$defs" not in text
    for tool in listed.tools:
        for schema in (tool.input_schema, tool.output_schema):
            assert schema is not None
            assert schema["type"] == "object"
            assert not {"oneOf", "anyOf", "allOf"} & set(schema)
        assert tool.input_schema["additionalProperties"] is False
        for name, field in tool.input_schema["properties"].items():
            assert field["description"], name
            assert field["examples"], name
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.annotations.open_world_hint is False


def test_a_repeated_call_has_the_same_answer_and_few_are_kept(era: Era) -> None:
    async def repeat(client: Client) -> Any:
        first = [await client.call_tool("conv_layer_params", {"k": k, "f": 3, "c": 3}) for k in range(1, 200)]
        again = [await client.call_tool("conv_layer_params", {"k": k, "f": 3, "c": 3}) for k in range(199, 0, -1)]
        return [one.structured_content["total"] for one in first], [one.structured_content["total"] for one in again]

    first, again = talk(era, repeat)
    assert first == again[::-1] == [28 * k for k in range(1, 200)]


def test_a_defect_is_not_an_answer_and_leaks_nothing(monkeypatch: pytest.MonkeyPatch, caplog: Any, call: Call) -> None:
    from paramcount_mcp.tools import tools

    def broken(_arguments: Any) -> Any:
        raise ZeroDivisionError("a secret path")

    monkeypatch.setitem(tools(), "conv_layer_params", _with(tools()["conv_layer_params"], broken))
    message = refusal(call("conv_layer_params", in_channels=3))
    assert "defect in paramcount (ZeroDivisionError)" in message
    assert "secret" not in message


def _with(tool: Any, answer: Any) -> Any:
    from dataclasses import replace

    return replace(tool, answer=answer)


def test_what_a_network_sees_holds_and_keeps(call: Call) -> None:
    arguments = {
        "layers": [
            "stem = Conv2d(3, 4, 3, padding=1)",
            "Residual(Conv2d(4, 4, 3, padding=1), ReLU())",
            "stem2 = ReLU()",
        ],
        "input_shape": [3, 11, 7],
        "receptive_field": "true",
        "batch_size": 5,
        "sparsity": "0.5",
    }
    answer = structure(call("network_params", **arguments))
    assert answer["layers"][-1]["receptive_field"] == {"size": [5, 5], "stride": [1, 1], "padding": [2, 2]}
    assert answer["memory"]["batch_size"] == 5
    assert answer["memory"]["activations"] == 4 * 5 * 5 * 4 * 77
    assert answer["nonzero_parameters"]["value"] == 130


def test_several_inputs_and_outputs(call: Call) -> None:
    layers = "a = Input(), b = Input(), c = Concat()(a, b), d = Conv2d(5, 2, 1), Outputs(c, d)"
    answer = structure(call("network_params", layers=layers, input_shape=[[3, 8, 8], [2, 8, 8]]))
    assert answer["input_shape"] == [[3, 8, 8], [2, 8, 8]]
    assert answer["output_shape"] == [[5, 8, 8], [2, 8, 8]]


def test_a_graph_of_objects(call: Call) -> None:
    layers = [
        {"kind": "conv2d", "in_channels": 3, "out_channels": 3, "kernel_size": 1, "name": "conv1"},
        {"kind": "reuse", "layer": "conv1", "name": "again"},
        {"kind": "add", "inputs": ["conv1", "again", "input"]},
    ]
    answer = structure(call("network_params", layers=layers, input_shape=[3, 5, 5]))
    assert answer["totals"]["parameters"] == 12
    assert answer["totals"]["macs"] == 2 * 9 * 25
    assert answer["layers"][1]["shares"] == "conv1"


def test_repetition_is_answered_at_once(call: Call) -> None:
    text = "Repeat(1000000, Conv2d(8, 8, 3, padding=1), ReLU())"
    answer = structure(call("network_params", layers=text, input_shape=[8, 5, 5]))
    assert answer["totals"]["parameters"] == 584_000_000
    assert [row["repeat"] for row in answer["layers"]] == [10**6, 10**6]
