"""What the guest refuses, and how: unknown never becomes zero, and blame goes where it belongs."""

from typing import Any

import pytest

from tests.readers.guest import named, read

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def net(built: str = "pass", run: str = "return x", head: str = "") -> str:
    return (
        f"{HEAD}{head}\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        {built}\n    def forward(self, x):\n        {run}\n"
    )


def stopped(source: str | dict[str, str], entry: str | None = None, *inputs: list[int]) -> dict[str, Any]:
    return read(source, entry, *inputs)["stopped"]


@pytest.mark.parametrize(
    ("source", "stage", "kind", "words"),
    [
        (net("self.c = nn.Conv2d(3, 8, kernel=3)"), "construct", "user error", "unexpected keyword argument 'kernel'"),
        (net("self.c = nn.Conv2d(3, 8)"), "construct", "user error", "kernel_size"),
        (net("self.c = nn.Conv2d(3, 8.0, 3)"), "construct", "user error", "float"),
        (net("self.c = nn.Conv2d(3, 8, 3, groups=2)"), "construct", "user error", "divisible by groups"),
        (net("self.c = nn.Convolution(3)"), "construct", "user error", "has no attribute 'Convolution'"),
        (net("self.c = nn.LinearCrossEntropyLoss(2, 2)"), "construct", "unsupported", "torch.nn.LinearCrossEntropyLoss"),
        (net("self.c = torch.linalg.lstsq(torch.eye(3))"), "construct", "unsupported", "torch.linalg.lstsq"),
        (net("self.c = wandb.Layer(3)", head="import wandb\n"), "construct", "missing library", "wandb.Layer"),
        (net("self.c = nn.ReLU()", "return wandb.f(x)", "import wandb\n"), "forward", "missing library", "wandb.f"),
        (net("self.n = len(mmcv.ARCH)", head="import mmcv\n"), "construct", "missing library", "mmcv.ARCH"),
        (net("self.c = nn.Linear(cv2.W, 3)", head="import cv2\n"), "construct", "missing library", "cv2.W"),
        (net("self.c = nn.Linear(3, 4)", "return self.c(x)"), "forward", "user error", "cannot be multiplied"),
        (net("pass", "return x + torch.zeros(3)"), "forward", "user error", "must match the size"),
        (net("pass", "return x.transpose(1, 2).view(-1)"), "forward", "user error", "Use .reshape"),
        (net("pass", "return x if x.sum() > 0 else -x"), "forward", "data-dependent", "condition on a tensor"),
        (net("pass", "return x[x > 0]"), "forward", "data-dependent", "mask"),
        (net("pass", "return x.lu()"), "forward", "unsupported", "Tensor.lu"),
        (net("pass", "return x.nothing()"), "forward", "user error", "'Tensor' object has no attribute 'nothing'"),
        (net("self.a = nn.Linear(1, 1)\n        raise KeyError('k')"), "construct", "user error", "KeyError"),
        (net("self.l = nn.LazyLinear(3)"), None, None, ""),
    ],
)  # fmt: skip
def test_what_stops_a_reading_is_told_by_its_name(source, stage, kind, words):
    found = stopped(source, None, [4, 5])
    if stage is None:
        assert found["reason"].endswith("is a lazy module that the first input does not reach.")
        return
    assert (found["stage"], found["class"]) == (stage, kind)
    assert words in found["reason"]
    assert found["file"] == "model.py"
    assert found["text"] in source


def test_parameters_are_kept_where_forward_stops():
    trace = read(net("self.c = nn.Linear(5, 4)", "return torch.linalg.lu(self.c(x))"), None, [4, 5])
    assert trace["completeness"] == "params_only"
    assert named(trace, "parameters") == [["c.weight", [4, 5]], ["c.bias", [4]]]
    assert trace["stopped"]["text"] == "return torch.linalg.lu(self.c(x))"


@pytest.mark.parametrize("caught", ["Exception", "BaseException", ""])
def test_a_refusal_that_the_source_swallows_is_still_one(caught):
    built = f"try:\n            self.c = nn.LinearCrossEntropyLoss(2, 2)\n        except {caught}:\n            self.c = nn.ReLU()"
    found = stopped(net(built), None)
    assert (found["class"], found["reason"]) == ("unsupported", "torch.nn.LinearCrossEntropyLoss is not supported.")


def test_what_exists_is_told_from_what_does_not():
    built = "self.n = nn.Linear(1, 1 + hasattr(nn, 'RMSNorm') + 2 * hasattr(F, 'nothing') + 4 * hasattr(torch, 'svd'))"
    assert named(read(net(built)), "parameters")[0] == ["n.weight", [6, 1]]


def test_a_missing_library_takes_the_way_that_the_source_has_for_it():
    head = "try:\n    from apex import Norm\nexcept ImportError:\n    Norm = nn.LayerNorm\n"
    trace = read(net("self.n = Norm(7)", head=head))
    assert named(trace, "parameters") == [["n.weight", [7]], ["n.bias", [7]]]
    assert trace["warnings"] == ["apex is not here; the source's own way without it was taken."]


def test_what_was_left_out_is_blamed_and_not_what_missed_it():
    head = "import yaml\nWIDTHS = [2 * width for width in yaml.load('widths')]\n"
    found = stopped(net("self.n = nn.Linear(1, WIDTHS[0])", head=head))
    assert (found["stage"], found["class"], found["line"]) == ("import", "missing library", 5)
    assert "yaml.load" in found["reason"]


def test_a_model_is_never_guessed():
    two = f"{HEAD}class A(nn.Module):\n    pass\nclass B(nn.Module):\n    def __init__(self, n, m=2):\n        super().__init__()\n"
    trace = read(two)
    assert trace["candidates"] == [{"call": "A()", "requires": []}, {"call": "B(n, m=2)", "requires": ["n"]}]
    assert trace["entry"] is None
    assert trace["completeness"] == "failed"
    assert read(f"{two}model = B(3)\n")["entry"] == {"text": "model", "how": "module-level model", "class": "B"}
    assert read(two, "B(1)")["entry"] == {"text": "B(1)", "how": "given", "class": "B"}
    loss = f"{HEAD}class A(nn.Module):\n    pass\nclass FocalLoss(nn.Module):\n    pass\n"
    assert read(loss)["entry"]["how"] == "only root class"
    builder = f"{HEAD}class A(nn.Module):\n    def __init__(self, n):\n        super().__init__()\ndef build():\n    return A(2)\n"
    assert read(builder)["entry"] == {"text": "build()", "how": "only builder without required arguments", "class": "A"}


def test_several_files_and_relative_imports():
    files = {
        "pkg/parts/__init__.py": "from .block import Block\n",
        "pkg/parts/block.py": f"{HEAD}from ..sizes import WIDTH\nclass Block(nn.Linear):\n    def __init__(self):\n        super().__init__(WIDTH, 3)\n",
        "pkg/sizes.py": "WIDTH = 5\n",
        "pkg/model.py": f"{HEAD}from .parts import Block\nclass Net(nn.Sequential):\n    def __init__(self):\n        super().__init__(Block())\n",
    }
    trace = read(files, None, [5])
    assert trace["stopped"] is None
    assert trace["output_shapes"] == [[1, 3]]
    assert trace["modules"][1]["kind"] == "Linear"


def test_a_layer_that_is_not_registered_is_warned_of():
    trace = read(net("self.c = [nn.Linear(5, 4)]", "return self.c[0](x)"), None, [5])
    assert named(trace, "parameters") == []
    assert "Linear is called but is not registered in the model, so its 24 parameters" in trace["warnings"][0]


def test_a_model_that_is_built_on_what_is_not_here_says_so():
    source = (
        f"{HEAD}from transformers import PreTrainedModel\nclass Body(PreTrainedModel): pass\n"
        "class Net(Body):\n    def __init__(self, config):\n        super().__init__(config)\n"
        "        self.c = nn.Conv2d(3, 5, 3)\n    def forward(self, x):\n        return self.c(x)\n"
    )
    found = stopped(source)
    assert found["class"] == "missing library"
    assert found["line"] == 6
    assert found["reason"].startswith("Net is built on transformers.PreTrainedModel, and its library is not here.")


def test_what_is_given_the_model_and_is_not_here_is_told():
    made = f"{HEAD}import pruner\nmodel = nn.Sequential(nn.Linear(3, 5))\n"
    lost = stopped(f"{made}model = pruner.prune(model)\n")
    assert (lost["line"], lost["text"]) == (6, "model = pruner.prune(model)")
    assert "pruner.prune is given the model" in lost["reason"]
    warned = read(f"{made}pruner.prune(model, amount=0.5)\n", None, [3])["warnings"]
    assert warned == ["pruner.prune is given a model, and its library is not here: what it changes is not counted."]
    assert read(f"{made}from torchinfo import summary\nsummary(model, (3,))\n", None, [3])["warnings"] == []


def test_batch_norms_are_made_synchronised():
    made = "self.b = nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.BatchNorm2d(3, affine=False), nn.ReLU()))"
    trace = read(net(made, "return self.b(x)"), None, [3, 5, 5])
    assert [one["kind"] for one in trace["modules"]] == [None, None, "SyncBatchNorm", "ReLU"]
    assert trace["output_shapes"] == [[1, 3, 5, 5]]


def test_an_embedding_is_given_whole_numbers():
    trace = read(net("self.e = nn.Embedding(9, 4)", "return self.e(x)"), None, [6])
    assert trace["output_shapes"] == [[1, 6, 4]]
    assert trace["warnings"] == ["The input is a tensor of whole numbers, as an embedding or an index needs."]


def test_of_several_inputs_the_index_is_given_whole_numbers():
    forward = "return self.f(x[y[0]])"
    trace = read(net("self.f = nn.Linear(4, 3)", forward).replace("(self, x)", "(self, x, y)"), None, [7, 4], [5])
    assert trace["output_shapes"] == [[5, 7, 3]]
    assert trace["warnings"] == ["Input 2 is a tensor of whole numbers, as an embedding or an index needs."]


def test_all_inputs_may_be_whole_numbers():
    forward = "return self.e(x) + self.e(y)"
    trace = read(net("self.e = nn.Embedding(9, 4)", forward).replace("(self, x)", "(self, x, y)"), None, [6], [6])
    assert trace["output_shapes"] == [[1, 6, 4]]
    assert trace["warnings"] == ["Every input is a tensor of whole numbers, as an embedding or an index needs."]


def test_an_index_that_is_computed_is_never_whole():
    trace = read(net("self.e = nn.Embedding(9, 4)", "return self.e(x * 0.5)"), None, [6])
    assert "to have one of the following scalar types" in trace["stopped"]["reason"]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("from torchvision import models\nmodel = models.vit_b_16()\nmodel.fc = nn.Linear(512, 2)", "models.vit_b_16"),
        ("import timm\nnet = timm.create_model('vit_base_patch16_224')", "timm.create_model"),
        ("from transformers import AutoModel\nbody = AutoModel.from_pretrained('x')", "AutoModel.from_pretrained"),
        ("width = 'a'\nmodel = nn.Sequential(Net(), nn.Linear(width, 1))", "'size' must be tuple of ints"),
        ("import pandas as pd\nn = pd.read_csv('a.csv').shape[1] * 2\nnet = Net(n)", "pandas.read_csv"),
    ],
)
def test_a_model_that_a_script_could_not_make_is_not_replaced_by_another(script, words):
    found = read(net("self.c = nn.Linear(n, 1)").replace("self):", "self, n=3):", 1) + script, None)
    assert words in found["stopped"]["reason"]
    assert [one["call"] for one in found["candidates"]] == ["Net(n=3)"]
    assert not found["modules"]


@pytest.mark.parametrize(("run", "takes"), [("x", "x"), ("x, y, *more, mask=None", "x, y, *more, mask=None")])
def test_another_number_of_inputs_than_forward_takes_is_told(run, takes):
    source = net("self.l = nn.Linear(3, 2)").replace("forward(self, x)", f"forward(self, {run})")
    shapes = [[3], [3]] if run == "x" else [[3]]
    found = stopped(source, None, *shapes)
    assert (found["stage"], found["class"]) == ("forward", "user error")
    assert f"forward takes {takes}; {len(shapes)} input shape" in found["reason"]


def test_a_backbone_is_not_the_model_that_was_to_be_built_on_it():
    head = "from tensorflow import keras\nfrom tensorflow.keras import layers\nimport mylib\n"
    built = (
        "base = keras.Sequential([layers.Input((8, 8, 3)), layers.Conv2D(4, 3)])\n"
        "x = {head}(base.output)\n"
        "model = keras.Model(base.input, x)\n"
    )
    found = stopped(head + built.format(head="mylib.Head(10)"), None)
    assert (found["stage"], found["line"]) == ("import", 6)
    given = read(head + built.format(head="mylib.Head(10)"), "base")
    assert named(given, "parameters")[0][1] == [3, 3, 3, 4]
    trace = read(head + built.format(head="layers.Flatten()"))
    assert trace["entry"]["text"] == "model"
