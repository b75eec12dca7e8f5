"""Dropout and noise of every kind: nothing is learnt, nothing changes shape.

Source: torch.nn.Dropout and its relatives, keras.layers.Dropout and its relatives.
"""

from typing import ClassVar

from paramcount.layers.base import Example
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import Probability
from paramcount.layers.unchanged import Unchanged
from paramcount.signature import Parameter, Signature, ignored


class _Dropout(Unchanged):
    p: Probability = 0.5


def _pytorch(name: str) -> Signature:
    return Signature((name,), (Parameter("p", "p", 0.5), *ignored("inplace")))


def _keras(name: str, *further: str, rate: str = "rate") -> Signature:
    return Signature((name,), (Parameter(rate, "p"), *ignored(*further), *KERAS_LAYER))


def _example(call: str, source: str = "torch 2.14.1", *shape: int) -> tuple[Example, ...]:
    shape = shape or (6, 4, 4)
    return (Example(call, 0, source, shape, shape),)


_KERAS = "keras 3.15.1"


class Dropout(_Dropout):
    """Drops single elements."""

    kind: ClassVar[str] = "dropout"
    pytorch = _pytorch("Dropout")
    keras = _keras("Dropout", "noise_shape", "seed")
    examples = (*_example("Dropout(0.5)"), *_example("Dropout(rate=0.5)", _KERAS))


class Dropout1d(_Dropout):
    """Drops whole channels of a sequence."""

    kind: ClassVar[str] = "dropout1d"
    ranks = (1, 2)
    pytorch = _pytorch("Dropout1d")
    examples = _example("Dropout1d()", "torch 2.13.0", 3, 4)


class Dropout2d(_Dropout):
    """Drops whole channels of an image."""

    kind: ClassVar[str] = "dropout2d"
    pytorch = _pytorch("Dropout2d")
    examples = _example("Dropout2d(0.25)")


class Dropout3d(_Dropout):
    """Drops whole channels of a volume."""

    kind: ClassVar[str] = "dropout3d"
    pytorch = _pytorch("Dropout3d")
    examples = _example("Dropout3d()", "torch 2.13.0", 2, 3, 4, 5)


class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance, for SELU."""

    kind: ClassVar[str] = "alphadropout"
    pytorch = _pytorch("AlphaDropout")
    keras = _keras("AlphaDropout", "noise_shape", "seed")
    examples = _example("AlphaDropout()")


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels."""

    kind: ClassVar[str] = "featurealphadropout"
    pytorch = _pytorch("FeatureAlphaDropout")
    examples = _example("FeatureAlphaDropout()", "torch 2.13.0", 3)


class SpatialDropout1D(_Dropout):
    """Keras: drops whole channels of a sequence."""

    kind: ClassVar[str] = "spatialdropout1d"
    ranks = (2,)
    keras = _keras("SpatialDropout1D", "seed")
    examples = _example("SpatialDropout1D(0.5)", _KERAS, 7, 5)


class SpatialDropout2D(_Dropout):
    """Keras: drops whole channels of an image."""

    kind: ClassVar[str] = "spatialdropout2d"
    ranks = (3,)
    keras = _keras("SpatialDropout2D", "data_format", "seed")
    examples = _example("SpatialDropout2D(0.5)", _KERAS, 4, 4, 5)


class SpatialDropout3D(_Dropout):
    """Keras: drops whole channels of a volume."""

    kind: ClassVar[str] = "spatialdropout3d"
    ranks = (4,)
    keras = _keras("SpatialDropout3D", "data_format", "seed")
    examples = _example("SpatialDropout3D(0.5)", _KERAS, 2, 4, 4, 5)


class GaussianDropout(_Dropout):
    """Keras: multiplies by noise around 1."""

    kind: ClassVar[str] = "gaussiandropout"
    keras = _keras("GaussianDropout", "seed")
    examples = _example("GaussianDropout(0.5)", _KERAS)


class GaussianNoise(_Dropout):
    """Keras: adds noise around 0."""

    kind: ClassVar[str] = "gaussiannoise"
    keras = _keras("GaussianNoise", "seed", rate="stddev")
    examples = _example("GaussianNoise(0.1)", _KERAS, 4, 4, 5)
