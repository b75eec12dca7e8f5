"""What each module of Keras offers here."""

import contextlib

from paramcount_guest.state import STATE, stop

from keras import _basic, _inert, _leaf, _models, _sequence, _spatial
from keras._dispatch import NAMES as COUNTS
from keras._dispatch import op, unique
from keras._inert import GLOBAL, getter, inert
from keras._layer import Layer, snake
from keras._modules import offer, unsupported_function
from keras._ops import ACTIVATIONS, IMAGE, OPS, RANDOM
from keras._surface import ALIASES, LAYERS, NAMES
from keras._tensor import DTYPES, KerasTensor, Shape, as_dtype, convert, ordered
from keras._variable import Variable

LEAVES = _leaf.LEAVES


class InputSpec:
    """What a layer says it takes; nothing is checked by it here."""

    def __init__(
        self,
        dtype=None,
        shape=None,
        ndim=None,
        max_ndim=None,
        min_ndim=None,
        axes=None,
        allow_last_axis_squeeze=False,
        name=None,
        optional=False,
    ):
        self.dtype, self.shape, self.ndim, self.axes = dtype, shape, ndim, axes
        self.max_ndim, self.min_ndim = max_ndim, min_ndim


def _layers():
    """keras.layers: those with a rule, those without, and the functions that make one and call it."""
    found = {}
    for name in LAYERS:
        real = ALIASES.get(name, name)
        if real in LEAVES or name in LEAVES:
            found[name] = LEAVES.get(real) or LEAVES[name]
        elif real not in ("Layer", "Lambda", "InputLayer", "Wrapper"):
            found[name] = _basic.unknown_layer(real)
    found |= {
        "Layer": Layer,
        "Lambda": _basic.Lambda,
        "InputLayer": _models.InputLayer,
        "Input": _models.Input,
        "InputSpec": InputSpec,
    }
    for name in ("add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract"):
        found[name] = _merging(name, LEAVES[name.capitalize()])
    return found


def _merging(name, cls):
    if name == "dot":
        return lambda inputs, axes=-1, **kwargs: cls(axes=axes, **kwargs)(inputs)
    if name == "concatenate":
        return lambda inputs, axis=-1, **kwargs: cls(axis=axis, **kwargs)(inputs)

    def make(inputs, **kwargs):
        return cls(**kwargs)(inputs)

    make.__name__ = name
    return make


class Wrapper(Layer):
    """A layer around another."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape=None):
        if not self.layer.built:
            self.layer.build(input_shape)

    def call(self, inputs, *args, **kwargs):
        return self.layer(inputs, *args, **kwargs)


layers = {**_layers(), "Wrapper": Wrapper}
offer("keras.layers", **layers)
offer("keras.layers.experimental", SyncBatchNormalization=LEAVES["BatchNormalization"])
offer("keras.layers.experimental.preprocessing", **{
    name: layers[name] for name in layers
    if name.startswith("Random") or name in ("Rescaling", "Resizing", "CenterCrop", "Normalization", "StringLookup",
    "IntegerLookup", "TextVectorization", "CategoryEncoding", "Discretization", "Hashing")
})  # fmt: skip
offer("keras.src.layers.layer", Layer=Layer)
offer("keras.src.layers.input_spec", InputSpec=InputSpec)


# --- models ----------------------------------------------------------------------------------------------------------


def load_model(*args, **kwargs):
    raise stop("unsupported", "load_model() is not supported: a saved model is a file, and no file is read here.")


models = {"Model": _models.Model, "Sequential": _models.Sequential, "Functional": _models.Functional, "load_model": load_model,
          "clone_model": _models.clone_model, "model_from_json": unsupported_function("keras.models.model_from_json"),
          "save_model": unsupported_function("keras.models.save_model")}  # fmt: skip
public = {name: value for name, value in models.items() if name != "Functional"}
offer("keras.models", **public, Input=_models.Input)
offer("keras.src.models", **models)
offer("keras.src.models.functional", Functional=_models.Functional)
offer("keras.src.models.sequential", Sequential=_models.Sequential)
offer("keras.src.models.model", Model=_models.Model)


# --- ops -------------------------------------------------------------------------------------------------------------

offer("keras.ops", **OPS)
for _name in ("nn", "numpy", "linalg"):
    offer(
        f"keras.ops.{_name}",
        **{name: value for name, value in OPS.items() if name in NAMES[f"keras.ops.{_name}"].split()},
    )
offer("keras.ops.image", **IMAGE)
offer("keras.random", **RANDOM, SeedGenerator=inert("keras.random", "SeedGenerator"))
offer("keras.activations", **ACTIVATIONS, get=_inert.activation, swish=ACTIVATIONS["silu"],
      hard_swish=ACTIVATIONS["hard_silu"], serialize=lambda one: _inert.named(one),
      deserialize=lambda name, custom_objects=None: _inert.activation(name))  # fmt: skip
offer("keras.src.activations", **ACTIVATIONS, get=_inert.activation)


def source_inputs(tensor):
    """The inputs that a tensor comes from."""
    if tensor._node is None:
        return [tensor]
    found, seen, stack = [], set(), [tensor._node]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.is_input:
            found += node.outputs
        stack += reversed(node.parents)
    return found


offer("keras.src.ops.operation_utils", get_source_inputs=source_inputs)


# --- what nothing depends on -----------------------------------------------------------------------------------------

for _module in ("keras.initializers", "keras.regularizers", "keras.constraints", "keras.optimizers", "keras.callbacks",
                "keras.optimizers.schedules", "keras.losses", "keras.metrics", "keras.quantizers", "keras.wrappers"):  # fmt: skip
    _every = _module in ("keras.initializers", "keras.regularizers", "keras.constraints")
    offer(_module, **{
        name: inert(_module, name) if _every or name[:1].isupper() else unsupported_function(f"{_module}.{name}")
        for name in NAMES[_module].split()
        if f"{_module}.{name}" not in NAMES
    })  # fmt: skip
    if "get" in NAMES[_module].split():
        offer(
            _module,
            get=getter(_module),
            serialize=lambda one, **kwargs: one,
            deserialize=lambda one, *args, **kwargs: one,
        )


class Constant(_inert.Inert):
    """An initialiser of one number, or of numbers that are given."""

    _name_ = "keras.initializers.Constant"

    def __init__(self, value=0.0):
        self.value = value


offer(
    "keras.initializers",
    Constant=Constant,
    constant=Constant,
    VarianceScaling=inert("keras.initializers", "VarianceScaling"),
)
offer("keras.optimizers", legacy=None)
offer(
    "keras.optimizers.legacy",
    **{
        name: inert("keras.optimizers", name)
        for name in ("Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam")
    },
)
offer("keras.mixed_precision", Policy=_inert.Policy, DTypePolicy=_inert.Policy, set_global_policy=_inert.set_policy,
      set_dtype_policy=_inert.set_policy, global_policy=lambda: GLOBAL["policy"], dtype_policy=lambda: GLOBAL["policy"])  # fmt: skip
offer("keras.dtype_policies", DTypePolicy=_inert.Policy, get=_inert.get_policy)
offer("keras.src.dtype_policies.dtype_policy", set_dtype_policy=_inert.set_policy)
offer("keras.preprocessing.image", ImageDataGenerator=inert("keras.preprocessing.image", "ImageDataGenerator"))


# --- keras.backend and keras.config ----------------------------------------------------------------------------------


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


# --- keras.utils, keras.saving, keras.tree ---------------------------------------------------------------------------


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


# --- keras.applications: what its files and models import ------------------------------------------------------------


def obtain_input_shape(input_shape, default_size, min_size, data_format, require_flatten, weights=None):
    """The shape of an application's input: what was asked for, once it is checked, or the usual one."""
    first = data_format == "channels_first"
    channels = 3
    if weights != "imagenet" and input_shape and len(input_shape) == 3:
        channels = input_shape[0 if first else -1]
    usual = (channels, default_size, default_size) if first else (default_size, default_size, channels)
    if weights == "imagenet" and require_flatten:
        if input_shape is not None and tuple(input_shape) != usual:
            raise ValueError(
                f"When setting `include_top=True` and loading `imagenet` weights, `input_shape` should be {usual}. Received: input_shape={input_shape}"
            )
        return usual
    if input_shape:
        if len(input_shape) != 3:
            raise ValueError("`input_shape` must be a tuple of three integers.")
        if weights == "imagenet" and input_shape[0 if first else -1] != 3:
            raise ValueError(f"The input must have 3 channels; Received `input_shape={input_shape}`")
        sizes = input_shape[1:] if first else input_shape[:2]
        if any([size is not None and size < min_size for size in sizes]):
            raise ValueError(f"Input size must be at least {min_size}x{min_size}; Received: input_shape={input_shape}")
    else:
        input_shape = usual if require_flatten else (3, None, None) if first else (None, None, 3)
    if require_flatten and None in input_shape:
        raise ValueError(
            f"If `include_top` is True, you should specify a static `input_shape`. Received: input_shape={input_shape}"
        )
    return input_shape


def correct_pad(inputs, kernel_size):
    """The padding before a convolution with stride 2: one less at the beginning where a size is even."""
    place = 2 if GLOBAL["data_format"] == "channels_first" else 1
    kernel = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sizes = inputs.shape[place : place + 2]
    less = [1, 1] if sizes[0] is None else [1 - size % 2 for size in sizes]
    return tuple([(size // 2 - one, size // 2) for size, one in zip(kernel, less)])


class _Words(str):
    """A text of Keras's documentation, which is not here."""

    def format(self, *args, **kwargs):
        return self


imagenet = {
    "obtain_input_shape": obtain_input_shape, "correct_pad": correct_pad,
    "validate_activation": lambda classifier_activation, weights: None,
    "preprocess_input": unsupported_function("preprocess_input"),
    "decode_predictions": unsupported_function("decode_predictions"), "PREPROCESS_INPUT_DOC": _Words(),
    "PREPROCESS_INPUT_MODE_DOC": _Words(), "PREPROCESS_INPUT_RET_DOC_TF": _Words(),
    "PREPROCESS_INPUT_RET_DOC_CAFFE": _Words(), "PREPROCESS_INPUT_RET_DOC_TORCH": _Words(),
    "PREPROCESS_INPUT_ERROR_DOC": _Words(),
}  # fmt: skip
imagenet["decode_predictions"].__doc__ = ""
offer("keras.src.applications.imagenet_utils", **imagenet)
for _name in [name for name in NAMES if name.startswith("keras.applications.")]:
    offer(_name, preprocess_input=imagenet["preprocess_input"], decode_predictions=imagenet["decode_predictions"])
offer("keras.datasets")
for _name in [name for name in NAMES if name.startswith("keras.datasets.")]:
    offer(_name, load_data=unsupported_function(f"{_name}.load_data"))

offer(
    "keras", Input=_models.Input, Layer=Layer, Model=_models.Model, Sequential=_models.Sequential, KerasTensor=KerasTensor,
    InputSpec=InputSpec, Variable=Variable, name_scope=name_scope, DTypePolicy=_inert.Policy, __version__="3.15.1",
    device=lambda *args: contextlib.nullcontext(), remat=lambda function: function, version=lambda: "3.15.1",
    Initializer=inert("keras.initializers", "Initializer"), Regularizer=inert("keras.regularizers", "Regularizer"),
    Loss=inert("keras.losses", "Loss"), Metric=inert("keras.metrics", "Metric"),
    Optimizer=inert("keras.optimizers", "Optimizer"), StatelessScope=inert("keras", "StatelessScope"),
)  # fmt: skip
__all__ = ["DTYPES", "STATE", "_sequence", "_spatial", "snake"]
