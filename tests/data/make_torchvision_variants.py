"""Write torchvision_variants.json: networks of torchvision in changed forms, counted by building and running them.

Needs torch and torchvision. Each case is the call as paramcount reads it; `in_channels` and `include_top`, which the
builders do not know, are done here to the module that the builder gives.
"""

import json
import sys
from pathlib import Path

import torch
import torchvision
from torch import nn
from torchvision import models

CASES = [
    *(
        (name, {"num_classes": 10})
        for name in ("alexnet", "vgg11", "vgg19_bn", "resnet18", "resnet101", "resnext50_32x4d")
    ),
    *(
        (name, {"num_classes": 7})
        for name in ("squeezenet1_0", "squeezenet1_1", "densenet121", "densenet161", "googlenet")
    ),
    *((name, {"num_classes": 5}) for name in ("inception_v3", "mobilenet_v2", "mobilenet_v3_large", "mnasnet0_75")),
    *(
        (name, {"num_classes": 3})
        for name in ("shufflenet_v2_x1_5", "efficientnet_b1", "regnet_x_800mf", "regnet_y_1_6gf")
    ),
    *((name, {"num_classes": 2}) for name in ("convnext_tiny", "vit_b_32", "swin_t", "swin_v2_t", "maxvit_t")),
    *((name, {"in_channels": 1}) for name in ("alexnet", "vgg16", "resnet50", "wide_resnet50_2", "densenet169")),
    *(
        (name, {"in_channels": 4})
        for name in ("squeezenet1_1", "googlenet", "inception_v3", "mobilenet_v2", "mnasnet1_3")
    ),
    *(
        (name, {"in_channels": 2})
        for name in ("mobilenet_v3_small", "shufflenet_v2_x0_5", "efficientnet_v2_s", "regnet_y_400mf")
    ),
    *((name, {"in_channels": 5}) for name in ("convnext_small", "vit_b_16", "swin_s", "swin_v2_s", "maxvit_t")),
    *(
        (name, {"in_channels": 1, "num_classes": 10})
        for name in ("resnet18", "vgg13", "mobilenet_v3_large", "efficientnet_b0")
    ),
    *(
        (name, {"include_top": False})
        for name in ("alexnet", "vgg16", "resnet34", "densenet201", "mobilenet_v2", "squeezenet1_0")
    ),
    *(
        (name, {"include_top": False})
        for name in ("efficientnet_b3", "mnasnet0_5", "convnext_base", "shufflenet_v2_x2_0")
    ),
    *((name, {"include_top": False}) for name in ("regnet_x_3_2gf", "googlenet", "inception_v3", "mobilenet_v3_small")),
    ("googlenet", {"aux_logits": False}),
    ("googlenet", {"aux_logits": False, "num_classes": 11}),
    ("inception_v3", {"aux_logits": False}),
    *(("mobilenet_v2", {"width_mult": width}) for width in (0.25, 0.35, 0.5, 0.75, 1.4)),
    ("mobilenet_v2", {"width_mult": 0.33, "round_nearest": 4}),
    ("mobilenet_v2", {"inverted_residual_setting": [[1, 16, 1, 1], [6, 24, 2, 2], [3, 40, 3, 2]], "num_classes": 9}),
    *(("mobilenet_v3_large", {"width_mult": width}) for width in (0.5, 1.25)),
    ("mobilenet_v3_small", {"width_mult": 0.75}),
    ("mobilenet_v3_small", {"reduced_tail": True}),
    ("mobilenet_v3_large", {"reduced_tail": True, "dilated": True}),
    ("resnet50", {"replace_stride_with_dilation": [False, True, True]}),
    ("resnet50", {"width_per_group": 32}),
    ("resnet50", {"groups": 4, "width_per_group": 16}),
    ("resnet101", {"replace_stride_with_dilation": [False, False, True], "num_classes": 21}),
    ("densenet121", {"bn_size": 2}),
    ("densenet121", {"growth_rate": 12, "num_init_features": 24}),
    *(("mnasnet1_0", {"alpha": alpha}) for alpha in (0.35, 1.4)),
    ("vit_b_16", {"image_size": 384}),
    ("vit_b_32", {"representation_size": 256}),
]
SIZES = {"inception_v3": 299}
TOPS = ("avgpool", "fc", "classifier", "dropout", "aux1", "aux2", "AuxLogits")


def build(name: str, options: dict) -> nn.Module:
    """The network as torchvision builds it."""
    given = {key: value for key, value in options.items() if key not in ("in_channels", "include_top")}
    if name.startswith("mnasnet") and "alpha" in given:
        return models.MNASNet(given.pop("alpha"), **given)
    if name.startswith("densenet") and "growth_rate" in given:
        return models.DenseNet(block_config=(6, 12, 24, 16), **given)
    if name.startswith("mobilenet_v3") and given.keys() & {"width_mult", "reduced_tail", "dilated"}:
        from torchvision.models import mobilenetv3

        settings = {key: given.pop(key) for key in ("width_mult", "reduced_tail", "dilated") if key in given}
        rows, last = mobilenetv3._mobilenet_v3_conf(name, **settings)
        return models.MobileNetV3(rows, last, **given)
    if name in ("googlenet", "inception_v3"):
        given["init_weights"] = False
    return getattr(models, name)(weights=None, **given)


def changed(module: nn.Module, options: dict) -> nn.Module:
    """With other input channels, and without its top."""
    if "in_channels" in options:
        path, first = next((path, one) for path, one in module.named_modules() if isinstance(one, nn.Conv2d))
        parent = module.get_submodule(path.rpartition(".")[0])
        wanted = (options["in_channels"], first.out_channels, first.kernel_size, first.stride, first.padding)
        setattr(parent, path.rpartition(".")[2], nn.Conv2d(*wanted, bias=first.bias is not None))
    if options.get("include_top", True):
        return module
    if hasattr(module, "features"):
        return module.features
    for top in TOPS:
        if hasattr(module, top):
            setattr(module, top, None if top.startswith("aux") or top == "AuxLogits" else nn.Identity())
    if hasattr(module, "_forward_impl") or hasattr(module, "_forward"):
        names = [key for key, one in module.named_children() if not isinstance(one, nn.Identity)]
        return nn.Sequential(*(getattr(module, key) for key in names))
    return nn.Sequential(*(one for _, one in module.named_children() if not isinstance(one, nn.Identity)))


def measured(name: str, options: dict) -> dict:
    """Build, count, run."""
    module = changed(build(name, options), options).eval()
    side = options.get("image_size", SIZES.get(name, 256 if name.startswith("swin_v2") else 224))
    shape = [options.get("in_channels", 3), side, side]
    macs = 0

    def count(one: nn.Module, _inputs: tuple, output: torch.Tensor) -> None:
        nonlocal macs
        macs += output[0].numel() * one.weight[0].numel()

    for one in module.modules():
        if isinstance(one, nn.Conv2d | nn.Linear):
            one.register_forward_hook(count)
    with torch.no_grad():
        output = module(torch.zeros(1, *shape))
    text = ", ".join(f"{key}={value!r}" for key, value in options.items())
    attention = name.startswith(("vit", "swin", "maxvit"))
    return {
        "call": f"{name}({text})",
        "input_shape": shape,
        "total": sum(one.numel() for one in module.parameters()),
        "buffers": sum(one.numel() for one in module.buffers()),
        **({} if attention else {"macs": macs}),
        "output_shape": list(output.shape[1:]),
    }


if __name__ == "__main__":
    cases = [measured(name, options) for name, options in CASES]
    about = f"torch {torch.__version__.split('+')[0]}, torchvision {torchvision.__version__.split('+')[0]}; "
    about += "made by make_torchvision_variants.py; MACs of convolutions and dense layers, without biases"
    lines = ",\n  ".join(json.dumps(case) for case in cases)
    text = f'{{"about": {json.dumps(about)}, "cases": [\n  {lines}\n]}}\n'
    Path(__file__).with_name("torchvision_variants.json").write_text(text, encoding="utf-8")
    print(len(cases), "cases", file=sys.stderr)
