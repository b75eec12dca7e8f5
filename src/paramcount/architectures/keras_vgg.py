"""VGG, as keras.applications builds it."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Size, Variant, call, family, named, sequential
from paramcount.architectures.keras_units import Pooling, top


@family(
    "Simonyan and Zisserman 2014; keras.applications",
    {"VGG16": Variant(138_357_544, (2, 2, 3, 3, 3)), "VGG19": Variant(143_667_240, (2, 2, 4, 4, 4))},
    framework="keras",
)
def keras_vgg(
    depths: tuple[int, ...],
    *,
    num_classes: Size = 1000,
    include_top: StrictBool = True,
    pooling: Pooling = None,
) -> Layers:
    """Five stages of 3×3 convolutions, each halved by pooling, and three dense layers."""
    layers: Layers = []
    for stage, depth in enumerate(depths, start=1):
        width = min(64 * 2 ** (stage - 1), 512)
        blocks = {f"conv{at + 1}": call("Conv2D", width, 3, padding="same", activation="relu") for at in range(depth)}
        layers.append(named(f"block{stage}", sequential(**blocks, pool=call("MaxPooling2D", 2, strides=2))))
    if not include_top:
        return [*layers, *top(num_classes, False, pooling)]
    return [
        *layers,
        named("flatten", call("Flatten")),
        named("fc1", call("Dense", 4096, activation="relu")),
        named("fc2", call("Dense", 4096, activation="relu")),
        named("predictions", call("Dense", num_classes)),
    ]
