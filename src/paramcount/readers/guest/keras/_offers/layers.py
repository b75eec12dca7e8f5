"""What keras.layers and keras.models offer here: the layers that the imported modules put into LEAVES, and the rest."""

from paramcount_guest.state import stop

from keras import _attention, _basic, _dense, _merging, _normalization, _resizing, _sequence, _spatial, _wrappers
from keras._cloning import clone_model
from keras._input import Input, InputLayer
from keras._layer import Layer
from keras._leaf import LEAVES
from keras._models import Functional, Model
from keras._modules import offer, unsupported_function
from keras._sequential import Sequential
from keras._surface import ALIASES, LAYERS


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
        "InputLayer": InputLayer,
        "Input": Input,
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


def load_model(*args, **kwargs):
    raise stop("unsupported", "load_model() is not supported: a saved model is a file, and no file is read here.")


models = {"Model": Model, "Sequential": Sequential, "Functional": Functional, "load_model": load_model,
          "clone_model": clone_model, "model_from_json": unsupported_function("keras.models.model_from_json"),
          "save_model": unsupported_function("keras.models.save_model")}  # fmt: skip
public = {name: value for name, value in models.items() if name != "Functional"}
offer("keras.models", **public, Input=Input)
offer("keras.src.models", **models)
offer("keras.src.models.functional", Functional=Functional)
offer("keras.src.models.sequential", Sequential=Sequential)
offer("keras.src.models.model", Model=Model)
