"""Count small graphs with torch and with Keras: `python make_graphs.py`, once with each installed.

What torch is not installed for, or Keras, is kept as the file has it. The notation beside each figure is written by hand.
"""

import importlib.util
import json
import math
import os
from pathlib import Path

TORCH = {
    "siamese": (
        "a = Input((3, 9, 9)), b = Input((3, 9, 9)), c = Conv2d(3, 5, 3)(a), d = c(b), e = Subtract()(c, d)",
        [[3, 9, 9], [3, 9, 9]],
    ),
    "twice": ("conv = Conv2d(4, 4, 3, padding=1), ReLU(), conv(), Flatten(), Linear(196, 3)", [[4, 7, 7]]),
    "tied": (
        'e = Embedding(11, 5), l = Linear(5, 7), h = Linear(7, 5), o = Linear(5, 11), Tie("o.weight", "e.weight")',
        [[6]],
    ),
    "tied bias": ('a = Linear(5, 5), b = Linear(5, 5), Tie("b.bias", "a.bias")', [[5]]),
    "frozen": ("Frozen(Conv2d(3, 7, 3), BatchNorm2d(7)), Conv2d(7, 5, 3)", [[3, 9, 9]]),
    "unused": ("Conv2d(3, 7, 3), Unused(Conv2d(3, 2, 3), BatchNorm2d(2))", [[3, 9, 9]]),
    "repeated": ("Conv2d(3, 7, 3), Repeat(5, Conv2d(7, 7, 3, padding=1), BatchNorm2d(7), ReLU())", [[3, 9, 9]]),
    "repeated, shrinking": ("Repeat(3, Conv2d(3, 3, 3))", [[3, 9, 9]]),
    "shared": ("Conv2d(3, 7, 3), Repeat(5, Conv2d(7, 7, 3, padding=1), ReLU(), shared=True)", [[3, 9, 9]]),
    "two outputs": (
        "x = Conv2d(3, 7, 3), a = [AdaptiveAvgPool2d(1), Flatten(), Linear(7, 4)], "
        "b = Conv2d(7, 2, 1)(x), Outputs(a, b)",
        [[3, 9, 9]],
    ),
    "nested": (
        "Residual(Residual(Conv2d(3, 3, 3, padding=1), ReLU()), Concat([Conv2d(3, 2, 1)], [Conv2d(3, 1, 1), ReLU()]))",
        [[3, 9, 9]],
    ),
    "gate": ("x = Conv2d(3, 7, 3), g = Parameter((7, 1, 1)), Multiply()(x, g)", [[3, 9, 9]]),
    "position": (
        "Flatten(2), Permute((0, 2, 1)), Add([], Parameter(torch.zeros(1, 81, 3))), Linear(3, 5)",
        [[3, 9, 9]],
    ),
    "normalised": ("parametrizations.weight_norm(Conv2d(3, 7, 3)), spectral_norm(Conv2d(7, 5, 3))", [[3, 9, 9]]),
}

KERAS = {
    "functional": (
        "x = Input((9, 9, 3)), a = Conv2D(5, 3, padding='same')(x), b = BatchNormalization()(a), c = Add()([a, b]), "
        "d = Flatten()(c), e = Dense(4)(d)",
        [[9, 9, 3]],
    ),
    "twice": (
        "a = Input((9, 9, 3)), b = Input((9, 9, 3)), c = Conv2D(5, 3), p = c(a), q = c(b), Concatenate()([p, q])",
        [[9, 9, 3], [9, 9, 3]],
    ),
    "frozen": ("Sequential([Conv2D(5, 3, trainable=False), BatchNormalization(), Conv2D(2, 3)])", [[9, 9, 3]]),
    "outputs": (
        "x = Input((9, 9, 3)), a = Conv2D(5, 3)(x), b = GlobalAveragePooling2D()(a), c = Dense(2)(b), Model(x, [c, a])",
        [[9, 9, 3]],
    ),
    "recurrent": ("TimeDistributed(Dense(5)), Bidirectional(LSTM(4)), Dense(1)", [[6, 3]]),
}


def torch_figures() -> dict[str, object]:  # noqa: C901 - a graph after the other
    import torch
    from torch import nn
    from torch.nn.utils import parametrizations, spectral_norm
    from torch.utils.flop_counter import FlopCounterMode

    class Graph(nn.Module):
        def __init__(self, **modules: nn.Module) -> None:
            super().__init__()
            for name, module in modules.items():
                setattr(self, name, module)

    def built(name: str) -> tuple[nn.Module, object]:  # noqa: C901 - a graph after the other
        c = nn.Conv2d
        if name == "siamese":
            m = Graph(c=c(3, 5, 3))
            return m, lambda a, b: m.c(a) - m.c(b)
        if name == "twice":
            m = Graph(conv=c(4, 4, 3, padding=1), head=nn.Linear(196, 3))
            return m, lambda x: m.head(m.conv(m.conv(x).relu()).flatten(1))
        if name == "tied":
            m = Graph(e=nn.Embedding(11, 5), l=nn.Linear(5, 7), h=nn.Linear(7, 5), o=nn.Linear(5, 11))
            m.o.weight = m.e.weight
            return m, lambda x: m.o(m.h(m.l(m.e(x.long()))))
        if name == "tied bias":
            m = Graph(a=nn.Linear(5, 5), b=nn.Linear(5, 5))
            m.b.bias = m.a.bias
            return m, lambda x: m.b(m.a(x))
        if name == "frozen":
            m = Graph(a=c(3, 7, 3), n=nn.BatchNorm2d(7), b=c(7, 5, 3))
            for one in (m.a, m.n):
                one.requires_grad_(False)
            return m, lambda x: m.b(m.n(m.a(x)))
        if name == "unused":
            m = Graph(a=c(3, 7, 3), u=c(3, 2, 3), n=nn.BatchNorm2d(2))
            return m, lambda x: m.a(x)
        if name == "repeated":
            body = [one for _ in range(5) for one in (c(7, 7, 3, padding=1), nn.BatchNorm2d(7), nn.ReLU())]
            m = nn.Sequential(c(3, 7, 3), *body)
            return m, m
        if name == "repeated, shrinking":
            m = nn.Sequential(*(c(3, 3, 3) for _ in range(3)))
            return m, m
        if name == "shared":
            m = Graph(a=c(3, 7, 3), s=c(7, 7, 3, padding=1))

            def shared(x: torch.Tensor) -> torch.Tensor:
                x = m.a(x)
                for _ in range(5):
                    x = m.s(x).relu()
                return x

            return m, shared
        if name == "two outputs":
            m = Graph(x=c(3, 7, 3), a=nn.Linear(7, 4), b=c(7, 2, 1))

            def two(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
                x = m.x(x)
                return m.a(x.mean((2, 3))), m.b(x)

            return m, two
        if name == "nested":
            m = Graph(a=c(3, 3, 3, padding=1), b=c(3, 2, 1), d=c(3, 1, 1))

            def nested(x: torch.Tensor) -> torch.Tensor:
                y = m.a(x).relu() + x
                return torch.cat([m.b(y), m.d(y).relu()], 1) + x

            return m, nested
        if name == "gate":
            m = Graph(x=c(3, 7, 3))
            m.g = nn.Parameter(torch.zeros(7, 1, 1))
            return m, lambda x: m.x(x) * m.g
        if name == "position":
            m = Graph(head=nn.Linear(3, 5))
            m.p = nn.Parameter(torch.zeros(1, 81, 3))
            return m, lambda x: m.head(x.flatten(2).permute(0, 2, 1) + m.p)
        m = Graph(a=parametrizations.weight_norm(c(3, 7, 3)), b=spectral_norm(c(7, 5, 3)))
        return m, lambda x: m.b(m.a(x))

    found: dict[str, object] = {}
    for name, (text, shapes) in TORCH.items():
        module, run = built(name)
        module.eval()
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            output = run(*(torch.zeros(1, *shape) for shape in shapes))
        outputs = output if isinstance(output, tuple) else (output,)
        found[name] = {
            "network": text,
            "input": shapes,
            "output": [list(one.shape[1:]) for one in outputs],
            "parameters": sum(one.numel() for one in module.parameters()),
            "trainable": sum(one.numel() for one in module.parameters() if one.requires_grad),
            "buffers": sum(one.numel() for one in module.buffers()),
            "macs": counter.get_total_flops() // 2,
        }
    return {"framework": "pytorch", "version": torch.__version__, "networks": found}


def keras_figures() -> dict[str, object]:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras
    from keras.layers import (
        LSTM,
        Add,
        BatchNormalization,
        Bidirectional,
        Concatenate,
        Conv2D,
        Dense,
        Flatten,
        GlobalAveragePooling2D,
        Input,
        TimeDistributed,
    )

    def built(name: str) -> keras.Model:
        if name == "functional":
            x = Input((9, 9, 3))
            a = Conv2D(5, 3, padding="same")(x)
            return keras.Model(x, Dense(4)(Flatten()(Add()([a, BatchNormalization()(a)]))))
        if name == "twice":
            a, b, c = Input((9, 9, 3)), Input((9, 9, 3)), Conv2D(5, 3)
            return keras.Model([a, b], Concatenate()([c(a), c(b)]))
        if name == "frozen":
            layers = [Conv2D(5, 3, trainable=False), BatchNormalization(), Conv2D(2, 3)]
            return keras.Sequential([Input((9, 9, 3)), *layers])
        if name == "outputs":
            x = Input((9, 9, 3))
            a = Conv2D(5, 3)(x)
            return keras.Model(x, [Dense(2)(GlobalAveragePooling2D()(a)), a])
        layers = [TimeDistributed(Dense(5)), Bidirectional(LSTM(4)), Dense(1)]
        return keras.Sequential([Input((6, 3)), *layers])

    found: dict[str, object] = {}
    for name, (text, shapes) in KERAS.items():
        model = built(name)
        found[name] = {
            "network": text,
            "input": shapes,
            "output": [list(one.shape[1:]) for one in model.outputs],
            "parameters": model.count_params(),
            "trainable": sum(math.prod(one.shape) for one in model.trainable_weights),
        }
    return {"framework": "keras", "version": keras.__version__, "networks": found}


if __name__ == "__main__":
    kept = Path(__file__).with_name("graphs.json")
    figures = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if importlib.util.find_spec("torch"):
        figures["pytorch"] = torch_figures()
    if importlib.util.find_spec("keras"):
        figures["keras"] = keras_figures()
    kept.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
