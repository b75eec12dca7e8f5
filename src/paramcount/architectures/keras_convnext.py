"""ConvNeXt, as keras.applications builds it."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Size, Variant, call, family, named, sequential
from paramcount.architectures.keras_units import Pooling, top
from paramcount.notation import Call


@family(
    "Liu et al. 2022; keras.applications",
    {
        "ConvNeXtTiny": Variant(28_589_128, (96, 192, 384, 768), (3, 3, 9, 3)),
        "ConvNeXtSmall": Variant(50_223_688, (96, 192, 384, 768), (3, 3, 27, 3)),
        "ConvNeXtBase": Variant(88_591_464, (128, 256, 512, 1024), (3, 3, 27, 3)),
        "ConvNeXtLarge": Variant(197_767_336, (192, 384, 768, 1536), (3, 3, 27, 3)),
        "ConvNeXtXLarge": Variant(350_196_968, (256, 512, 1024, 2048), (3, 3, 27, 3)),
    },
    framework="keras",
)
def keras_convnext(
    widths: tuple[int, ...],
    depths: tuple[int, ...],
    *,
    num_classes: Size = 1000,
    include_top: StrictBool = True,
    pooling: Pooling = None,
    include_preprocessing: StrictBool = True,
) -> Layers:
    """A convolutional network after the manner of transformers."""
    norm = call("LayerNormalization")
    given: dict[str, object] = {"mean": (123.675, 116.28, 103.53), "variance": (3409.98, 3262.69, 3291.89)}
    layers: Layers = [named("prestem_normalization", call("Normalization", **given))] if include_preprocessing else []
    for stage, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        if stage == 0:
            layers.append(named("stem", sequential(call("Conv2D", width, 4, strides=4), norm)))
        else:
            layers.append(named(f"downsampling_block_{stage}", sequential(norm, call("Conv2D", width, 2, strides=2))))
        blocks = {f"block_{index}": _block(width) for index in range(depth)}
        layers.append(named(f"stage_{stage}", sequential(**blocks)))
    if not include_top:
        return [*layers, *top(num_classes, False, pooling), named("layer_normalization", norm)]
    mean = named("head_gap", call("GlobalAveragePooling2D"))
    return [*layers, mean, named("head_layernorm", norm), named("head_dense", call("Dense", num_classes))]


def _block(width: int) -> Call:
    return call(
        "Residual",
        call("Conv2D", width, 7, padding="same", groups=width),
        call("LayerNormalization"),
        call("Dense", 4 * width),
        call("Activation", "gelu"),
        call("Dense", width),
        call("LayerScale", projection_dim=width),
    )
