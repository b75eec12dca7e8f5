"""paramcount: exact parameter counts, shapes and MACs of convolutional networks, with their working.

>>> print(derive(layer("Conv2d(3, 32, 3)")).to_dict()["total"])
896
"""

from paramcount.build import layer, network
from paramcount.derive import derive
from paramcount.errors import (
    LayerError,
    LimitError,
    MissingError,
    NotationError,
    ParamcountError,
    SeveralErrors,
    ShapeError,
    UnknownNameError,
)
from paramcount.guide import calculate_conv_layer_params
from paramcount.network import Network
from paramcount.report import LayerReport, NetworkReport, Report

__all__ = [
    "LayerError",
    "LayerReport",
    "LimitError",
    "MissingError",
    "Network",
    "NetworkReport",
    "NotationError",
    "ParamcountError",
    "Report",
    "SeveralErrors",
    "ShapeError",
    "UnknownNameError",
    "calculate_conv_layer_params",
    "derive",
    "layer",
    "network",
]
__version__ = "0.1.0"
