"""Write into keras_repositories.json what real Keras counts of the models that it lists.

    python tests/data/make_keras_repositories.py FOLDER

FOLDER holds the repositories, each checked out at its commit in a folder `owner+name`. What is listed is code of
others: run this where there is no network and nothing to lose. The interpreter has Keras, TensorFlow, tf_keras and
keras_applications. A model is built by Keras 3 where it can be, else by tf_keras, under the names that Keras 2 had.
"""

import hashlib
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import subprocess
import sys
import types
from pathlib import Path
from unittest.mock import MagicMock

DATA = Path(__file__).parent / "keras_repositories.json"
OLDER = ("core", "convolutional", "convolutional_recurrent", "merge", "normalization", "pooling", "recurrent",
         "embeddings", "advanced_activations", "noise", "wrappers", "local")  # fmt: skip
"""Modules that keras.layers had."""


class Missing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for libraries that are not here: data, plots, images."""

    def find_spec(self, name, _path=None, _target=None):
        known = name.partition(".")[0] in ("keras", "tensorflow", "tf_keras", "numpy", "keras_applications")
        return None if known else importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        def attribute(name):
            if name.startswith("__"):
                raise AttributeError(name)
            return MagicMock(name=name)

        made = types.ModuleType(spec.name)
        made.__path__ = []
        made.__getattr__ = attribute
        return made

    def exec_module(self, module):
        pass


class Aliases(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what Keras 2 had under keras, tensorflow.keras and tensorflow.python.keras in tf_keras."""

    def find_spec(self, name, _path=None, _target=None):
        roots = ("keras", "tensorflow.keras", "tensorflow.python.keras")
        if any(part[:1].isupper() for part in name.split(".")):
            return None
        if any(name == root or name.startswith(f"{root}.") for root in roots):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        import tf_keras
        from tf_keras.src.utils import conv_utils, layer_utils

        rest = spec.name.replace("tensorflow.python.keras", "keras").replace("tensorflow.keras", "keras").split(".")[1:]
        made = types.ModuleType(spec.name)
        made.__path__ = []
        if rest[:1] == ["engine"]:
            for one in ("Layer", "InputSpec"):
                setattr(made, one, getattr(tf_keras.layers, one))
            made.Input, made.Model, made.topology = tf_keras.Input, tf_keras.Model, made
            made.get_source_inputs = tf_keras.utils.get_source_inputs
            return made
        if rest[:1] == ["utils"] and len(rest) == 2:
            for source in (layer_utils, conv_utils, tf_keras.utils):
                made.__dict__.update({key: value for key, value in vars(source).items() if not key.startswith("__")})
            made.convert_all_kernels_in_model = made.convert_dense_weights_data_format = lambda *_args, **_kwargs: None
            return made
        if rest[:1] == ["backend"] or (rest[:1] == ["layers"] and rest[1:2] and rest[1] in OLDER):
            rest = rest[:1]
        source = tf_keras
        for part in rest:
            source = getattr(source, part)
        kept = ("__name__", "__spec__", "__loader__", "__package__", "__path__")
        made.__dict__.update({key: value for key, value in vars(source).items() if key not in kept})
        if rest == ["applications", "imagenet_utils"]:
            made._obtain_input_shape = _obtain_input_shape
        return made

    def exec_module(self, module):
        pass


def _obtain_input_shape(*args, include_top=None, **kwargs):
    from keras_applications.imagenet_utils import _obtain_input_shape as own

    return own(*args, **kwargs, **({} if include_top is None else {"require_flatten": include_top}))


def build(case: dict, place: Path) -> dict:
    """What Keras counts of one case."""
    import keras
    import numpy as np
    import tensorflow as tf

    main = case["files"][0]
    name, folder = main.removesuffix(".py").replace("/", "."), (place / main).parent
    sys.path[:0] = [str(place), str(folder)]
    package = all(part.isidentifier() for part in name.split("."))
    if package and (folder == place or (folder / "__init__.py").exists()):
        space = vars(importlib.import_module(name))
    else:
        space = {"__name__": "main_file", "__file__": str(place / main)}
        try:
            exec(compile((place / main).read_text(), main, "exec"), space)  # noqa: S102 - in a place that is thrown away
        except BaseException:
            if case["entry"].split("(")[0].split(".")[0] not in space:
                raise
    model = eval(case["entry"], space)  # noqa: S307
    out = getattr(model, "outputs", None)
    if case["inputs"] and not getattr(model, "inputs", None):
        arrays = [np.zeros([1, *shape], "float32") for shape in case["inputs"]]
        out = tf.nest.flatten(model(arrays[0] if len(arrays) == 1 else arrays))
    outputs = [list(one.shape[1:]) for one in out] if out else None
    shapes = [list(map(int, one.shape)) for one in model.weights]
    return {
        "judge": f"{keras.__name__} {keras.__version__}"
        if keras.__version__ > "3"
        else f"tf_keras {keras.__version__}",
        "total": sum(int(np.prod(shape)) for shape in shapes),
        "trainable": sum(int(np.prod(one.shape)) for one in model.trainable_weights),
        "outputs": None if outputs is None or any(None in shape for shape in outputs) else outputs,
        "digest": hashlib.sha256(json.dumps(sorted(shapes)).encode()).hexdigest()[:32],
    }


def one(older: bool, text: str, place: Path) -> None:
    """Build a case in a process of its own, and print its figures."""
    os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "TF_USE_LEGACY_KERAS": str(int(older))}
    import tensorflow as tf

    if older:
        import tf_keras

        prefixes = ("keras.", "tensorflow.keras", "tensorflow.python.keras")
        for name in [name for name in sys.modules if name == "keras" or name.startswith(prefixes)]:
            del sys.modules[name]
        sys.meta_path.insert(0, Aliases())
        tf.__dict__["keras"] = tf_keras
    import keras

    keras.utils.get_file = lambda *_args, **_kwargs: "none.h5"  # nothing is downloaded: weights change no count
    keras.Model.load_weights = lambda *_args, **_kwargs: None
    sys.meta_path.append(Missing())
    sys.argv = [""]
    try:
        found = build(json.loads(text), place)
    except BaseException as error:  # whatever it is, the model is not built
        found = {"refused": type(error).__name__}
    print(json.dumps(found))


def main(folder: Path) -> None:
    """Run every case twice at most."""
    data = json.loads(DATA.read_text())
    for case in data["cases"]:
        place = folder / case["repository"].replace("/", "+")
        kept = {key: case[key] for key in ("repository", "commit", "files", "entry", "inputs")}
        for older in ("", "older"):
            command = [sys.executable, "-W", "ignore", __file__, str(place), json.dumps(kept), older]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            found = json.loads(done.stdout.splitlines()[-1])
            if "refused" not in found:
                break
        case.clear()
        case.update(kept | found)
    lines = ",\n".join(json.dumps(case) for case in data["cases"])
    DATA.write_text(f'{{"about": {json.dumps(data["about"])},\n"cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    if len(sys.argv) > 2:
        one(bool(sys.argv[3]), sys.argv[2], Path(sys.argv[1]))
    else:
        main(Path(sys.argv[1]))
