"""Exports networks of torchvision as ONNX files, and writes what real torch says of each: `onnx_exports.json`.

    python tests/data/make_onnx_exports.py DIRECTORY [NAME …]     with torch 2.14.1, torchvision 0.29.1, onnx 1.23.2

The files go into DIRECTORY and are not committed, since they weigh gigabytes. Every parameter and statistic is drawn at
random first: exporters store equal values once, and leave zero biases out, which trained models do not have.
`parameters` and `buffers`, those of whole numbers aside but for the counts of batches seen, are of the module, `macs` half of what torch.utils.flop_counter counts for one sample;
`fused` are the parameters that are left once each BatchNorm after a convolution is folded into it (torch.fx).
"""

import copy
import json
import sys
import warnings
from pathlib import Path

import torch
import torchvision
from torch.fx.experimental.optimization import fuse
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

warnings.filterwarnings("ignore")
torch.backends.mha.set_fastpath_enabled(False)  # attention in one operation, which is not counted

NAMES = [
    "alexnet",
    "vgg11",
    "vgg11_bn",
    "resnet18",
    "resnet50",
    "resnext50_32x4d",
    "wide_resnet50_2",
    "densenet121",
    "googlenet",
    "inception_v3",
    "squeezenet1_0",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "mobilenet_v3_large",
    "shufflenet_v2_x1_0",
    "mnasnet1_0",
    "efficientnet_b0",
    "efficientnet_v2_s",
    "regnet_x_400mf",
    "regnet_y_400mf",
    "convnext_tiny",
    "vit_b_32",
    "swin_t",
    "swin_v2_t",
    "maxvit_t",
    "lraspp_mobilenet_v3_large",
    "deeplabv3_mobilenet_v3_large",
    "fcn_resnet50",
    "r3d_18",
    "mvit_v1_b",
]

WAYS = (
    # exporter, opset, whether the module is exported as it is in training, whether constants are folded
    ("torchscript", 20, False, True),
    ("torchscript", 13, False, False),
    ("torchscript", 17, True, False),
    ("dynamo", 18, False, True),
    ("dynamo", 23, False, False),
)


def made(name: str) -> torch.nn.Module:
    """The network, its values drawn at random."""
    arguments = {"aux_logits": False} if name in ("googlenet", "inception_v3") else {}
    arguments |= {"weights_backbone": None} if name.startswith(("lraspp", "deeplab", "fcn")) else {}
    model = torchvision.models.get_model(name, weights=None, **arguments).eval()
    torch.manual_seed(0)
    with torch.no_grad():
        for tensor in (*model.parameters(), *model.buffers()):
            if tensor.is_floating_point():
                tensor.copy_(torch.rand_like(tensor) + 0.5)
    return model


def exported(model: torch.nn.Module, shape: list[int], file: Path, way: tuple[str, int, bool, bool]) -> None:
    exporter, opset, training, folding = way
    sample = (torch.rand(1, *shape),)
    if exporter == "dynamo":
        torch.onnx.export(model, sample, file, dynamo=True, opset_version=opset, optimize=folding, verbose=False)
        return
    mode = torch.onnx.TrainingMode.TRAINING if training else torch.onnx.TrainingMode.EVAL
    torch.onnx.export(
        model, sample, file, dynamo=False, opset_version=opset, training=mode, do_constant_folding=folding
    )


def plain(model: torch.nn.Module) -> torch.nn.Module:
    """A copy whose convolutions are of the classes that torch.fx knows."""
    model = copy.deepcopy(model)
    for module in model.modules():
        if isinstance(module, torch.nn.Conv3d):
            module.__class__ = torch.nn.Conv3d
    return model


def figures(name: str, model: torch.nn.Module, shape: list[int]) -> dict[str, object]:
    with FlopCounterMode(display=False) as counter, torch.no_grad(), sdpa_kernel(SDPBackend.MATH):
        model(torch.rand(1, *shape))
    found: dict[str, object] = {
        "name": name,
        "input_shape": shape,
        "parameters": sum(one.numel() for one in model.parameters()),
        "buffers": sum(one.numel() for one in model.buffers() if one.is_floating_point() or not one.ndim),
        "macs": counter.get_total_flops() // 2,
    }
    try:
        found["fused"] = sum(one.numel() for one in fuse(plain(model)).parameters())
    except Exception as error:
        print(name, "is not fused:", repr(error)[:100])
    return found


def main(directory: Path, names: list[str]) -> None:
    rows: list[dict[str, object]] = []
    for name in names or NAMES:
        model = made(name)
        shape = [3, 16, 112, 112] if name == "r3d_18" else [3, 16, 224, 224] if name == "mvit_v1_b" else [3, 224, 224]
        known = figures(name, model, shape)
        for way in WAYS:
            file = directory / f"{name}.{way[0]}.{way[1]}.onnx"
            try:
                if not file.exists():
                    exported(model, shape, file, way)
            except Exception as error:
                print(file.name, "is not exported:", repr(error)[:200], flush=True)
                file.unlink(missing_ok=True)
                continue
            print(file.name, flush=True)
            rows.append({"file": file.name, "exporter": way[0], "opset": way[1], "training": way[2],
                         "folding": way[3], **known})  # fmt: skip
    written = ",\n".join(json.dumps(row) for row in rows)
    (directory / "onnx_exports.json").write_text(f"[\n{written}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
