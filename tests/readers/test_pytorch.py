"""PyTorch source to a full answer, through the sandbox, against what real torch makes of the same source."""

import json
from math import prod
from pathlib import Path
from typing import Any

import pytest

from paramcount import LimitError, ParamcountError, derive, network
from paramcount.cli import main
from paramcount.readers import Asked, Given, Reading, read
from tests.conftest import table

SOURCES = table("sources.json")["sources"] + table("habits.json")["sources"]

NET = """
import torch.nn as nn
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
    def forward(self, x):
        return self.conv(x).relu() + x
class Net(nn.Module):
    def __init__(self, width=8, classes=10):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3)
        self.blocks = nn.Sequential(Block(width), Block(width))
        self.fc = nn.Linear(width, classes)
    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.fc(x.mean((2, 3)))
"""


def reading(source: str, *shapes: tuple[int, ...], entry: str = "", files: dict[str, str] | None = None) -> Reading:
    return read(Given(source, files or {}), Asked(entry, shapes))


def refusal(source: str, *shapes: tuple[int, ...], entry: str = "") -> str:
    with pytest.raises(ParamcountError) as caught:
        reading(source, *shapes, entry=entry)
    return str(caught.value)


@pytest.mark.parametrize("row", SOURCES, ids=[row["id"] for row in SOURCES])
def test_a_source_is_counted_as_torch_counts(row: dict[str, Any]) -> None:
    shapes = [tuple(shape) for shape in row["inputs"]]
    report = reading(row["source"], *shapes, entry=row["entry"] or "").report(as_layers=True)
    totals = report.totals
    assert totals.parameters.value == sum(prod(shape) for _, shape in row["parameters"])
    assert totals.buffers.value == sum(prod(shape) for _, shape in row["buffers"])
    frozen = {name: shape for name, shape in row["parameters"] if name in row["frozen"]}
    assert totals.non_trainable.value == sum(map(prod, frozen.values()))
    assert report.read is not None
    assert report.read.completeness == "full"
    assert not report.read.not_understood
    assert totals.macs is not None
    assert totals.macs.value == row["macs"]
    assert [prod(shape or ()) for shape in report.output_shapes] == [prod(shape) for shape in row["outputs"]]
    given = list(shapes) if len(shapes) > 1 else shapes[0]
    again = derive(network(report.notation, input_shape=given)).totals
    assert again.macs is not None
    assert (again.parameters.value, again.macs.value) == (totals.parameters.value, totals.macs.value)


def test_the_answer_names_the_users_own_modules() -> None:
    report = reading(NET, (3, 9, 9)).report()
    assert report.read is not None
    assert (report.read.format, report.read.entry) == ("pytorch", "Net()")
    assert [row.name for row in report.rows] == [
        "stem", "blocks.0.conv", "blocks.0.relu", "blocks.0.add", "blocks.1.conv", "blocks.1.relu", "blocks.1.add",
        "mean", "fc",
    ]  # fmt: skip


def test_the_entry_chooses() -> None:
    assert reading(NET, entry="Net(4, classes=3)").report().totals.parameters.value == 423  # torch 2.14.1
    assert reading(NET, entry="Block(4)").report().totals.parameters.value == 148  # torch 2.14.1


def test_several_candidates_are_listed() -> None:
    words = refusal(
        "import torch.nn as nn\nclass A(nn.Module):\n    def __init__(self, width): super().__init__()\nclass B(nn.Module): pass"
    )
    assert "entry" in words
    assert "A(width)" in words
    assert "B(" in words


def test_several_files_with_relative_imports() -> None:
    blocks, _, rest = NET.partition("class Net")
    files = {
        "net/model.py": f"import torch.nn as nn\nfrom .blocks import Block\nclass Net{rest}",
        "net/blocks.py": blocks,
    }
    assert reading(next(iter(files.values())), (3, 9, 9), files=files).report().totals.parameters.value == 1482


def test_a_mistake_in_forward_leaves_the_parameters_and_names_the_line() -> None:
    report = reading(NET.replace("self.fc(x.mean((2, 3)))", "self.fc(x)"), (3, 9, 9)).report()
    assert report.totals.parameters.value == 1482  # torch 2.14.1
    assert report.totals.macs is None
    assert report.read is not None
    stopped = report.read.stopped
    assert (stopped["stage"], stopped["class"], stopped["module"]) == ("forward", "user error", "fc")
    assert "self.fc(x)" in str(stopped["text"])
    assert stopped["line"] == 17


def test_a_mistake_in_the_source_is_told_with_its_line() -> None:
    assert "line 2" in refusal("import torch\ndef f(:\n")
    assert "no model was found" in refusal("import torch\nx = 1\n")


def test_the_command_reads_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "model.py"
    file.write_text(NET)
    assert main(["read", str(file), "--input", "3,9,9", "--json", "--entry", "Net(8)"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["totals"]["parameters"] == 1482
    assert answer["output_shape"] == [10]
    assert answer["read"]["entry"] == "Net(8)"


def test_what_is_asked_in_vain_is_refused() -> None:
    with pytest.raises(LimitError, match="1,048,576"):
        reading("import torch\n#" + "x" * 2**20)


def test_what_is_changed_in_place_flows_on() -> None:
    source = NET.replace("self.conv(x).relu() + x", "self.act(self.conv(x)) + x").replace(
        "        self.conv = nn", "        self.act = nn.ReLU(inplace=True)\n        self.conv = nn"
    )
    report = reading(source, (3, 9, 9)).report()
    assert not [note for note in report.notes if "flows nowhere" in note]
    assert next(row for row in report.rows if row.name == "blocks.0.act").run.node.inputs == ("blocks.0.conv",)


def test_a_model_of_the_module_runs_without_a_line_of_the_users() -> None:
    one = reading(
        "import torch.nn as nn\nmodel = nn.Sequential(nn.Conv2d(3, 7, 3), nn.Flatten(), nn.Linear(63, 2))", (3, 5, 5)
    )
    report = derive(one.network)
    assert (report.totals.parameters.value, report.output_shape) == (324, (2,))  # torch 2.14.1


@pytest.mark.parametrize(
    "change", ["model.fc = nn.Linear(hidden, 3)", "model[0] = hidden", "model.append(nn.Linear(hidden, 3))"]
)
def test_a_model_that_is_only_half_made_is_refused(change: str) -> None:
    source = f"import torch, torch.nn as nn\nmodel = nn.Sequential(nn.Conv2d(3, 7, 3))\n{change}\n"
    assert "line 3" in refusal(source)
    assert reading(source.replace(change, "model.load_state_dict(torch.load('weights.pt'))")).network.nodes


def test_a_layer_that_runs_in_two_ways_is_written_as_two_that_are_tied() -> None:
    source = NET.replace(
        "return self.conv(x).relu() + x", "return self.conv(x.flip(0).repeat(2, 1, 1, 1))[:1] + self.conv(x)"
    )
    report = reading(source, (3, 9, 9)).report(as_layers=True)
    again = derive(network(report.notation, input_shape=(3, 9, 9))).totals
    assert again.parameters.value == report.totals.parameters.value == 1482  # torch 2.14.1
    assert again.macs is not None
    assert again.macs.value == 180008  # half of what torch 2.14.1 counts


def test_what_a_training_script_lacks_is_told_in_short() -> None:
    script = "".join(
        [
            "from torchvision import datasets\nfrom torch.utils.data import DataLoader\n",
            NET,
            "model = Net()\nloader = DataLoader(datasets.MNIST('.'))\nfirst = next(iter(loader))\n",
            *(f"x{index} = first[{index}]\n" for index in range(9)),
        ]
    )
    notes = reading(script, (3, 9, 9)).read.notes
    (left_out,) = [note for note in notes if note.startswith("left out")]
    assert left_out.startswith("left out, since they failed: line 22 ('first = next(iter(loader))': ")
    assert left_out.endswith("and lines 23, 24, 25, 26, 27, 28 and 3 more")
    assert "stood in for: torch.utils.data.DataLoader, torchvision.datasets.MNIST" in notes


def test_what_has_no_parameters_before_it_has_run_says_so() -> None:
    source = """
import torch.nn as nn
class Net(nn.Module):
    def forward(self, x):
        if not hasattr(self, "fc"):
            self.fc = nn.Linear(x.shape[-1], 3)
        return self.fc(x)
"""
    assert any(note.startswith("It has no parameters before it has run") for note in reading(source).read.notes)
    assert reading(source, (7,)).report().totals.parameters.value == 24


def test_a_network_whose_source_is_not_here_may_be_known_by_its_name() -> None:
    said = refusal("model = models.vit_b_16(pretrained=True)\nmodel.heads = nn.Linear(768, 10)")
    assert "torchvision.models.vit_b_16 is called, and its library is not here. Give the file of" in said
    assert said.endswith("network_params answers vit_b_16() by its name.")
    assert "Give what print(model) shows of it" in refusal(
        "from transformers import AutoModel\nmodel = AutoModel.from_pretrained('x')"
    )
