"""torchvision.models.vgg: plain convolutional networks."""

from torch import flatten, nn

from torchvision.models._builders import builders

__all__ = ["VGG"]


class VGG(nn.Module):
    """Convolutions, a pooling to seven by seven, three dense layers."""

    def __init__(self, features, num_classes=1000, init_weights=True, dropout=0.5):
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096), nn.ReLU(True), nn.Dropout(p=dropout),
            nn.Linear(4096, 4096), nn.ReLU(True), nn.Dropout(p=dropout),
            nn.Linear(4096, num_classes),
        )  # fmt: skip

    def forward(self, x):
        return self.classifier(flatten(self.avgpool(self.features(x)), 1))


def make_layers(cfg, batch_norm=False):
    layers, channels = [], 3
    for one in cfg:
        if one == "M":
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
        else:
            layers.append(nn.Conv2d(channels, one, kernel_size=3, padding=1))
            layers += [nn.BatchNorm2d(one), nn.ReLU(inplace=True)] if batch_norm else [nn.ReLU(inplace=True)]
            channels = one
    return nn.Sequential(*layers)


def _cfg(*depths):
    return [one for depth, width in zip(depths, (64, 128, 256, 512, 512)) for one in [width] * depth + ["M"]]


cfgs = {
    "A": _cfg(1, 1, 2, 2, 2),
    "B": _cfg(2, 2, 2, 2, 2),
    "D": _cfg(2, 2, 3, 3, 3),
    "E": _cfg(2, 2, 4, 4, 4),
}


def _made(cfg, batch_norm, **kwargs):
    return VGG(make_layers(cfgs[cfg], batch_norm=batch_norm), **kwargs)


__all__ += builders(
    globals(),
    _made,
    {
        f"vgg{depth}{'_bn' if batch_norm else ''}": (cfg, batch_norm)
        for depth, cfg in ((11, "A"), (13, "B"), (16, "D"), (19, "E"))
        for batch_norm in (False, True)
    },
)
