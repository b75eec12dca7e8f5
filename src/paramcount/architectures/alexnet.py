"""AlexNet: torchvision's, and the paper's in two towers and in one."""

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Rate, Size, Variant, call, family, named, sequential


@family("Krizhevsky 2014; torchvision.models.alexnet", {"alexnet": Variant(61_100_840)})
def alexnet(
    *, num_classes: Size = 1000, in_channels: Size = 3, include_top: StrictBool = True, dropout: Rate = 0.5
) -> Layers:
    """Five convolutions and three dense layers, narrower than in the paper of 2012."""
    pool = call("MaxPool2d", 3, stride=2)
    features = (
        *(call("Conv2d", in_channels, 64, 11, stride=4, padding=2), call("ReLU"), pool),
        *(call("Conv2d", 64, 192, 5, padding=2), call("ReLU"), pool),
        *(call("Conv2d", 192, 384, 3, padding=1), call("ReLU")),
        *(call("Conv2d", 384, 256, 3, padding=1), call("ReLU")),
        *(call("Conv2d", 256, 256, 3, padding=1), call("ReLU"), pool),
    )
    layers: Layers = [named("features", sequential(*features))]
    if include_top:
        head = (
            *(call("Dropout", dropout), call("Linear", 256 * 6 * 6, 4096), call("ReLU")),
            *(call("Dropout", dropout), call("Linear", 4096, 4096), call("ReLU")),
            call("Linear", 4096, num_classes),
        )
        layers += [
            named("avgpool", call("AdaptiveAvgPool2d", 6)),
            named("flatten", call("Flatten")),
            named("classifier", sequential(*head)),
        ]
    return layers


@family(
    "Krizhevsky, Sutskever and Hinton 2012; the paper",
    {"alexnet_paper": Variant(60_965_224, 2), "alexnet_one_tower": Variant(62_378_344, 1)},
    input_shape=(3, 227, 227),
)
def alexnet_of_2012(
    towers: int,
    *,
    num_classes: Size = 1000,
    in_channels: Size = 3,
    include_top: StrictBool = True,
    dropout: Rate = 0.5,
) -> Layers:
    """The paper's network: two towers see half of the channels each in the second, fourth and fifth convolution."""
    split: dict[str, object] = {"groups": towers} if towers > 1 else {}
    norm, pool = call("LocalResponseNorm", 5), call("MaxPool2d", 3, stride=2)
    features = (
        *(call("Conv2d", in_channels, 96, 11, stride=4), call("ReLU"), norm, pool),
        *(call("Conv2d", 96, 256, 5, padding=2, **split), call("ReLU"), norm, pool),
        *(call("Conv2d", 256, 384, 3, padding=1), call("ReLU")),
        *(call("Conv2d", 384, 384, 3, padding=1, **split), call("ReLU")),
        *(call("Conv2d", 384, 256, 3, padding=1, **split), call("ReLU"), pool),
    )
    layers: Layers = [named("features", sequential(*features))]
    if include_top:
        head = (
            *(call("Linear", 256 * 6 * 6, 4096), call("ReLU"), call("Dropout", dropout)),
            *(call("Linear", 4096, 4096), call("ReLU"), call("Dropout", dropout)),
            call("Linear", 4096, num_classes),
        )
        layers += [named("flatten", call("Flatten")), named("classifier", sequential(*head))]
    return layers
