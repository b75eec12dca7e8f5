"""Write textbook_networks.json: the papers' networks as PyTorch modules, counted by building and running them.

Needs torch. The modules are written from the papers; `source` names the paper and, where there is one, the number
of parameters that it or its authors' code gives.
"""

from collections.abc import Callable
from itertools import pairwise

import case_file
import torch
from torch import nn
from torch.nn import functional
from torch_figures import figures


def lenet(channels: int = 1, classes: int = 10) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 6, 5),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.Tanh(),
        nn.Linear(120, 84),
        nn.Tanh(),
        nn.Linear(84, classes),
    )


def alexnet(towers: int, channels: int = 3, classes: int = 1000) -> nn.Module:
    convs = [
        *(nn.Conv2d(channels, 96, 11, stride=4), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(96, 256, 5, padding=2, groups=towers), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(256, 384, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(384, 384, 3, padding=1, groups=towers), nn.ReLU()),
        *(nn.Conv2d(384, 256, 3, padding=1, groups=towers), nn.ReLU(), nn.MaxPool2d(3, 2)),
    ]
    dense = [nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*convs, nn.Flatten(), *dense, nn.Linear(4096, classes))


class Basic(nn.Module):
    def __init__(self, ins: int, outs: int, option: str) -> None:
        super().__init__()
        stride = 1 if ins == outs else 2
        self.conv1 = nn.Conv2d(ins, outs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outs)
        self.conv2 = nn.Conv2d(outs, outs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outs)
        self.more = outs - ins
        self.project = None
        if self.more and option == "B":
            self.project = nn.Sequential(nn.Conv2d(ins, outs, 1, stride=2, bias=False), nn.BatchNorm2d(outs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        if self.project is not None:
            return functional.relu(y + self.project(x))
        if self.more:
            x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.more // 2, self.more // 2))
        return functional.relu(y + x)


def resnet(n: int, option: str = "A", channels: int = 3, classes: int = 10) -> nn.Module:
    widths = [16] * (n + 1) + [32] * n + [64] * n
    return nn.Sequential(
        *(nn.Conv2d(channels, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()),
        *(Basic(ins, outs, option) for ins, outs in pairwise(widths)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes)),
    )


def double(ins: int, outs: int, padding: int) -> nn.Sequential:
    first, second = nn.Conv2d(ins, outs, 3, padding=padding), nn.Conv2d(outs, outs, 3, padding=padding)
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU())


class UNet(nn.Module):
    def __init__(self, channels: int = 1, classes: int = 2, width: int = 64, depth: int = 4, padding: int = 0) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(depth + 1)]
        self.down = nn.ModuleList(double(ins, outs, padding) for ins, outs in pairwise([channels, *widths]))
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * one, one, 2, stride=2) for one in widths[-2::-1])
        self.back = nn.ModuleList(double(2 * one, one, padding) for one in widths[-2::-1])
        self.last = nn.Conv2d(width, classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = []
        for level, block in enumerate(self.down):
            x = block(x if level == 0 else functional.max_pool2d(x, 2))
            skips.append(x)
        for up, back, skip in zip(self.up, self.back, skips[-2::-1], strict=True):
            x = up(x)
            cut = (skip.shape[2] - x.shape[2]) // 2
            x = back(torch.cat([skip[:, :, cut : cut + x.shape[2], cut : cut + x.shape[3]], x], 1))
        return self.last(x)


class FCN8s(nn.Module):
    def __init__(self, classes: int = 21, channels: int = 3) -> None:
        super().__init__()
        stages, ins = [], channels
        for outs, many in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
            layers = []
            for _ in range(many):
                layers += [nn.Conv2d(ins, outs, 3, padding=1 if stages or layers else 100), nn.ReLU()]
                ins = outs
            stages.append(nn.Sequential(*layers, nn.MaxPool2d(2, 2, ceil_mode=True)))
        self.stages = nn.ModuleList(stages)
        self.fc = nn.Sequential(nn.Conv2d(512, 4096, 7), nn.ReLU(), nn.Conv2d(4096, 4096, 1), nn.ReLU())
        self.score_fr, self.score4 = nn.Conv2d(4096, classes, 1), nn.Conv2d(512, classes, 1)
        self.score3 = nn.Conv2d(256, classes, 1)
        self.up2 = nn.ConvTranspose2d(classes, classes, 4, stride=2, bias=False)
        self.up4 = nn.ConvTranspose2d(classes, classes, 4, stride=2, bias=False)
        self.up8 = nn.ConvTranspose2d(classes, classes, 16, stride=8, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        height, width = x.shape[2:]
        seen = []
        for stage in self.stages:
            x = stage(x)
            seen.append(x)
        x = self.up2(self.score_fr(self.fc(x)))
        x = self.up4(x + self.score4(seen[3])[:, :, 5 : 5 + x.shape[2], 5 : 5 + x.shape[3]])
        x = self.up8(x + self.score3(seen[2])[:, :, 9 : 9 + x.shape[2], 9 : 9 + x.shape[3]])
        return x[:, :, 31 : 31 + height, 31 : 31 + width]


def generator(nz: int = 100, ngf: int = 64, nc: int = 3) -> nn.Module:
    layers = [nn.ConvTranspose2d(nz, ngf * 8, 4, 1, 0, bias=False), nn.BatchNorm2d(ngf * 8), nn.ReLU()]
    for times in (4, 2, 1):
        layers += [nn.ConvTranspose2d(2 * ngf * times, ngf * times, 4, 2, 1, bias=False), nn.BatchNorm2d(ngf * times)]
        layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False), nn.Tanh())


def discriminator(nc: int = 3, ndf: int = 64) -> nn.Module:
    layers = [nn.Conv2d(nc, ndf, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
    for times in (1, 2, 4):
        layers += [nn.Conv2d(ndf * times, 2 * ndf * times, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * ndf * times)]
        layers.append(nn.LeakyReLU(0.2))
    return nn.Sequential(*layers, nn.Conv2d(8 * ndf, 1, 4, 1, 0, bias=False), nn.Sigmoid())


LENET = "LeCun et al. 1998, with every feature map connected: 61,706"
ALEXNET = "Krizhevsky et al. 2012: 60 million"
CIFAR = "He et al. 2015, section 4.2"
UNET = "Ronneberger et al. 2015: 23 convolutions"
FCN = "Long et al. 2015: 134 million"
DCGAN = "Radford et al. 2015, as in PyTorch's examples"

CASES: list[tuple[str, list[int], str, Callable[[], nn.Module]]] = [
    ("lenet5()", [1, 32, 32], LENET, lenet),
    ("lenet5(in_channels=3, num_classes=43)", [3, 32, 32], LENET, lambda: lenet(3, 43)),
    ("alexnet_paper()", [3, 227, 227], ALEXNET, lambda: alexnet(2)),
    ("alexnet_one_tower()", [3, 227, 227], ALEXNET, lambda: alexnet(1)),
    ("alexnet_paper(in_channels=1, num_classes=17)", [1, 227, 227], ALEXNET, lambda: alexnet(2, 1, 17)),
    ("resnet20()", [3, 32, 32], f"{CIFAR}: 0.27 million", lambda: resnet(3)),
    ("resnet32()", [3, 32, 32], f"{CIFAR}: 0.46 million", lambda: resnet(5)),
    ("resnet44()", [3, 32, 32], f"{CIFAR}: 0.66 million", lambda: resnet(7)),
    ("resnet56()", [3, 32, 32], f"{CIFAR}: 0.85 million", lambda: resnet(9)),
    ("resnet110()", [3, 32, 32], f"{CIFAR}: 1.7 million", lambda: resnet(18)),
    ("resnet1202()", [3, 32, 32], f"{CIFAR}: 19.4 million", lambda: resnet(200)),
    ("resnet20(option='B')", [3, 32, 32], CIFAR, lambda: resnet(3, "B")),
    ("resnet56(option='B', num_classes=100)", [3, 32, 32], CIFAR, lambda: resnet(9, "B", classes=100)),
    ("resnet32(in_channels=1, num_classes=7)", [1, 28, 31], CIFAR, lambda: resnet(5, "A", 1, 7)),
    ("unet()", [1, 572, 572], UNET, UNet),
    ("unet(in_channels=3, num_classes=5)", [3, 220, 236], UNET, lambda: UNet(3, 5)),
    ("unet(padding=True, init_features=24)", [1, 96, 64], UNET, lambda: UNet(width=24, padding=1)),
    ("unet(depth=2, init_features=9, in_channels=2)", [2, 76, 92], UNET, lambda: UNet(2, width=9, depth=2)),
    ("fcn8s()", [3, 224, 224], FCN, FCN8s),
    ("fcn8s(num_classes=4, in_channels=1, image_size=97)", [1, 97, 97], FCN, lambda: FCN8s(4, 1)),
    ("dcgan_generator()", [100, 1, 1], f"{DCGAN}: 3,576,704", generator),
    ("dcgan_discriminator()", [3, 64, 64], f"{DCGAN}: 2,765,568", discriminator),
    ("dcgan_generator(nz=64, ngf=24, nc=1)", [64, 1, 1], DCGAN, lambda: generator(64, 24, 1)),
    ("dcgan_generator(in_channels=50, num_classes=2)", [50, 1, 1], DCGAN, lambda: generator(50, 64, 2)),
    ("dcgan_discriminator(nc=1, ndf=10)", [1, 64, 64], DCGAN, lambda: discriminator(1, 10)),
]


def measured(call: str, shape: list[int], source: str, make: Callable[[], nn.Module]) -> dict:
    return {"call": call, "source": source, **figures(make(), shape)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    cases = [measured(*case) for case in CASES]
    about = f"torch {torch.__version__.split('+')[0]}; made by make_textbook_networks.py; MACs are half of what "
    about += "torch.utils.flop_counter counts"
    case_file.write("textbook_networks.json", about, cases)
