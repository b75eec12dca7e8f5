"""Write what real Keras makes of the small sources in keras_sources/: counts, weights, output shapes, refusals.

Run with an interpreter that has Keras, TensorFlow and tf_keras: `python tests/data/make_keras_sources.py`.
"""

import inspect
import json
import os
import re
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tf_keras

HERE = Path(__file__).parent
SOURCES = HERE / "keras_sources"
ENTRIES: dict[str, tuple[str, list[list[int]] | None]] = {
    "sequential_add": ("build(classes=9)", None),
    "sequential_pop": ("base", None),
    "functional_residual": ("resnet()", None),
    "functional_multi": ("model", [[6], [9], [12]]),
    "frozen_nested": ("build()", None),
    "subclass_model": ("Classifier(4)", [[21, 23, 3]]),
    "subclass_lists": ("Stack()", [[24, 32, 3]]),
    "vit": ("build()", None),
    "unet": ("unet()", None),
    "tf_functions": ("Net()", [[30, 28, 3]]),
    "gan_pair": ("build()", [[16]]),
    "vae": ("VAE(encoder, decoder)", [[20, 20, 1]]),
    "transformer_block": ("model", None),
    "conv1d_dilated": ("tcn()", None),
    "mobile": ("build()", [[48, 64, 3]]),
    "feature_extractor": ("build()", None),
    "intermediate_input": ("build()", None),
    "tied_embedding": ("Tied()", [[6]]),
    "cloned": ("build()", None),
    "siamese": ("siamese", None),
    "shared_layers": ("siamese", None),
    "ensemble": ("ensemble", None),
    "patches": ("build()", None),
    "open_sizes": ("Painter()", [[256, 512, 3]]),
    "transfer": ("build()", None),
    "keras2_modules": ("build()", None),
    "builder_with_parts": ("build()", None),
    "wrong_no_super": ("build()", None),
}
"""How each source is entered where it is not by its `model`, and what flows in where the source does not tell."""


MODULES = {
    r"\bkeras\.layers\.[a-z_]+\b": "tf_keras.layers",
    r"\bkeras\.engine\.\w+ import Layer, get_source_inputs": (
        "tf_keras.layers import Layer; from tf_keras.utils import get_source_inputs"
    ),
    r"\bkeras\.utils import np_utils": "tf_keras import utils as np_utils",
    r"\bkeras\.utils\.conv_utils": "tf_keras.src.utils.conv_utils",
    r"from keras\.utils\.layer_utils import convert_all_kernels_in_model": (
        "def convert_all_kernels_in_model(model): pass"
    ),
    r"\b(from|import) keras\b": r"\1 tf_keras",
}
"""How modules of Keras 2 that are gone are written for tf_keras, which has what they held."""


def older(text: str) -> str:
    """The text of a source of Keras 2, as tf_keras runs it."""
    for pattern, place in MODULES.items():
        text = re.sub(pattern, place, text)
    return text


def main() -> None:
    """Run each source and write the figures."""
    found: dict[str, object] = {}
    for path in sorted(SOURCES.glob("*.py")):
        keras.config.set_image_data_format("channels_last")
        keras.mixed_precision.set_global_policy("float32")
        keras.utils.clear_session()
        entry, inputs = ENTRIES.get(path.stem, ("model", None))
        row: dict[str, object] = {"entry": entry, "inputs": inputs}
        try:
            space: dict[str, object] = {"__name__": path.stem}
            text = path.read_text()
            if path.stem.startswith("keras2_"):
                text, row["judge"] = older(text), f"tf_keras {tf_keras.__version__}"
            exec(compile(text, path.name, "exec"), space)  # noqa: S102 - our own sources
            model = eval(entry, space)  # noqa: S307
            shapes = inputs or [list(one.shape[1:]) for one in getattr(model, "inputs", None) or ()]
            arrays = [np.zeros((1, *shape), "float32") for shape in shapes]
            struct = getattr(model, "_inputs_struct", None)
            if isinstance(struct, dict):
                out = model(dict(zip(sorted(struct), arrays, strict=True)))
            else:
                wants = inspect.signature(model.call).parameters.get("training")
                told = {"training": False} if wants is not None and wants.default is wants.empty else {}
                out = model(arrays[0] if len(arrays) == 1 else arrays, **told) if arrays else None
            row["outputs"] = [list(one.shape) for one in keras.tree.flatten(out)] if out is not None else None
            row["weights"] = [[list(one.shape), one.trainable and model.trainable] for one in model.weights]
            row["total"] = model.count_params()
            row["trainable"] = sum(int(np.prod(one.shape)) for one in model.trainable_weights)
        except Exception as error:
            row["refused"] = type(error).__name__
            print(path.stem, type(error).__name__, str(error)[:120])
        found[path.stem] = row
    about = f"What keras {keras.__version__} on TensorFlow makes of the sources in keras_sources/: made by make_keras_sources.py"
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in found.items())
    (HERE / "keras_sources.json").write_text(f'{{"about": {json.dumps(about)},\n"sources": {{\n{lines}\n}}}}\n')


if __name__ == "__main__":
    main()
