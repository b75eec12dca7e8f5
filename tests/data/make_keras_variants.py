"""Write keras_variants.json: networks of keras.applications in changed forms, counted by building them. Needs Keras.

With a seed and a number, `make_keras_variants.py 7 200`, that many calls drawn at random are printed instead.
"""

import random
from math import prod

import case_file
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
    ("MobileNetV3Large", {"dropout_rate": 0.0, "classes": 4}),
]
SIZES = {"MobileNetV3Small": (224, 224, 3), "MobileNetV3Large": (224, 224, 3)}
NAMES = [
    *("VGG16", "ResNet50", "ResNet101", "ResNet50V2", "MobileNet", "MobileNetV2", "MobileNetV3Small"),
    *("MobileNetV3Large", "DenseNet121", "DenseNet169", "InceptionV3", "InceptionResNetV2", "Xception"),
    *("NASNetMobile", "EfficientNetB0", "EfficientNetB1", "EfficientNetB3", "EfficientNetV2B0", "EfficientNetV2B2"),
    *("EfficientNetV2B3", "EfficientNetV2S", "ConvNeXtTiny"),
]


def drawn(dice: random.Random) -> tuple[str, dict]:
    """A network with arguments and an image size at random."""
    name = dice.choice(NAMES)
    options = {}
    if dice.random() < 0.5:
        options["classes"] = dice.randint(1, 400)
    least = 80 if name.startswith(("Incept", "Xcept")) else 33
    if dice.random() < 0.8:
        options["input_shape"] = (dice.randint(least, 200), dice.randint(least, 200), dice.randint(1, 6))
    if dice.random() < 0.4:
        options |= {"include_top": False, "pooling": dice.choice((None, "avg", "max"))}
    if name == "MobileNet" and dice.random() < 0.7:
        options |= {"alpha": dice.randint(2, 30) / 16, "depth_multiplier": dice.randint(1, 3)}
    if name == "MobileNetV2" and dice.random() < 0.7:
        options |= {"alpha": dice.randint(4, 30) / 16}
    if name.startswith("MobileNetV3") and dice.random() < 0.7:
        options |= {"alpha": dice.randint(4, 30) / 16, "minimalistic": dice.random() < 0.5}
    if name.startswith(("EfficientNetV2", "ConvNeXt")) and dice.random() < 0.5:
        options |= {"include_preprocessing": False}
    return name, options


def measured(name: str, options: dict) -> dict:
    """Build and count."""
    given = dict(options)
    if name in SIZES and options.get("include_top", True):
        given.setdefault("input_shape", SIZES[name])
    model = getattr(keras.applications, name)(weights=None, **given)
    text = ", ".join(f"{key}={value!r}" for key, value in options.items())
    trainable = sum(prod(weight.shape) for weight in model.trainable_weights)
    case = {
        "call": f"{name}({text})",
        "input_shape": list(model.input_shape[1:]),
        "total": model.count_params(),
        "trainable": trainable,
        "non_trainable": model.count_params() - trainable,
        "output_shape": list(model.output_shape[1:]),
    }
    if None not in model.input_shape[1:]:
        case["macs"] = sum(map(macs, walked(model)))
    keras.backend.clear_session()
    return case


def walked(model: keras.Model) -> list[keras.Layer]:
    """The layers, those of models in the model too."""
    return [one for layer in model.layers for one in (walked(layer) if isinstance(layer, keras.Model) else [layer])]


def macs(layer: keras.Layer) -> int:
    """Multiply-accumulates of a convolution or a dense layer: what comes out (a transposed one: in), times what each meets."""
    if isinstance(layer, keras.layers.SeparableConv2D):
        kernel, point = layer.depthwise_kernel.shape, layer.pointwise_kernel.shape
        positions = prod(layer.output.shape[1:3])
        return positions * (prod(kernel) + prod(point))
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        first = layer.data_format == "channels_first"
        return prod(layer.output.shape[2:] if first else layer.output.shape[1:3]) * prod(layer.kernel.shape)
    if isinstance(layer, keras.layers.Conv2DTranspose):
        return prod(layer.input.shape[1:]) * prod(layer.kernel.shape[:3])
    if isinstance(layer, keras.layers.Conv2D):
        return prod(layer.output.shape[1:]) * prod(layer.kernel.shape[:3])
    if isinstance(layer, keras.layers.Dense):
        return prod(layer.output.shape[1:]) * layer.kernel.shape[0]
    return 0


if __name__ == "__main__":
    cases = case_file.measured(CASES, drawn, measured, 40)
    about = f"keras {keras.__version__}; made by make_keras_variants.py; MACs of convolutions and dense layers"
    case_file.write("keras_variants.json", about, cases)
