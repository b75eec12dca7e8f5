"""Source as it is pasted: a notebook, code between words, the prompts of a shell, a function cut out with its indent.

Lines stay where they are, so that what is said of a line is said of the user's own; only a notebook's are its cells'.
"""

import ast
import builtins
import importlib
import json
import re
import textwrap

from paramcount_guest.state import STATE

_FENCE = re.compile(r"\s*(?:```|~~~)\s*([\w+.-]*)")
_PYTHON = ("", "py", "python", "python3", "py3", "pytorch", "ipython", "ipython3", "pycon")
_PROMPT = re.compile(r"\s*(?:>>>|In \[\d*\]:|\.\.\.:?)(?: |$)")
_COMMAND = re.compile(r"(\s*)(?:[%!?]|\w[\w.]*\?+\s*$|[\w, ]+=\s*[!%])")
_FOREIGN = re.compile(r"\s*%%(?:bash|sh|html|javascript|js|latex|markdown|writefile|file|perl|ruby|script|svg)\b")
_LOOKS = str.maketrans("\u00a0\u2007\u202f\u201c\u201d\u2018\u2019", "   \"\"''", "\ufeff\u200b")
"""What looks like a space or a quotation mark, and is none to Python."""
_TORCH = {"torch": "import torch", "nn": "import torch.nn as nn", "F": "import torch.nn.functional as F",
          "torchvision": "import torchvision", "models": "from torchvision import models"}  # fmt: skip
_KERAS = {"keras": "import keras", "layers": "from keras import layers", "models": "from keras import models",
          "tf": "import tensorflow as tf", "Sequential": "from keras import Sequential",
          "Model": "from keras import Model", "Input": "from keras import Input"}  # fmt: skip
_BESIDE = {"np": "import numpy as np", "math": "import math", "einops": "import einops",
           "rearrange": "from einops import rearrange", "partial": "from functools import partial",
           "OrderedDict": "from collections import OrderedDict"}  # fmt: skip
_FRAMEWORKS = ("torch", "torchvision", "keras", "tensorflow", "tf_keras")


def parsed(text, path):
    """The tree of a file's text; of what is no Python by itself, that of the Python in it.

    Raises:
        SyntaxError: it is no Python, that of the text as it stands.
    """
    text = _cells(text, path)
    try:
        return ast.parse(text, path)
    except SyntaxError as error:
        for way in (_code, _prompted, _plain):
            found = way(text)
            if found is not None:
                text = found
                try:
                    return ast.parse(text, path)
                except SyntaxError:
                    continue
        raise error from None


def completed(tree):
    """Import what a piece of source uses by its usual name, where it imports nothing of a framework itself."""
    used, bound = set(), set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            if any(name.partition(".")[0] in _FRAMEWORKS for name in names) or getattr(node, "level", 0):
                return
            bound |= {(one.asname or one.name).partition(".")[0] for one in node.names}
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    free = used - bound
    ways = {
        name: way for name, way in (_TORCH if free & {"torch", "nn", "torchvision"} else _KERAS).items() if name in free
    }
    if ways and ways.keys() <= _KERAS.keys():
        ways |= {name: f"from keras.layers import {name}" for name in sorted(free - ways.keys()) if name in _layers()}
    if ways:
        ways |= {name: way for name, way in _BESIDE.items() if name in free}
        tree.body[:0] = ast.parse("\n".join(ways.values())).body
        STATE.warn(f"It imports no framework; {', '.join(ways)} were taken for what they usually name.")


def _layers():
    return vars(importlib.import_module("keras.layers"))


def _cells(text, path):
    """The code of a notebook, cell by cell; other text as it is."""
    if not text.lstrip().startswith("{") or '"cells"' not in text:
        return text
    try:
        cells = json.loads(text)["cells"]
        sources = ["".join(one["source"]) for one in cells if one["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return text
    STATE.warn("It is a notebook: lines are counted through its cells of code.")
    found = "\n".join([one for one in sources if not _FOREIGN.match(one)])
    STATE.texts = STATE.texts | {path: found}
    return found


def _kept(lines, kept):
    return "\n".join([line if keep else "" for line, keep in zip(lines, kept)]) + "\n"


def _code(text):
    """What stands between fences."""
    kept, inside, python = [], False, False
    for line in text.splitlines():
        fence = _FENCE.match(line)
        if fence is not None and (not inside or not fence[1]):
            inside = not inside
            python = inside and fence[1].lower() in _PYTHON
            kept.append(False)
        else:
            kept.append(inside and python)
    if not any(kept):
        return None
    STATE.warn("The words around the code, which stands between ``` lines, were left out.")
    return _kept(text.splitlines(), kept)


def _prompted(text):
    """What was typed at a prompt, without what was answered."""
    lines = text.splitlines()
    if not any(_PROMPT.match(line) for line in lines):
        return None
    STATE.warn("The prompts, and what was answered to them, were left out.")
    return "\n".join([line[found.end() :] if (found := _PROMPT.match(line)) else "" for line in lines]) + "\n"


def _plain(text):
    """Without commands of a notebook, a common indent, and signs that only look like Python's."""
    lines = textwrap.dedent(text.translate(_LOOKS)).splitlines()
    commands = [number for number, line in enumerate(lines, start=1) if _COMMAND.match(line)]
    for number in commands:
        lines[number - 1] = _COMMAND.match(lines[number - 1])[1] + "pass"
    if commands:
        more = f" and {len(commands) - 12} more" if len(commands) > 12 else ""
        STATE.warn(f"Commands to the notebook were left out: line {', '.join(map(str, commands[:12]))}{more}.")
    return "\n".join(lines) + "\n"
