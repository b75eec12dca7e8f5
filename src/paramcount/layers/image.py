"""Keras's preprocessing of images and sequences: nothing is learnt.

Source: keras.layers, "Preprocessing layers". Random augmentation changes values; cropping and resizing change sizes.
"""

from typing import override

from paramcount.layers.base import Derivation, Example, Kind, Reach, Spatial, Window
from paramcount.layers.common import KERAS_LAYER
from paramcount.layers.fields import DataFormat, Natural
from paramcount.layers.unchanged import Unchanged
from paramcount.shapes import Shape
from paramcount.signature import Parameter, Signature, ignored


class Sized(Spatial):
    """An image of a given height and width."""

    height: Natural
    width: Natural
    data_format: DataFormat = None

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        channels, spatial = self.split(inputs[0])
        reach: Reach = "unknown" if self.kind.name != "centercrop" else self._crop(spatial)
        return Derivation(layer=self, output_shape=self.join(channels, (self.height, self.width)), reach=reach)

    def _crop(self, spatial: Shape) -> Reach:
        wanted = (self.height, self.width)
        if any(size is None or size < want for size, want in zip(spatial, wanted, strict=True)):
            return "unknown"
        return tuple([Window(padding=-((size or 0) - want) // 2) for size, want in zip(spatial, wanted, strict=True)])


_IMAGE = (9, 11, 3)
_SIZE = (Parameter("height", "height"), Parameter("width", "width"))
_FORMAT = Parameter("data_format", "data_format", None)


def _sized(name: str, about: str, *further: str) -> Kind:
    signature = Signature((name,), (*_SIZE, *ignored(*further), _FORMAT, *KERAS_LAYER))
    example = Example(f"{name}(5, 6)", 0, "keras 3.15.1", _IMAGE, (5, 6, 3))
    return Kind(name.lower(), about, Sized, keras=signature, examples=(example,), dims=2)


def _unchanged(call: str, about: str, *parameters: Parameter) -> Kind:
    name = call.split("(", maxsplit=1)[0]
    signature = Signature((name,), (*parameters, *KERAS_LAYER), catch_all=True)
    example = Example(call, 0, "keras 3.15.1", _IMAGE, _IMAGE)
    return Kind(name.lower(), about, Unchanged, keras=signature, examples=(example,))


KINDS = (
    _sized("Resizing", "An image at another size.", "interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio",
           "fill_mode", "fill_value", "antialias"),
    _sized("CenterCrop", "The middle of an image."),
    _sized("RandomCrop", "A part of an image, at a random place while it is trained.", "seed"),
    _unchanged("Rescaling(2)", "Every value times a number, plus another."),
    _unchanged("Masking()", "Time steps that hold one value only are left out by the layers after it."),
    _unchanged("RandomFlip()", "An image, mirrored at random."),
    _unchanged("RandomRotation(0.1)", "An image, turned at random."),
    _unchanged("RandomZoom(0.1)", "An image, larger or smaller at random."),
    _unchanged("RandomTranslation(0.1, 0.1)", "An image, moved at random."),
    _unchanged("RandomContrast(0.1)", "An image, with another contrast at random."),
    *(
        _unchanged(call, "An image, changed at random while a network is trained.")
        for call in (
            "AugMix()",
            "CutMix()",
            "MixUp()",
            "RandAugment()",
            "RandomBrightness(0.1)",
            "RandomColorDegeneration(0.5)",
            "RandomColorJitter()",
            "RandomElasticTransform()",
            "RandomErasing()",
            "RandomGaussianBlur()",
            "RandomGrayscale()",
            "RandomHue(0.1)",
            "RandomInvert()",
            "RandomPerspective()",
            "RandomPosterization(4)",
            "RandomSaturation(0.5)",
            "RandomSharpness(0.1)",
            "RandomShear(0.1, 0.1)",
            "Solarization()",
        )
    ),
    *(
        _unchanged(call, "An image, its contrast stretched.")
        for call in ("AutoContrast()", "ContrastLimitedAdaptiveHistogramEqualization()", "Equalization()")
    ),
)  # fmt: skip
