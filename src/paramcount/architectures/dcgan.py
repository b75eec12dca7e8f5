"""DCGAN's generator and discriminator, for images of 64 × 64, without biases as in PyTorch's examples."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Size, Variant, call, family, named, sequential
from paramcount.notation import Call

_SOURCE = "Radford et al. 2015; PyTorch's examples, dcgan"


@family(_SOURCE, {"dcgan_generator": Variant(3_576_704)}, input_shape=(100, 1, 1))
def dcgan_generator(
    *,
    num_classes: Size = 3,
    in_channels: Size = 100,
    include_top: StrictBool = True,
    ngf: Size = 64,
    nz: Size | None = None,
    nc: Size | None = None,
) -> Layers:
    """From `nz` random numbers (`in_channels`) to `nc` channels (`num_classes`) of an image."""
    layers: list[Call] = []
    channels = nz or in_channels
    for index in range(4):
        width = ngf * 2 ** (3 - index)
        around: dict[str, object] = {"stride": 2, "padding": 1} if index else {}
        layers += [
            call("ConvTranspose2d", channels, width, 4, bias=False, **around),
            call("BatchNorm2d", width),
            call("ReLU"),
        ]
        channels = width
    if include_top:
        last = call("ConvTranspose2d", channels, nc or num_classes, 4, stride=2, padding=1, bias=False)
        layers += [last, call("Tanh")]
    return [named("main", sequential(*layers))]


@family(_SOURCE, {"dcgan_discriminator": Variant(2_765_568)}, input_shape=(3, 64, 64))
def dcgan_discriminator(
    *,
    num_classes: Size = 1,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    ndf: Size = 64,
    nc: Size | None = None,
) -> Layers:
    """From `nc` channels (`in_channels`) of an image to a probability."""
    layers: list[Call] = []
    channels = nc or in_channels
    for index in range(4):
        width = ndf * 2**index
        norm = [call("BatchNorm2d", width)] if index else []
        conv = call("Conv2d", channels, width, 4, stride=2, padding=1, bias=False)
        layers += [conv, *norm, call("LeakyReLU", 0.2)]
        channels = width
    if include_top:
        layers += [call("Conv2d", channels, num_classes, 4, bias=False), call("Sigmoid")]
    return [named("main", sequential(*layers))]
