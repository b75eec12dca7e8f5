"""What names tell: which tensors were parameters of a model, and what the layers that use them are called there.

Exporters keep the names of parameters, and generate others for what they compute on the way: that is the rule. Where
torch.export lists the parameters and buffers of its program, that list is the rule instead.
"""

import re
from collections.abc import Iterable
from typing import Final

from paramcount.readers.onnx.model import Model, Op

_GENERATED: Final = re.compile(
    r"\d+|onnx::\w+_\d+|val_\d+|.*Constant(?:_\d+)?_output_\d+|.*_output_\d+|const(?:ant)?(?:_\w*?)?_*\d*|_v_\d+|"
    r".*(?:/|^)(?:const_fold_opt|Const|new_shape|const_\w+)_*\d*(?::\d+)?",
    re.IGNORECASE,
)
"""Names as exporters generate them: torch.onnx, onnxscript, tf2onnx, onnxruntime's quantisation."""

_OWN: Final = frozenset(
    ("weight", "bias", "weights", "biases", "gamma", "beta", "running_mean", "running_var", "kernel", "scale", "W", "B")
)
"""What the tensor of a layer is called, after the name of the layer."""

_SIGNATURE: Final = re.compile(r"^\w+: (PARAMETER|BUFFER) target='([^']+)'", re.MULTILINE)
_LISTED: Final = re.compile(r"'([^']*)'")


def generated(name: str) -> bool:
    """Whether an exporter made this name up."""
    return _GENERATED.fullmatch(name.rpartition("#")[2].partition("/")[2] if "#" in name else name) is not None


def listed(words: str) -> list[str]:
    """The words of a list as Python prints it."""
    return _LISTED.findall(words)


def signature(model: Model) -> dict[str, str]:
    """The parameters and buffers that torch.export lists: "PARAMETER" or "BUFFER", by name."""
    return {name: kind for kind, name in _SIGNATURE.findall(model.signature)}


def scope(op: Op) -> str:
    """The layer in which an operator stands: by its remarks, or by its name as torch.onnx and tf2onnx make it.

    "/layer1/layer1.0/conv1/Conv" stands in layer1.0.conv1.
    """
    scopes = listed(op.remarks.get("name_scopes", ""))
    if len(scopes) > 1:
        return scopes[-2]
    *parts, _ = op.name.strip("/").split("/")
    path = ""
    for part in parts:
        path = part if not path or part.startswith(f"{path}.") else f"{path}.{part}"
    return path


def layer_path(op: Op, tensors: Iterable[str]) -> str:
    """What a layer is called, by its tensors where they have names of their own, else by the operator."""
    for name in tensors:
        path, _, own = name.rpartition(".")
        if path and own in _OWN and not generated(name):
            return path
    return scope(op) or op.name or op.kind.lower()
