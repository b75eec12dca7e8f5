"""Write what real Keras makes of the small sources in keras_sources/: counts, weights, output shapes, refusals.

Run with an interpreter that has Keras and TensorFlow: `python tests/data/make_keras_sources.py`.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

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
    "wrong_no_super": ("build()", None),
}
"""How each source is entered where it is not by its `model`, and what flows in where the source does not tell."""


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
            exec(compile(path.read_text(), path.name, "exec"), space)  # noqa: S102 - our own sources
            model = eval(entry, space)  # noqa: S307
            shapes = inputs or [list(one.shape[1:]) for one in getattr(model, "inputs", None) or ()]
            arrays = [np.zeros((1, *shape), "float32") for shape in shapes]
            struct = getattr(model, "_inputs_struct", None)
            if isinstance(struct, dict):
                out = model(dict(zip(sorted(struct), arrays, strict=True)))
            else:
                out = model(arrays[0] if len(arrays) == 1 else arrays) if arrays else None
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
