"""torchvision's models inside a user's own source, beside what real torchvision makes of the same source."""

import hashlib
import json
from typing import Any

import pytest

from paramcount import NotationError
from paramcount.readers import Asked, Given, read
from paramcount.readers.sandbox import sandboxes
from tests.conftest import table
from tests.readers.builders import digest

FAMILIES = (
    "alexnet", "convnext", "densenet", "efficientnet", "googlenet", "inception", "mnasnet", "mobilenetv2",
    "mobilenetv3", "resnet", "shufflenetv2", "squeezenet", "vgg",
)  # fmt: skip
BUILDERS = [
    row for row in table("builders.json")["builders"]
    if row["library"] == "torchvision" and row["module"] in FAMILIES
]  # fmt: skip
USES = table("torchvision_uses.json")["uses"]


def traced(source: str, entry: str | None, shape: list[int]) -> dict[str, Any]:
    """The trace of a source."""
    job = {"files": {"model.py": source}, "main": "model.py", "entry": entry, "inputs": [shape]}
    return json.loads(sandboxes().run(job))


@pytest.mark.parametrize("row", BUILDERS, ids=lambda row: row["call"].partition("(")[0])
def test_a_builder_makes_what_torchvision_makes(row: dict[str, Any]) -> None:
    trace = traced(f"from torchvision import models\nmodel = models.{row['call']}\n", None, row["input"])
    assert trace["stopped"] is None
    assert digest(trace) == row["digest"]


@pytest.mark.parametrize("row", USES, ids=lambda row: row["id"])
def test_a_use_is_read_as_torchvision_runs_it(row: dict[str, Any]) -> None:
    trace = traced(row["source"], row["entry"], row["input"])
    assert trace["stopped"] is None
    assert trace["skipped"] == trace["stubbed"] == []
    assert digest(trace) == row["digest"]
    modules = [[one["path"], one["class"]] for one in trace["modules"]]
    assert hashlib.sha256(json.dumps(modules).encode()).hexdigest()[:32] == row["modules"]
    report = read(Given(row["source"], name="model.py"), Asked(row["entry"], (tuple(row["input"]),))).report()
    assert report.totals.macs is not None
    counted = (report.totals.parameters.value, report.totals.buffers.value, report.totals.macs.value)
    assert counted == (row["parameters"], row["buffers"], row["macs"])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("model = models.resnet50(weights='DEFAULT', num_classes=10)", "num_classes.*expected value 1000"),
        ("model = models.resnet50(pretrianed=True)", "pretrianed"),
        ("model = models.resnext50_32x4d(groups=8)", "groups.*expected value 32"),
        ("model = models.efficientnet_b5(norm_layer=None)", "norm_layer"),
        ("model = models.resnet18(weights='IMAGENET1K_V2')", "IMAGENET1K_V2"),
        ("model = models.resnet18(weights=models.ResNet34_Weights.DEFAULT)", "expected ResNet18_Weights"),
        ("from torchvision.models.segmentation import fcn_resnet50\nmodel = fcn_resnet50()", "segmentation.fcn_resnet50"),
        ("model = models.swin_t()", "torchvision.models.swin_t"),
        ("import torchvision\nmodel = torchvision.models.detection.fasterrcnn_resnet50_fpn()", "models.detection"),
        ("model = models.list_models()", "not every model"),
        ("import torch\nmodel = torch.hub.load('ultralytics/yolov5', 'yolov5s')", "no network"),
    ],
)  # fmt: skip
def test_what_cannot_be_exact_is_refused(source: str, words: str) -> None:
    with pytest.raises(NotationError, match=words):
        read(Given(f"from torchvision import models\n{source}\nmodel.eval()\n", name="model.py"), Asked("model"))


def test_the_hub_has_torchvisions_builders() -> None:
    hub = "import torch\nmodel = torch.hub.load('pytorch/vision:v0.10.0', 'resnet18', pretrained=True)\n"
    ours = "from torchvision.models import resnet18\nmodel = resnet18()\n"
    assert traced(hub, None, [3, 64, 64])["modules"] == traced(ours, None, [3, 64, 64])["modules"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mobilenetv2.MobileNetV2(width_mult=0.5)", "mobilenet_v2(width_mult=0.5)"),
        ("mobilenet.mobilenet_v3_small()", "mobilenet_v3_small()"),
        ("shufflenetv2.ShuffleNetV2([4, 8, 4], [24, 48, 96, 192, 1024])", "shufflenet_v2_x0_5()"),
        ("alexnet(num_classes=7)", "AlexNet(num_classes=7)"),
    ],
)
def test_files_are_attributes_and_a_builder_goes_before_its_file(one: str, other: str) -> None:
    first, second = (
        traced(f"from torchvision import models\nmodel = models.{call}\n", None, [3, 96, 96]) for call in (one, other)
    )
    assert first["completeness"] == "full"
    assert first["modules"] == second["modules"]


def test_a_file_of_torchvision_that_is_given_comes_first() -> None:
    files = {
        "model.py": "from torchvision import models\nfrom torchvision.models.resnet import resnet50\nmodel = models.resnet18()\n",
        "torchvision/models/resnet.py": "from torch import nn\ndef resnet18(): return nn.Linear(3, 5)\nresnet50 = None\n",
    }
    job = {"files": files, "main": "model.py", "entry": None, "inputs": None}
    assert [one["class"] for one in json.loads(sandboxes().run(job))["modules"]] == ["Linear"]
