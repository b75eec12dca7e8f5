"""What print(model) shows of a hundred models of torchvision and timm, and what they hold.

    python tests/data/make_printed_models.py tests/data/printed_models.json.xz

Needs torch, torchvision and timm. The texts are printed by the models themselves; counts are torch's own. It also
prints which classes hold parameters or buffers of their own beside the modules in them, and which leaves hold none.
"""

import json
import lzma
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import timm
import torch
import torchvision
from torch import nn

TORCHVISION = """
alexnet convnext_tiny convnext_small densenet121 densenet161 densenet169 efficientnet_b0 efficientnet_b1
efficientnet_b2 efficientnet_v2_s googlenet inception_v3 maxvit_t mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3
mobilenet_v2 mobilenet_v3_large mobilenet_v3_small regnet_x_400mf regnet_x_800mf regnet_x_1_6gf regnet_y_400mf
regnet_y_800mf regnet_y_1_6gf resnet18 resnet34 resnet50 resnet101 resnext50_32x4d wide_resnet50_2
shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5 squeezenet1_0 squeezenet1_1 swin_t swin_v2_t vgg11 vgg13
vgg16 vgg19 vgg11_bn vgg16_bn vit_b_16 vit_b_32 fcn_resnet50 deeplabv3_resnet50 lraspp_mobilenet_v3_large r3d_18
mc3_18 r2plus1d_18 s3d
"""
TIMM = """
beit_base_patch16_224 cait_xxs24_224 coatnet_0_rw_224 convmixer_768_32 convnext_atto convnextv2_atto crossvit_9_240
cspdarknet53 cspresnet50 darknet53 deit_tiny_patch16_224 densenet121 dla34 dpn68 edgenext_xx_small
efficientformer_l1 efficientnet_b0 efficientnetv2_rw_t efficientvit_b0 eva02_tiny_patch14_224 fbnetc_100
gcresnet33ts ghostnet_100 hardcorenas_a hrnet_w18_small inception_next_tiny inception_v4 lcnet_050 legacy_senet154
levit_128 mixer_s16_224 mixnet_s mnasnet_100 mobilenetv2_100 mobilenetv3_small_100 mobilenetv4_conv_small
mobileone_s0 mobilevit_s nfnet_l0 pit_ti_224 poolformer_s12 pvt_v2_b0 regnety_002 repvgg_a0 res2net50_26w_4s
resmlp_12_224 resnest14d resnet18 resnetv2_50 resnext50_32x4d rexnet_100 sebotnet33ts_256 selecsls42b semnasnet_075
seresnet50 skresnet18 spnasnet_100 swin_tiny_patch4_window7_224 tf_efficientnet_b0 tf_mixnet_s tinynet_e tiny_vit_5m_224
tnt_s_patch16_224 vgg11 vit_tiny_patch16_224 volo_d1_224 xception41 xcit_nano_12_p16_224
"""


def own(module: nn.Module) -> list[str]:
    """Parameters and buffers of a module itself."""
    named = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
    return [name for name, tensor in named if tensor is not None]


def main(target: Path) -> None:
    models: list[dict[str, Any]] = []
    holding: dict[str, set[str]] = defaultdict(set)
    leaves: dict[str, set[bool]] = defaultdict(set)
    for library, names in (("torchvision", TORCHVISION), ("timm", TIMM)):
        for name in names.split():
            try:
                made = make(library, name)
            except Exception as error:
                print(f"{library} {name}: {type(error).__name__} {error!s:.80}", file=sys.stderr)
                continue
            text = str(made)
            parameters = sum(one.numel() for one in made.parameters())
            buffers = sum(one.numel() for one in made.buffers())
            models.append({"id": f"{library}.{name}", "text": text, "parameters": parameters, "buffers": buffers})
            for module in made.modules():
                cls = type(module)
                if cls.__module__.startswith("torch.nn"):
                    continue
                if any(True for _ in module.children()):
                    holding[cls.__name__].update(own(module))
                else:
                    leaves[cls.__name__].add(bool(own(module)))
    table = {"torch": torch.__version__, "torchvision": torchvision.__version__, "timm": timm.__version__}
    packed = lzma.compress(json.dumps(table | {"models": models}).encode(), preset=9 | lzma.PRESET_EXTREME)
    target.write_bytes(packed)
    print(f"{len(models)} models, {len(packed)} bytes")
    print("holding:", {name: sorted(held) for name, held in sorted(holding.items()) if held})
    print("not holding:", sorted(name for name, held in holding.items() if not held))
    print("leaves without parameters:", sorted(name for name, held in leaves.items() if held == {False}))
    print("leaves with parameters:", sorted(name for name, held in leaves.items() if True in held))


def make(library: str, name: str) -> nn.Module:
    if library == "timm":
        return timm.create_model(name)
    backbone = {"weights_backbone": None} if name.startswith(("fcn_", "deeplabv3_", "lraspp_")) else {}
    return torchvision.models.get_model(name, weights=None, **backbone)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
