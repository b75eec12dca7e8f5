"""What keras.config and keras.backend offer here."""

import contextlib

from keras import _inert
from keras._dispatch import NAMES as COUNTS
from keras._dispatch import op, unique
from keras._inert import GLOBAL
from keras._leaf import LEAVES
from keras._modules import offer, unsupported_function
from keras._ops import OPS, RANDOM
from keras._tensor import KerasTensor, as_dtype, convert
from keras._variable import Variable


def set_image_data_format(data_format):
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            f"The `data_format` argument must be one of {{'channels_last', 'channels_first'}}. Received: data_format={data_format}"
        )
    GLOBAL["data_format"] = data_format


def clear_session(free_memory=True):
    COUNTS.clear()


def get_uid(prefix=""):
    name = unique(f"uid {prefix}")
    return 1 + (int(name.rpartition("_")[2]) if name != f"uid {prefix}" else 0)


def is_keras_tensor(x):
    return isinstance(x, KerasTensor)


def set_floatx(value):
    GLOBAL["floatx"] = value
    _inert.set_policy(value)


config = {
    "image_data_format": lambda: GLOBAL["data_format"], "set_image_data_format": set_image_data_format,
    "floatx": lambda: GLOBAL["floatx"], "set_floatx": set_floatx, "epsilon": lambda: GLOBAL["epsilon"],
    "set_epsilon": lambda value: GLOBAL.update(epsilon=value), "backend": lambda: "tensorflow",
    "set_dtype_policy": _inert.set_policy, "dtype_policy": lambda: GLOBAL["policy"],
    "enable_unsafe_deserialization": lambda: None, "enable_flash_attention": lambda: None,
    "disable_flash_attention": lambda: None, "disable_interactive_logging": lambda: None,
    "enable_traceback_filtering": lambda: None, "disable_traceback_filtering": lambda: None,
}  # fmt: skip
offer("keras.config", **config)


@contextlib.contextmanager
def name_scope(name=None, *args, **kwargs):
    yield name


def _keras2(name, function):
    """One of the functions of keras.backend that Keras 2 has, and of Keras 3 only its TensorFlow side."""
    made = op(function)
    made.__name__ = name
    return made


backend = {
    name: config[name] for name in ("image_data_format", "set_image_data_format", "floatx", "set_floatx", "epsilon",
    "set_epsilon", "backend")
} | {
    "clear_session": clear_session, "get_uid": get_uid, "is_keras_tensor": is_keras_tensor, "name_scope": name_scope,
    "int_shape": lambda x: tuple(convert(x).shape), "ndim": OPS["ndim"], "shape": OPS["shape"], "Variable": Variable,
    "standardize_dtype": lambda dtype: str(as_dtype(dtype)), "is_float_dtype": lambda dtype: "float" in str(dtype),
    "is_int_dtype": lambda dtype: "int" in str(dtype), "KerasTensor": KerasTensor, "is_tensor": OPS["is_tensor"],
    "learning_phase": lambda: 0, "set_learning_phase": lambda value: None,
    "in_train_phase": lambda x, alt, training=None: alt() if callable(alt) else alt,
    "in_test_phase": lambda x, alt, training=None: x() if callable(x) else x, "set_session": lambda session: None,
    "cast_to_floatx": lambda x: OPS["cast"](x, GLOBAL["floatx"]), "result_type": lambda *types: str(as_dtype(types[0])),
    "dtype": lambda x: str(convert(x).dtype), "is_sparse": lambda x: False,
    "constant": lambda value, dtype=None, shape=None, name=None: convert(value, dtype),
    "variable": lambda value, dtype=None, name=None, constraint=None: Variable(value, dtype=dtype, name=name),
    "zeros": lambda shape=None, dtype=None, name=None: OPS["zeros"](shape, dtype),
    "ones": lambda shape=None, dtype=None, name=None: OPS["ones"](shape, dtype),
    "random_normal": lambda shape, *args, **kwargs: OPS["zeros"](shape),
    "random_uniform": lambda shape, *args, **kwargs: OPS["zeros"](shape),
    "concatenate": lambda tensors, axis=-1: OPS["concatenate"](tensors, axis),
    "permute_dimensions": lambda x, pattern: OPS["transpose"](x, pattern),
    "expand_dims": lambda x, axis=-1: OPS["expand_dims"](x, axis), "flatten": lambda x: OPS["reshape"](x, (-1,)),
    "batch_flatten": _keras2("batch_flatten", lambda x: OPS["reshape"](x, (-1, x.shape[1:].num_elements()))),
    "l2_normalize": lambda x, axis=None: OPS["normalize"](x, -1 if axis is None else axis),
    "pow": OPS["power"], "less": OPS["less"], "greater": OPS["greater"], "equal": OPS["equal"],
    "gather": lambda reference, indices: OPS["take"](reference, indices, 0), "arange": OPS["arange"],
    "repeat_elements": lambda x, rep, axis: OPS["repeat"](x, rep, axis), "switch": unsupported_function("keras.backend.switch"),
    "resize_images": _keras2("resize_images", lambda x, height_factor, width_factor, data_format, interpolation="nearest": LEAVES[
        "UpSampling2D"]((height_factor, width_factor), data_format=data_format)(x)),
    "dropout": lambda x, level, noise_shape=None, seed=None: RANDOM["dropout"](x, level),
    "spatial_2d_padding": _keras2("spatial_2d_padding", lambda x, padding=((1, 1), (1, 1)), data_format=None: LEAVES["ZeroPadding2D"](padding)(x)),
    "eval": unsupported_function("keras.backend.eval"), "function": unsupported_function("keras.backend.function"),
    "get_session": unsupported_function("keras.backend.get_session"), "gradients": unsupported_function("keras.backend.gradients"),
    "batch_dot": lambda x, y, axes=None: LEAVES["Dot"](axes=axes if axes is not None else (len(x.shape) - 1, len(y.shape) - 2))([x, y]),
}  # fmt: skip
for _name in ("abs", "all", "any", "argmax", "argmin", "cast", "clip", "cos", "cumsum", "dot", "elu", "exp", "eye", "hard_sigmoid",
              "log", "logsumexp", "max", "maximum", "mean", "min", "minimum", "not_equal", "one_hot", "ones_like", "prod",
              "relu", "reshape", "reverse", "round", "sigmoid", "sign", "sin", "softmax", "softplus", "softsign", "sqrt", "square",
              "squeeze", "stack", "std", "stop_gradient", "sum", "tanh", "tile", "transpose", "var", "zeros_like"):  # fmt: skip
    backend.setdefault(_name, OPS.get("flip" if _name == "reverse" else _name))
offer("keras.backend", **backend)
offer("keras.src.backend", **backend)
offer("keras.src.backend.config", **backend)
