"""torchvision.models.mobilenet: both of its versions."""

import torchvision.models.mobilenetv2 as second
import torchvision.models.mobilenetv3 as third

__all__ = [*second.__all__, *third.__all__]
for _module in (second, third):
    globals().update({name: vars(_module)[name] for name in _module.__all__})
