"""Networks in notation, written as their papers and torchvision write them."""

VGG = {
    "vgg11": [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "vgg13": [64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "vgg16": [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"],
    "vgg19": [64, 64, "M", 128, 128, "M", *[256] * 4, "M", *[512] * 4, "M", *[512] * 4, "M"],
}


def vgg(name: str, *, batch_norm: bool = False) -> list[str]:
    """Simonyan & Zisserman 2014, as torchvision builds it."""
    layers: list[str] = []
    channels = 3
    for width in VGG[name]:
        if width == "M":
            layers.append("MaxPool2d(kernel_size=2, stride=2)")
            continue
        layers.append(f"Conv2d({channels}, {width}, kernel_size=3, padding=1)")
        if batch_norm:
            layers.append(f"BatchNorm2d({width})")
        layers.append("ReLU(inplace=True)")
        channels = int(width)
    return [
        *layers,
        "AdaptiveAvgPool2d((7, 7))",
        "Flatten()",
        "Linear(512 * 7 * 7, 4096)",
        "ReLU(True)",
        "Dropout(p=0.5)",
        "Linear(4096, 4096)",
        "ReLU(True)",
        "Dropout(p=0.5)",
        "Linear(4096, 1000)",
    ]


ALEXNET = """
# Krizhevsky 2014, as torchvision builds it
Conv2d(3, 64, kernel_size=11, stride=4, padding=2), ReLU(inplace=True), MaxPool2d(kernel_size=3, stride=2)
Conv2d(64, 192, kernel_size=5, padding=2), ReLU(inplace=True), MaxPool2d(kernel_size=3, stride=2)
Conv2d(192, 384, kernel_size=3, padding=1), ReLU(inplace=True)
Conv2d(384, 256, kernel_size=3, padding=1), ReLU(inplace=True)
Conv2d(256, 256, kernel_size=3, padding=1), ReLU(inplace=True), MaxPool2d(kernel_size=3, stride=2)
AdaptiveAvgPool2d((6, 6)), Flatten(), Dropout(p=0.5)
Linear(256 * 6 * 6, 4096), ReLU(inplace=True), Dropout(p=0.5)
Linear(4096, 4096), ReLU(inplace=True), Linear(4096, 1000)
"""

LENET5 = """
conv1 = Conv2d(1, 6, 5)  -> Tanh() -> pool1 = AvgPool2d(2)
conv2 = Conv2d(6, 16, 5) -> Tanh() -> pool2 = AvgPool2d(2)
Flatten() -> fc1 = Linear(400, 120) -> Tanh() -> fc2 = Linear(120, 84) -> Tanh() -> fc3 = Linear(84, 10)
"""
