"""Exports small networks as ONNX in several ways, and writes them with what real torch says of each.

    python tests/data/make_onnx_small.py     with torch 2.14.1 and onnx 1.23.2; writes onnx_small.json.xz

Each row: the way, the file in base64 with the numbers of its weights taken out (as if they lay in another file), and the
parameters, buffers, MACs (half of torch.utils.flop_counter's count) and output shape of the module. Values are drawn at
random first, so that exporters find no two parameters equal.
"""

import base64
import json
import lzma
import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from torch import nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

warnings.filterwarnings("ignore")

torch.backends.mha.set_fastpath_enabled(False)  # attention in one operation, which is not counted

FILE = Path(__file__).with_name("onnx_small.json.xz")


class Cnn(nn.Module):
    """Convolutions with and without bias, batch norms, a depthwise one, squeeze and excitation."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.SiLU())
        self.deep = nn.Sequential(nn.Conv2d(8, 8, 5, padding=2, groups=8), nn.BatchNorm2d(8), nn.Hardswish())
        self.squeeze = nn.Conv2d(8, 2, 1)
        self.excite = nn.Conv2d(2, 8, 1)
        self.slope = nn.PReLU(8)
        self.pool = nn.AvgPool2d(3, 2, ceil_mode=True)
        self.head = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.deep(self.stem(x))
        gate = functional.adaptive_avg_pool2d(x, 1)
        x = x * torch.sigmoid(self.excite(functional.relu(self.squeeze(gate))))
        return self.head(self.pool(self.slope(x)).mean((2, 3)))


class UNet(nn.Module):
    """Down and up again: transposed convolution, resizing, concatenation, group norms, dilation."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Conv2d(1, 6, 3, padding=1)
        self.norm = nn.GroupNorm(3, 6)
        self.two = nn.Conv2d(6, 12, 3, padding=2, dilation=2)
        self.up = nn.ConvTranspose2d(12, 6, 2, 2)
        self.out = nn.Conv2d(12, 2, 1)
        self.scale = nn.Parameter(torch.rand(2, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        a = functional.relu(self.norm(self.one(x)))
        b = functional.gelu(self.two(functional.max_pool2d(a, 2)))
        y = self.out(torch.cat([a, self.up(b)], 1)) * self.scale
        return functional.interpolate(y, scale_factor=2, mode="bilinear")


class Transformer(nn.Module):
    """Patches, a class token, positions, attention, layer scale."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 16, 4, 4)
        self.token = nn.Parameter(torch.rand(1, 1, 16))
        self.position = nn.Parameter(torch.rand(1, 17, 16))
        self.norm = nn.LayerNorm(16)
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)
        self.gamma = nn.Parameter(torch.rand(16))
        self.mlp = nn.Sequential(nn.LayerNorm(16), nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))
        self.head = nn.Linear(16, 7, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.position
        y = self.norm(x)
        x = x + self.gamma * self.attention(y, y, y, need_weights=False)[0]
        return self.head((x + self.mlp(x))[:, 0])


class Recurrent(nn.Module):
    """An embedding, a bidirectional LSTM, a GRU, and a classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(40, 12)
        self.lstm = nn.LSTM(12, 6, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(12, 5, batch_first=True)
        self.head = nn.Linear(5, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y, _ = self.lstm(self.words(x))
        y, _ = self.gru(y)
        return self.head(y[:, -1])


class Windows(nn.Module):
    """Attention in windows with a table of relative positions and a shift, as in Swin."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Conv2d(3, 8, 2, 2)
        self.qkv = nn.Linear(8, 24)
        self.table = nn.Parameter(torch.rand(49, 2))
        place = torch.stack(torch.meshgrid(torch.arange(4), torch.arange(4), indexing="ij")).flatten(1)
        offset = (place[:, :, None] - place[:, None]).permute(1, 2, 0) + 3
        self.register_buffer("relative", (offset[..., 0] * 7 + offset[..., 1]).flatten())
        self.proj = nn.Linear(8, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.roll(self.embed(x).permute(0, 2, 3, 1), (-2, -2), (1, 2))
        windows = x.view(1, 2, 4, 2, 4, 8).permute(0, 1, 3, 2, 4, 5).reshape(4, 16, 8)
        q, k, v = self.qkv(windows).reshape(4, 16, 3, 2, 4).permute(2, 0, 3, 1, 4)
        bias = self.table[self.relative].view(16, 16, 2).permute(2, 0, 1).unsqueeze(0)
        y = torch.softmax(q @ k.transpose(-2, -1) * 0.5 + bias, -1) @ v
        return self.proj(y.transpose(1, 2).reshape(4, 16, 8)).mean((0, 1))


MODELS = {
    "cnn": (Cnn, (3, 33, 33)),
    "unet": (UNet, (1, 24, 16)),
    "transformer": (Transformer, (3, 16, 16)),
    "recurrent": (Recurrent, (9,)),
    "windows": (Windows, (3, 16, 16)),
}

WAYS = {
    "torchscript 17": {"dynamo": False, "opset_version": 17},
    "torchscript 14 unfolded": {"dynamo": False, "opset_version": 14, "do_constant_folding": False},
    "torchscript 20 training": {
        "dynamo": False, "opset_version": 20, "do_constant_folding": False, "training": torch.onnx.TrainingMode.TRAINING,
    },
    "torchscript 15 dynamic": {
        "dynamo": False, "opset_version": 15, "input_names": ["x"], "dynamic_axes": {"x": {0: "batch"}},
    },
    "dynamo 18": {"dynamo": True, "opset_version": 18, "verbose": False},
    "dynamo 20 unoptimised": {"dynamo": True, "opset_version": 20, "verbose": False, "optimize": False},
    "dynamo 23 dynamic": {"dynamo": True, "opset_version": 23, "verbose": False, "dynamic": True},
}  # fmt: skip


def without_weights(file: Path) -> bytes:
    """The file with the numbers of its weights taken out."""
    made = onnx.load(file, load_external_data=False)
    for one in made.graph.initializer:
        if one.data_type in (1, 10, 11) and len(one.raw_data) > 64:
            one.ClearField("raw_data")
            one.data_location = onnx.TensorProto.EXTERNAL
            one.external_data.add(key="location", value="weights")
    for one in made.graph.node:
        traced = [p for p in one.metadata_props if "stack_trace" in p.key or "fx_node" in p.key]
        for p in traced:
            one.metadata_props.remove(p)
    return made.SerializeToString()


def macs(model: nn.Module, sample: torch.Tensor) -> int:
    """Multiply-accumulates by the counter; of recurrent layers every weight once each step, which it does not count."""
    with FlopCounterMode(display=False, depth=None) as counter, torch.no_grad(), sdpa_kernel(SDPBackend.MATH):
        model(sample)
    found = counter.get_total_flops() // 2
    for name, layer in model.named_modules():
        if isinstance(layer, nn.RNNBase):
            found -= sum(counter.get_flop_counts().get(f"{type(model).__name__}.{name}", {}).values()) // 2
            weights = [w.numel() for own, w in layer.named_parameters() if "weight" in own]
            found += sample.shape[1] * sum(weights)
    return found


def row(name: str, way: str) -> dict[str, object]:
    make, shape = MODELS[name]
    torch.manual_seed(0)
    model = make().eval()
    with torch.no_grad():
        for tensor in (*model.parameters(), *model.buffers()):
            if tensor.is_floating_point():
                tensor.copy_(torch.rand_like(tensor) + 0.5)
    sample = torch.randint(0, 40, (1, *shape)) if name == "recurrent" else torch.rand(1, *shape)
    options = dict(WAYS[way])
    if options.pop("dynamic", False):
        options["dynamic_shapes"] = ({0: torch.export.Dim.DYNAMIC},)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "m.onnx"
        torch.onnx.export(model, (sample,), file, **options)
        content = without_weights(file)
    model.eval()
    with torch.no_grad():
        output = model(sample)
    return {
        "name": name,
        "way": way,
        "input_shape": list(shape),
        "parameters": sum(one.numel() for one in model.parameters()),
        "buffers": sum(one.numel() for one in model.buffers() if one.is_floating_point() or one.ndim == 0),
        "macs": macs(model, sample),
        "output_shape": list(output.shape[1:] if name != "windows" else output.shape),
        "file": base64.b64encode(content).decode(),
    }


def main() -> None:
    rows: list[dict[str, object]] = []
    for name in MODELS:
        for way in WAYS:
            try:
                rows.append(row(name, way))
            except Exception as error:
                print(name, way, "is not exported:", repr(error)[:200])
    FILE.write_bytes(lzma.compress(json.dumps(rows).encode(), preset=9 | lzma.PRESET_EXTREME))
    print(len(rows), "rows,", FILE.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
