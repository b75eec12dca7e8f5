"""Attention within windows: Swin's shifted windows and the merging of its patches, MaxViT's windows and grids.

Images are padded to whole windows, so that the work is that of whole windows. Swin's layers take the channels last.
Source: torchvision.models.swin_transformer, torchvision.models.maxvit; Liu et al. 2021 and 2022, Tu et al. 2022.
"""

from math import isqrt
from typing import Annotated, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import ShapeError, sequence, shown
from paramcount.expression import Expression, Product, Quantity, Sum
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor, named_tensors
from paramcount.layers.fields import Flag, Positive, refuse, whole
from paramcount.shapes import Shape, known, text
from paramcount.signature import Parameter, Signature, ignored

_HIDDEN = 512
"""Width of the small network that gives the second Swin's position biases."""


def _pair(value: object) -> tuple[int, int]:
    items = sequence(value) or (value, value)
    if len(items) != 2:
        raise refuse(f"must hold two whole numbers, such as [7, 7], or one for both; received {shown(value)}.")
    return whole(items[0], 0), whole(items[1], 0)


Pair = Annotated[tuple[int, int], BeforeValidator(_pair)]


class ShiftedWindowAttention(Layer):
    """Attention within the windows of an image [H, W, C], with a bias for each relative position and head."""

    dim: Positive
    window_size: Pair
    shift_size: Pair
    num_heads: Positive
    qkv_bias: Flag = True
    proj_bias: Flag = True

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.dim % self.num_heads:
            raise refuse(f"num_heads={self.num_heads} does not divide dim={self.dim}.")
        if 0 in self.window_size:
            raise refuse(f"window_size must be 1 or more, received {list(self.window_size)}.")
        return self

    @property
    def _second(self) -> bool:
        return self.kind.name == "shiftedwindowattentionv2"

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is not None and (len(shape) != 3 or shape[2] not in (None, self.dim)):
            raise ShapeError(f"takes [H, W, {self.dim}], the channels last; {text(shape)} flows in.")
        width, heads = Quantity("dim", self.dim), Quantity("num_heads", self.num_heads)
        weights = 4 * width * width
        biases = (3 * self.qkv_bias + self.proj_bias) * width
        offsets = Product(tuple([Quantity("offsets", 2 * size - 1) for size in self.window_size]))
        positions: Expression = offsets * heads
        if self._second:
            hidden = Quantity("hidden", _HIDDEN)
            positions = Sum((heads, 2 * hidden, hidden, hidden * heads))
        total = weights + biases + positions if self.qkv_bias or self.proj_bias else weights + positions
        macs = self._macs(shape, width, offsets, heads)
        return Derivation(
            layer=self,
            parameters=total,
            tensors=self._tensors(),
            output_shape=shape,
            macs=macs,
            steps=(
                Step("weights", weights),
                Step("position biases", positions),
                Step("total", total),
                *((Step("MACs", macs),) if macs else ()),
            ),
            reach="all",
        )

    def _macs(self, shape: Shape | None, width: Quantity, offsets: Expression, heads: Quantity) -> Expression | None:
        sizes = None if shape is None else known(shape)
        if sizes is None:
            return None
        padded = [
            Quantity(name, -(-size // window) * window)
            for name, size, window in zip(("padded_height", "padded_width"), sizes, self.window_size, strict=False)
        ]
        tokens, window = Product(tuple(padded)), Quantity("window", self.window_size[0] * self.window_size[1])
        work: Expression = Sum((4 * tokens * width * width, 2 * tokens * window * width))
        if self._second:
            hidden = Quantity("hidden", _HIDDEN)
            work = work + offsets * hidden * (2 + heads)
        return work

    def _tensors(self) -> tuple[Tensor, ...]:
        height, width = self.window_size
        offsets, positions = (2 * height - 1) * (2 * width - 1), height * width
        if self._second:
            shapes: dict[str, tuple[int, ...]] = {
                "logit_scale": (self.num_heads, 1, 1),
                "cpb_mlp.0.weight": (_HIDDEN, 2),
                "cpb_mlp.0.bias": (_HIDDEN,),
                "cpb_mlp.2.weight": (self.num_heads, _HIDDEN),
            }
        else:
            shapes = {"relative_position_bias_table": (offsets, self.num_heads)}
        shapes["qkv.weight"] = (3 * self.dim, self.dim)
        if self.qkv_bias:
            shapes["qkv.bias"] = (3 * self.dim,)
        shapes["proj.weight"] = (self.dim, self.dim)
        if self.proj_bias:
            shapes["proj.bias"] = (self.dim,)
        buffers = [Tensor("relative_position_index", (positions**2,), trainable=False, buffer=True)]
        if self._second:
            table = (1, 2 * height - 1, 2 * width - 1, 2)
            buffers.append(Tensor("relative_coords_table", table, trainable=False, buffer=True))
        return (*named_tensors(shapes, trainable=self.trainable), *buffers)


class PatchMerging(Layer):
    """Four neighbouring positions as one, their channels side by side, halved by a dense layer."""

    dim: Positive

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is not None and (len(shape) != 3 or shape[2] not in (None, self.dim)):
            raise ShapeError(f"takes [H, W, {self.dim}], the channels last; {text(shape)} flows in.")
        normed = 2 if self.kind.name == "patchmergingv2" else 4
        width = Quantity("dim", self.dim)
        weights, norm = 4 * width * (2 * width), 2 * (normed * width)
        output: Shape = (None, None, 2 * self.dim)
        macs = None
        if shape is not None:
            height, breadth = (None if size is None else -(-size // 2) for size in shape[:2])
            output = (height, breadth, 2 * self.dim)
            if height is not None and breadth is not None:
                macs = Quantity("height", height) * Quantity("width", breadth) * weights
        shapes = {
            "reduction.weight": (2 * self.dim, 4 * self.dim),
            "norm.weight": (normed * self.dim,),
            "norm.bias": (normed * self.dim,),
        }
        total = weights + norm
        return Derivation(
            layer=self,
            parameters=total,
            tensors=named_tensors(shapes, trainable=self.trainable),
            output_shape=output,
            macs=macs,
            steps=(Step("total", total), *((Step("MACs", macs),) if macs else ())),
            reach="unknown",
        )


class WindowPartition(Layer):
    """An image [C, H, W] as windows [windows, positions, C]."""

    p: Positive

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        output: Shape | None = None
        if shape is not None:
            sides = shape[1:]
            if len(shape) != 3 or any(side is not None and side % self.p for side in sides):
                raise ShapeError(f"takes [C, H, W], with sides that {self.p} divides; {text(shape)} flows in.")
            counts = [side // self.p for side in sides if side is not None]
            windows = counts[0] * counts[1] if len(counts) == 2 else None
            output = (windows, self.p**2, shape[0])
        return Derivation(layer=self, output_shape=output, reach="unknown")


class WindowDepartition(Layer):
    """Windows [windows, positions, C] as an image [C, H, W]."""

    p: Positive
    h_partitions: Positive
    w_partitions: Positive

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        windows, positions = self.h_partitions * self.w_partitions, self.p**2
        if shape is not None and (
            len(shape) != 3 or shape[0] not in (None, windows) or shape[1] not in (None, positions)
        ):
            raise ShapeError(f"takes [{windows}, {positions}, C]; {text(shape)} flows in.")
        channels = None if shape is None else shape[2]
        output = (channels, self.h_partitions * self.p, self.w_partitions * self.p)
        return Derivation(layer=self, output_shape=output, reach="unknown")


class RelativePositionalMultiHeadAttention(Layer):
    """Attention within each group [groups, positions, width], with a bias for each relative position and head."""

    feat_dim: Positive
    head_dim: Positive
    max_seq_len: Positive

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.feat_dim % self.head_dim:
            raise refuse(f"head_dim={self.head_dim} does not divide feat_dim={self.feat_dim}.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is not None and (len(shape) != 3 or shape[2] not in (None, self.feat_dim)):
            raise ShapeError(f"takes [groups, positions, {self.feat_dim}]; {text(shape)} flows in.")
        if shape is not None and shape[1] not in (None, self.max_seq_len):
            raise ShapeError(f"has a bias for {self.max_seq_len} positions; {shape[1]} flow in.")
        width, heads = Quantity("feat_dim", self.feat_dim), Quantity("heads", self.feat_dim // self.head_dim)
        offsets = Quantity("offsets", 2 * isqrt(self.max_seq_len) - 1)
        weights, biases = 4 * width * width, 4 * width
        total = weights + biases + offsets * offsets * heads
        sizes = None if shape is None else known(shape)
        macs = None
        if sizes is not None:
            groups, positions = Quantity("groups", sizes[0]), Quantity("positions", sizes[1])
            each = 4 * positions * width * width + 2 * positions * positions * width
            macs = groups * each
        shapes = {
            "relative_position_bias_table": (offsets.value**2, heads.value),
            "to_qkv.weight": (3 * self.feat_dim, self.feat_dim),
            "to_qkv.bias": (3 * self.feat_dim,),
            "merge.weight": (self.feat_dim, self.feat_dim),
            "merge.bias": (self.feat_dim,),
        }
        length = self.max_seq_len
        index = Tensor("relative_position_index", (length, length), trainable=False, buffer=True)
        return Derivation(
            layer=self,
            parameters=total,
            tensors=(*named_tensors(shapes, trainable=self.trainable), index),
            output_shape=shape,
            macs=macs,
            steps=(Step("total", total), *((Step("MACs", macs),) if macs else ())),
            reach="all",
        )


_SWIN = (
    *(Parameter(name, name) for name in ("dim", "window_size", "shift_size", "num_heads")),
    *(Parameter(name, name, True) for name in ("qkv_bias", "proj_bias")),
    *ignored("attention_dropout", "dropout"),
)
_TORCHVISION = "torchvision 0.29.1"

KINDS = (
    Kind(
        "shiftedwindowattention",
        "Attention within windows of 7 × 7 positions, say, shifted in every second block (Swin).",
        ShiftedWindowAttention,
        Signature(("ShiftedWindowAttention",), _SWIN),
        examples=(
            Example("ShiftedWindowAttention(96, [7, 7], [3, 3], 3)", 37755, f"{_TORCHVISION}, swin_t.features.1",
                    (56, 56, 96), (56, 56, 96)),
        ),
    ),
    Kind(
        "shiftedwindowattentionv2",
        "The same, its position biases from a small network of 512 units (Swin v2).",
        ShiftedWindowAttention,
        Signature(("ShiftedWindowAttentionV2",), _SWIN),
        examples=(
            Example("ShiftedWindowAttentionV2(96, [8, 8], [4, 4], 3)", 40323, f"{_TORCHVISION}, swin_v2_t.features.1",
                    (56, 56, 96), (56, 56, 96)),
        ),
    ),
    Kind(
        "patchmerging",
        "Four neighbouring positions as one of twice the channels (Swin).",
        PatchMerging,
        Signature(("PatchMerging",), (Parameter("dim", "dim"), *ignored("norm_layer"))),
        examples=(
            Example("PatchMerging(96)", 74496, f"{_TORCHVISION}, swin_t.features.2", (56, 56, 96), (28, 28, 192)),
        ),
    ),
    Kind(
        "patchmergingv2",
        "The same, normalised after the dense layer (Swin v2).",
        PatchMerging,
        Signature(("PatchMergingV2",), (Parameter("dim", "dim"), *ignored("norm_layer"))),
        examples=(
            Example("PatchMergingV2(96)", 74112, f"{_TORCHVISION}, swin_v2_t.features.2", (56, 56, 96), (28, 28, 192)),
        ),
    ),
    Kind(
        "windowpartition",
        "An image as windows of p × p positions (MaxViT).",
        WindowPartition,
        Signature(("WindowPartition",), (Parameter("p", "p"),)),
        examples=(Example("WindowPartition(7)", 0, f"{_TORCHVISION}, maxvit_t", (64, 56, 56), (64, 49, 64)),),
    ),
    Kind(
        "windowdepartition",
        "Windows of p × p positions as an image (MaxViT).",
        WindowDepartition,
        Signature(
            ("WindowDepartition",),
            tuple([Parameter(name, name) for name in ("p", "h_partitions", "w_partitions")]),
        ),
        examples=(Example("WindowDepartition(7, 8, 8)", 0, f"{_TORCHVISION}, maxvit_t", (64, 49, 64), (64, 56, 56)),),
    ),
    Kind(
        "relativepositionalmultiheadattention",
        "Attention within each window or grid, with biases for relative positions (MaxViT).",
        RelativePositionalMultiHeadAttention,
        Signature(
            ("RelativePositionalMultiHeadAttention",),
            tuple([Parameter(name, name) for name in ("feat_dim", "head_dim", "max_seq_len")]),
        ),
        examples=(
            Example("RelativePositionalMultiHeadAttention(64, 32, 49)", 16978, f"{_TORCHVISION}, maxvit_t",
                    (64, 49, 64), (64, 49, 64)),
        ),
    ),
)  # fmt: skip
