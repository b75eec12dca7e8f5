"""LeNet-5, as it is taught: every feature map sees all maps before it."""

from pydantic import StrictBool

from paramcount.architectures.base import Beside, Layers, Size, Variant, call, family, named
from paramcount.notation import Call

_PAPER = Beside(60_000, "the paper's own, its second convolution connected in part and its subsampling trained")


@family("LeCun et al. 1998; the paper, fully connected", {"lenet5": Variant(61_706, beside=(_PAPER,))},
        input_shape=(1, 32, 32))  # fmt: skip
def lenet5(*, num_classes: Size = 10, in_channels: Size = 1, include_top: StrictBool = True) -> Layers:
    """Two convolutions and three dense layers."""
    tanh, pool = call("Tanh"), call("AvgPool2d", 2)
    layers: dict[str, Call] = {
        "conv1": call("Conv2d", in_channels, 6, 5),
        "tanh1": tanh,
        "pool1": pool,
        "conv2": call("Conv2d", 6, 16, 5),
        "tanh2": tanh,
        "pool2": pool,
    }
    if include_top:
        layers |= {
            "flatten": call("Flatten"),
            "fc1": call("Linear", 16 * 5 * 5, 120),
            "tanh3": tanh,
            "fc2": call("Linear", 120, 84),
            "tanh4": tanh,
            "fc3": call("Linear", 84, num_classes),
        }
    return [named(name, layer) for name, layer in layers.items()]
