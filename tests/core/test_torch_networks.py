"""Whole networks as torch ran them: every module's parameters, every node's output, and the sums."""

from typing import Any

import pytest

from paramcount import derive, network
from paramcount.report import NetworkReport
from paramcount.rows import Row
from tests.conftest import table

NETWORKS = table("torch_networks.json")["networks"]

JOINS = {"cat": "concat", "add": "add", "mul": "multiply"}


def graph(case: dict[str, Any]) -> tuple[list[dict[str, Any]], list[int]]:
    """A network of the table as JSON objects, and the shape that flows in."""
    objects: list[dict[str, Any]] = []
    seen: set[str] = set()
    names = {}
    for node in case["nodes"]:
        if node["op"] == "input":
            names[node["id"]] = "input"
            continue
        inputs = [names[name] for name in node["inputs"]]
        objects += written(node, inputs, seen)
        names[node["id"]] = objects[-1]["name"]
    return objects, case["nodes"][0]["output"][1:]


def written(node: dict[str, Any], inputs: list[str], seen: set[str]) -> list[dict[str, Any]]:
    """One node: a layer, the same layer once more, or a function."""
    operation, args, module = node["op"], node["args"], node.get("module")
    one: dict[str, Any] = {"name": node["id"], "inputs": inputs}
    if module in seen:
        return [one | {"kind": "reuse", "layer": module}]
    if module is not None:
        seen.add(module)
        return [one | {"kind": operation, **args, "name": module}]
    if operation == "mul_param":
        raw = {"kind": "parameter", "sizes": args["shape"], "name": args["param"], "inputs": []}
        return [raw, one | {"kind": "multiply", "inputs": [*inputs, args["param"]]}]
    if operation == "mean":
        return [one | {"kind": "mean", "dim": args["dims"]}]
    if operation == "interpolate":
        return [one | {"kind": "Upsample", **args}]
    return [one | {"kind": JOINS.get(operation, operation), **args}]


def each(report: NetworkReport) -> list[Row]:
    """A row for each node, where alike ones stand together in the report."""
    return [row for row in report.rows for _ in range(row.repeat)]


@pytest.mark.parametrize("case", NETWORKS, ids=[case["id"] for case in NETWORKS])
def test_network(case: dict[str, Any]) -> None:
    check(case)


def check(case: dict[str, Any]) -> None:
    objects, shape = graph(case)
    report = derive(network(objects, input_shape=shape, framework="pytorch"))
    totals = report.totals
    assert totals.parameters.value == case["total"]
    assert totals.trainable.value == case["trainable"]
    assert totals.buffers.value == case["buffers"]
    assert totals.macs is not None
    assert totals.macs.value == case["macs"] == case["flops"] // 2
    rows = {made["name"]: row for made, row in zip(objects, each(report), strict=True)}
    for node in case["nodes"][1:]:
        output = rows[node.get("module") if node.get("module") in rows else node["id"]].derivation.output_shape
        assert output is not None
        assert list(output) == node["output"][1:], node
    for name, module in case["modules"].items():
        tensors = rows[name].derivation.tensors
        assert {one.name: list(one.shape) for one in tensors if not one.buffer} == module["params"]
        assert {one.name: list(one.shape) for one in tensors if one.buffer} == module["buffers"]
    for name, sizes in case["raw"].items():
        assert [list(one.shape) for one in rows[name].derivation.tensors] == [sizes]


def test_the_table_holds_what_it_held() -> None:
    assert len(NETWORKS) == 57
    assert sum(len(case["nodes"]) for case in NETWORKS) > 1900
    assert sum(any(module["calls"] > 1 for module in case["modules"].values()) for case in NETWORKS) == 2


if __name__ == "__main__":
    for case in NETWORKS:
        check(case)
        print(f"{case['id']} agrees: {len(case['nodes'])} nodes, {case['total']:,} parameters, {case['macs']:,} MACs")
