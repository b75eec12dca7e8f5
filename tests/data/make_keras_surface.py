"""Write the table of what real Keras and TensorFlow have, from which the stand-ins for them are made.

Run with an interpreter that has both: `python tests/data/make_keras_surface.py`. It holds the constructor of each
layer, and what exists, so that a name without a rule is told from no name.
"""

import importlib
import inspect
import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import signature_text
import tensorflow as tf

GUEST = Path(__file__).parents[2] / "src/paramcount/readers/guest/keras"
KERAS = [
    "keras",
    "keras.activations",
    "keras.applications",
    "keras.backend",
    "keras.callbacks",
    "keras.config",
    "keras.constraints",
    "keras.datasets",
    "keras.distribution",
    "keras.dtype_policies",
    "keras.export",
    "keras.initializers",
    "keras.layers",
    "keras.legacy",
    "keras.losses",
    "keras.metrics",
    "keras.mixed_precision",
    "keras.models",
    "keras.ops",
    "keras.optimizers",
    "keras.optimizers.schedules",
    "keras.preprocessing",
    "keras.preprocessing.image",
    "keras.preprocessing.sequence",
    "keras.quantizers",
    "keras.random",
    "keras.regularizers",
    "keras.saving",
    "keras.tree",
    "keras.utils",
    "keras.visualization",
    "keras.wrappers",
    "keras.ops.image",
    "keras.ops.linalg",
    "keras.ops.nn",
    "keras.ops.numpy",
    "keras.datasets.cifar10",
    "keras.datasets.cifar100",
    "keras.datasets.mnist",
    "keras.datasets.fashion_mnist",
    "keras.datasets.imdb",
]
APPLICATIONS = sorted(name for name, value in vars(keras.applications).items() if inspect.ismodule(value))
TENSORFLOW = [
    "tensorflow",
    "tensorflow.math",
    "tensorflow.nn",
    "tensorflow.image",
    "tensorflow.linalg",
    "tensorflow.random",
    "tensorflow.config",
    "tensorflow.data",
    "tensorflow.distribute",
    "tensorflow.io",
    "tensorflow.train",
    "tensorflow.strings",
    "tensorflow.summary",
    "tensorflow.saved_model",
    "tensorflow.experimental",
    "tensorflow.keras",
    "tensorflow.debugging",
    "tensorflow.dtypes",
    "tensorflow.errors",
    "tensorflow.initializers",
    "tensorflow.lite",
    "tensorflow.sets",
    "tensorflow.signal",
    "tensorflow.sparse",
    "tensorflow.test",
    "tensorflow.types",
    "tensorflow.autograph",
    "tensorflow.compat",
    "tensorflow.compat.v1",
    "tensorflow.random.experimental",
    "tensorflow.config.experimental",
    "tensorflow.data.experimental",
    "tensorflow.lookup",
    "tensorflow.ragged",
    "tensorflow.bitwise",
    "tensorflow.audio",
    "tensorflow.feature_column",
]


def written(function: object) -> str:
    """The parameters of a function or a constructor as source text."""
    return ", ".join(signature_text.written(inspect.signature(function).parameters.values()))  # type: ignore[arg-type]


def names(module: str) -> str:
    """What a module offers."""
    found = importlib.import_module(module) if module.startswith("keras") else tf
    for part in module.split(".")[1:] if found is tf else ():
        found = getattr(found, part)
    return " ".join(sorted(name for name in dir(found) if not name.startswith("__")))


def table(name: str, rows: dict[str, str]) -> str:
    """A dictionary as a statement, one entry a line."""
    lines = "\n".join(f"    {json.dumps(key)}: {json.dumps(value)}," for key, value in rows.items())
    return f"{name} = {{\n{lines}\n}}\n"


def main() -> None:
    """Write the table."""
    layers = {
        name: written(value)
        for name, value in sorted(vars(keras.layers).items())
        if inspect.isclass(value) and issubclass(value, keras.Layer)
    }
    aliases = {
        name: getattr(keras.layers, name).__name__ for name in layers if getattr(keras.layers, name).__name__ != name
    }
    exists = {module: names(module) for module in (*KERAS, *TENSORFLOW)}
    for name in APPLICATIONS:
        exists[f"keras.applications.{name}"] = names(f"keras.applications.{name}")
    about = f"What keras {keras.__version__} and tensorflow {tf.__version__} have; written by make_keras_surface.py."
    (GUEST / "_surface.py").write_text(
        f'"""{about}"""\n\n# fmt: off\n\n{table("LAYERS", layers)}\n{table("ALIASES", aliases)}\n{table("NAMES", exists)}'
    )


if __name__ == "__main__":
    main()
