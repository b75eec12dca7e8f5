"""What keras.utils, keras.saving and keras.tree offer here."""

import contextlib

from keras._inert import inert
from keras._modules import offer
from keras._offers.backend import backend, clear_session, is_keras_tensor
from keras._offers.functions import source_inputs
from keras._offers.layers import load_model
from keras._tensor import Shape, ordered


def register_keras_serializable(package="Custom", name=None):
    return lambda cls: cls


@contextlib.contextmanager
def custom_object_scope(*args, **kwargs):
    yield


CUSTOM = {}
saving = {"register_keras_serializable": register_keras_serializable, "custom_object_scope": custom_object_scope,
          "CustomObjectScope": custom_object_scope, "get_custom_objects": lambda: CUSTOM,
          "serialize_keras_object": lambda one: one, "deserialize_keras_object": lambda one, **kwargs: one,
          "load_model": load_model}  # fmt: skip


def get_file(fname="weights", *args, **kwargs):
    """The path that a file would have; nothing is downloaded."""
    return f"/nowhere/{fname}"


utils = {name: value for name, value in saving.items() if name != "load_model"} | {
    "set_random_seed": lambda seed: None, "plot_model": lambda *args, **kwargs: None, "clear_session": clear_session,
    "get_source_inputs": source_inputs, "is_keras_tensor": is_keras_tensor, "get_file": get_file,
    "standardize_dtype": backend["standardize_dtype"], "Sequence": inert("keras.utils", "Sequence"),
    "PyDataset": inert("keras.utils", "PyDataset"), "Progbar": inert("keras.utils", "Progbar"),
    "disable_interactive_logging": lambda: None, "enable_interactive_logging": lambda: None,
}  # fmt: skip
offer("keras.utils", **utils)
offer("keras.saving", **saving)
offer("keras.src.saving", **saving)
offer("keras.src.saving.serialization_lib", **saving)
offer("keras.src.saving.object_registration", **saving)
offer("keras.src.api_export", keras_export=lambda *args, **kwargs: lambda one: one)
offer("keras.src.utils.file_utils", get_file=get_file, exists=lambda path: False)
offer("keras.src.utils.image_utils", get_file=get_file)


def flatten(value):
    if isinstance(value, dict):
        return [one for key in ordered(value) for one in flatten(value[key])]
    if isinstance(value, (list, tuple)) and not isinstance(value, Shape):
        return [one for part in value for one in flatten(part)]
    return [value]


def map_structure(function, *values):
    first = values[0]
    if isinstance(first, dict):
        return {key: map_structure(function, *[one[key] for one in values]) for key in first}
    if isinstance(first, (list, tuple)):
        found = [map_structure(function, *parts) for parts in zip(*values)]
        return type(first)(*found) if hasattr(first, "_fields") else type(first)(found)
    return function(*values)


offer(
    "keras.tree",
    flatten=flatten,
    map_structure=map_structure,
    is_nested=lambda value: isinstance(value, (list, tuple, dict)),
)
