"""Which names are where: keras.layers, tensorflow.keras.layers and keras.src.layers are one module of the stand-ins."""

import importlib.machinery
import sys
import types

from paramcount_guest.state import STATE, Unsupported, stop

from keras._surface import NAMES

OFFERED = {}
"""Module → name → value: what the stand-ins have."""

OLDER_MODULES = {
    **{f"keras.layers.{name}": "keras.layers" for name in (
        "core", "convolutional", "convolutional_recurrent", "merge", "normalization", "pooling", "recurrent",
        "embeddings", "advanced_activations", "noise", "wrappers", "local", "cudnn_recurrent", "merging",
        "normalization.batch_normalization", "normalization.layer_normalization",
    )},
    **{f"keras.engine.{name}": "keras.engine" for name in (
        "topology", "base_layer", "training", "network", "input_layer", "input_spec", "sequential", "functional",
        "keras_tensor",
    )},
    **{f"keras.utils.{name}": "keras.utils" for name in (
        "np_utils", "vis_utils", "generic_utils", "data_utils", "io_utils", "tf_utils", "conv_utils", "layer_utils",
    )},
    "keras.backend.tensorflow_backend": "keras.backend",
    "keras.backend.common": "keras.backend",
    "keras.objectives": "keras.losses",
}  # fmt: skip
"""Modules of Keras 2 that are gone, and where what they held is found."""

GONE_NAMES = {
    "keras.layers": {
        "merge": "write Add(), Concatenate(), Multiply() …", "Merge": "write Add(), Concatenate(), Multiply() …",
        "AtrousConvolution1D": "write Conv1D(dilation_rate=…)", "AtrousConvolution2D": "write Conv2D(dilation_rate=…)",
        "Deconvolution2D": "write Conv2DTranspose(…)", "MaxoutDense": "write its layers", "Highway": "write its layers",
        "TimeDistributedDense": "write TimeDistributed(Dense(…))", "CuDNNLSTM": "write LSTM(…)",
        "CuDNNGRU": "write GRU(…, reset_after=True)", "LocallyConnected1D": "Keras 3 has none",
        "LocallyConnected2D": "Keras 3 has none", "ThresholdedReLU": "write ReLU(threshold=…)",
        "SReLU": "Keras has none since version 2", "ParametricSoftplus": "Keras has none since version 2",
    },
    "keras.models": {"Graph": "write Model(inputs=…, outputs=…)"},
    "keras.backend": {
        "image_dim_ordering": "it is called image_data_format now",
        "set_image_dim_ordering": "it is called set_image_data_format now",
    },
    "keras.utils": {"multi_gpu_model": "Keras has none"},
}  # fmt: skip
"""Names of Keras 1 and 2 that are gone, and what to write instead."""

OLDER = []
"""The modules of Keras 2 that the source imports."""

ROOTS = ("tensorflow.python.keras", "tensorflow.keras", "tf_keras.src", "tf_keras", "keras.api._v2.keras", "keras.api",
         "keras._tf_keras.keras", "keras.src")  # fmt: skip


def canonical(name):
    """The name under which a module's contents stand here."""
    if name.partition(".")[0] == "keras_applications":
        return name.replace("keras_applications", "keras.applications", 1)
    for root in ROOTS:
        if name == root or name.startswith(root + "."):
            rest = name[len(root) :]
            if root == "keras.src" and f"keras.src{rest}" in OFFERED:
                return name
            name = f"keras{rest}"
            break
    return OLDER_MODULES.get(name, name)


def offer(module, **values):
    """Put names into a module."""
    OFFERED.setdefault(module, {}).update(values)


def gone(module, name):
    """The error for a name that Keras has no more."""
    return ImportError(f"{module}.{name} is gone: {GONE_NAMES[module][name]}.")


class StandIn(types.ModuleType):
    """A module of Keras or TensorFlow."""

    def __init__(self, name):
        super().__init__(name)
        own = self.__dict__
        own["_canonical"] = canonical(name)
        own["__path__"] = []
        own.update(OFFERED.get(self._canonical, {}))
        own["__all__"] = [one for one in own if not one.startswith("_")]

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        module = self._canonical
        if name in GONE_NAMES.get(module, ()):
            raise gone(module, name)
        full = f"{module}.{name}"
        if full in OFFERED or full in NAMES or full in OLDER_MODULES:
            return importlib.import_module(f"{self.__name__}.{name}")
        if f"{self.__name__}.{name}" in sys.modules:
            return sys.modules[f"{self.__name__}.{name}"]
        known = NAMES.get(module, "").split()
        if name not in known and not self.__name__.startswith(("keras.src", "tf_keras.src", "tensorflow.python")):
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        made = Unsupported(name, (), {"__qualified__": full, "__module__": module})
        self.__dict__[name] = made
        return made


class Finder:
    """Finds the modules of Keras and TensorFlow."""

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in ("keras", "tensorflow", "tf_keras", "keras_applications") or name in ("keras", "tensorflow"):
            return None
        found = canonical(name)
        if name in OLDER_MODULES and name not in OLDER:
            OLDER.append(name)
            STATE.warn(f"{name} is a module of Keras 2, and gone: its names were taken from {found}.")
        internal = name.startswith(("keras.src.", "tf_keras.src.", "tensorflow.python."))
        if (
            found in OFFERED
            or found in NAMES
            or internal
            or name in ("tf_keras", "keras.src", "keras.api", "tensorflow.python")
        ):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return StandIn(spec.name)

    def exec_module(self, module):
        return None


def unsupported_function(name):
    """A function that exists and has no rule here."""

    def refuse(*args, **kwargs):
        raise stop("unsupported", f"{name} is not supported.")

    refuse.__name__ = name.rpartition(".")[2]
    return refuse


def install():
    """Make the modules importable."""
    if not any(isinstance(one, Finder) for one in sys.meta_path):
        sys.meta_path.append(Finder())
