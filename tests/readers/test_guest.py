"""What the guest tells of a source, against what real torch makes of it."""

import pytest

from paramcount.operations import macs
from tests.conftest import table
from tests.readers.guest import named, read

SOURCES = [row for name in ("sources", "constructs", "habits") for row in table(f"{name}.json")["sources"]]


@pytest.mark.parametrize("row", SOURCES, ids=lambda row: row["id"])
def test_a_source_is_built_and_run_as_torch_does(row):
    trace = read(row["source"], row["entry"], *row["inputs"])
    assert trace["stopped"] is None
    assert trace["completeness"] == "full"
    assert named(trace, "parameters") == row["parameters"]
    assert named(trace, "buffers") == row["buffers"]
    frozen = [
        ".".join(filter(None, (module["path"], one["name"])))
        for module in trace["modules"]
        for one in module["parameters"]
        if not one["trainable"]
    ]
    assert frozen == row["frozen"]
    calls = [
        [one["module"], [out["shape"] for out in one["outputs"]]] for one in trace["calls"] if one["op"] == "module"
    ]
    both = {name for name, _ in calls} & {name for name, _ in row["calls"]}  # the others run as operations, one by one
    assert [one for one in calls if one[0] in both] == [one for one in row["calls"] if one[0] in both]
    assert both or not calls
    assert trace["output_shapes"] == row["outputs"]


def test_operations_between_layers_multiply_too():
    source = (
        "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return x @ x.transpose(1, 2)\n"
    )
    (transposed, product) = read(source, None, [3, 5])["calls"]
    assert transposed["op"] == "transpose"
    assert product["outputs"][0]["shape"] == [1, 3, 3]
    assert macs(product["op"], [(1, 3, 5), (1, 5, 3)], product["attributes"]) == 45
    assert product["at"] == ["model.py", 4]


def test_a_file_that_imports_from_its_own_folder_is_a_module_of_it():
    block = "import torch.nn as nn\n\n\nclass Block(nn.Linear):\n    pass\n"
    main = (
        "import torch.nn as nn\nfrom net.parts.block import Block\nfrom tools import WIDTH\n\n\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = Block(3, WIDTH)\n"
    )
    files = {"src/net/parts/block.py": block, "src/tools.py": "WIDTH = 4\n", "src/net/net.py": main}
    trace = read(files)
    assert trace["stopped"] is None
    assert named(trace, "parameters") == [["a.weight", [4, 3]], ["a.bias", [4]]]


def test_arguments_are_parsed_as_where_none_are_given():
    source = (
        "import argparse, torch.nn as nn\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--width', type=int, default=5)\nargs = parser.parse_args()\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = nn.Linear(3, args.width)\n"
    )
    assert named(read(source), "parameters") == [["a.weight", [5, 3]], ["a.bias", [5]]]


SCRIPT = """
import torch, argparse
class Net(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.l = torch.nn.Linear(3, width)
    def forward(self, x):
        return self.l(x)
def main():
    raise RuntimeError("it trains")
if __name__ == "__main__":
    main()
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, default=5)
    model = Net(parser.parse_args().width).to("cuda")
    model.l.bias.requires_grad = False
    while True:
        pass
"""


def test_what_a_script_makes_is_its_model():
    trace = read(SCRIPT, None, [3])
    assert (trace["entry"]["text"], trace["entry"]["how"]) == ("model", "made where the file is run as a script")
    assert named(trace, "parameters") == [["l.weight", [5, 3]], ["l.bias", [5]]]
    assert [one["trainable"] for one in trace["modules"][1]["parameters"]] == [True, False]
    assert read(SCRIPT, "Net(7)")["entry"]["how"] == "given"
    assert read(SCRIPT.replace("width):", "width=9):"))["entry"]["text"] == "Net()"


def test_a_script_that_makes_two_models_has_to_be_told_which():
    trace = read(SCRIPT.replace("    while", "    other = Net(2)\n    while"))
    assert [one["call"] for one in trace["candidates"]] == ["model", "other", "Net(width)"]


LOADS = (
    "import torch, torch.nn as nn\nfrom torch.hub import load_state_dict_from_url\nclass Net(nn.Module):\n"
    "    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(3, 4)\n"
)


def test_weights_that_are_loaded_change_no_count():
    trace = read(
        LOADS + "        held = torch.load('net.pth')\n        self.load_state_dict(held['model'], strict=False)\n"
    )
    assert trace["stopped"] is None
    assert named(trace, "parameters") == [["a.weight", [4, 3]], ["a.bias", [4]]]
    assert trace["warnings"] == ["torch.load('net.pth')['model'] is not here; weights that are loaded change no count."]


@pytest.mark.parametrize(
    ("use", "why"),
    [
        ("self.b = nn.Parameter(held['b'])", "held.pth')['b'] is needed by Parameter()"),
        ("self.b = nn.Linear(3, held['b'].shape[0])", "held.pth')['b'] is asked for its shape"),
        ("self.b = nn.ParameterList(held.values())", "held.pth') is gone through"),
        ("self.b = nn.ParameterList(held)", "held.pth') is iterated over"),
        ("self.b = nn.Linear(3, 4 if 'b' in held else 5)", "held.pth') is needed"),
    ],
)
def test_what_depends_on_weights_that_are_not_here_is_refused(use, why):
    stopped = read(LOADS + f"        held = load_state_dict_from_url('held.pth')\n        {use}\n")["stopped"]
    assert (stopped["stage"], stopped["class"], stopped["line"]) == ("construct", "unsupported", 8)
    assert why in stopped["reason"]
    assert stopped["reason"].endswith("weights are not here; build the model without them.")


FORWARD = """
class Net(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.body = nn.Sequential(*(nn.Conv2d(*sizes, cfg.conv.kernel) for sizes in cfg.widths))
    def forward(self, x):
        return self.body(x)
"""


@pytest.mark.parametrize(
    "made",
    [
        "from easydict import EasyDict as edict\ncfg = edict()\ncfg.conv = edict(kernel=3)\ncfg.widths = [(3, 5), (5, 7)]",
        "from addict import Dict\ncfg = Dict()\ncfg.conv.kernel = 3\ncfg.widths = [(3, 5), (5, 7)]",
        "import ml_collections\ncfg = ml_collections.ConfigDict({'conv': {'kernel': 1}})\ncfg.conv.kernel = 3\n"
        "cfg.widths = ((3, 5), (5, 7))\ncfg = cfg.copy_and_resolve_references()",
        "from ml_collections.config_dict import ConfigDict\ncfg = ConfigDict(dict(widths=[(3, 5), (5, 7)]))\n"
        "with cfg.unlocked():\n    cfg['conv'] = dict(kernel=3)",
        "from omegaconf import OmegaConf, DictConfig\nfrom dataclasses import dataclass, field\n"
        "@dataclass\nclass Conv:\n    kernel: int = 1\n"
        "@dataclass\nclass Config:\n    conv: Conv = field(default_factory=Conv)\n    widths: tuple = ((3, 5), (5, 7))\n"
        "cfg: DictConfig = OmegaConf.merge(OmegaConf.structured(Config), {'conv': {'kernel': 3}})",
        "from yacs.config import CfgNode as CN\n_C = CN()\n_C.conv = CN()\n_C.conv.kernel = 1\n_C.widths = [(3, 5), (5, 7)]\n"
        "cfg = _C.clone()\ncfg.merge_from_list(['conv.kernel', 3])\ncfg.freeze()",
    ],
    ids=["easydict", "addict", "ml_collections", "config_dict", "omegaconf", "yacs"],
)
def test_a_configuration_whose_fields_are_attributes(made):
    trace = read(f"from torch import nn\n{made}\n{FORWARD}", "Net(cfg)", [3, 9, 9])
    assert trace["stopped"] is None
    assert trace["output_shapes"] == [[1, 7, 5, 5]]
    assert trace["stubbed"] == []


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ("from omegaconf import OmegaConf\ncfg = OmegaConf.load('a.yaml')", "give the configuration as a dict"),
        (
            "from omegaconf import OmegaConf\ncfg = OmegaConf.create({'a': 3, 'b': '${a}'})",
            "write the value in the place",
        ),
        (
            "from yacs.config import CfgNode\ncfg = CfgNode(dict(widths=[(3, 5)]))\ncfg.merge_from_file('a')",
            "set the fields in the source",
        ),
        ("from easydict import EasyDict\ncfg = EasyDict(widths=[(3, 5)])", "EasyDict has no field 'conv'"),
    ],
)
def test_a_configuration_that_is_not_in_the_source_says_so(made, words):
    trace = read(f"from torch import nn\n{made}\n{FORWARD}", "Net(cfg)", [3, 9, 9])
    assert words in trace["stopped"]["reason"]
