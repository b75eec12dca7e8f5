"""Small ONNX graphs for the tests, made with onnx.helper, and how one is read."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from paramcount.readers import Asked, Given, Reading, read


def tensor(name: str, *sizes: int, dtype: Any = np.float32) -> onnx.TensorProto:
    """A tensor of random values that differ from one name to the next."""
    values = np.random.default_rng(sum(map(ord, name))).integers(1, 100, sizes)
    return numpy_helper.from_array(values.astype(dtype), name)


def whole(name: str, *values: int) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(values, dtype=np.int64), name)


def value(name: str, *sizes: int | str | None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(sizes))


node = helper.make_node


def model(
    nodes: Sequence[onnx.NodeProto],
    tensors: Sequence[onnx.TensorProto],
    sizes: Sequence[int | str | None] | None = (1, 3, 32, 32),
    *,
    opset: int = 20,
    outputs: Sequence[str] = ("y",),
    **kwargs: Any,
) -> onnx.ModelProto:
    """A model of one input x."""
    inputs = [] if sizes is None else [value("x", *sizes)]
    outs = [helper.make_value_info(name, onnx.TypeProto()) for name in outputs]
    graph = helper.make_graph(list(nodes), "g", inputs, outs, list(tensors))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], **kwargs)


def reading(given: onnx.ModelProto | bytes, *shapes: tuple[int, ...], **asked: Any) -> Reading:
    content = given if isinstance(given, bytes) else given.SerializeToString()
    return read(Given(name="model.onnx", stream=io.BytesIO(content)), Asked(input_shapes=shapes, **asked))


def answer(given: onnx.ModelProto | bytes, *shapes: tuple[int, ...], **asked: Any) -> dict[str, Any]:
    return reading(given, *shapes, **asked).report().to_dict("layers")


def figures(found: dict[str, Any]) -> tuple[int, int, int | None, Any]:
    """Parameters, buffers, MACs and the shape that comes out."""
    totals = found["totals"]
    return totals["parameters"], totals["buffers"], totals.get("macs"), found.get("output_shape")


def lenet(sizes: Sequence[int | str | None] = (1, 1, 32, 32)) -> onnx.ModelProto:
    """LeNet-5 with all its connections: 61,706 parameters."""
    nodes = [
        node("Conv", ["x", "conv1.weight", "conv1.bias"], ["a"], "/conv1/Conv"),
        node("Relu", ["a"], ["b"], "/Relu"),
        node("MaxPool", ["b"], ["c"], "/pool/MaxPool", kernel_shape=[2, 2], strides=[2, 2]),
        node("Conv", ["c", "conv2.weight", "conv2.bias"], ["d"], "/conv2/Conv"),
        node("Relu", ["d"], ["e"], "/Relu_1"),
        node("MaxPool", ["e"], ["f"], "/pool/MaxPool_1", kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten", ["f"], ["g"], "/Flatten"),
        node("Gemm", ["g", "fc1.weight", "fc1.bias"], ["h"], "/fc1/Gemm", transB=1),
        node("Gemm", ["h", "fc2.weight", "fc2.bias"], ["i"], "/fc2/Gemm", transB=1),
        node("Gemm", ["i", "fc3.weight", "fc3.bias"], ["y"], "/fc3/Gemm", transB=1),
    ]
    shapes = {"conv1": (6, 1, 5, 5), "conv2": (16, 6, 5, 5), "fc1": (120, 400), "fc2": (84, 120), "fc3": (10, 84)}
    tensors = [tensor(f"{name}.weight", *sizes) for name, sizes in shapes.items()]
    tensors += [tensor(f"{name}.bias", sizes[0]) for name, sizes in shapes.items()]
    return model(nodes, tensors, sizes)
