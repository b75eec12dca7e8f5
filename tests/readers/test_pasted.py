"""Source as people paste it: notebooks, code between words, prompts, pieces without their imports."""

import json
import time

import pytest

from paramcount import NotationError, ParamcountError
from paramcount.readers import Asked, Given, read
from tests.readers.test_pytorch import NET

INDENTED = "".join(f"    {line}\n" for line in NET.splitlines())
PROMPTS = "\n".join(
    (f"... {line}" if line.startswith(" ") or not line else f">>> {line}") for line in NET.strip().splitlines()
)
CELLS = [
    {"cell_type": "markdown", "source": ["# A net\n", "of mine"]},
    {"cell_type": "code", "source": ["%%bash\n", "pip install torch"]},
    {"cell_type": "code", "source": NET.splitlines(keepends=True)},
    {"cell_type": "code", "source": ["!nvidia-smi\n", "net = Net()\n", "net?"]},
]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"Here is your model:\n\n```python\n{NET}```\n\nTrain it:\n```bash\npython train.py\n```\nIt's done.", "words"),
        (f"```\n{NET}\n```", "words"),
        (f"%matplotlib inline\n!pip install -q torchinfo\n{NET}\nmodel = Net()\nif model:\n    !ls\nmodel?\n", "line 1, 2"),
        (INDENTED, ""),
        (f"{PROMPTS}\n>>> net = Net()\n>>> print(net)\nNet(\n  (stem): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))\n", "prompts"),
        (f"In [1]: import torch\n\n{PROMPTS.replace('>>>', 'In [2]:')}", "prompts"),
        (f"\ufeff{NET}", ""),
        (NET.replace("self.conv = ", "self.conv\u00a0= "), ""),
        (NET.replace('import torch.nn as nn', 'import torch.nn as nn\nname = “a”'), ""),
        (NET.replace("import torch.nn as nn", ""), "nn were taken for"),
        (json.dumps({"cells": CELLS, "nbformat": 4}, indent=1), "notebook"),
    ],
    ids=["words", "fence", "commands", "indent", "prompts", "ipython", "mark", "spaces", "quotes", "imports", "notebook"],
)  # fmt: skip
def test_the_model_in_it_is_read(source: str, said: str) -> None:
    found = read(Given(source), Asked(input_shapes=((3, 9, 9),)))
    report = found.report()
    assert report.totals.parameters.value == 1482  # torch 2.14.1, as of NET itself
    assert report.output_shapes == ((10,),)
    assert said in " ".join(found.read.notes)


def test_lines_are_the_users_own() -> None:
    source = f"Look:\n```python\n{NET.replace('self.fc(x.mean((2, 3)))', 'self.fc(x)')}```\n"
    stopped = read(Given(source), Asked(input_shapes=((3, 9, 9),))).read.stopped
    line = int(str(stopped["line"]))
    assert source.splitlines()[line - 1].strip() == stopped["text"] == "return self.fc(x)"


def test_keras_without_its_imports_is_read() -> None:
    source = "model = keras.Sequential([layers.Input((4,)), layers.Dense(3), Dense(2)])\nmodel.add(Dense(1))\n"
    found = read(Given(source))
    assert found.report().totals.parameters.value == 26  # Keras 3.15.1
    assert "keras, layers, Dense were taken for" in " ".join(found.read.notes)


def test_what_a_file_that_imports_torch_forgot_stays_forgotten() -> None:
    with pytest.raises(NotationError, match=r"name .nn. is not defined"):
        read(Given(NET.replace("import torch.nn as nn", "import torch")))


@pytest.mark.parametrize("source", ["```python\nclass Net(nn.Module:\n```\n", "class Net(nn.Module):\n\tx = = 1\n"])
def test_what_is_no_python_is_told_as_python_tells_it(source: str) -> None:
    with pytest.raises(ParamcountError, match="SyntaxError"):
        read(Given(source), format="pytorch")


@pytest.mark.parametrize("unit", ["\n", " ", "\t", ">>> ", "class ", "def forward(", "= nn.", "from ", '"'])
def test_long_texts_are_looked_at_in_no_time(unit: str) -> None:
    text = unit * (2**20 // len(unit))
    started = time.perf_counter()
    with pytest.raises(ParamcountError):
        read(Given(text))
    assert time.perf_counter() - started < 5
