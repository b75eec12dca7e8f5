"""Channels into positions and back, and channels in another order. Nothing is learnt.

Source: torch.nn.PixelShuffle, torch.nn.PixelUnshuffle, torch.nn.ChannelShuffle.
"""

from typing import override

from paramcount.errors import ShapeError
from paramcount.expression import Expression, Quantity, exact_div
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Window
from paramcount.layers.fields import Positive
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature


class PixelShuffle(Layer):
    """(…, C × r², H, W) → (…, C, H × r, W × r)."""

    upscale_factor: Positive

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        leading, channels, sides = _image(inputs[0])
        factor = self.upscale_factor
        outputs: int | None = None
        steps: list[Step] = []
        if channels is not None:
            if channels % factor**2:
                raise ShapeError(f"{channels} channels do not divide by upscale_factor² = {factor**2}.")
            made = exact_div(Quantity("channels", channels), Quantity("upscale_factor", factor) * factor)
            outputs, steps = made.value, [Step("output channels", made)]
        reach = (Window(factor, factor, transposed=True),) * 2
        output = (*leading, outputs, *(None if side is None else side * factor for side in sides))
        return Derivation(layer=self, output_shape=output if inputs[0] else None, steps=tuple(steps), reach=reach)


class PixelUnshuffle(Layer):
    """(…, C, H × r, W × r) → (…, C × r², H, W)."""

    downscale_factor: Positive

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        leading, channels, sides = _image(inputs[0])
        factor = self.downscale_factor
        for name, side in zip(("height", "width"), sides, strict=True):
            if side is not None and side % factor:
                raise ShapeError(f"{name} {side} does not divide by downscale_factor={factor}.")
        outputs: int | None = None
        steps: list[Step] = []
        if channels is not None:
            made: Expression = Quantity("channels", channels) * Quantity("downscale_factor", factor) * factor
            outputs, steps = made.value, [Step("output channels", made)]
        output = (*leading, outputs, *(None if side is None else side // factor for side in sides))
        reach = (Window(factor, factor),) * 2
        return Derivation(layer=self, output_shape=output if inputs[0] else None, steps=tuple(steps), reach=reach)


class ChannelShuffle(Layer):
    """Channels of all groups, one from each in turn."""

    groups: Positive

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is not None:
            if len(shape) < 2:
                raise ShapeError(f"takes channels and at least one dimension more; {text(shape)} flows in.")
            if shape[0] is not None and shape[0] % self.groups:
                raise ShapeError(f"{shape[0]} channels do not divide by groups={self.groups}.")
        return Derivation(layer=self, output_shape=shape)


def _image(shape: Shape | None) -> tuple[Shape, int | None, Shape]:
    """What stands before the channels, the channels, height and width.

    Raises:
        ShapeError: there are fewer than three dimensions.
    """
    if shape is None:
        return (), None, (None, None)
    if len(shape) < 3:
        raise ShapeError(f"takes [C, H, W]; {text(shape)} flows in.")
    return shape[:-3], shape[-3], shape[-2:]


_SOURCE = "torch 2.14.1"

KINDS = (
    Kind(
        "pixelshuffle",
        "Channels into positions: (C × r², H, W) → (C, H × r, W × r).",
        PixelShuffle,
        Signature(("PixelShuffle",), (Parameter("upscale_factor", "upscale_factor"),)),
        examples=(Example("PixelShuffle(2)", 0, _SOURCE, (12, 5, 7), (3, 10, 14)),),
    ),
    Kind(
        "pixelunshuffle",
        "Positions into channels: (C, H × r, W × r) → (C × r², H, W).",
        PixelUnshuffle,
        Signature(("PixelUnshuffle",), (Parameter("downscale_factor", "downscale_factor"),)),
        examples=(Example("PixelUnshuffle(2)", 0, _SOURCE, (4, 12, 24), (16, 6, 12)),),
    ),
    Kind(
        "channelshuffle",
        "Channels of all groups, one from each in turn (ShuffleNet).",
        ChannelShuffle,
        Signature(("ChannelShuffle",), (Parameter("groups", "groups"),)),
        examples=(Example("ChannelShuffle(2)", 0, _SOURCE, (6, 4, 5), (6, 4, 5)),),
    ),
)
