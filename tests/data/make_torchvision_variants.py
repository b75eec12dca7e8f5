"""Write torchvision_variants.json: networks of torchvision in changed forms, counted by building and running them.

Needs torch and torchvision. Each case is the call as paramcount reads it. `in_channels` and `include_top`, which the
builders do not know, are done here to the module that the builder gives; what a builder fixes is changed through the
class that it calls. With a seed and a number, `make_torchvision_variants.py 7 200`, that many calls drawn at random
are printed instead.
"""

import random

import case_file
import torch
import torchvision
from torch import nn
from torch_figures import figures
from torchvision import models
from torchvision.models import densenet, mobilenetv3, vision_transformer

CASES = [
    *((name, {"num_classes": 10}) for name in ("alexnet", "vgg11", "vgg19_bn", "resnet18", "resnet101")),
    *((name, {"num_classes": 7}) for name in ("squeezenet1_0", "squeezenet1_1", "densenet121", "googlenet")),
    *((name, {"num_classes": 5}) for name in ("inception_v3", "mobilenet_v2", "mobilenet_v3_large", "mnasnet0_75")),
    *((name, {"num_classes": 3}) for name in ("shufflenet_v2_x1_5", "efficientnet_b1", "regnet_x_800mf")),
    *((name, {"num_classes": 2}) for name in ("convnext_tiny", "vit_b_32", "swin_t", "swin_v2_t", "maxvit_t")),
    *((name, {"in_channels": 1}) for name in ("alexnet", "vgg16", "resnet50", "wide_resnet50_2", "densenet169")),
    *((name, {"in_channels": 4}) for name in ("squeezenet1_1", "googlenet", "inception_v3", "mobilenet_v2")),
    *((name, {"in_channels": 2}) for name in ("mobilenet_v3_small", "shufflenet_v2_x0_5", "efficientnet_v2_s")),
    *((name, {"in_channels": 5}) for name in ("convnext_small", "vit_b_16", "swin_s", "swin_v2_s", "maxvit_t")),
    *((name, {"in_channels": 1, "num_classes": 10}) for name in ("resnet18", "vgg13", "efficientnet_b0", "mnasnet1_3")),
    *((name, {"include_top": False}) for name in ("alexnet", "vgg16", "resnet34", "densenet201", "mobilenet_v2")),
    *((name, {"include_top": False}) for name in ("squeezenet1_0", "efficientnet_b3", "mnasnet0_5", "convnext_base")),
    *((name, {"include_top": False}) for name in ("shufflenet_v2_x2_0", "regnet_x_3_2gf", "googlenet", "inception_v3")),
    *((name, {"include_top": False}) for name in ("mobilenet_v3_small", "resnext50_32x4d", "densenet161", "swin_t")),
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
    ("resnet18", {"layers": [1, 1, 1, 1], "num_classes": 10}),
    ("resnet50", {"layers": [2, 2, 2, 2]}),
    ("resnet50", {"layers": [3, 24, 36, 3], "in_channels": 1}),
    ("densenet121", {"bn_size": 2}),
    ("densenet121", {"growth_rate": 12, "num_init_features": 24}),
    ("densenet121", {"block_config": [4, 8, 6], "growth_rate": 24}),
    ("densenet161", {"block_config": [6, 12, 24, 16, 8]}),
    *(("mnasnet1_0", {"alpha": alpha}) for alpha in (0.35, 1.4)),
    ("regnet_y_400mf", {"stem_width": 48}),
    ("regnet_x_400mf", {"stem_width": 16, "num_classes": 4}),
    ("vit_b_16", {"image_size": 384}),
    ("vit_b_32", {"representation_size": 256}),
    ("vit_b_16", {"conv_stem_configs": [[64, 3, 2], [128, 3, 2], [256, 3, 2], [512, 3, 2]]}),
    ("swin_t", {"mlp_ratio": 2.5}),
    ("maxvit_t", {"expansion_ratio": 3, "squeeze_ratio": 0.3, "mlp_ratio": 2}),
    ("maxvit_t", {"input_size": [448, 448], "num_classes": 12}),
    ("fcn_resnet50", {"num_classes": 5}),
    ("deeplabv3_resnet50", {"in_channels": 1}),
    ("deeplabv3_mobilenet_v3_large", {"num_classes": 3, "in_channels": 4}),
    ("lraspp_mobilenet_v3_large", {"num_classes": 2, "in_channels": 5}),
    ("r3d_18", {"num_classes": 7}),
    ("mc3_18", {"in_channels": 1}),
    ("r2plus1d_18", {"num_classes": 3, "in_channels": 2}),
    ("s3d", {"num_classes": 5}),
]
SHAPES = {
    **{name: [129, 170] for name in ("fcn_resnet50", "deeplabv3_resnet50", "deeplabv3_mobilenet_v3_large")},
    **{name: [7, 65, 80] for name in ("r3d_18", "mc3_18", "r2plus1d_18")},
    "lraspp_mobilenet_v3_large": [211, 97],
    "s3d": [18, 224, 240],
}
CONVS = (nn.Conv2d, nn.Conv3d)
FIXED = {"inception_v3": 299}
NAMES = [
    *("alexnet", "vgg11", "vgg13_bn", "vgg16", "vgg19", "resnet18", "resnet34", "resnet50", "resnet152"),
    *("resnext50_32x4d", "resnext101_64x4d", "wide_resnet50_2", "squeezenet1_0", "squeezenet1_1", "densenet121"),
    *("densenet161", "densenet169", "googlenet", "inception_v3", "mobilenet_v2", "mobilenet_v3_large"),
    *("mobilenet_v3_small", "mnasnet0_5", "mnasnet1_0", "shufflenet_v2_x0_5", "shufflenet_v2_x1_0"),
    *("efficientnet_b0", "efficientnet_b2", "efficientnet_v2_s", "regnet_x_400mf", "regnet_y_800mf"),
    *("regnet_y_1_6gf", "convnext_tiny", "swin_t", "swin_v2_t", "vit_b_32"),
]


def drawn(dice: random.Random) -> tuple[str, dict, list[int]]:
    """A network with arguments and an image size at random."""
    name = dice.choice(NAMES)
    options = {}
    if dice.random() < 0.7:
        options["num_classes"] = dice.randint(1, 400)
    if dice.random() < 0.6:
        options["in_channels"] = dice.randint(1, 9)
    if dice.random() < 0.3 and not name.startswith("vit"):
        options["include_top"] = False
    own = {
        "mobilenet_v2": lambda: {"width_mult": dice.randint(2, 30) / 16, "round_nearest": dice.choice((1, 4, 8, 16))},
        "mobilenet_v3_large": lambda: {"width_mult": dice.randint(4, 30) / 16, "dilated": dice.random() < 0.5},
        "mobilenet_v3_small": lambda: {"width_mult": dice.randint(4, 30) / 16, "reduced_tail": dice.random() < 0.5},
        "mnasnet1_0": lambda: {"alpha": dice.randint(4, 40) / 20},
        "resnet50": lambda: {"layers": [dice.randint(1, 4) for _ in range(4)], "groups": dice.choice((1, 2, 4))},
        "resnet34": lambda: {"layers": [dice.randint(1, 4) for _ in range(4)]},
        "resnet152": lambda: {"replace_stride_with_dilation": [dice.random() < 0.5 for _ in range(3)]},
        "resnext50_32x4d": lambda: {"width_per_group": dice.choice((2, 4, 6, 8))},
        "densenet121": lambda: {"growth_rate": dice.randint(3, 40), "num_init_features": 2 * dice.randint(4, 50)},
        "densenet169": lambda: {
            "bn_size": dice.randint(1, 5),
            "block_config": [dice.randint(1, 9) for _ in range(dice.randint(2, 5))],
        },
        "regnet_x_400mf": lambda: {"stem_width": dice.randint(3, 64)},
        "regnet_y_800mf": lambda: {"stem_width": dice.randint(3, 64)},
        "googlenet": lambda: {"aux_logits": dice.random() < 0.5},
        "inception_v3": lambda: {"aux_logits": dice.random() < 0.5},
        "swin_t": lambda: {"mlp_ratio": dice.randint(2, 20) / 4},
        "vit_b_32": lambda: {"image_size": 32 * dice.randint(1, 12), "representation_size": dice.randint(1, 300)},
    }
    if name in own and dice.random() < 0.7:
        options |= own[name]()
    least = 96 if name == "inception_v3" else 64
    sides = [dice.randint(least, 260), dice.randint(least, 260)]
    if name.startswith("vit"):
        sides = [options.get("image_size", 224)] * 2
    return name, options, [options.get("in_channels", 3), *sides]


def build(name: str, options: dict) -> nn.Module:
    """The network as torchvision builds it, through the class where the builder fixes what is changed."""
    given = {key: value for key, value in options.items() if key not in ("in_channels", "include_top")}
    if name.startswith("mnasnet") and "alpha" in given:
        return models.MNASNet(given.pop("alpha"), **given)
    if name.startswith("densenet"):
        own = {"densenet121": (32, (6, 12, 24, 16), 64), "densenet161": (48, (6, 12, 36, 24), 96)}
        own["densenet169"] = (32, (6, 12, 32, 32), 64)
        own["densenet201"] = (32, (6, 12, 48, 32), 64)
        defaults = dict(zip(("growth_rate", "block_config", "num_init_features"), own[name], strict=True))
        return densenet.DenseNet(**(defaults | given))
    if name.startswith("resnet") and "layers" in given:
        block = models.resnet.BasicBlock if name in ("resnet18", "resnet34") else models.resnet.Bottleneck
        return models.ResNet(block, given.pop("layers"), **given)
    if name.startswith("resnext") and "width_per_group" in given:
        return models.ResNet(models.resnet.Bottleneck, [3, 4, 6, 3], groups=32, **given)
    if name.startswith("mobilenet_v3") and given.keys() & {"width_mult", "reduced_tail", "dilated"}:
        settings = {key: given.pop(key) for key in ("width_mult", "reduced_tail", "dilated") if key in given}
        rows, last = mobilenetv3._mobilenet_v3_conf(name, **settings)
        return models.MobileNetV3(rows, last, **given)
    if name.startswith("swin") and "mlp_ratio" in given:
        own = {"embed_dim": 96, "depths": [2, 2, 6, 2], "num_heads": [3, 6, 12, 24], "window_size": [7, 7]}
        return models.SwinTransformer([4, 4], **own, **given)
    if name in ("googlenet", "inception_v3"):
        given["init_weights"] = False
    if "conv_stem_configs" in given:
        own = given.pop("conv_stem_configs")
        given["conv_stem_configs"] = [vision_transformer.ConvStemConfig(*one) for one in own]
    if name.startswith(("fcn", "deeplab", "lraspp")):
        return getattr(models.segmentation, name)(weights=None, weights_backbone=None, **given)
    within = models.video if name.endswith(("d_18", "c3_18", "s3d")) else models
    return getattr(within, name)(weights=None, **given)


def changed(module: nn.Module, options: dict) -> nn.Module:
    """With other input channels, and without its top."""
    if "in_channels" in options:
        path, first = next((path, one) for path, one in module.named_modules() if type(one) in CONVS)
        parent = module.get_submodule(path.rpartition(".")[0])
        wanted = (options["in_channels"], first.out_channels, first.kernel_size, first.stride, first.padding)
        setattr(parent, path.rpartition(".")[2], type(first)(*wanted, bias=first.bias is not None))
    if options.get("include_top", True):
        return module
    if isinstance(module, models.SwinTransformer):
        return nn.Sequential(module.features, module.norm, module.permute)
    if hasattr(module, "features"):
        return module.features
    if isinstance(module, models.MNASNet):
        return module.layers
    tops = ("avgpool", "fc", "classifier", "dropout", "aux1", "aux2", "AuxLogits")
    return nn.Sequential(*(one for name, one in module.named_children() if name not in tops))


def measured(name: str, options: dict, shape: list[int] | None = None) -> dict:
    """Build, count, run."""
    module = changed(build(name, options), options)
    if shape is None:
        side = options.get("image_size", FIXED.get(name, 256 if name.startswith("swin_v2") else 224))
        shape = [options.get("in_channels", 3), *options.get("input_size", SHAPES.get(name, [side, side]))]
    text = ", ".join(f"{key}={value!r}" for key, value in options.items())
    return {"call": f"{name}({text})", **figures(module, shape)}


if __name__ == "__main__":
    torch.backends.mha.set_fastpath_enabled(False)  # the counter does not see into the fused function
    torch.set_num_threads(1)
    cases = case_file.measured(CASES, drawn, measured, 60)
    about = f"torch {torch.__version__.split('+')[0]}, torchvision {torchvision.__version__.split('+')[0]}; "
    about += "made by make_torchvision_variants.py; MACs are half of what torch.utils.flop_counter counts"
    case_file.write("torchvision_variants.json", about, cases)
