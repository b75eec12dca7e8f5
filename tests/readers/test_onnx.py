"""ONNX graphs of known figures: layers, what is a parameter and what is none, folding, sharing, where shapes stop."""

import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from paramcount import LayerError
from paramcount.files import opened
from paramcount.operations import OPERATIONS
from paramcount.readers import read
from paramcount.readers.onnx.operators import ALIKE, REDUCING, SPREADING
from tests.readers.onnx_graphs import answer, figures, lenet, model, node, reading, tensor, value, whole
from tests.readers.tables import packed

LENET = (61_706, 0, 416_520, [10])
"""Parameters, buffers, MACs, output of LeNet-5; LeCun et al. 1998, with every map of S2 connected to every one of C3."""


def test_a_network_is_read_with_names_shapes_and_macs() -> None:
    found = answer(lenet())
    assert figures(found) == LENET
    assert [row["name"] for row in found["layers"]][:2] == ["conv1", "relu"]
    assert found["layers"][0]["layer"] == "Conv2d(1, 6, 5)"
    assert found["read"]["completeness"] == "full"
    assert found["read"].get("not_understood") is None


def test_a_file_is_known_by_its_name_and_by_what_it_holds(tmp_path: Path) -> None:
    for name in ("lenet.onnx", "lenet"):
        (tmp_path / name).write_bytes(lenet().SerializeToString())
        with opened([str(tmp_path / name)]) as given:
            found = read(given)
        assert found.read.format == "onnx"
        assert figures(found.report().to_dict("summary")) == LENET


def test_open_sizes_are_asked_for() -> None:
    found = answer(lenet(("batch", 1, "height", "width")))
    assert figures(found)[:3] == (61_706, 0, None)
    assert "give input_shape" in found["read"]["notes"][0]
    assert found["read"]["completeness"] == "params_only"
    assert figures(answer(lenet(("batch", 1, "height", "width")), (1, 32, 32))) == LENET
    assert figures(answer(lenet(("batch", 1, 32, 32)))) == LENET
    assert figures(answer(lenet((0, 1, 32, 32)))) == LENET
    for sizes in ((), (1, 1, 0, 0), (1, 1, -1, -1)):
        assert figures(answer(lenet(sizes)))[:3] == (61_706, 0, None)


def test_an_input_that_does_not_fit_stops_shapes_and_not_parameters() -> None:
    found = answer(lenet(), (1, 30, 30))
    assert figures(found) == (61_706, 0, None, None)
    assert found["read"]["stopped"]["module"] == "/fc1/Gemm"
    with pytest.raises(LayerError, match="holds 2 shapes; the model has 1"):
        reading(lenet(), (1, 32, 32), (1, 32, 32))


def test_a_batch_of_the_file_is_left_out() -> None:
    found = answer(lenet((16, 1, 32, 32)))
    assert figures(found) == LENET
    assert "a batch of 16" in found["read"]["notes"][0]


def test_batch_norm_has_buffers_and_one_that_was_folded_is_named() -> None:
    norm = [
        node("Conv", ["x", "conv.weight"], ["a"], "/conv/Conv", pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["a", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"], ["y"], "/bn/B"),
    ]
    own = [tensor(f"bn.{name}", 8) for name in ("weight", "bias", "running_mean", "running_var")]
    found = answer(model(norm, [tensor("conv.weight", 8, 3, 3, 3), *own]))
    assert figures(found) == (8 * 27 + 16, 17, 32 * 32 * 8 * 27, [8, 32, 32])
    folded = [node("Conv", ["x", "onnx::Conv_7", "onnx::Conv_8"], ["y"], "/conv/Conv", pads=[1, 1, 1, 1])]
    found = answer(model(folded, [tensor("onnx::Conv_7", 8, 3, 3, 3), tensor("onnx::Conv_8", 8)]))
    assert figures(found)[:2] == (8 * 27 + 8, 0)
    assert found["layers"][0]["name"] == "conv"
    assert f"{8 * 27 + 16} parameters" in found["read"]["notes"][0]
    assert f"{8 * 27 + 24} if all have" in found["read"]["notes"][0]


def test_weights_that_were_computed_while_exporting_are_named() -> None:
    nodes = [node("Conv", ["x", "onnx::Conv_7", "conv.bias"], ["y"], "/conv/Conv")]
    found = answer(model(nodes, [tensor("onnx::Conv_7", 8, 3, 3, 3), tensor("conv.bias", 8)]))
    assert figures(found)[0] == 8 * 27 + 8
    assert "1 convolutions have weights that the exporter computed" in found["read"]["not_understood"][0]
    assert "folded" not in str(found["read"].get("notes"))


def test_uneven_padding_is_a_step_of_its_own() -> None:
    weights = [tensor("k", 4, 3, 3, 3)]
    for nodes in (
        [node("Conv", ["x", "k"], ["y"], strides=[2, 2], pads=[0, 0, 1, 1])],
        [node("Conv", ["x", "k"], ["y"], strides=[2, 2], auto_pad="SAME_UPPER")],
    ):
        found = answer(model(nodes, weights))
        assert figures(found) == (108, 0, 16 * 16 * 108, [4, 16, 16])
        assert "pad" in str([row["layer"] for row in found["layers"]]).lower()


def test_transposed_convolutions_count_at_the_input() -> None:
    nodes = [node("ConvTranspose", ["x", "up.weight", "up.bias"], ["y"], strides=[2, 2], kernel_shape=[2, 2])]
    found = answer(model(nodes, [tensor("up.weight", 3, 5, 2, 2), tensor("up.bias", 5)]))
    assert figures(found) == (65, 0, 32 * 32 * 60, [5, 64, 64])
    nodes = [node("ConvTranspose", ["x", "up.weight"], ["y"], strides=[2, 2], output_shape=[63, 63])]
    assert figures(answer(model(nodes, [tensor("up.weight", 3, 5, 3, 3)])))[3] == [5, 63, 63]


def test_a_matrix_product_and_what_is_added_to_it_are_a_linear() -> None:
    """As Keras's Dense comes out of tf2onnx: a transposed image, MatMul with [in, out], Add."""
    nodes = [
        node("Transpose", ["x"], ["a"], perm=[0, 3, 1, 2]),
        node("Conv", ["a", "model/conv/Conv2D/ReadVariableOp:0"], ["b"], "model/conv/Conv2D"),
        node("Transpose", ["b"], ["c"], perm=[0, 2, 3, 1]),
        node("Reshape", ["c", "shape"], ["d"]),
        node("MatMul", ["d", "model/dense/MatMul/ReadVariableOp:0"], ["e"], "model/dense/MatMul"),
        node("Add", ["e", "model/dense/BiasAdd/ReadVariableOp:0"], ["f"], "model/dense/BiasAdd"),
        node("Softmax", ["f"], ["y"]),
    ]
    tensors = [
        tensor("model/conv/Conv2D/ReadVariableOp:0", 4, 1, 3, 3),
        tensor("model/dense/MatMul/ReadVariableOp:0", 36 * 4, 10),
        tensor("model/dense/BiasAdd/ReadVariableOp:0", 10),
        whole("shape", -1, 144),
    ]
    found = answer(model(nodes, tensors, ("batch", 8, 8, 1)))
    assert figures(found) == (36 + 1440 + 10, 0, 36 * 36 + 1440, [10])
    assert "Linear(144, 10)" in [row["layer"] for row in found["layers"]]


def test_whole_numbers_and_constants_of_arithmetic_are_no_parameters() -> None:
    nodes = [
        node("Constant", [], ["half"], value=numpy_helper.from_array(np.array(0.5, np.float32))),
        node("Mul", ["x", "half"], ["a"]),
        node("Clip", ["a", "low", "high"], ["b"]),
        node("Mul", ["b", "gamma"], ["c"]),
        node("Sub", ["c", "/Constant_3_output_0"], ["d"]),
        node("Reshape", ["d", "shape"], ["y"]),
    ]
    scalars = [numpy_helper.from_array(np.array(one, np.float32), name) for name, one in (("low", 0), ("high", 6))]
    tensors = [*scalars, tensor("gamma", 3, 1, 1), tensor("/Constant_3_output_0", 1, 3, 1, 1), whole("shape", 0, -1)]
    found = answer(model(nodes, tensors))
    assert figures(found) == (3, 0, 0, [3072])
    said = found["read"]["not_understood"]
    assert "gamma" in said[0]
    assert "taken for parameters by their names" in said[0]
    assert "/Constant_3_output_0 [1, 3, 1, 1]" in said[1]


def test_a_weight_that_is_used_twice_is_counted_once() -> None:
    nodes = [
        node("Gather", ["tokens.weight", "x"], ["a"], "/tokens/Gather"),
        node("Transpose", ["tokens.weight"], ["t"], perm=[1, 0]),
        node("MatMul", ["a", "t"], ["y"], "/head/MatMul"),
    ]
    found = answer(model(nodes, [tensor("tokens.weight", 50, 16)], (1, 7)))
    assert figures(found) == (800, 0, 7 * 800, [7, 50])


def test_parameters_of_equal_value_are_stored_once_and_counted_each() -> None:
    """torch.onnx writes an Identity for those that are equal, and none for those that are one."""
    nodes = [
        node("Identity", ["a.bias"], ["b.bias"], "Identity_0"),
        node("Conv", ["x", "a.weight", "a.bias"], ["p"], "/a/Conv"),
        node("Conv", ["p", "b.weight", "b.bias"], ["q"], "/b/Conv"),
        node("Conv", ["q", "b.weight", "a.bias"], ["y"], "/c/Conv"),
    ]
    found = answer(model(nodes, [tensor("a.weight", 4, 3, 1, 1), tensor("a.bias", 4), tensor("b.weight", 4, 4, 1, 1)]))
    assert figures(found)[0] == 12 + 4 + 16 + 4
    assert "b.bias" in found["read"]["notes"][0]


def test_matrices_of_equal_value_under_generated_names_are_one_and_named() -> None:
    nodes = [
        node("Identity", ["onnx::MatMul_1"], ["onnx::MatMul_2"], "Identity_0"),
        node("MatMul", ["x", "onnx::MatMul_1"], ["p"], "/a/MatMul"),
        node("MatMul", ["p", "onnx::MatMul_2"], ["y"], "/a_1/MatMul"),
    ]
    found = answer(model(nodes, [tensor("onnx::MatMul_1", 32, 32)]))
    assert figures(found)[0] == 1024
    assert "onnx::MatMul_2" in found["read"]["not_understood"][0]


def test_norms_that_were_made_without_weights_have_none() -> None:
    ones, zeros = (numpy_helper.from_array(np.full(3, one, np.float32)) for one in (1, 0))
    nodes = [
        node("Constant", [], ["ones"], value=ones),
        node("Constant", [], ["zeros"], value=zeros),
        node("InstanceNormalization", ["x", "ones", "zeros"], ["a"]),
        node("InstanceNormalization", ["a", "norm.weight", "norm.bias"], ["b"]),
        node("LayerNormalization", ["b", "ln.weight", "ln.bias"], ["y"], axis=-1),
    ]
    tensors = [tensor("norm.weight", 3), tensor("norm.bias", 3), tensor("ln.weight", 32), tensor("ln.bias", 32)]
    found = answer(model(nodes, tensors))
    assert figures(found) == (6 + 64, 0, 0, [3, 32, 32])


@pytest.mark.parametrize(
    ("kind", "gates", "ways", "parameters"),
    [("LSTM", 4, 1, 4 * (7 * 5 + 25 + 10)), ("GRU", 3, 2, 2 * 3 * (7 * 5 + 25 + 10)), ("RNN", 1, 1, 7 * 5 + 25 + 10)],
)
def test_recurrent_layers(kind: str, gates: int, ways: int, parameters: int) -> None:
    nodes = [node(kind, ["x", "w", "r", "b"], ["y", "h"], hidden_size=5, direction="bidirectional" if ways == 2 else "forward")]  # fmt: skip
    tensors = [tensor("w", ways, gates * 5, 7), tensor("r", ways, gates * 5, 5), tensor("b", ways, 2 * gates * 5)]
    nodes = [node("Transpose", ["x"], ["t"], perm=[1, 0, 2]), node(kind, ["t", *nodes[0].input[1:]], ["y", "h"], hidden_size=5)]  # fmt: skip
    found = answer(model(nodes, tensors, (1, 11, 7), outputs=["y", "h"]))
    assert figures(found)[:3] == (parameters, 0, ways * 11 * gates * (7 * 5 + 25))


def test_functions_of_the_file_are_put_in_place() -> None:
    body = [node("Conv", ["a", "k"], ["b"], pads=[1, 1, 1, 1]), node("Relu", ["b"], ["c"])]
    function = helper.make_function("local", "Block", ["a", "k"], ["c"], body, [helper.make_opsetid("", 20)])
    nodes = [node("Block", ["x", "one"], ["p"], domain="local"), node("Block", ["p", "two"], ["y"], domain="local")]
    made = model(nodes, [tensor("one", 4, 3, 3, 3), tensor("two", 4, 4, 3, 3)], functions=[function])
    made.opset_import.append(helper.make_opsetid("local", 1))
    assert figures(answer(made)) == (108 + 144, 0, 1024 * (108 + 144), [4, 32, 32])


def test_branches_are_read_for_their_parameters_alone() -> None:
    def branch(weight: str) -> onnx.GraphProto:
        return helper.make_graph([node("Conv", ["x", weight], ["out"])], "b", [], [value("out")], [tensor(weight, 4, 3, 1, 1)])  # fmt: skip

    nodes = [node("If", ["flag"], ["y"], then_branch=branch("then"), else_branch=branch("otherwise"))]
    flag = helper.make_tensor("flag", TensorProto.BOOL, [], [True])
    found = answer(model(nodes, [flag]))
    assert figures(found)[:3] == (24, 0, None)
    assert "2 operators stand in branches" in str(found["read"]["not_understood"])


def test_quantised_weights_are_counted_and_named() -> None:
    nodes = [
        node("DequantizeLinear", ["w_quantized", "w_scale", "w_zero_point"], ["w"]),
        node("Conv", ["x", "w"], ["y"]),
    ]
    tensors = [tensor("w_quantized", 4, 3, 3, 3, dtype=np.int8), tensor("w_scale", 1), tensor("w_zero_point", 1, dtype=np.int8)]  # fmt: skip
    found = answer(model(nodes, tensors))
    assert figures(found) == (108, 0, 30 * 30 * 108, [4, 30, 30])
    assert "quantised (int8)" in str(found["read"]["notes"])


def test_padding_and_cutting_as_operators() -> None:
    nodes = [
        node("Pad", ["x", "pads"], ["a"]),
        node("Slice", ["a", "starts", "ends", "axes", "steps"], ["b"]),
        node("Split", ["b", "parts"], ["c", "d"], axis=3),
        node("SplitToSequence", ["c", "one"], ["e"], axis=1),
        node("SequenceAt", ["e", "place"], ["f"]),
        node("Concat", ["f", "f"], ["g"], axis=1),
        node("GatherND", ["g", "picks"], ["h"]),
        node("Resize", ["g", "", "", "sizes"], ["y"]),
    ]
    tensors = [
        whole("pads", 0, 0, 1, 2, 0, 0, 3, 4), whole("starts", 1, -1), whole("ends", 2**62, -(2**62)), whole("axes", 2, 3),
        whole("steps", 2, -1), whole("parts", 20, 18), whole("sizes", 1, 2, 7, 5),
        numpy_helper.from_array(np.array(1), "one"), numpy_helper.from_array(np.array(-1), "place"),
        numpy_helper.from_array(np.zeros((5, 3), np.int64), "picks"),
    ]  # fmt: skip
    found = answer(model(nodes, tensors, outputs=["y", "h"]))
    assert found["output_shape"] == [[2, 7, 5], [5, 20]]


def test_an_operator_without_a_rule_stops_shapes_and_is_named() -> None:
    nodes = [
        node("Conv", ["x", "a.weight"], ["p"], "/a/Conv"),
        node("FancyNorm", ["p", "fancy.gain"], ["q"], "/fancy", domain="com.example"),
        node("Conv", ["q", "b.weight"], ["y"], "/b/Conv"),
    ]
    tensors = [tensor("a.weight", 4, 3, 1, 1), tensor("fancy.gain", 4), tensor("b.weight", 2, 4, 1, 1)]
    found = answer(model(nodes, tensors))
    assert figures(found)[:3] == (12 + 4 + 8, 0, None)
    assert found["read"]["stopped"]["class"] == "com.example.FancyNorm"
    assert "no rule" in found["read"]["stopped"]["reason"]


def test_sizes_that_the_file_states_are_compared() -> None:
    made = lenet()
    made.graph.value_info.append(value("c", 1, 6, 13, 13))
    found = answer(made)
    assert figures(found)[:3] == (61_706, 0, None)
    assert found["read"]["stopped"]["reason"] == "it gives [1, 6, 14, 14], but the file states [1, 6, 13, 13]."


def test_external_files_are_never_opened(tmp_path: Path) -> None:
    made = lenet()
    for one in made.graph.initializer:
        one.ClearField("raw_data")
        one.data_location = TensorProto.EXTERNAL
        one.external_data.add(key="location", value="/etc/passwd")
        one.external_data.add(key="length", value=str(2**62))
    file = tmp_path / "model.onnx"
    file.write_bytes(made.SerializeToString())
    program = (
        "import sys; opened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])))\n"
        "from paramcount.cli import main\n"
        "code = main(['read', sys.argv[1], '--detail', 'summary'])\n"
        "sys.exit(code or int(any('passwd' in one for one in opened) or sys.argv[1] not in opened))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "61,706" in done.stdout
    assert "not opened" in done.stdout


def test_without_the_package_the_reader_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(Exception, match=r"pip install 'paramcount\[onnx\]'"):
        reading(b"\x08\x09\x12\x01a")


def test_only_this_reader_needs_the_package() -> None:
    program = (
        "import sys; sys.modules['onnx'] = None; sys.modules['numpy'] = None\n"
        "from paramcount.readers import Given, read, readers\n"
        "assert 'onnx' in readers()\n"
        "assert read(Given('Sequential(\\n  (0): Linear(in_features=2, out_features=3, bias=True)\\n)')).report()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_framework_is_pytorchs() -> None:
    with pytest.raises(LayerError, match="Leave framework out"):
        reading(lenet(), framework="keras")


def test_layers_are_given_in_notation() -> None:
    notation: Any = reading(lenet()).report(as_layers=True).notation
    assert "Conv2d(1, 6, 5)" in str(notation)


def test_every_operator_is_an_operation_that_there_is() -> None:
    assert {*ALIKE.values(), *SPREADING.values(), *REDUCING.values()} <= OPERATIONS.keys()


SMALL = packed("onnx_small.json.xz")
"""Networks as real exporters write them, with real torch's figures; see make_onnx_small.py."""


@pytest.mark.parametrize("row", SMALL, ids=lambda row: f"{row['name']}, {row['way']}")
def test_small_networks_as_torch_exports_them(row: dict[str, Any]) -> None:
    shapes = (tuple(row["input_shape"]),)
    found = answer(base64.b64decode(row["file"]), *shapes)
    parameters, buffers, macs, output = figures(found)
    said = " ".join([*found["read"].get("notes", []), *found["read"].get("not_understood", [])])
    assert (macs, output) == (row["macs"], row["output_shape"])
    if (parameters, buffers) != (row["parameters"], row["buffers"]):
        assert any(words in said for words in FOLDED)
        assert "batch norms were folded" in said or parameters == UNKNOWABLE[row["name"], row["way"].split()[0]]
    if "batch norms were folded" in said and "dynamo" in row["way"]:
        assert f"the model has {row['parameters']:,} parameters in PyTorch." in said


FOLDED = (
    "batch norms were folded",
    "computed from parameters by the exporter",
    "may have been computed from parameters",
)
"""What is said where an exporter's file does not hold the parameters of the module."""

UNKNOWABLE = {("windows", "torchscript"): 490 - 98, ("windows", "dynamo"): 490 - 98 + 2 * 16 * 16}
"""A table [49, 2] of relative positions is stored spread out, [1, 2, 16, 16]: as a constant, or with its origin."""
