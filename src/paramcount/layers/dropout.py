"""Dropout and noise of every kind: nothing is learnt, nothing changes shape.

Source: torch.nn.Dropout, torchvision.ops.StochasticDepth, keras.layers.Dropout and their relatives.
"""

from typing import Annotated

from paramcount.layers.base import Example, Kind
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import Probability, one_of
from paramcount.layers.unchanged import Unchanged
from paramcount.signature import Parameter, Signature, ignored


class Dropout(Unchanged):
    """Drops, or disturbs, part of what flows through while a network is trained."""

    p: Probability = 0.5


class StochasticDepth(Dropout):
    """torchvision's: drops what flows through a whole branch, for a batch or for each sample."""

    mode: Annotated[str, one_of("batch", "row")]


def _pytorch(name: str) -> Signature:
    return Signature((name,), (Parameter("p", "p", 0.5), *ignored("inplace")))


def _keras(name: str, *further: str, rate: str = "rate") -> Signature:
    return Signature((name,), (Parameter(rate, "p"), *ignored(*further), *KERAS_LAYER))


def _torch_kind(name: str, about: str, shape: tuple[int, ...], ranks: tuple[int, ...] = ()) -> Kind:
    example = Example(f"{name}(0.25)", 0, "torch 2.13.0", shape, shape)
    return Kind(name.lower(), about, Dropout, _pytorch(name), None, (example,), ranks=ranks)


def _keras_kind(name: str, about: str, signature: Signature, shape: tuple[int, ...], ranks: tuple[int, ...]) -> Kind:
    example = Example(f"{name}(0.5)", 0, "keras 3.15.1", shape, shape)
    return Kind(name.lower(), about, Dropout, None, signature, (example,), ranks=ranks)


_IMAGE = (4, 4, 5)


def _blocks(dims: int) -> Kind:
    """Torchvision's DropBlock: drops squares, or cubes."""
    name = f"DropBlock{dims}d"
    parameters = (Parameter("p", "p"), *ignored("block_size", "inplace", "eps"))
    shape = (2, 9, 9, 9)[-dims - 1 :]
    example = Example(f"{name}(0.25, block_size=3)", 0, "torchvision 0.28.0", shape, shape)
    return Kind(name.lower(), "Drops whole blocks of positions.", Dropout, Signature((name,), parameters),
                examples=(example,), ranks=(dims + 1,))  # fmt: skip


KINDS = (
    Kind(
        "dropout",
        "Drops single elements.",
        Dropout,
        _pytorch("Dropout"),
        _keras("Dropout", "noise_shape", "seed"),
        (Example("Dropout(0.5)", 0, "torch 2.14.1", _IMAGE, _IMAGE),),
    ),
    Kind(
        "alphadropout",
        "Dropout that keeps mean and variance, for SELU.",
        Dropout,
        _pytorch("AlphaDropout"),
        _keras("AlphaDropout", "noise_shape", "seed"),
        (Example("AlphaDropout(0.5)", 0, "torch 2.14.1", _IMAGE, _IMAGE),),
    ),
    _torch_kind("Dropout1d", "Drops whole channels of a sequence.", (3, 4), (1, 2)),
    _torch_kind("Dropout2d", "Drops whole channels of an image.", _IMAGE),
    _torch_kind("Dropout3d", "Drops whole channels of a volume.", (2, 3, 4, 5)),
    _torch_kind("FeatureAlphaDropout", "AlphaDropout of whole channels.", (3,)),
    Kind(
        "stochasticdepth",
        "Drops a whole branch.",
        StochasticDepth,
        Signature(("StochasticDepth",), (Parameter("p", "p"), Parameter("mode", "mode"))),
        examples=(Example('StochasticDepth(0.2, "row")', 0, "torchvision 0.28.0", _IMAGE, _IMAGE),),
    ),
    _blocks(2),
    _blocks(3),
    _keras_kind("SpatialDropout1D", "Drops whole channels of a sequence.", _keras("SpatialDropout1D", "seed"),
                (7, 5), (2,)),
    _keras_kind("SpatialDropout2D", "Drops whole channels of an image.",
                _keras("SpatialDropout2D", "data_format", "seed"), _IMAGE, (3,)),
    _keras_kind("SpatialDropout3D", "Drops whole channels of a volume.",
                _keras("SpatialDropout3D", "data_format", "seed"), (2, *_IMAGE), (4,)),
    _keras_kind("GaussianDropout", "Multiplies by noise around 1.", _keras("GaussianDropout", "seed"), _IMAGE, ()),
    _keras_kind("GaussianNoise", "Adds noise around 0.", _keras("GaussianNoise", "seed", rate="stddev"), _IMAGE, ()),
)  # fmt: skip
