"""Summaries that torchinfo and torchsummary print of models of torchvision and of small ones.

    python tests/data/make_torch_summaries.py > tests/data/torch_summaries.json

Needs torch, torchvision, torchinfo 1.8.0 and torchsummary 1.5.1. Totals are torch's own.
"""

import contextlib
import io
import json
import sys

import torch
import torchinfo
import torchsummary
import torchvision
from torch import nn


class Small(nn.Module):
    """A convolutional network whose forward flattens."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, bias=False),
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(16, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.pool(self.features(x)).flatten(1))


def lenet() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )  # fmt: skip


def frozen() -> nn.Module:
    made = lenet()
    for one in made[:4].parameters():
        one.requires_grad = False
    return made


MODELS = {
    "small": (Small, (3, 16, 16)),
    "lenet": (lenet, (1, 32, 32)),
    "frozen": (frozen, (1, 32, 32)),
    "alexnet": (torchvision.models.alexnet, (3, 224, 224)),
    "vgg11": (torchvision.models.vgg11, (3, 224, 224)),
    "resnet18": (torchvision.models.resnet18, (3, 64, 64)),
    "mobilenet_v2": (torchvision.models.mobilenet_v2, (3, 64, 64)),
    "vit_b_16": (torchvision.models.vit_b_16, (3, 224, 224)),
}


COLUMNS = (
    ("mult_adds", "num_params"),
    ("input_size", "output_size", "num_params", "kernel_size", "mult_adds"),
    ("output_size", "mult_adds", "num_params", "trainable"),
    ("kernel_size", "num_params", "params_percent"),
    ("params_percent", "num_params", "output_size"),
)
SETTINGS = (("depth",), ("var_names",), ("depth", "var_names"), ("ascii_only",))


def columns(made: nn.Module, shape: tuple[int, ...]) -> dict[str, str]:
    """torchinfo's tables with other columns than it has by itself, in each of its looks."""
    return {
        f"torchinfo.{'.'.join((*names, *settings))}": str(
            torchinfo.summary(made, (1, *shape), col_names=names, row_settings=settings, verbose=0)
        )
        for names in COLUMNS
        for settings in SETTINGS
    }


def main() -> None:
    rows: list[str] = []
    for name, (build, shape) in MODELS.items():
        made = build().eval()
        texts = {
            f"torchinfo.{depth}": str(torchinfo.summary(made, (1, *shape), depth=depth, verbose=0)) for depth in (2, 6)
        }
        if name in ("small", "frozen"):
            texts |= columns(made, shape)
        if name != "vit_b_16":  # torchsummary does not see what a model holds itself
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                torchsummary.summary(made, shape, device="cpu")
            texts["torchsummary"] = printed.getvalue()
        parameters = sum(one.numel() for one in made.parameters())
        trainable = sum(one.numel() for one in made.parameters() if one.requires_grad)
        rows += [
            json.dumps({"id": f"{name}.{tool}", "text": text, "parameters": parameters, "trainable": trainable})
            for tool, text in texts.items()
        ]
    sys.stdout.write('{"summaries": [\n' + ",\n".join(rows) + "\n]}\n")


if __name__ == "__main__":
    main()
