"""Count real blocks with torch and torchvision: `python make_blocks.py > blocks.json`.

Each is built, run on one sample, and counted by `torch.utils.flop_counter`. Needs torchvision; the tests only need
the figures it wrote. The notation beside each figure is written by hand.
"""

import json

import torch
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import densenet, efficientnet, mobilenetv2, resnet, squeezenet
from torchvision.models.googlenet import Inception
from torchvision.ops import Conv2dNormActivation, SqueezeExcitation


def shortcut(ins: int, outs: int, stride: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(ins, outs, 1, stride, bias=False), nn.BatchNorm2d(outs))


class DoubleConv(nn.Sequential):
    def __init__(self, ins: int, outs: int) -> None:
        super().__init__(
            *(nn.Conv2d(ins, outs, 3, padding=1), nn.ReLU(), nn.Conv2d(outs, outs, 3, padding=1), nn.ReLU())
        )


class UNet(nn.Module):
    """Ronneberger et al. 2015, with padding, four levels deep."""

    def __init__(self, ins: int = 1, outs: int = 2, width: int = 64) -> None:
        super().__init__()
        sizes = [width * 2**level for level in range(5)]
        self.down = nn.ModuleList(DoubleConv(a, b) for a, b in zip([ins, *sizes], sizes[:4], strict=False))
        self.middle = DoubleConv(sizes[3], sizes[4])
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, 2) for a, b in zip(sizes[3::-1], sizes[:0:-1], strict=True))
        self.merge = nn.ModuleList(DoubleConv(2 * a, a) for a in sizes[3::-1])
        self.head = nn.Conv2d(width, outs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = []
        for level in self.down:
            x = level(x)
            skips.append(x)
            x = nn.functional.max_pool2d(x, 2)
        x = self.middle(x)
        for up, merge, skip in zip(self.up, self.merge, reversed(skips), strict=True):
            x = merge(torch.cat([skip, up(x)], 1))
        return self.head(x)


def unet(ins: int = 1, outs: int = 2, width: int = 64) -> str:
    """The same in the notation: each level's skip is the empty branch of a Concat."""

    def double(a: int, b: int) -> str:
        return f"Conv2d({a}, {b}, 3, padding=1), ReLU(), Conv2d({b}, {b}, 3, padding=1), ReLU()"

    text = double(width * 8, width * 16)
    for level in (3, 2, 1, 0):
        a, b = width * 2**level, width * 2 ** (level + 1)
        before = ins if level == 0 else a // 2
        inner = f"MaxPool2d(2), {text}, ConvTranspose2d({b}, {a}, 2, stride=2)"
        text = f"{double(before, a)}, Concat([], [{inner}]), {double(2 * a, a)}"
    return f"{text}, Conv2d({width}, {outs}, 1)"


BLOCKS = [
    ("BasicBlock(64, 64)", resnet.BasicBlock(64, 64), (64, 56, 56)),
    (
        "BasicBlock(64, 128, stride=2, downsample=[Conv2d(64, 128, 1, stride=2, bias=False), BatchNorm2d(128)])",
        resnet.BasicBlock(64, 128, 2, shortcut(64, 128, 2)),
        (64, 56, 56),
    ),
    ("Bottleneck(256, 64)", resnet.Bottleneck(256, 64), (256, 56, 56)),
    (
        "Bottleneck(256, 128, stride=2, groups=32, base_width=4, "
        "downsample=[Conv2d(256, 512, 1, stride=2, bias=False), BatchNorm2d(512)])",
        resnet.Bottleneck(256, 128, 2, shortcut(256, 512, 2), groups=32, base_width=4),
        (256, 56, 56),
    ),
    ("InvertedResidual(24, 24, 1, 6)", mobilenetv2.InvertedResidual(24, 24, 1, 6), (24, 56, 56)),
    ("InvertedResidual(32, 16, 1, 1)", mobilenetv2.InvertedResidual(32, 16, 1, 1), (32, 112, 112)),
    (
        "MBConv(6, 5, 1, 40, 40)",
        efficientnet.MBConv(efficientnet.MBConvConfig(6, 5, 1, 40, 40, 1), 0.0, nn.BatchNorm2d),
        (40, 28, 28),
    ),
    (
        "MBConv(1, 3, 1, 32, 16)",
        efficientnet.MBConv(efficientnet.MBConvConfig(1, 3, 1, 32, 16, 1), 0.0, nn.BatchNorm2d),
        (32, 112, 112),
    ),
    (
        "Inception(192, 64, 96, 128, 16, 32, 32)",
        Inception(192, 64, 96, 128, 16, 32, 32),
        (192, 28, 28),
    ),
    ("DenseBlock(6, 64, 4, 32)", densenet._DenseBlock(6, 64, 4, 32, 0.0), (64, 56, 56)),
    ("Transition(256, 128)", densenet._Transition(256, 128), (256, 56, 56)),
    ("Fire(96, 16, 64, 64)", squeezenet.Fire(96, 16, 64, 64), (96, 54, 54)),
    (
        "Conv2dNormActivation(32, 32, kernel_size=5, stride=2, groups=32)",
        Conv2dNormActivation(32, 32, 5, 2, groups=32),
        (32, 113, 97),
    ),
    (
        "Multiply([], [AdaptiveAvgPool2d(1), Conv2d(96, 24, 1), ReLU(), Conv2d(24, 96, 1), Sigmoid()])",
        SqueezeExcitation(96, 24),
        (96, 14, 14),
    ),
    (unet(), UNet(), (1, 256, 256)),
    (unet(3, 5, 7), UNet(3, 5, 7), (3, 96, 160)),
]


def measure(text: str, module: nn.Module, shape: tuple[int, ...]) -> dict[str, object]:
    module.eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        output = module(torch.zeros(1, *shape))
    return {
        "network": text,
        "input": list(shape),
        "output": list(output.shape[1:]),
        "parameters": sum(one.numel() for one in module.parameters()),
        "buffers": sum(one.numel() for one in module.buffers()),
        "macs": counter.get_total_flops() // 2,
    }


def main() -> None:
    about = f"Blocks built and run with torch {torch.__version__} and torchvision {torchvision.__version__}, by make_blocks.py."
    rows = ",\n".join(json.dumps(measure(*block)) for block in BLOCKS)
    print(f'{{"about": {json.dumps(about)},\n"blocks": [\n{rows}\n]}}')


if __name__ == "__main__":
    main()
