"""Batch normalisation: BatchNorm1d/2d/3d, SyncBatchNorm and Keras's BatchNormalization.

Formulas: torch.nn.BatchNorm2d (weight, bias; running_mean, running_var and num_batches_tracked are
buffers), keras.layers.BatchNormalization (gamma, beta; moving_mean and moving_variance are
non-trainable weights).
"""

from typing import override

from pydantic import field_validator

from paramcount.errors import MissingError, ShapeError, sequence, shown
from paramcount.expression import Expression, Product, Quantity
from paramcount.expression import Literal as Number
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor, agreed
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import Flag, Positive, refuse
from paramcount.layers.running import Running
from paramcount.layers.unchanged import check_rank
from paramcount.shapes import Shape, known, text
from paramcount.signature import Parameter, Signature, ignored, numbers

_STATISTICS = {
    "pytorch": "PyTorch keeps the running statistics in buffers; Keras counts them as non-trainable parameters.",
    "keras": "Keras counts the moving statistics as non-trainable parameters; PyTorch keeps them in buffers.",
}

_MOVING = ("moving_mean", "moving_variance")
_RENORM = ("moving_stddev", "renorm_mean", "renorm_stddev")


def _added_up(
    layer: Layer, channels: Quantity, tensors: tuple[Tensor, ...], shape: Shape | None, notes: list[str]
) -> Derivation:
    """A derivation for a layer with these tensors over the channels."""
    counted = [tensor for tensor in tensors if not tensor.buffer]
    if any(tensor.role == "statistic" for tensor in tensors):
        notes.append(_STATISTICS[layer.framework])
    steps: list[Step] = []
    learnt = [tensor for tensor in counted if tensor.role != "statistic"]
    if len(learnt) != len(counted):
        steps.append(Step("learnt", _times(len(learnt), channels)))
        steps.append(Step("moving statistics", _times(len(counted) - len(learnt), channels)))
    total = _times(len(counted), channels)
    return Derivation(
        layer=layer,
        parameters=total,
        tensors=tensors,
        output_shape=shape,
        steps=(*steps, Step("total", total)),
        notes=tuple(notes),
    )


def _times(count: int, channels: Quantity) -> Expression:
    return Product((Number(count), channels)) if count else Number(0)


class TorchBatchNorm(Running):
    """PyTorch's batch normalisation, over the first dimension."""

    num_features: Positive | None = None
    affine: Flag = True
    track_running_stats: Flag = True

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        layer, count = self.taken(shape)
        names = ("weight", "bias") if self.bias else ("weight",)
        learnt = [Tensor(name, (count,), self.trainable, role="norm") for name in names if self.affine]
        notes: list[str] = []
        sizes = known(shape)
        if sizes is not None and all(size == 1 for size in sizes[1:]):
            notes.append("In training PyTorch refuses a batch of one here: there is one value per channel.")
        tensors = (*learnt, *self.statistics(count))
        return _added_up(layer, Quantity("num_features", count), tensors, shape, notes)


class FrozenBatchNorm(Layer):
    """torchvision's batch normalisation that is never trained: every tensor is a buffer."""

    num_features: Positive

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        check_rank(self, shape)
        count = agreed(self, "num_features", self.num_features, shape[0] if shape else None)
        names = ("weight", "bias", "running_mean", "running_var")
        tensors = [Tensor(name, (count,), False, role="statistic", buffer=True) for name in names]
        notes = ("Weight, bias and statistics are buffers: it has no parameters.",)
        return Derivation(layer=self, tensors=tuple(tensors), output_shape=shape, notes=notes)


class BatchNormalization(Layer):
    """Keras's batch normalisation, over one axis of any shape."""

    axis: int = -1
    center: Flag = True
    scale: Flag = True
    renorm: Flag = False

    @field_validator("axis", mode="plain")
    @classmethod
    def _axis(cls, value: object) -> int:
        items = sequence(value)
        axis = items[0] if items is not None and len(items) == 1 else value
        if type(axis) is not int:
            raise refuse(f"must be one whole number, received {shown(value)}.")
        return axis

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is None:
            raise MissingError("the number of channels is not known. Give input_shape.")
        rank = len(shape) + 1
        if self.axis == 0 or not -rank <= self.axis < rank or self.axis == -rank:
            raise ShapeError(
                f"axis={self.axis} is no feature axis of {text(shape)}; with the batch as axis 0 it may be "
                f"1 to {rank - 1} or -1."
            )
        size = shape[self.axis if self.axis < 0 else self.axis - 1]
        if size is None:
            raise MissingError(f"the size of axis {self.axis} of {text(shape)} is not known. Give input_shape.")
        names = [("gamma", self.scale), ("beta", self.center)]
        tensors = tuple(
            [Tensor(name, (size,), self.trainable, role="norm") for name, present in names if present]
            + [Tensor(name, (size,), False, role="statistic") for name in (*_MOVING, *(_RENORM if self.renorm else ()))]
        )
        return _added_up(self, Quantity("channels", size), tensors, shape, [])


def _pytorch(name: str) -> Signature:
    return Signature(
        (name,),
        (
            Parameter("num_features", "num_features"),
            *numbers("eps"),
            *numbers("momentum", none=True),
            Parameter("affine", "affine", True),
            Parameter("track_running_stats", "track_running_stats", True),
            *(ignored("process_group") if name == "SyncBatchNorm" else ()),
            *ignored("device", "dtype"),
            Parameter("bias", "bias", True, keyword_only=True),
        ),
    )


def _torch_kind(name: str, about: str, ranks: tuple[int, ...], example: Example) -> Kind:
    return Kind(name.lower(), about, TorchBatchNorm, _pytorch(name), None, (example,), ranks=ranks)


KINDS = (
    _torch_kind("BatchNorm1d", "Batch normalisation of features or of a sequence: (C) or (C, L).", (1, 2),
                Example("BatchNorm1d(6)", 12, "torch 2.14.1", (6, 9), (6, 9))),
    _torch_kind("BatchNorm2d", "Batch normalisation of an image: (C, H, W).", (3,),
                Example("BatchNorm2d(64)", 128, "torch 2.14.1", (64, 112, 112), (64, 112, 112))),
    _torch_kind("BatchNorm3d", "Batch normalisation of a volume: (C, D, H, W).", (4,),
                Example("BatchNorm3d(6)", 12, "torch 2.14.1", (6, 3, 4, 5), (6, 3, 4, 5))),
    _torch_kind("SyncBatchNorm", "Batch normalisation over several devices: (C, …).", (1, 2, 3, 4),
                Example("SyncBatchNorm(6)", 12, "torch 2.13.0", (6, 3, 3), (6, 3, 3))),
    Kind(
        "frozenbatchnorm2d",
        "torchvision's batch normalisation with fixed statistics: (C, H, W).",
        FrozenBatchNorm,
        Signature(("FrozenBatchNorm2d",), (Parameter("num_features", "num_features"), *numbers("eps"))),
        examples=(Example("FrozenBatchNorm2d(6)", 0, "torchvision 0.28.0", (6, 4, 5), (6, 4, 5)),),
        ranks=(3,),
    ),
    Kind(
        "batchnormalization",
        "Keras's batch normalisation, over one axis of any shape.",
        BatchNormalization,
        keras=Signature(
            ("BatchNormalization",),
            (
                Parameter("axis", "axis", -1),
                *ignored("momentum", "epsilon"),
                Parameter("center", "center", True),
                Parameter("scale", "scale", True),
                *ignored(
                    "beta_initializer",
                    "gamma_initializer",
                    "moving_mean_initializer",
                    "moving_variance_initializer",
                    "beta_regularizer",
                    "gamma_regularizer",
                    "beta_constraint",
                    "gamma_constraint",
                ),
                Parameter("renorm", "renorm", False),
                *ignored("renorm_clipping", "renorm_momentum", "synchronized"),
                *KERAS_LAYER,
            ),
        ),
        examples=(
            Example("BatchNormalization()", 2048, "keras 3.15.1", (512,), (512,)),
            Example("BatchNormalization(scale=False)", 21, "keras 3.15.1", (5, 6, 7), (5, 6, 7)),
        ),
    ),
)  # fmt: skip
