"""Write operations.json: output shapes and MACs of tensor operations, as real torch computes them.

Run with an interpreter that has torch: `python tests/data/make_operations.py`. MACs are half of what
`torch.utils.flop_counter` counts, where it counts the operation at all.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - its name everywhere
from torch.utils.flop_counter import FlopCounterMode

CASES = [
    ("conv1d", [[2, 6, 17], [4, 3, 5]], {"stride": [2], "padding": [1], "dilation": [2], "groups": 2}, "F.conv1d(a, b, None, 2, 1, 2, 2)"),
    ("conv2d", [[1, 3, 31, 29], [8, 3, 3, 5], [8]], {"stride": [2, 1], "padding": [1, 2]}, "F.conv2d(a, b, c, (2, 1), (1, 2))"),
    ("conv2d", [[3, 31, 29], [8, 3, 3, 5]], {"padding": "same"}, "F.conv2d(a, b, padding='same')"),
    ("conv2d", [[1, 3, 31, 29], [8, 3, 3, 5]], {"padding": "valid"}, "F.conv2d(a, b, padding='valid')"),
    ("conv2d", [[1, 4, 31, 29], [8, 3, 3, 5]], {}, "F.conv2d(a, b)"),
    ("conv2d", [[1, 3, 2, 29], [8, 3, 3, 5]], {}, "F.conv2d(a, b)"),
    ("conv2d", [[1, 3, 9, 9], [8, 3, 3, 3]], {"padding": "same", "stride": [2, 2]}, "F.conv2d(a, b, padding='same', stride=2)"),
    ("conv3d", [[1, 2, 7, 11, 13], [5, 2, 3, 3, 3]], {"padding": [1, 1, 1]}, "F.conv3d(a, b, padding=1)"),
    ("conv_transpose1d", [[1, 4, 7], [4, 3, 5]], {"stride": [3]}, "F.conv_transpose1d(a, b, stride=3)"),
    ("conv_transpose2d", [[1, 4, 7, 11], [4, 3, 3, 5]], {"stride": [2, 3], "padding": [1, 1], "output_padding": [1, 2], "groups": 2},
     "F.conv_transpose2d(a, b, None, (2, 3), 1, (1, 2), 2)"),
    ("conv_transpose2d", [[1, 4, 7, 11], [4, 3, 3, 5]], {"output_padding": [1, 1]}, "F.conv_transpose2d(a, b, output_padding=1)"),
    ("linear", [[2, 5, 7], [3, 7], [3]], {}, "F.linear(a, b, c)"),
    ("linear", [[7], [3, 7]], {}, "F.linear(a, b)"),
    ("linear", [[2, 5], [3, 7]], {}, "F.linear(a, b)"),
    ("matmul", [[2, 1, 3, 5], [7, 5, 11]], {}, "a @ b"),
    ("matmul", [[5], [7, 5, 11]], {}, "a @ b"),
    ("matmul", [[7, 11, 5], [5]], {}, "a @ b"),
    ("matmul", [[5], [5]], {}, "a @ b"),
    ("matmul", [[2, 3], [2, 3]], {}, "a @ b"),
    ("mm", [[2, 3], [3, 5]], {}, "torch.mm(a, b)"),
    ("mm", [[2, 3, 5], [5, 7]], {}, "torch.mm(a, b)"),
    ("bmm", [[2, 3, 5], [2, 5, 7]], {}, "torch.bmm(a, b)"),
    ("bmm", [[2, 3, 5], [3, 5, 7]], {}, "torch.bmm(a, b)"),
    ("addmm", [[7], [2, 3], [3, 7]], {}, "torch.addmm(a, b, c)"),
    ("baddbmm", [[2, 3, 7], [2, 3, 5], [2, 5, 7]], {}, "torch.baddbmm(a, b, c)"),
    ("outer", [[3], [5]], {}, "torch.outer(a, b)"),
    ("einsum", [[2, 3, 5, 7], [2, 11, 5, 7]], {"equation": "bihd,bjhd->bhij"}, "torch.einsum('bihd,bjhd->bhdij'.replace('hdij', 'hij'), a, b)"),
    ("einsum", [[2, 3, 5], [5, 7]], {"equation": "...c,cd->...d"}, "torch.einsum('...c,cd->...d', a, b)"),
    ("einsum", [[2, 3], [3, 5], [5, 7]], {"equation": "ab,bc,cd"}, "torch.einsum('ab,bc,cd', a, b, c)"),
    ("einsum", [[3, 2], [3, 2]], {"equation": "ab,ab->"}, "torch.einsum('ab,ab->', a, b)"),
    ("einsum", [[2, 3], [4, 5]], {"equation": "ab,bc->ac"}, "torch.einsum('ab,bc->ac', a, b)"),
    ("einsum", [[2, 3, 5, 7], [2, 11, 5, 7]], {"equation": "bihd,bjhd->bhij"}, "torch.einsum('bihd,bjhd->bhij', a, b)"),
    ("einsum", [[3, 5, 1, 7], [3, 5, 1, 7]], {"equation": "bhid,bhjd->bhij"}, "torch.einsum('bhid,bhjd->bhij', a, b)"),
    ("einsum", [[3, 5, 2, 1], [3, 5, 1, 7]], {"equation": "bhij,bhjd->bhid"}, "torch.einsum('bhij,bhjd->bhid', a, b)"),
    ("einsum", [[3, 5], [7]], {"equation": "ab,c->abc"}, "torch.einsum('ab,c->abc', a, b)"),
    ("einsum", [[3, 5], [5, 7]], {"equation": "ab,cd->ac"}, "torch.einsum('ab,cd->ac', a, b)"),
    ("einsum", [[3, 5, 2], [5, 7, 2]], {"equation": "abx,bcy->ac"}, "torch.einsum('abx,bcy->ac', a, b)"),
    ("einsum", [[3, 5], [1, 7]], {"equation": "ab,bc->ac"}, "torch.einsum('ab,bc->ac', a, b)"),
    ("einsum", [[3, 5], [3, 5]], {"equation": "ab,ab->ab"}, "torch.einsum('ab,ab->ab', a, b)"),
    ("einsum", [[2, 3, 5], [5, 7]], {"equation": "abc,cd"}, "torch.einsum('abc,cd', a, b)"),
    ("scaled_dot_product_attention", [[2, 3, 5, 7], [2, 3, 11, 7], [2, 3, 11, 13]], {}, "F.scaled_dot_product_attention(a, b, c)"),
    ("bilinear", [[2, 3], [2, 5], [7, 3, 5]], {}, "F.bilinear(a, b, c)"),
    ("cdist", [[2, 3, 5], [2, 7, 5]], {}, "torch.cdist(a, b)"),
    ("add", [[2, 1, 5], [3, 1]], {}, "a + b"),
    ("add", [[2, 3, 5], [2, 5]], {}, "a + b"),
    ("add", [[], [2, 5]], {}, "a + b"),
    ("where", [[2, 1], [1, 3], []], {}, "torch.where(a > 0, b, c)"),
    ("masked_fill", [[2, 3], [3]], {}, "a.masked_fill(b > 0, 1)"),
    ("softmax", [[2, 3]], {"dim": 1}, "a.softmax(1)"),
    ("softmax", [[2, 3]], {"dim": 2}, "a.softmax(2)"),
    ("batch_norm", [[2, 3, 5], [3], [3]], {}, "F.batch_norm(a, b, c.abs())"),
    ("batch_norm", [[2, 3, 5], [5], [5]], {}, "F.batch_norm(a, b, c.abs())"),
    ("layer_norm", [[2, 3, 5], [3, 5]], {"normalized_shape": [3, 5]}, "F.layer_norm(a, (3, 5), b)"),
    ("layer_norm", [[2, 3, 5]], {"normalized_shape": [3]}, "F.layer_norm(a, (3,))"),
    ("group_norm", [[2, 6, 5]], {"num_groups": 3}, "F.group_norm(a, 3)"),
    ("group_norm", [[2, 6, 5]], {"num_groups": 4}, "F.group_norm(a, 4)"),
    ("mean", [[2, 3, 5]], {"dim": [-1, 0]}, "a.mean((-1, 0))"),
    ("mean", [[2, 3, 5]], {"dim": None}, "a.mean()"),
    ("mean", [[2, 3, 5]], {"dim": [3]}, "a.mean(3)"),
    ("max", [[2, 3, 5]], {"dim": [1], "keepdim": True, "indices": True}, "a.max(1, keepdim=True)"),
    ("topk", [[2, 3, 5]], {"k": 2, "dim": -1}, "a.topk(2)"),
    ("topk", [[2, 3, 5]], {"k": 6, "dim": -1}, "a.topk(6)"),
    ("sort", [[2, 3]], {}, "a.sort()"),
    ("rfft2", [[2, 3, 14, 15]], {"dim": [1, 2]}, "torch.fft.rfft2(a, dim=(1, 2))"),
    ("irfft2", [[2, 3, 14, 15]], {"dim": [2, 3], "s": [14, 13]}, "torch.fft.irfft2(a, s=(14, 13), dim=(2, 3))"),
    ("irfft2", [[2, 3, 14, 15]], {"dim": [2, 3]}, "torch.fft.irfft2(a, dim=(2, 3))"),
    ("max_pool2d", [[1, 2, 13, 17]], {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 2, "ceil_mode": True}, "F.max_pool2d(a, 3, 2, 1, 2, True)"),
    ("max_pool2d", [[1, 2, 13, 17]], {"kernel_size": [3, 2], "return_indices": True}, "F.max_pool2d(a, (3, 2), return_indices=True)"),
    ("max_pool2d", [[1, 2, 2, 2]], {"kernel_size": 3}, "F.max_pool2d(a, 3)"),
    ("max_pool2d", [[1, 2, 9, 9]], {"kernel_size": 3, "padding": 2}, "F.max_pool2d(a, 3, padding=2)"),
    ("max_pool1d", [[2, 5]], {"kernel_size": 2, "stride": 3, "ceil_mode": True}, "F.max_pool1d(a, 2, 3, ceil_mode=True)"),
    ("avg_pool3d", [[1, 2, 7, 8, 9]], {"kernel_size": 2, "stride": [1, 2, 3], "ceil_mode": True}, "F.avg_pool3d(a, 2, (1, 2, 3), ceil_mode=True)"),
    ("lp_pool2d", [[1, 2, 7, 8]], {"kernel_size": 3}, "F.lp_pool2d(a, 2, 3)"),
    ("adaptive_avg_pool2d", [[2, 7, 8]], {"output_size": [None, 3]}, "F.adaptive_avg_pool2d(a, (None, 3))"),
    ("adaptive_avg_pool1d", [[1, 2, 7]], {"output_size": 3}, "F.adaptive_avg_pool1d(a, 3)"),
    ("adaptive_max_pool2d", [[1, 2, 7, 8]], {"output_size": 3, "return_indices": True}, "F.adaptive_max_pool2d(a, 3, return_indices=True)"),
    ("adaptive_avg_pool2d", [[7, 8]], {"output_size": 3}, "F.adaptive_avg_pool2d(a, 3)"),
    ("max_unpool2d", [[1, 2, 3, 4], [1, 2, 3, 4]], {"kernel_size": 2}, "F.max_unpool2d(a, torch.zeros(1, 2, 3, 4, dtype=torch.int64), 2)"),
    ("interpolate", [[1, 2, 7, 9]], {"scale_factor": 1.5}, "F.interpolate(a, scale_factor=1.5)"),
    ("interpolate", [[1, 2, 7, 9]], {"size": [3, 5]}, "F.interpolate(a, size=(3, 5))"),
    ("interpolate", [[1, 2, 7]], {"size": 3}, "F.interpolate(a, size=3)"),
    ("interpolate", [[1, 2, 7]], {}, "F.interpolate(a)"),
    ("pad", [[1, 2, 7, 9]], {"pad": [1, 2, -3, 4]}, "F.pad(a, (1, 2, -3, 4))"),
    ("pad", [[1, 2, 7, 9]], {"pad": [9, 0, 0, 0], "mode": "reflect"}, "F.pad(a, (9, 0, 0, 0), mode='reflect')"),
    ("pad", [[1, 2, 7, 9]], {"pad": [1, 1, 1]}, "F.pad(a, (1, 1, 1))"),
    ("pixel_shuffle", [[1, 18, 2, 5]], {"upscale_factor": 3}, "F.pixel_shuffle(a, 3)"),
    ("pixel_shuffle", [[1, 17, 2, 5]], {"upscale_factor": 3}, "F.pixel_shuffle(a, 3)"),
    ("pixel_unshuffle", [[1, 2, 6, 4]], {"downscale_factor": 2}, "F.pixel_unshuffle(a, 2)"),
    ("unfold", [[1, 3, 10, 12]], {"kernel_size": [4, 5], "dilation": 1, "padding": 1, "stride": [2, 1]}, "F.unfold(a, (4, 5), padding=1, stride=(2, 1))"),
    ("fold", [[1, 60, 12]], {"output_size": [4, 5], "kernel_size": [2, 2]}, "F.fold(a, (4, 5), (2, 2))"),
    ("fold", [[1, 60, 13]], {"output_size": [4, 5], "kernel_size": [2, 2]}, "F.fold(a, (4, 5), (2, 2))"),
    ("grid_sample", [[2, 3, 5, 7], [2, 11, 13, 2]], {}, "F.grid_sample(a, b, align_corners=False)"),
    ("affine_grid", [[2, 2, 3]], {"size": [2, 3, 5, 7]}, "F.affine_grid(a, (2, 3, 5, 7), align_corners=False)"),
    ("unfold_dimension", [[2, 17]], {"dimension": 1, "size": 5, "step": 3}, "a.unfold(1, 5, 3)"),
    ("reshape", [[2, 3, 5]], {"shape": [5, -1]}, "a.reshape(5, -1)"),
    ("reshape", [[2, 3, 5]], {"shape": [4, -1]}, "a.reshape(4, -1)"),
    ("reshape", [[2, 3, 5]], {"shape": [-1, -1]}, "a.reshape(-1, -1)"),
    ("reshape", [[2, 3, 5]], {"shape": [2, 3, 5, 1]}, "a.reshape(2, 3, 5, 1)"),
    ("flatten", [[2, 3, 5, 7]], {"start_dim": 1, "end_dim": 2}, "a.flatten(1, 2)"),
    ("flatten", [[]], {}, "a.flatten()"),
    ("flatten", [[2, 3]], {"start_dim": 2}, "a.flatten(2)"),
    ("unflatten", [[2, 12]], {"dim": 1, "sizes": [3, -1]}, "a.unflatten(1, (3, -1))"),
    ("permute", [[2, 3, 5]], {"dims": [2, 0, -2]}, "a.permute(2, 0, -2)"),
    ("permute", [[2, 3, 5]], {"dims": [2, 0]}, "a.permute(2, 0)"),
    ("transpose", [[2, 3, 5]], {"dim0": 1, "dim1": -1}, "a.transpose(1, -1)"),
    ("unsqueeze", [[2, 3]], {"dim": -1}, "a.unsqueeze(-1)"),
    ("unsqueeze", [[2, 3]], {"dim": 3}, "a.unsqueeze(3)"),
    ("squeeze", [[1, 2, 1]], {"dim": None}, "a.squeeze()"),
    ("squeeze", [[1, 2, 1]], {"dim": 1}, "a.squeeze(1)"),
    ("squeeze", [[1, 2, 1]], {"dim": [0, 2]}, "a.squeeze((0, 2))"),
    ("expand", [[2, 1, 3]], {"sizes": [5, -1, 7, 3]}, "a.expand(5, -1, 7, 3)"),
    ("expand", [[2, 1, 3]], {"sizes": [4, 7, 3]}, "a.expand(4, 7, 3)"),
    ("repeat", [[2, 3]], {"repeats": [5, 1, 7]}, "a.repeat(5, 1, 7)"),
    ("repeat_interleave", [[2, 3]], {"repeats": 2, "dim": 1}, "a.repeat_interleave(2, 1)"),
    ("repeat_interleave", [[2, 3]], {"repeats": 2, "dim": None}, "a.repeat_interleave(2)"),
    ("cat", [[2, 3], [2, 5], [0]], {"dim": -1}, "torch.cat([a, b, c], -1)"),
    ("cat", [[2, 3], [3, 5]], {"dim": 1}, "torch.cat([a, b], 1)"),
    ("stack", [[2, 3], [2, 3]], {"dim": -1}, "torch.stack([a, b], -1)"),
    ("stack", [[2, 3], [2, 4]], {"dim": 0}, "torch.stack([a, b])"),
    ("split", [[2, 7]], {"sizes": [3, 3, 1], "dim": 1}, "a.split(3, 1)"),
    ("split", [[2, 7]], {"sizes": [3, 3], "dim": 1}, "a.split((3, 3), 1)"),
    ("unbind", [[2, 3, 5]], {"dim": 1}, "a.unbind(1)"),
    ("getitem", [[3, 5, 7]], {"index": [1]}, "a[1]"),
    ("getitem", [[3, 5, 7]], {"index": [3]}, "a[3]"),
    ("getitem", [[3, 5, 7]], {"index": [[None, None, 2], "...", [-2, None, None]]}, "a[::2, ..., -2:]"),
    ("getitem", [[3, 5, 7]], {"index": [None, 0, "...", None]}, "a[None, 0, ..., None]"),
    ("getitem", [[3, 5, 7]], {"index": [[None, None, None], {"shape": [2, 4]}]}, "a[:, torch.zeros(2, 4, dtype=torch.int64)]"),
    ("getitem", [[3, 5, 7]], {"index": [0, [None, None, None], {"shape": [4]}]}, "a[0, :, torch.zeros(4, dtype=torch.int64)]"),
    ("getitem", [[3, 5, 7]], {"index": [[None, None, None], 0, {"shape": [4]}]}, "a[:, 0, torch.zeros(4, dtype=torch.int64)]"),
    ("getitem", [[3, 5, 7]], {"index": [{"shape": [4], "spans": 2}]}, "a[torch.arange(15).reshape(3, 5) < 4]"),
    ("getitem", [[3, 5, 7]], {"index": [0, 0, 0, 0]}, "a[0, 0, 0, 0]"),
    ("narrow", [[3, 5]], {"dim": 1, "start": -3, "length": 2}, "a.narrow(1, -3, 2)"),
    ("narrow", [[3, 5]], {"dim": 1, "start": 4, "length": 2}, "a.narrow(1, 4, 2)"),
    ("index_select", [[3, 5], [7]], {"dim": 1}, "a.index_select(1, torch.zeros(7, dtype=torch.int64))"),
    ("gather", [[3, 5], [2, 4]], {"dim": 1}, "a.gather(1, torch.zeros(2, 4, dtype=torch.int64))"),
    ("movedim", [[2, 3, 5, 7]], {"source": 1, "destination": -1}, "a.movedim(1, -1)"),
    ("movedim", [[2, 3, 5, 7]], {"source": [0, 3], "destination": [1, 0]}, "a.movedim((0, 3), (1, 0))"),
    ("diagonal", [[2, 3, 5]], {"dim1": 1, "dim2": 2, "offset": 1}, "a.diagonal(1, 1, 2)"),
    ("embedding", [[2, 3], [7, 5]], {}, "F.embedding(torch.zeros(2, 3, dtype=torch.int64), b)"),
    ("one_hot", [[2, 3]], {"num_classes": 4}, "F.one_hot(torch.zeros(2, 3, dtype=torch.int64), 4)"),
    ("full", [], {"shape": [2, 3]}, "torch.zeros(2, 3)"),
    ("meshgrid", [[2], [3], [5]], {"indexing": "ij"}, "torch.meshgrid(a, b, c, indexing='ij')"),
    ("meshgrid", [[2], [3], [5]], {"indexing": "xy"}, "torch.meshgrid(a, b, c, indexing='xy')"),
    ("view_as_complex", [[2, 3, 2]], {}, "torch.view_as_complex(a)"),
    ("view_as_real", [[2, 3]], {}, "torch.view_as_real(torch.complex(a, a))"),
]  # fmt: skip


def row(operation: str, shapes: list[list[int]], attributes: dict[str, object], expression: str) -> dict[str, object]:
    """Run one case: the shapes that come out and the MACs counted, or the class of the exception raised."""
    tensors = dict(zip("abc", [torch.randn(shape) for shape in shapes], strict=False))
    found: dict[str, object] = {"operation": operation, "shapes": shapes, "attributes": attributes, "torch": expression}
    counter = FlopCounterMode(display=False)
    try:
        with counter:
            out = eval(expression, {"torch": torch, "F": F, **tensors})  # noqa: S307 - the expressions above
    except (RuntimeError, IndexError, ValueError, TypeError) as error:
        return found | {"raises": type(error).__name__}
    every = [out] if isinstance(out, torch.Tensor) else list(out)
    flops = counter.get_total_flops()
    counts = bool(flops) or operation == "einsum"  # which is a matrix product, or none, as it is written
    return found | {"outputs": [list(one.shape) for one in every]} | ({"macs": flops // 2} if counts else {})


if __name__ == "__main__":
    about = f"torch {torch.__version__.split('+')[0]}, CPU; macs is half of torch.utils.flop_counter's count, where it counts"
    rows = ",\n".join(json.dumps(row(*case)) for case in CASES)
    Path(__file__).with_name("operations.json").write_text(f'{{"about": "{about}", "rows": [\n{rows}\n]}}\n')
