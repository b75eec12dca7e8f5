"""Measure receptive fields with real torch: `python make_receptive_fields.py > receptive_fields.json`.

Networks are drawn at random, written in the notation and built in torch side by side. All weights are 1 and
nothing is nonlinear (an average stands for each maximum), so that the gradient of an output position is above 0
exactly where the input is read. Needs torch; the tests only need the figures it wrote.
"""

import json
import random

import torch
from torch import nn


class Builder:
    """A random network, as notation and as a function."""

    def __init__(self, seed: int, dims: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - drawn to be drawn again, not to be secret
        self.dims = dims

    def per_axis(self, low: int, high: int) -> list[int]:
        return [self.random.randint(low, high) for _ in range(self.dims)]

    def shown(self, values: list[int]) -> str:
        return str(values[0]) if len(set(values)) == 1 else str(tuple(values))

    def layer(self, channels: int) -> tuple[str, nn.Module, int]:
        """Any layer that may change the size."""
        kind = self.random.choice(["conv", "conv", "conv", "max", "avg", "transposed", "nearest", "bilinear"])
        d = self.dims
        if kind == "conv":
            kernel, stride = self.per_axis(1, 5), self.per_axis(1, 3)
            dilation, padding = self.per_axis(1, 3), self.per_axis(0, 2)
            out = self.random.randint(1, 3)
            text = (
                f"Conv{d}d({channels}, {out}, {self.shown(kernel)}, stride={self.shown(stride)}, "
                f"padding={self.shown(padding)}, dilation={self.shown(dilation)}, bias=False)"
            )
            module = getattr(nn, f"Conv{d}d")(channels, out, kernel, stride, padding, dilation, bias=False)
            return text, module, out
        if kind == "transposed":
            stride = self.per_axis(1, 3)
            kernel = [one + self.random.randint(0, 2) for one in stride]
            padding = [self.random.randint(0, (one - 1) // 2) for one in kernel]
            extra = [self.random.randint(0, one - 1) for one in stride]
            text = (
                f"ConvTranspose{d}d({channels}, 1, {self.shown(kernel)}, stride={self.shown(stride)}, "
                f"padding={self.shown(padding)}, output_padding={self.shown(extra)}, bias=False)"
            )
            module = getattr(nn, f"ConvTranspose{d}d")(channels, 1, kernel, stride, padding, extra, bias=False)
            return text, module, 1
        if kind in ("nearest", "bilinear"):
            factor = self.random.randint(2, 3)
            mode = kind if kind == "nearest" or d == 2 else "linear"
            return (
                f"Upsample(scale_factor={factor}, mode='{mode}')",
                nn.Upsample(scale_factor=factor, mode=mode),
                channels,
            )
        kernel = [self.random.randint(2, 3)] * d
        stride, padding = self.random.randint(1, 3), self.random.randint(0, 1)
        name = "MaxPool" if kind == "max" else "AvgPool"
        text = f"{name}{d}d({kernel[0]}, stride={stride}, padding={padding})"
        return text, getattr(nn, f"AvgPool{d}d")(kernel[0], stride, padding), channels

    def keeping(self, channels: int) -> tuple[str, nn.Module]:
        """A convolution that keeps size and channels."""
        d, kernel, dilation = self.dims, self.random.choice([1, 3, 5]), self.random.randint(1, 3)
        padding = (kernel - 1) // 2 * dilation
        text = f"Conv{d}d({channels}, {channels}, {kernel}, padding={padding}, dilation={dilation}, bias=False)"
        return text, getattr(nn, f"Conv{d}d")(
            channels, channels, kernel, padding=padding, dilation=dilation, bias=False
        )

    def part(self, channels: int, depth: int = 0) -> tuple[str, nn.Module, int]:
        """A layer, or branches that keep the size."""
        kind = self.random.choice(["layer", "layer", "residual", "concat"] if depth < 2 else ["layer"])
        if kind == "layer":
            return self.layer(channels)
        branches = [self.body(channels) for _ in range(self.random.randint(1, 2))]
        if kind == "residual":
            (text, module), *others = branches
            shortcut = f", shortcut=[{others[0][0]}]" if others else ""
            return (
                f"Residual({text}{shortcut})",
                Branches([module, *(m for _, m in others)], not others, False),
                channels,
            )
        texts = ", ".join(f"[{text}]" for text, _ in branches)
        return f"Concat({texts}, [])", Branches([m for _, m in branches], True, True), channels * (len(branches) + 1)

    def body(self, channels: int) -> tuple[str, nn.Module]:
        made = [self.keeping(channels) for _ in range(self.random.randint(1, 3))]
        return ", ".join(text for text, _ in made), nn.Sequential(*(module for _, module in made))

    def network(self) -> tuple[str, nn.Module]:
        texts, modules, channels = [], [], 1
        for _ in range(self.random.randint(2, 5)):
            text, module, channels = self.part(channels)
            texts.append(text)
            modules.append(module)
        return ", ".join(texts), nn.Sequential(*modules)


class Branches(nn.Module):
    """Branches of one input, added or concatenated."""

    def __init__(self, branches: list[nn.Module], itself: bool, concat: bool) -> None:
        super().__init__()
        self.branches, self.itself, self.concat = nn.ModuleList(branches), itself, concat

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = [branch(x) for branch in self.branches] + ([x] if self.itself else [])
        return torch.cat(values, 1) if self.concat else sum(values[1:], values[0])


def measure(seed: int, dims: int, positions: int = 12) -> dict[str, object] | None:
    """One network, and what the positions in the middle of its output read; None where it is too large or small."""
    text, module = Builder(seed, dims).network()
    module = module.double()
    for parameter in module.parameters():
        nn.init.ones_(parameter)
    size = [601] if dims == 1 else [101, 127]
    x = torch.ones(1, 1, *size, dtype=torch.float64, requires_grad=True)
    try:
        y = module(x).sum(1)[0]
    except RuntimeError:
        return None
    if min(y.shape) < 3 * positions or max(y.shape) > 8000 or y.numel() > 200_000:
        return None
    axes = []
    for axis in range(dims):
        first = (y.shape[axis] - positions) // 2
        low, high = [], []
        for position in range(first, first + positions):
            middle = [n // 2 for n in y.shape]
            middle[axis] = position
            (gradient,) = torch.autograd.grad(y[tuple(middle)], x, retain_graph=True)
            others = [one for one in range(dims) if one != axis]
            read = gradient[0, 0].abs().sum(dim=others) if others else gradient[0, 0].abs()
            where = read.nonzero()
            if len(where) == 0:
                return None
            low.append(int(where.min()))
            high.append(int(where.max()))
        if low[0] < 40 // dims or high[-1] >= size[axis] - 40 // dims:
            return None  # the borders may cut it
        axes.append({"first": first, "low": low, "high": high})
    return {"network": text, "input": [1, *size], "output": list(y.shape), "axes": axes}


def main() -> None:
    found, seed = [], 0
    while len(found) < 80:
        one = measure(seed, 1 if len(found) < 40 else 2)
        seed += 1
        if one is not None:
            found.append(one)
    about = (
        f"Receptive fields measured by the support of the gradient with torch {torch.__version__}, by "
        "make_receptive_fields.py: the input positions, along each dimension, that output positions in the middle read."
    )
    rows = ",\n".join(json.dumps(one) for one in found)
    print(f'{{"about": {json.dumps(about)},\n"networks": [\n{rows}\n]}}')


if __name__ == "__main__":
    main()
