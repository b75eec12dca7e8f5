"""DenseNet, as keras.applications builds it."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Size, Variant, call, family, named, sequential
from paramcount.architectures.keras_units import Pooling, top
from paramcount.notation import Call

_GROWTH = 32


@family(
    "Huang et al. 2016; keras.applications",
    {
        "DenseNet121": Variant(8_062_504, (6, 12, 24, 16)),
        "DenseNet169": Variant(14_307_880, (6, 12, 32, 32)),
        "DenseNet201": Variant(20_242_984, (6, 12, 48, 32)),
    },
    framework="keras",
)
def keras_densenet(
    depths: tuple[int, ...], *, num_classes: Size = 1000, include_top: StrictBool = True, pooling: Pooling = None
) -> Layers:
    """Blocks whose layers each see all that came before them in the block."""
    relu, norm = call("Activation", "relu"), call("BatchNormalization")
    layers: Layers = [
        named("conv1_pad", call("ZeroPadding2D", 3)),
        named("conv1_conv", call("Conv2D", 64, 7, strides=2, use_bias=False)),
        named("conv1_bn", norm),
        named("conv1_relu", relu),
        named("pool1_pad", call("ZeroPadding2D", 1)),
        named("pool1", call("MaxPooling2D", 3, strides=2)),
    ]
    channels = 64
    for stage, depth in enumerate(depths, start=2):
        blocks = {f"block{index + 1}": _layer(_GROWTH) for index in range(depth)}
        layers.append(named(f"conv{stage}", sequential(**blocks)))
        channels += depth * _GROWTH
        if stage < len(depths) + 1:
            channels //= 2
            pool = call("AveragePooling2D", 2, strides=2)
            layers.append(
                named(f"pool{stage}", sequential(norm, relu, call("Conv2D", channels, 1, use_bias=False), pool))
            )
    return [*layers, named("bn", norm), named("relu", relu), *top(num_classes, include_top, pooling)]


def _layer(growth: int) -> Call:
    relu, norm = call("Activation", "relu"), call("BatchNormalization")
    new = (
        *(norm, relu, call("Conv2D", 4 * growth, 1, use_bias=False)),
        *(norm, relu, call("Conv2D", growth, 3, padding="same", use_bias=False)),
    )
    return call("Concatenate", [], list(new))
