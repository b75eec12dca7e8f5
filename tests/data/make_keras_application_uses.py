"""Write keras_application_uses.json: builders of keras.applications as sources call them, and what Keras makes of them.

Run with an interpreter that has Keras and TensorFlow: `python tests/data/make_keras_application_uses.py`. Nothing is
downloaded: what is asked for with weights is made for them and left as it is. Kept are totals, MACs of convolutions and
dense layers, what comes out, digests of all weights (layer, name, shape, trained or not) and of all layers (name and
class), both in Keras's order, and for what Keras refuses the class of its error.
"""

import gc
import hashlib
import json
import os
import sys
from math import prod
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
from keras.src.models import Functional
from keras.src.utils import file_utils
from make_keras_variants import macs

FILE = Path(__file__).with_name("keras_application_uses.json")
BUILDERS = [
    "MobileNetV3Small", "MobileNetV3Large", "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2",
    "EfficientNetV2B3", "EfficientNetV2S", "EfficientNetV2M", "EfficientNetV2L", "ConvNeXtTiny", "ConvNeXtSmall",
    "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge", "NASNetMobile", "NASNetLarge",
]  # fmt: skip
CALLS = [
    *(f"{name}(weights=None)" for name in BUILDERS),
    *(f"{name}(weights=None, include_top=False, input_shape=(96, 160, 3), pooling='avg')" for name in BUILDERS),
    *(f"{name}(weights=None, input_shape=(64, 75, 1), classes=7)" for name in BUILDERS[:5] + BUILDERS[9:10]),
    *(
        f"{name}(weights=None, input_shape=(129, 97, 5), classes=7)"
        for name in (BUILDERS[6], BUILDERS[10], BUILDERS[14])
    ),
    *(f"{name}(include_top=False, input_shape=(64, 64, 3))" for name in ("MobileNetV3Small", "NASNetMobile")),
    *(f"{name}(include_top=False, pooling='max')" for name in ("EfficientNetV2B0", "ConvNeXtTiny", "NASNetMobile")),
    "MobileNetV3Small(weights=None, alpha=0.5, input_shape=(96, 96, 3), include_top=False)",
    "MobileNetV3Large(weights=None, alpha=1.5, classes=11, input_shape=(70, 90, 3), dropout_rate=0)",
    "MobileNetV3Small(weights=None, minimalistic=True, input_shape=(64, 64, 3), include_preprocessing=False)",
    "MobileNetV3Large(minimalistic=True, include_top=False, pooling='max')",
    "MobileNetV3Large(weights=None, classifier_activation=None, name='mobile', input_shape=(61, 65, 3))",
    "MobileNetV3Small(input_tensor=keras.Input((50, 90, 3)), include_top=False)",
    "EfficientNetV2B3(weights=None, include_preprocessing=False, classifier_activation='sigmoid', classes=1)",
    "EfficientNetV2S(weights=None, name='efficientnetv2-b1', input_shape=(64, 64, 3))",
    "EfficientNetV2B1(input_tensor=keras.Input((96, 64, 3)), include_top=False)",
    "ConvNeXtTiny(weights=None, include_preprocessing=False, name='body', include_top=False, input_shape=(64, 32, 3))",
    "ConvNeXtBase(input_tensor=keras.Input((64, 96, 3)), include_top=False, pooling='max')",
    "NASNetMobile(None, False, None, None, 'max')",
    "NASNetLarge(weights=None, input_shape=(139, 111, 3), classes=10, classifier_activation='linear')",
    "VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))",
    "ResNet50(weights=None, include_top=False, input_shape=(64, 96, 3), pooling='avg')",
    "ResNet50V2(weights=None, input_shape=(64, 96, 3), classes=3)",
    "DenseNet121(weights=None, include_top=False, input_shape=(64, 96, 3), pooling='max')",
    "EfficientNetB0(weights=None, input_shape=(64, 96, 3), classes=4)",
    "EfficientNetB3(include_top=False, input_shape=(64, 96, 3), pooling='avg')",
    "InceptionV3(weights=None, include_top=False, input_shape=(96, 96, 3))",
    "InceptionResNetV2(weights=None, include_top=False, input_shape=(96, 96, 3))",
    "Xception(weights=None, include_top=False, input_shape=(96, 96, 3))",
    "MobileNet(weights=None, input_shape=(64, 96, 3), classes=4)",
    "MobileNetV2(weights=None, input_shape=(64, 96, 3), classes=4)",
]
"""Calls of builders, with and without their classifier, in the sizes that people change."""

USES = {
    "frozen in a Sequential": """
base = keras.applications.MobileNetV3Small(input_shape=(64, 96, 3), include_top=False, weights="imagenet")
base.trainable = False
model = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(5, activation="softmax")])
""",
    "the last twenty layers trained": """
base = keras.applications.EfficientNetV2B0(include_top=False, input_shape=(64, 64, 3), pooling="avg")
for layer in base.layers[:-20]:
    layer.trainable = False
inputs = keras.Input((64, 64, 3))
x = base(inputs, training=False)
model = keras.Model(inputs, layers.Dense(3)(x))
""",
    "frozen up to a name": """
base = keras.applications.MobileNetV3Large(input_shape=(96, 96, 3), include_top=False, weights=None)
base.trainable, seen = True, False
for layer in base.layers:
    seen = seen or layer.name == "expanded_conv_12_expand"
    layer.trainable = seen and not isinstance(layer, layers.BatchNormalization)
x = layers.Flatten()(base.output)
model = keras.Model(base.input, layers.Dense(4)(x))
""",
    "features of several stages": """
from keras.applications import EfficientNetV2S
base = EfficientNetV2S(include_top=False, weights=None, input_shape=(64, 96, 3))
names = ["block1b_add", "block2d_add", "block4a_expand_activation", "block6a_expand_activation", "top_activation"]
model = keras.Model(base.inputs, [base.get_layer(name).output for name in names])
""",
    "an encoder and a decoder": """
from tensorflow.keras.applications import MobileNetV3Large
inputs = layers.Input((128, 96, 3))
base = MobileNetV3Large(input_tensor=inputs, include_top=False, weights=None)
skips = [base.get_layer(name).output for name in ("expanded_conv_3_expand", "expanded_conv_6_expand")]
x = base.get_layer("expanded_conv_12_expand").output
for skip, width in zip(reversed(skips), (24, 12)):
    x = layers.Conv2DTranspose(width, 3, strides=2, padding="same")(x)
    x = layers.Concatenate()([x, skip]) if x.shape[1] == skip.shape[1] else x
model = keras.Model(inputs, layers.Conv2D(2, 1)(x))
""",
    "stages of ConvNeXt trained apart": """
from keras.applications.convnext import ConvNeXtTiny, preprocess_input
base = ConvNeXtTiny(include_top=False, weights="imagenet", input_shape=(64, 64, 3), pooling="max")
for layer in base.layers:
    layer.trainable = layer.name.startswith("convnext_tiny_stage_3") or "downsampling_block_2" in layer.name
base.get_layer("convnext_tiny_stem").layers[-1].trainable = True
inputs = keras.Input((64, 64, 3))
model = keras.Model(inputs, layers.Dense(6, name="head")(base(preprocess_input(inputs))))
""",
    "NASNet on a caller's tensor": """
inputs = keras.Input((96, 96, 1))
x = layers.Concatenate()([inputs, inputs, inputs])
base = keras.applications.nasnet.NASNetMobile(include_top=False, weights=None, input_tensor=x)
for layer in base.layers[:300]:
    layer.trainable = False
x = layers.GlobalMaxPooling2D()(base.get_layer("normal_concat_11").output)
model = keras.Model(inputs, layers.Dense(2)(x))
""",
    "two backbones": """
image = keras.Input((64, 64, 3))
first = keras.applications.MobileNetV3Small(input_shape=(64, 64, 3), include_top=False, pooling="avg", weights=None)
second = keras.applications.EfficientNetV2B1(input_shape=(64, 64, 3), include_top=False, pooling="avg", weights=None)
second.trainable = False
model = keras.Model(image, layers.Dense(2)(layers.concatenate([first(image), second(image)])))
""",
    "cut off and used again": """
base = keras.applications.ConvNeXtSmall(include_top=False, weights=None, input_shape=(96, 64, 3))
cut = keras.Model(base.input, base.get_layer("convnext_small_stage_1_block_2_layer_scale").output)
left, right = keras.Input((96, 64, 3)), keras.Input((96, 64, 3))
pool = layers.GlobalAveragePooling2D()
model = keras.Model([left, right], layers.Dense(3)(pool(cut(left)) - pool(cut(right))))
""",
    "batch norms kept": """
model = keras.applications.EfficientNetV2B2(weights=None, input_shape=(64, 64, 3), classes=9)
for layer in model.layers:
    if isinstance(layer, layers.BatchNormalization):
        layer.trainable = False
""",
    "a class around it": """
class Net(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.backbone = keras.applications.MobileNetV3Small(
            input_shape=(64, 64, 3), include_top=False, include_preprocessing=False, weights=None, pooling="avg")
        self.head = layers.Dense(classes)
    def call(self, x):
        return self.head(self.backbone(x / 127.5 - 1.0))
model = Net(8)
""",
    "EfficientNetV2 with widths of its own": """
from keras.src.applications.efficientnet_v2 import EfficientNetV2
stages = [
    dict(kernel_size=3, num_repeat=1, input_filters=24, output_filters=16, expand_ratio=1, se_ratio=0.5, strides=2, conv_type=1),
    dict(kernel_size=5, num_repeat=2, input_filters=16, output_filters=29, expand_ratio=3, se_ratio=0.25, strides=2, conv_type=0),
    dict(kernel_size=3, num_repeat=2, input_filters=29, output_filters=44, expand_ratio=4, se_ratio=0.0, strides=1, conv_type=0),
]
model = EfficientNetV2(1.3, 1.5, 96, dropout_rate=0, drop_connect_rate=0.0, depth_divisor=4, min_depth=12, bn_momentum=0.8,
                       activation="relu", blocks_args=stages, weights=None, classes=5)
""",
    "ConvNeXt with depths of its own": """
from keras.src.applications.convnext import ConvNeXt
model = ConvNeXt([1, 2, 1, 1], [12, 20, 28, 36], drop_path_rate=0.3, layer_scale_init_value=None, default_size=64, classes=4)
""",
    "NASNet with widths of its own": """
from keras.src.applications.nasnet import NASNet
model = NASNet((97, 80, 3), 192, 2, 12, skip_reduction=True, weights=None, include_top=False, pooling="avg")
""",
    "channels first": """
keras.config.set_image_data_format("channels_first")
model = keras.applications.EfficientNetV2B0(weights=None, input_shape=(3, 64, 96), include_top=False)
""",
    "channels first, sizes open": """
keras.config.set_image_data_format("channels_first")
model = keras.applications.MobileNetV3Small(weights=None)
""",
}
"""Sources as people write them."""

REFUSED = [
    "MobileNetV3Small(classes=10)", "MobileNetV3Small(alpha=0.5)", "MobileNetV3Large(alpha=0.75, minimalistic=True)",
    "MobileNetV3Small(weights=None, input_shape=(31, 64, 3))", "MobileNetV3Large(classifier_activation='relu')",
    "MobileNetV3Small(weights=None, input_shape=(64, 32, 3), input_tensor=keras.Input((64, 64, 3)))",
    "EfficientNetV2S(input_shape=(64, 64, 3))", "EfficientNetV2B0(weights=None, input_shape=(None, None, 3))",
    "EfficientNetV2M(name='backbone', weights=None)", "EfficientNetV2B0(include_top=False, input_shape=(64, 64, 4))",
    "EfficientNetV2B1(classifier_activation='sigmoid')", "ConvNeXtTiny(name='backbone')",
    "ConvNeXtTiny(weights=None, input_shape=(64, 64))", "ConvNeXtBase(weights=None, alpha=1.0)",
    "NASNetMobile(include_top=False, input_shape=(None, None, 3))", "NASNetMobile(classes=3)",
    "NASNetMobile(weights=None, input_shape=(224, 224, 3), include_preprocessing=False)", "ResNet50(classifier_activation='relu')",
]  # fmt: skip
"""Calls that Keras refuses."""

INPUTS = {
    "MobileNetV3Small(weights=None)": [224, 224, 3],
    "MobileNetV3Large(weights=None)": [224, 224, 3],
    "MobileNetV3Large(minimalistic=True, include_top=False, pooling='max')": [96, 61, 3],
    "EfficientNetV2B0(include_top=False, pooling='max')": [96, 61, 3],
    "a class around it": [64, 64, 3],
    "channels first, sizes open": [3, 96, 80],
}
"""What flows in where the source does not tell."""


def digest(found: list[Any]) -> str:
    """A digest of what is too long to keep."""
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()[:32]


def layers_of(model: keras.Model, path: str = "") -> list[tuple[str, keras.Layer]]:
    """The layers and their paths, those of models in the model too; inputs are no layers here."""
    found = []
    for layer in model.layers:
        if not isinstance(layer, keras.layers.InputLayer):
            found.append((path + layer.name, layer))
            found += layers_of(layer, f"{path}{layer.name}.") if isinstance(layer, keras.Model) else []
    return found


def described(source: str, inputs: list[list[int]] | None) -> dict[str, Any]:
    """What Keras makes of a source."""
    space: dict[str, Any] = {"__name__": "source"}
    exec(source, space)  # noqa: S102 - the sources of this file
    model = space["model"]
    made = [keras.Input(shape) for shape in inputs or ()]
    whole = keras.Model(made, model(*made)) if made and not isinstance(model, Functional) else model
    layers = layers_of(model)
    weights = [
        [path, one.name, list(one.shape), one.trainable]
        for path, layer in layers
        if not isinstance(layer, keras.Model)
        for one in layer.weights
    ]
    row = {
        "inputs": inputs,
        "total": model.count_params(),
        "trainable": sum(prod(one.shape) for one in model.trainable_weights),
        "weights": digest(weights),
        "layers": digest([[path, type(one).__name__] for path, one in layers]),
    }
    if made:
        whole = keras.models.clone_model(model, made[0]) if whole is model else keras.Model(made, model.call(*made))
    outputs = [list(one.shape[1:]) for one in whole.outputs]
    known = not any(None in one.shape[1:] for one in whole.inputs)
    return row | {"outputs": outputs if known else None, "macs": counted(whole) if known else None}


def counted(model: keras.Model) -> int:
    """MACs of a model: a layer or a model in it counts as often as it runs."""
    graph = getattr(model, "_functional", None) or model
    ran = [node.operation for nodes in graph._nodes_by_depth.values() for node in nodes]
    return sum(counted(one) if isinstance(one, keras.Model) else macs(one) for one in ran)


def main(words: list[str]) -> None:
    """Write the file; words choose rows to be printed instead."""
    file_utils.get_file = lambda *_args, **_kwargs: "none.h5"
    keras.Model.load_weights = lambda *_args, **_kwargs: None
    start = "import keras\nfrom keras import layers\n"
    sources = {call: f"{start}model = keras.applications.{call}\n" for call in (*CALLS, *REFUSED)}
    sources |= {name: start + text.lstrip("\n") for name, text in USES.items()}
    rows = []
    for name, source in sources.items():
        if words and not any(word in name for word in words):
            continue
        keras.config.set_image_data_format("channels_last")
        keras.utils.clear_session()
        gc.collect()
        row: dict[str, Any] = {"id": name, "source": source}
        try:
            row |= described(source, [INPUTS[name]] if name in INPUTS else None)
        except Exception as error:
            row["refused"] = type(error).__name__
            print(row["refused"], error, file=sys.stderr)
        rows.append(json.dumps(row))
        print(rows[-1][:60] if not words else rows[-1], file=sys.stderr, flush=True)
    about = f"keras {keras.__version__}; written by make_keras_application_uses.py"
    if not words:
        FILE.write_text(f'{{"about": "{about}", "uses": [\n' + ",\n".join(rows) + "\n]}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
