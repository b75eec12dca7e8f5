"""Write keras_variants.json: networks of keras.applications in changed forms, counted by building them. Needs Keras."""

import json
import sys
from pathlib import Path

import keras

CASES = [
    *(
        (name, {"classes": 10})
        for name in ("VGG16", "ResNet50", "ResNet101V2", "MobileNet", "MobileNetV2", "DenseNet121")
    ),
    *(
        (name, {"classes": 7})
        for name in ("InceptionV3", "Xception", "EfficientNetB0", "EfficientNetV2B1", "NASNetMobile")
    ),
    *((name, {"classes": 3}) for name in ("ConvNeXtTiny", "MobileNetV3Small", "MobileNetV3Large", "InceptionResNetV2")),
    *(
        (name, {"input_shape": (160, 160, 1)})
        for name in ("VGG19", "ResNet50", "ResNet50V2", "DenseNet169", "MobileNet")
    ),
    *(
        (name, {"input_shape": (128, 96, 4)})
        for name in ("MobileNetV2", "EfficientNetB1", "MobileNetV3Large", "Xception")
    ),
    *((name, {"input_shape": (192, 192, 2)}) for name in ("EfficientNetV2S", "ConvNeXtSmall", "InceptionV3")),
    *(
        (name, {"include_top": False, "pooling": "avg"})
        for name in ("ResNet152", "EfficientNetB4", "DenseNet201", "VGG16")
    ),
    *((name, {"include_top": False, "pooling": "max"}) for name in ("MobileNet", "ConvNeXtBase", "NASNetMobile")),
    *((name, {"include_top": False, "input_shape": (97, 131, 3)}) for name in ("ResNet50", "MobileNet", "MobileNetV2")),
    *(
        (name, {"include_top": False, "input_shape": (97, 131, 3)})
        for name in ("NASNetMobile", "Xception", "EfficientNetB2")
    ),
    *(
        (name, {"include_top": False, "input_shape": (97, 131, 3)})
        for name in ("InceptionResNetV2", "MobileNetV3Small")
    ),
    *(("MobileNet", {"alpha": alpha}) for alpha in (0.25, 0.5, 0.75)),
    ("MobileNet", {"alpha": 0.5, "depth_multiplier": 2, "classes": 10}),
    *(("MobileNetV2", {"alpha": alpha}) for alpha in (0.35, 0.5, 1.3, 1.4)),
    *(("MobileNetV3Small", {"alpha": alpha}) for alpha in (0.75, 1.25)),
    ("MobileNetV3Large", {"minimalistic": True}),
    ("MobileNetV3Small", {"minimalistic": True, "alpha": 1.5, "include_preprocessing": False}),
    ("EfficientNetV2B0", {"include_preprocessing": False}),
    ("ConvNeXtTiny", {"include_preprocessing": False, "classes": 5}),
]
SIZES = {"MobileNetV3Small": (224, 224, 3), "MobileNetV3Large": (224, 224, 3)}


def measured(name: str, options: dict) -> dict:
    """Build and count."""
    given = dict(options)
    if name in SIZES and options.get("include_top", True):
        given.setdefault("input_shape", SIZES[name])
    model = getattr(keras.applications, name)(weights=None, **given)
    text = ", ".join(f"{key}={value!r}" for key, value in options.items())
    trainable = sum(_size(weight.shape) for weight in model.trainable_weights)
    return {
        "call": f"{name}({text})",
        "input_shape": list(model.input_shape[1:]),
        "total": model.count_params(),
        "trainable": trainable,
        "non_trainable": model.count_params() - trainable,
        "output_shape": list(model.output_shape[1:]),
    }


def _size(shape: tuple) -> int:
    size = 1
    for one in shape:
        size *= one
    return size


if __name__ == "__main__":
    cases = [measured(name, options) for name, options in CASES]
    about = f"keras {keras.__version__}; made by make_keras_variants.py"
    lines = ",\n  ".join(json.dumps(case) for case in cases)
    text = f'{{"about": {json.dumps(about)}, "cases": [\n  {lines}\n]}}\n'
    Path(__file__).with_name("keras_variants.json").write_text(text, encoding="utf-8")
    print(len(cases), "cases", file=sys.stderr)
