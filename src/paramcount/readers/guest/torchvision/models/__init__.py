"""torchvision.models: of its builders, those whose files are here; files that the user gives come first."""

import importlib

from paramcount_guest.placeholders import given

from torchvision.models._api import (
    Weights,
    WeightsEnum,
    get_model,
    get_model_builder,
    get_model_weights,
    get_weight,
    list_models,
    register_model,
)  # fmt: skip

_FILES = {
    "alexnet": "alexnet", "convnext": "convnext", "densenet": "densenet", "efficientnet": "efficientnet",
    "googlenet": "googlenet", "_googlenet": "googlenet", "inception": "inception", "_inception": "inception",
    "mnasnet": "mnasnet", "mobilenet": "mobilenet", "resnet": "resnet", "resnext": "resnet", "wide_resnet": "resnet",
    "shufflenet": "shufflenetv2", "squeezenet": "squeezenet", "vgg": "vgg",
}  # fmt: skip
"""How names begin, in small letters → the file that has them."""

_rest = given("torchvision.models")


def __getattr__(name):
    for start, file in _FILES.items():
        if name.lower().startswith(start):
            module = importlib.import_module(f"torchvision.models.{file}")
            found = vars(module).get(name, globals().get(name))  # else a file that is imported now
            if found is not None:
                globals()[name] = found  # a builder goes before the file of the same name
                return found
    return _rest(name)
