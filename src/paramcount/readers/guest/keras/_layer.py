"""keras.Layer: what it keeps, and where it stands in a graph."""

import re

from paramcount_guest.classes import with_methods_of
from paramcount_guest.state import STATE, location, stop

from keras._build import Building, building
from keras._calls import Calls
from keras._dispatch import unique
from keras._inert import get_policy
from keras._shapes import shapes
from keras._tracking import Tracker
from keras._weights import Weights

LAYERS = []
"""Every layer that was ever made, in order."""


def snake(name):
    """A class's name as Keras writes it in the names of its layers."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


@with_methods_of(Weights, Building, Calls)
class Layer:
    """The base of all layers."""

    _paramcount_layer_ = True
    _kind_ = None

    def __new__(cls, *args, **kwargs):
        made = object.__new__(cls)
        own = made.__dict__
        own["_layers"] = []
        own["_trainable_variables"] = []
        own["_non_trainable_variables"] = []
        own["_tracker"] = Tracker(made)
        own["_inbound_nodes"] = []
        own["_building"] = 0
        own["_made_at"] = location()
        LAYERS.append(made)
        return made

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        build = cls.__dict__.get("build")
        if build is not None and not getattr(build, "_wrapped_", False):
            cls.build = building(build)

    def __init__(self, *, activity_regularizer=None, trainable=True, dtype=None, autocast=True, name=None, **kwargs):
        dim = kwargs.pop("input_dim", None)
        given = (dim,) if dim is not None else kwargs.pop("input_shape", None)
        batched = kwargs.pop("batch_input_shape", None)  # Keras 2's
        if given is None and batched is not None:
            given = tuple(batched)[1:]
        if given is not None:
            self._input_shape_arg = tuple(given) if isinstance(given, (list, tuple)) else (given,)
        kwargs.pop("weights", None)  # Keras 2's: the numbers to begin with
        if kwargs:
            gone = [key for key in kwargs if key in GONE]
            if gone:
                raise stop("user error", f"{type(self).__name__}({gone[0]}=…) is Keras 1's and gone: {GONE[gone[0]]}.")
            raise ValueError(f"Unrecognized keyword arguments passed to {type(self).__name__}: {kwargs}")
        if not isinstance(trainable, bool):
            raise ValueError(
                f"Expected `trainable` to be a boolean. Received: trainable={trainable} (of type {type(trainable)})"
            )
        if name is not None and not isinstance(name, str):
            raise ValueError(
                f"Argument `name` must be a string and cannot contain character `/`. Received: name={name} (of type {type(name)})"
            )
        if name is not None and "/" in name:
            STATE.warn("Names of layers hold a /, which Keras 2 allows and Keras 3 refuses; it changes no count.")
        own = self.__dict__
        own["name"] = name or unique(snake(type(self).__name__))
        own["built"] = False
        own["_trainable"] = trainable
        own["autocast"] = autocast
        own["activity_regularizer"] = activity_regularizer
        own["dtype_policy"] = get_policy(dtype)
        own["supports_masking"] = own["supports_jit"] = True
        own["input_spec"] = None
        own["stateful"] = False
        own["_losses"] = []

    # --- what it keeps ---------------------------------------------------------------------------------------------

    def __setattr__(self, name, value):
        if name == "trainable":
            return type(self).trainable.__set__(self, value)
        value = self._tracker.track(value)
        object.__setattr__(self, name, value)
        return None

    def __delattr__(self, name):
        value = getattr(self, name)
        self._tracker.untrack(value)
        for one in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
            self._tracker.untrack(one)
        object.__delattr__(self, name)

    # --- in a graph ------------------------------------------------------------------------------------------------

    def _only(self, what):
        if not self._inbound_nodes:
            raise AttributeError(f"The layer {self.name} has never been called and thus has no defined {what}.")
        if len(self._inbound_nodes) > 1:
            raise AttributeError(f"The layer {self.name} has multiple inbound nodes and thus has no unique {what}.")
        return self._inbound_nodes[0]

    input = property(lambda self: self._only("input").input_tensors)
    output = property(lambda self: self._only("output").output_tensors)

    def get_output_at(self, index):
        return self._inbound_nodes[index].output_tensors

    def get_input_at(self, index):
        return self._inbound_nodes[index].input_tensors

    input_shape = property(lambda self: shapes(self._only("input shape").input_tensors))
    output_shape = property(lambda self: shapes(self._only("output shape").output_tensors))

    def __getattr__(self, name):
        if (
            name in ("built", "name", "_trainable", "dtype_policy")
            and "_layers" in self.__dict__
            and name not in self.__dict__
        ):
            self._not_initialised()
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    # --- configurations --------------------------------------------------------------------------------------------

    def get_config(self):
        return {"name": self.name, "trainable": self.trainable, "dtype": self.dtype_policy.name}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def get_build_config(self):
        return {}

    def build_from_config(self, config):
        if config and "input_shape" in config:
            self.build(config["input_shape"])

    def quantize(self, *args, **kwargs):
        raise stop("unsupported", "Layer.quantize is not supported: it changes what the layer's weights are.")

    def enable_lora(self, *args, **kwargs):
        raise stop("unsupported", "Layer.enable_lora is not supported: it adds weights that are not counted here.")

    def stateless_call(self, *args, **kwargs):
        raise stop("unsupported", "Layer.stateless_call is not supported.")

    def reset_states(self):
        return None

    reset_state = reset_states

    def __deepcopy__(self, memo):
        raise stop("unsupported", f"A copy of layer {self.name} is not supported: make it anew.")

    def __repr__(self):
        return f"<{type(self).__name__} name={self.name}, built={self.__dict__.get('built', False)}>"


GONE = {
    "border_mode": "it is called padding now", "subsample": "it is called strides now", "nb_filter": "filters now",
    "nb_row": "kernel_size now", "nb_col": "kernel_size now", "init": "kernel_initializer now",
    "W_regularizer": "kernel_regularizer now", "b_regularizer": "bias_regularizer now",
    "dim_ordering": "data_format now", "output_dim": "units now", "bias": "use_bias now", "p": "rate now",
    "atrous_rate": "dilation_rate now", "W_constraint": "kernel_constraint now", "nb_epoch": "epochs now",
    "inner_init": "recurrent_initializer now", "forget_bias_init": "unit_forget_bias now", "mode": "it has no mode",
    "filter_length": "kernel_size now", "subsample_length": "strides now", "pool_length": "pool_size now",
    "stride": "strides now", "dropout_W": "dropout now", "dropout_U": "recurrent_dropout now",
    "inner_activation": "recurrent_activation now", "gamma_init": "gamma_initializer now",
    "beta_init": "beta_initializer now", "concat_axis": "axis now",
}  # fmt: skip
"""Arguments of Keras 1, and what they are called since."""
