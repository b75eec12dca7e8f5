"""ONNX files that are none, that lie, or that would take too much: each is refused in words, and soon."""

import io
import itertools
import time

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from paramcount import ParamcountError
from paramcount.readers import Given, read
from paramcount.readers.onnx import wire
from tests.readers.onnx_graphs import answer, figures, lenet, model, node, reading, tensor, whole

SECONDS = 10
"""Of the processor, within which each is refused."""


REFUSED = ("LSTM",)
"""Operators whose weights cannot be."""


def refused(content: bytes | onnx.ModelProto) -> str:
    started = time.process_time()
    with pytest.raises(ParamcountError) as raised:
        reading(content).report()
    assert time.process_time() - started < SECONDS
    said = str(raised.value)
    assert len(said) < 600
    return said


def changed(**fields: object) -> onnx.ModelProto:
    """LeNet, its first tensor changed."""
    made = lenet()
    one = made.graph.initializer[0]
    for name, new in fields.items():
        if isinstance(new, list):
            one.ClearField(name)
            getattr(one, name).extend(new)
        else:
            setattr(one, name, new)
    return made


def varint(number: int) -> bytes:
    return wire._encoded(number)


def nested(depth: int, body: bytes = b"") -> bytes:
    """Graphs in attributes of nodes of graphs."""
    for _ in range(depth):
        for tag in (b"\x32", b"\x2a", b"\x0a"):  # attribute.g, node.attribute, graph.node
            body = tag + varint(len(body)) + body
    return b"\x08\x09\x3a" + varint(len(body)) + body


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no ONNX graph"),
        (b"\x08\x09", "no ONNX graph"),
        (b"\x00" * 1000, "no ONNX"),
        (b"\xff" * 1000, "ends no number"),
        (b"PK\x03\x04" + b"\0" * 500, "no ONNX"),
        (b"import torch\n" * 50, "no ONNX"),
        (lenet().SerializeToString()[:20_000], "cut off"),
        (lenet().SerializeToString()[:-1], "cut off"),
        (b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "are to follow"),
        (nested(1_000), "more than 24 deep"),
        (changed(dims=[-6, -1, 5, 5]), "whole numbers up to"),
        (changed(dims=[2**62, 1, 5, 5]), "whole numbers up to"),
        (changed(dims=[1] * 40), "at most 12 whole numbers"),
        (changed(dims=[6, 1, 5, 6]), r"takes 720 bytes; it has 600"),
        (changed(raw_data=b"\0" * 599), r"takes 600 bytes; it has 599"),
        (changed(data_type=99), "data_type must be one of"),
        (changed(name="x" * 5_000), "at most 4096 are read"),
        (changed(name=""), "has no name"),
        (changed(name="conv2.weight"), "made twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(content: bytes | onnx.ModelProto, said: str) -> None:
    assert said in refused(content)


def test_a_weight_without_bytes_that_is_too_large_to_be_exact() -> None:
    one = tensor("k", 1)
    one.ClearField("raw_data")
    one.data_location = TensorProto.EXTERNAL
    one.dims[:] = [2**31 - 1, 3, 2**31 - 1, 1]
    assert "above 2^53" in refused(model([node("Conv", ["x", "k"], ["y"])], [one]))


def test_nodes_out_of_order_and_in_a_circle() -> None:
    made = lenet()
    del made.graph.node[0]
    assert "flows in before anything makes it" in refused(made)
    circle = [node("Relu", ["b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["x"], ["y"])]
    assert "flows in before anything makes it" in refused(model(circle, []))
    assert "made twice" in refused(model([node("Relu", ["x"], ["y"]), node("Relu", ["x"], ["y"])], []))
    assert "made by nothing" in refused(model([node("Relu", ["x"], ["z"])], []))


def test_functions_that_double_and_that_call_themselves() -> None:
    opset = [helper.make_opsetid("", 20), helper.make_opsetid("l", 1)]
    functions = [helper.make_function("l", "F0", ["a"], ["b"], [node("Relu", ["a"], ["b"])], opset)]
    for level in range(1, 22):
        body = [node(f"F{level - 1}", [a], [b], domain="l") for a, b in (("a", "t"), ("t", "b"))]
        functions.append(helper.make_function("l", f"F{level}", ["a"], ["b"], body, opset))
    assert "100,000 operators" in refused(model([node("F21", ["x"], ["y"], domain="l")], [], functions=functions))
    itself = helper.make_function("l", "F", ["a"], ["b"], [node("F", ["a"], ["b"], domain="l")], opset)
    assert "24 deep" in refused(model([node("F", ["x"], ["y"], domain="l")], [], functions=[itself]))


def test_a_million_nodes() -> None:
    one = node("Relu", ["x"], ["y"]).SerializeToString()
    graph = (b"\x0a" + varint(len(one)) + one) * 1_000_000
    assert "more than 100,000 operators" in refused(b"\x08\x09\x3a" + varint(len(graph)) + graph)


def test_as_many_operators_as_are_read_take_seconds() -> None:
    """Each has the same name; finding one that is free must not go through all that are taken."""
    many = 20_000
    values = ["x", *[f"v{place}" for place in range(many - 1)], "y"]
    chain = [node("Relu", [before], [after]) for before, after in itertools.pairwise(values)]
    started = time.process_time()
    found = reading(model(chain, []))
    assert len(found.network.nodes) == many
    assert time.process_time() - started < SECONDS


def test_fields_without_end_and_names_of_megabytes() -> None:
    empty = b"\x6a\x00" * 3_000_000
    assert f"more than {wire.MAX_FIELDS:,} fields" in refused(b"\x3a" + varint(len(empty)) + empty)
    name = b"\x12" + varint(2**20) + b"n" * 2**20
    assert "at most 4096" in refused(b"\x08\x09" + name)


def test_constants_that_would_grow_are_not_computed() -> None:
    nodes = [
        node("ConstantOfShape", ["size"], ["a"]),
        node("Expand", ["one", "size"], ["b"]),
        node("Range", ["zero", "many", "one"], ["c"]),
        node("Tile", ["one", "many"], ["d"]),
        node("Relu", ["x"], ["y"]),
    ]
    sizes = [whole("size", 2**20, 2**20, 2**10), whole("one", 1), whole("zero", 0), whole("many", 2**62)]
    started = time.process_time()
    assert figures(answer(model(nodes, sizes))) == (0, 0, 0, [3, 32, 32])
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(
    "nodes",
    [
        [node("Reshape", ["x", "s"], ["y"])],
        [node("Reshape", ["x"], ["y"])],
        [node("Conv", ["x"], ["y"])],
        [node("Concat", ["x"], ["y"], axis=99)],
        [node("Split", ["x"], ["y", "z"], axis=7)],
        [node("Transpose", ["x"], ["y"], perm=[0, 0, 9, 9])],
        [node("Slice", ["x", "s", "s", "s", "s"], ["y"])],
        [node("MaxPool", ["x"], ["y"], kernel_shape=[99, 99])],
        [node("MaxPool", ["x"], ["y"], kernel_shape=[2**40] * 2)],
        [node("Resize", ["x", "", "scales"], ["y"])],
        [node("Pad", ["x", "s"], ["y"])],
        [node("Expand", ["x", "s"], ["y"])],
        [node("MatMul", ["x"], ["y"])],
        [node("Squeeze", ["x", "s"], ["y"])],
        [node("LSTM", ["x", "scales", "scales"], ["y"])],
    ],
    ids=lambda nodes: nodes[0].op_type,
)
def test_operators_with_what_they_cannot_have_are_named(nodes: list[onnx.NodeProto]) -> None:
    scales = onnx.numpy_helper.from_array(np.array([1, 1, 1e30, 1e30], np.float32), "scales")
    made = model(nodes, [whole("s", 2**60, -5, 3, 7), scales])
    if nodes[0].op_type in REFUSED:
        refused(made)
    else:
        found = answer(made)
        assert found["read"]["completeness"] == "params_only"
        assert "output_shape" not in found
        assert nodes[0].op_type in found["read"]["stopped"]["class"]


def test_every_beginning_of_a_file_and_every_changed_byte_is_answered_or_refused() -> None:
    """No other exception comes out of a damaged file, whatever it is."""
    small = model([node("Conv", ["x", "k"], ["y"])], [tensor("k", 2, 3, 3, 3)]).SerializeToString()
    damaged = [small[:end] for end in range(0, len(small), 3)]
    for place in range(0, len(small), 2):
        damaged += [small[:place] + bytes([small[place] ^ flip]) + small[place + 1 :] for flip in (1, 0x80, 0xFF)]
    answered = 0
    for content in damaged:
        try:
            read(Given(name="m.onnx", stream=io.BytesIO(content))).report()
            answered += 1
        except ParamcountError:
            pass
    assert 0 < answered < len(damaged)
