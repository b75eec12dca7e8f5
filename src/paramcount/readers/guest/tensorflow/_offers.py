"""What each module of TensorFlow offers here, in TensorFlow's names and orders of parameters."""

import contextlib

from keras._dispatch import op
from keras._inert import inert
from keras._modules import NAMES, OFFERED, offer, unsupported_function
from keras._offers.backend import name_scope
from keras._offers.utils import flatten, map_structure
from keras._ops import OPS
from keras._tensor import DTYPES, KerasTensor, as_dtype, convert
from paramcount_guest.state import stop

from tensorflow._creation import (
    TFVariable,
    constant,
    convert_to_tensor,
    eye,
    fill,
    linspace,
    meshgrid,
    ones,
    random_,
    range_,
    static_value,
    zeros,
)
from tensorflow._image import RESIZE, extract_patches, older_resize
from tensorflow._math import einsum
from tensorflow._nn import NN
from tensorflow._shapes import TensorShape, rank, shape, size
from tensorflow._table import TF


def function(func=None, *args, **kwargs):
    return func if callable(func) else lambda one: one


def cond(pred, true_fn=None, false_fn=None, name=None):
    found = convert(pred)
    if found._values is not None:
        return true_fn() if found._item("A condition") else false_fn()
    raise stop("data-dependent", "tf.cond needs the values of a tensor; only shapes are known here.")


@contextlib.contextmanager
def nothing(*args, **kwargs):
    yield


TF |= {
    "shape": shape, "size": size, "rank": rank, "constant": constant, "convert_to_tensor": convert_to_tensor,
    "einsum": einsum, "zeros": zeros, "ones": ones, "fill": fill, "eye": eye, "range": range_, "linspace": linspace,
    "meshgrid": meshgrid, "Variable": TFVariable, "function": function, "cond": cond, "name_scope": name_scope,
    "TensorShape": TensorShape, "Tensor": KerasTensor, "get_static_value": static_value, "newaxis": None,
    "is_tensor": OPS["is_tensor"], "device": nothing, "control_dependencies": nothing, "init_scope": nothing,
    "executing_eagerly": lambda: False, "custom_gradient": lambda one: one, "recompute_grad": lambda one: one,
    "no_op": lambda *args, **kwargs: None, "print": lambda *args, **kwargs: None, "group": lambda *args, **kwargs: None,
    "ensure_shape": lambda x, shape, name=None: x, "as_dtype": as_dtype,
    "zeros_initializer": inert("keras.initializers", "Zeros"), "ones_initializer": inert("keras.initializers", "Ones"),
    "constant_initializer": inert("keras.initializers", "Constant"),
    "random_normal_initializer": inert("keras.initializers", "RandomNormal"),
    "random_uniform_initializer": inert("keras.initializers", "RandomUniform"),
    "assert_equal": lambda *args, **kwargs: None, "assert_rank": lambda *args, **kwargs: None,
    "GradientTape": inert("tensorflow", "GradientTape"), "TensorSpec": inert("tensorflow", "TensorSpec"),
    **DTYPES, "half": DTYPES["float16"], "double": DTYPES["float64"],
    "DType": type(DTYPES["float32"]), "sort": lambda values, axis=-1, direction="ASCENDING", name=None: OPS["sort"](values, axis),
    "space_to_batch": unsupported_function("tensorflow.space_to_batch"),
}  # fmt: skip


_both = TF | {name: NN[name] for name in ("softmax", "log_softmax", "l2_normalize")}
offer("tensorflow", **TF)
offer("tensorflow.math", **{name: _both[name] for name in NAMES["tensorflow.math"].split() if name in _both})
offer("tensorflow.nn", **NN)
offer("tensorflow.image", resize=RESIZE, extract_patches=extract_patches, ResizeMethod=type("ResizeMethod", (), {
    name: name.lower().replace("_", "") for name in ("BILINEAR", "NEAREST_NEIGHBOR", "BICUBIC", "AREA", "LANCZOS3", "LANCZOS5")
}))  # fmt: skip
offer(
    "tensorflow.linalg",
    matmul=TF["matmul"],
    norm=TF["norm"],
    eye=eye,
    einsum=einsum,
    l2_normalize=NN["l2_normalize"],
    tensordot=TF["tensordot"],
)
offer("tensorflow.random", normal=random_, uniform=random_, truncated_normal=random_, set_seed=lambda seed: None)
offer("tensorflow.config", run_functions_eagerly=lambda value: None, list_physical_devices=lambda *args: [],
      set_visible_devices=lambda *args: None, get_visible_devices=lambda *args: [], list_logical_devices=lambda *args: [])  # fmt: skip
offer("tensorflow.config.experimental", list_physical_devices=lambda *args: [], set_memory_growth=lambda *args: None)
offer("tensorflow.nest", map_structure=map_structure, flatten=flatten)
offer("tensorflow.compat.v1.image", **{
    name: op(older_resize) for name in ("resize", "resize_images", "resize_bilinear", "resize_nearest_neighbor", "resize_bicubic")
})  # fmt: skip
offer("tensorflow.initializers", **OFFERED["keras.initializers"])
offer("tensorflow.python.tf2", enabled=lambda: True)
offer("tensorflow.compat.v1", disable_eager_execution=lambda: None, disable_v2_behavior=lambda: None, set_random_seed=lambda seed: None,
      logging=inert("tensorflow.compat.v1", "logging"))  # fmt: skip
offer("tensorflow.dtypes", cast=TF["cast"], **DTYPES)
