"""Single layers that random calls told apart, built and run with the frameworks themselves.

python make_judged_layers.py torch   (torch 2.14.1)
python make_judged_layers.py keras   (keras 3.15.1)

Writes that half of judged_layers.json, in the form of torch_layers.json and keras_layers.json.
"""

import json
import sys
from pathlib import Path
from typing import Any

PLACE = Path(__file__).with_name("judged_layers.json")

TORCH = [
    ("nn.LazyInstanceNorm1d()", [[2, 3, 5]]),
    ("nn.LazyInstanceNorm2d(affine=False)", [[2, 3, 4, 2]]),
    ("nn.LazyInstanceNorm3d(track_running_stats=False)", [[2, 3, 5, 4, 2]]),
    ("nn.LazyBatchNorm2d(affine=False, track_running_stats=False)", [[2, 3, 4, 2]]),
    ("nn.LPPool1d(2, (3,), stride=2)", [[2, 3, 7]]),
    ("nn.LPPool1d(2, 3, stride=(2,))", [[2, 3, 7]]),
    ("nn.LPPool3d(2, (2,))", [[2, 3, 5, 5, 5]]),
    ("nn.ReplicationPad2d(-1)", [[2, 3, 6, 2]]),
    ("nn.ReplicationPad3d((1, 1, -1, -1, 1, 1))", [[2, 3, 2, 2, 2]]),
    ("nn.ReflectionPad2d((-1, -1, 1, 1))", [[2, 3, 2, 2]]),
    ("nn.ReflectionPad2d(-1)", [[2, 3, 2, 2]]),
    ("nn.CircularPad2d((-1, -1, 1, 1))", [[2, 3, 2, 2]]),
    ("nn.Transformer(9, 2, num_encoder_layers=2, num_decoder_layers=1, batch_first=True)", [[2, 3, 9], [2, 5, 9]]),
    ("nn.Conv2d(3, 4, (1, 3), dilation=3, padding=(0, 2))", [[2, 3, 5, 7]]),
    ("nn.CosineSimilarity()", [[2, 5, 7], [2, 5, 7]]),
    ("nn.CosineSimilarity(dim=-1, eps=1e-6)", [[2, 5, 7], [2, 1, 7]]),
    ("nn.CosineSimilarity(3)", [[2, 5, 7], [2, 5, 7]]),
    ("nn.PairwiseDistance(1.0, keepdim=True)", [[2, 5, 7], [2, 5, 7]]),
    ("nn.PairwiseDistance()", [[2, 7], [2, 7]]),
    ("nn.PairwiseDistance('two')", [[2, 7], [2, 7]]),
    ("nn.LayerNorm(7, None)", [[2, 7]]),
    ("nn.RMSNorm(7, None)", [[2, 7]]),
    ("nn.GroupNorm(3, 6, 'x')", [[2, 6, 5]]),
    ("nn.BatchNorm2d(3, momentum=None)", [[2, 3, 5, 7]]),
    ("nn.BatchNorm2d(3, eps=())", [[2, 3, 5, 7]]),
    ("nn.LocalResponseNorm(3, k=None)", [[2, 3, 5]]),
    ("nn.Upsample(size=7, recompute_scale_factor=True)", [[2, 3, 5]]),
    ("nn.Upsample(scale_factor=1.5, recompute_scale_factor=True)", [[2, 3, 5]]),
    ("nn.TransformerEncoderLayer(6, 2, 5, dropout=2.5)", [[5, 2, 6]]),
    ("nn.TransformerDecoderLayer(6, 2, 5, activation=None)", [[5, 2, 6], [3, 2, 6]]),
    ("nn.Transformer(6, 2, 1, 1, 5, layer_norm_eps='x')", [[5, 2, 6], [3, 2, 6]]),
    ("nn.LSTM(3, 5, bias='no')", [[7, 2, 3]]),
    ("nn.GRU(3, 5, batch_first=1)", [[7, 2, 3]]),
    ("nn.RNN(3, 5, bidirectional=None)", [[7, 2, 3]]),
    ("nn.utils.weight_norm(nn.Bilinear(3, 5, 7))", [[2, 3], [2, 5]]),
    ("nn.utils.weight_norm(nn.Bilinear(3, 5, 7))", [[2, 3]]),
    ("nn.utils.weight_norm(nn.Conv1d(3, 5, 2))", [[2, 3, 7], [2, 3, 7]]),
    ("nn.utils.parametrizations.spectral_norm(nn.Bilinear(3, 5, 7, bias=False), dim=1)", [[2, 11, 3], [2, 11, 5]]),
    ("nn.utils.weight_norm(nn.LazyConv1d(5, 2))", [[2, 3, 7]]),
    ("nn.utils.parametrizations.orthogonal(nn.LazyLinear(5))", [[2, 3]]),
]
KERAS = [
    ("layers.Flatten()", [[2]]),
    ("layers.UnitNormalization(axis=2)", [[2, 4]]),
    ("layers.UnitNormalization(axis=[1, 2])", [[2, 4, 3]]),
    ("layers.Bidirectional(layers.LSTM(1, go_backwards=True))", [[2, 5, 3]]),
    ("layers.Bidirectional(layers.GRU(2), backward_layer=layers.GRU(2, go_backwards=True))", [[2, 5, 3]]),
    ("layers.LayerNormalization(axis=(2, 1))", [[2, 7, 3]]),
    ("layers.LayerNormalization(axis=(-1, 1))", [[2, 7, 3]]),
    ("layers.LayerNormalization(axis=(2, -2))", [[2, 7, 3]]),
    ("layers.LayerNormalization(rms_scaling=True)", [[2, 7, 3]]),
    ("layers.LayerNormalization(rms_scaling=True, scale=False)", [[2, 7, 3]]),
    ("layers.RMSNormalization(axis=(3, -3))", [[2, 7, 3, 5]]),
    ("layers.Normalization(axis=(-1, 1))", [[2, 7, 3, 5]]),
    ("layers.Normalization(mean=0.5)", [[2, 7]]),
    ("layers.Normalization(mean=0.5, variance=2.0)", [[2, 7]]),
    ("layers.BatchNormalization(renorm=True)", [[2, 7, 3]]),
    ("layers.BatchNormalization(axis=1, renorm=True, scale=False)", [[2, 7, 3]]),
    ("layers.Embedding(11, 7, input_length=5)", [[2, 5]]),
    ("layers.ReversibleEmbedding(11, 7)", [[2, 5]]),
    ("layers.ReversibleEmbedding(11, 7, tie_weights=False)", [[2, 5]]),
    ("layers.GroupQueryAttention(3, 4, 2)", [[2, 5, 7], [2, 3, 7]]),
    ("layers.GroupQueryAttention(3, 4, 2)", [[2, 5, 7], [2, 3, 5]]),
    ("layers.GroupQueryAttention(3, 4, 2)", [[2, 5, 7], [2, 3, 7], [2, 3, 5]]),
    ("layers.RNN([layers.LSTMCell(5), layers.SimpleRNNCell(7)])", [[2, 4, 3]]),
    ("layers.RNN(layers.StackedRNNCells([layers.GRUCell(5), layers.LSTMCell(7)]), True)", [[2, 4, 3]]),
    ("layers.RNN([layers.GRUCell(5, reset_after=False), layers.GRUCell(5)], trainable=False)", [[2, 4, 3]]),
    ("layers.RNN([])", [[2, 4, 3]]),
    ("layers.RNN(layers.LSTM(5))", [[2, 4, 3]]),
    ("layers.Bidirectional(layers.RNN([layers.LSTMCell(5), layers.GRUCell(7)]))", [[2, 4, 3]]),
    ("layers.TimeDistributed(layers.GRU(5, return_state=True))", [[2, 4, 3, 7]]),
    ("layers.ConvLSTM1D(3, 2, activation='foo')", [[2, 4, 3, 7]]),
    ("layers.Cropping1D(1, data_format='channels_last')", [[2, 4, 3]]),
    ("layers.MaxPooling2D(2, padding='SAME')", [[2, 7, 5, 3]]),
    ("layers.AveragePooling1D(2, padding='Valid')", [[2, 7, 5]]),
    ("layers.Conv2D(5, 3, padding='SAME')", [[2, 7, 5, 3]]),
    ("layers.Rescaling(1.0 / 255, offset=-1)", [[2, 7, 5, 3]]),
    ("layers.CategoryEncoding(7)", [[2, 5]]),
    ("layers.CategoryEncoding(num_tokens=7, output_mode='one_hot')", [[2, 5]]),
    ("layers.CategoryEncoding(7, 'one_hot')", [[2, 1]]),
    ("layers.CategoryEncoding(7, 'count')", [[2, 5, 3]]),
    ("layers.CategoryEncoding(7, 'int')", [[2, 5]]),
    ("layers.Discretization([0.0, 1.0, 2.0])", [[2, 5]]),
    ("layers.Discretization(bin_boundaries=[0.0, 1.0, 2.0], output_mode='one_hot')", [[2, 5]]),
    ("layers.Discretization(num_bins=7, output_mode='multi_hot')", [[2, 5]]),
    ("layers.Discretization()", [[2, 5]]),
    ("layers.MixUp()", [[2, 7, 5, 3]]),
    ("layers.ContrastLimitedAdaptiveHistogramEqualization()", [[2, 16, 16, 3]]),
]


def torch_case(ctor: str, shapes: list[list[int]]) -> dict[str, Any]:
    """What PyTorch makes of a layer."""
    import torch
    from torch import nn
    from torch.utils.flop_counter import FlopCounterMode

    try:
        made = eval(ctor, {"nn": nn})  # noqa: S307 - written above
        with FlopCounterMode(display=False) as counter:
            output = made(*[torch.randn(shape) for shape in shapes])
    except Exception:
        return {"ok": False}
    return {
        "ok": True,
        "params": {name: list(one.shape) for name, one in made.named_parameters()},
        "buffers": {name: list(one.shape) for name, one in made.named_buffers()},
        "output": list(output.shape),
        "total": sum(one.numel() for one in made.parameters()),
        "flops": counter.get_total_flops(),
    }


def keras_case(ctor: str, shapes: list[list[int]]) -> dict[str, Any]:
    """What Keras makes of a layer."""
    import keras

    keras.utils.clear_session()  # names count from the start
    try:
        made = eval(ctor, {"layers": keras.layers})  # noqa: S307 - written above
        output = made(*[keras.Input(shape=shape[1:]) for shape in shapes])
    except Exception:
        return {"ok": False}
    learnt = {id(one) for one in made.trainable_weights}
    return {
        "ok": True,
        "weights": [[one.path.split("/", 1)[1], list(one.shape), id(one) in learnt] for one in made.weights],
        "output": list(output.shape[1:]),
        "total": made.count_params(),
        "non_trainable": sum(one.value.size for one in made.non_trainable_weights),
    }


def main(framework: str) -> None:
    """Write one half."""
    held = json.loads(PLACE.read_text()) if PLACE.exists() else {}
    cases, judge = (TORCH, torch_case) if framework == "torch" else (KERAS, keras_case)
    held[framework] = [
        {"id": f"{framework[0]}r{index}", "ctor": ctor, "input": shapes, **judge(ctor, shapes)}
        for index, (ctor, shapes) in enumerate(cases)
    ]
    PLACE.write_text(
        "{"
        + ",\n".join(f'"{name}": [\n' + ",\n".join(map(json.dumps, held[name])) + "\n]" for name in sorted(held))
        + "}\n"
    )


if __name__ == "__main__":
    main(sys.argv[1])
