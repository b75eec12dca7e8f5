"""keras.Layer: what it keeps, how it is built, and how it is called."""

import functools
import inspect
import re
import sys

from paramcount_guest.state import STATE, location, stop

from keras import _dispatch
from keras._dispatch import DEPTH, unique
from keras._inert import get_policy
from keras._numbers import Sym
from keras._tensor import KerasTensor, Shape, convert, make, opened, ordered, placeholder, replaced, tensors_in
from keras._tracking import Tracker
from keras._variable import Variable

LAYERS = []
"""Every layer that was ever made, in order."""

CONTEXT = []
"""The value of `training` in each call of a layer that runs, outermost first."""


def snake(name):
    """A class's name as Keras writes it in the names of its layers."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def default(method):
    """Mark a method as one that nobody has replaced."""
    method._default_ = True
    return method


def is_default(method):
    return getattr(method, "_default_", False)


def _building(build):
    """A `build` after which the layer is built, and takes no more weights."""

    @functools.wraps(build)
    def run(self, *args, **kwargs):
        own = self.__dict__
        own["_building"] += 1
        try:
            build(self, *args, **kwargs)
        finally:
            own["_building"] -= 1
        if own["_building"] == 0:
            self._finish_build()

    run._wrapped_ = True
    return run


def shapes(value):
    """The shapes of the tensors of a structure, in its place."""
    if isinstance(value, KerasTensor):
        return tuple(value.shape)
    if isinstance(value, dict):
        return {key: shapes(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return (
            type(value)([shapes(one) for one in value])
            if type(value) in (list, tuple)
            else [shapes(one) for one in value]
        )
    return None


def is_shape(value):
    """Whether it is one shape, and not several."""
    return isinstance(value, (list, tuple)) and all([one is None or isinstance(one, (int, Sym)) for one in value])


def from_shapes(value):
    """Tensors of these shapes, the first size being the batch."""
    if is_shape(value):
        return make(opened(value))
    if isinstance(value, dict):
        return {key: from_shapes(one) for key, one in value.items()}
    return type(value)([from_shapes(one) for one in value])


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
            cls.build = _building(build)

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

    def add_weight(
        self, *args, shape=None, initializer=None, dtype=None, trainable=True, autocast=True, regularizer=None,
        constraint=None, aggregation="none", overwrite_with_gradient=False, name=None,
    ):  # fmt: skip
        if "_trainable" not in self.__dict__:
            self._not_initialised()
        given = list(args)
        if given and isinstance(given[0], str):  # Keras 2's order begins with the name
            name = given.pop(0)
        if given:
            shape = given.pop(0)
        if given and args[:1] != (name,):
            initializer = given.pop(0)
        shape = () if shape is None else shape
        made = Variable(
            initializer or "zeros", shape=shape, dtype=dtype or self.dtype, trainable=trainable,
            name=name or "variable",
        )  # fmt: skip
        made._made_here = sys._getframe(1).f_code.co_filename not in STATE.files
        self._tracker.track(made)
        if not self._trainable:
            made.trainable = False
        return made

    add_variable = add_weight

    def add_loss(self, *args, **kwargs):
        return None

    def add_metric(self, *args, **kwargs):
        return None

    losses = property(lambda self: [])
    metrics = property(lambda self: [])
    metrics_variables = property(lambda self: [])
    updates = property(lambda self: [])

    @property
    def trainable(self):
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        value = bool(value)
        self.__dict__["_trainable"] = value
        for one in self._trainable_variables:
            one.trainable = value
        for layer in self._layers:
            layer.trainable = value

    @property
    def weights(self):
        found = [*self._trainable_variables, *self._non_trainable_variables]
        for layer in self._layers:
            found += layer.weights
        return list({id(one): one for one in found}.values())

    variables = property(lambda self: self.weights)

    @property
    def trainable_weights(self):
        return [one for one in self.weights if one.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self):
        return [one for one in self.weights if not one.trainable] if self.trainable else self.weights

    trainable_variables = property(lambda self: self.trainable_weights)
    non_trainable_variables = property(lambda self: self.non_trainable_weights)

    def count_params(self):
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer '{self.name}', but the layer isn't built. You can build it "
                "manually via: `layer.build(input_shape)`."
            )
        return sum([one.shape.num_elements() for one in self.weights])

    def get_weights(self):
        return [one.numpy() for one in self.weights]

    def set_weights(self, weights):
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f"You called `set_weights(weights)` on layer '{self.name}' with a weight list of length {len(weights)}, "
                f"but the layer was expecting {len(own)} weights."
            )
        for one, value in zip(own, weights):
            one.assign(value)

    def _flatten_layers(self, recursive=True, include_self=True):
        found = [self] if include_self else []
        for layer in self._layers:
            found += layer._flatten_layers(recursive) if recursive else [layer]
        return found

    dtype = variable_dtype = property(lambda self: self.dtype_policy.variable_dtype)
    compute_dtype = property(lambda self: self.dtype_policy.compute_dtype)
    input_dtype = property(lambda self: self.dtype_policy.compute_dtype)
    _dtype_policy = property(lambda self: self.dtype_policy)
    path = property(lambda self: self.name)

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

    # --- building --------------------------------------------------------------------------------------------------

    @default
    def build(self, input_shape=None):
        self.__dict__["built"] = True
        if self._building == 0:
            self._finish_build()

    build._wrapped_ = True

    def _finish_build(self):
        self.__dict__["built"] = True
        if not self._trainable:
            for one in self._trainable_variables:
                one.trainable = False
        self._lock()

    def _lock(self):
        self._tracker.locked = True

    def _not_initialised(self):
        raise RuntimeError(
            f"In layer '{type(self).__name__}', you forgot to call `super().__init__()` in the `__init__()` method. Go "
            "add it!"
        )

    def _unbuilt(self):
        return any([not layer.built or layer._unbuilt() for layer in self._layers])

    def _maybe_build(self, bound):
        if self.built:
            return
        given = {f"{name}_shape": shapes(value) for name, value in bound.items() if tensors_in(value)}
        if is_default(type(self).build):
            if self._unbuilt() or not self._layers:
                self.call(**self._called_with(bound))
            self.build(next(iter(given.values()), None))
            return
        build = self.build
        expected = [
            one.name
            for one in inspect.signature(build).parameters.values()
            if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
        ]
        if len(expected) <= 1:
            first = next(iter(given.values()), None)
            build(first)
            return
        arguments, callable_with = {}, inspect.signature(self.call).parameters
        for name in expected:
            if not name.endswith("_shape") or name.removesuffix("_shape") not in callable_with:
                raise ValueError(
                    f"For a `build()` method with more than one argument, all arguments should have a `_shape` suffix "
                    f"and match an argument from `call()`. For layer {type(self).__name__}, received `{name}`."
                )
            if name in given:
                arguments[name] = given[name]
        build(**arguments)

    @staticmethod
    def _called_with(bound):
        found = dict(bound)
        found.update(found.pop("**", {}))
        return found

    # --- calling ---------------------------------------------------------------------------------------------------

    def call(self, *args, **kwargs):
        raise NotImplementedError(f"Layer {type(self).__name__} does not have a `call()` method implemented.")

    def __call__(self, *args, **kwargs):
        if "_trainable" not in self.__dict__:
            self._not_initialised()
        args, kwargs = self._converted(list(args)), self._converted(kwargs)
        if not DEPTH.calls and not tensors_in(kwargs):
            self.__dict__.setdefault("_first_call", [(None, *one.shape[1:]) for one in tensors_in(args)])
        return _dispatch.noted(self, self._run, args, kwargs)

    def _converted(self, value):
        if isinstance(value, (KerasTensor, Shape, str, bytes, bool)) or value is None:
            return value
        if hasattr(value, "_array_"):
            return convert(value)
        if placeholder(value):
            raise stop("missing library", f"{value!r} is given to layer {self.name}, and its library is not here.")
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return value
        if isinstance(value, (list, tuple)):
            return type(value)([self._converted(one) for one in value]) if type(value) in (list, tuple) else value
        if isinstance(value, dict):
            return {key: self._converted(one) for key, one in value.items()}
        return value

    def _run(self, *args, **kwargs):
        signature = inspect.signature(self.call)
        if "training" in kwargs and "training" not in signature.parameters and self._kind_ is None:
            kwargs = {name: value for name, value in kwargs.items() if name != "training"}  # Keras drops it
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}.call() {error}") from None
        if not self._positional_objects():
            for value in args:
                self._only_tensors(value)
        arguments = {}
        for name, value in bound.arguments.items():
            if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
                arguments.update(value)
            elif signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
                arguments[name] = list(value)
            else:
                arguments[name] = value
        self._check_input(args[0] if args else next(iter(arguments.values()), None))
        path = STATE.module_paths.get(id(self))
        with _Scope(self, path, args, kwargs):
            training = self._training(signature, kwargs)
            CONTEXT.append(training)
            try:
                self._maybe_build(arguments)
                if (
                    "training" in signature.parameters
                    and kwargs.get("training") is None
                    and "training" not in bound.arguments
                ):
                    kwargs = {**kwargs, "training": training}
                return self.call(*args, **kwargs)
            finally:
                CONTEXT.pop()

    def _positional_objects(self):
        return self._kind_ is not None or getattr(self, "_allow_non_tensor_positional_args", False)

    def _only_tensors(self, value):
        if isinstance(value, (list, tuple)):
            for one in value:
                self._only_tensors(one)
        elif isinstance(value, dict):
            for one in value.values():
                self._only_tensors(one)
        elif value is not None and not isinstance(value, (KerasTensor, int, float)):
            raise ValueError(
                "Only input tensors may be passed as positional arguments. The following argument value should be "
                f"passed as a keyword argument: {value!r:.60} (of type {type(value)})"
            )

    def _check_input(self, value):
        return None

    def _training(self, signature, kwargs):
        given = kwargs.get("training")
        if given is None and CONTEXT:
            given = CONTEXT[-1]
        if given is None and "training" in signature.parameters:
            found = signature.parameters["training"].default
            given = None if found is inspect.Parameter.empty else found
        return bool(given)

    def __getattr__(self, name):
        if (
            name in ("built", "name", "_trainable", "dtype_policy")
            and "_layers" in self.__dict__
            and name not in self.__dict__
        ):
            self._not_initialised()
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    @default
    def compute_output_shape(self, input_shape):
        with DEPTH:
            return shapes(self(from_shapes(input_shape)))

    def compute_output_spec(self, *args, **kwargs):
        with DEPTH:
            return self(*args, **kwargs)

    def symbolic_call(self, *args, **kwargs):
        return self.compute_output_spec(*args, **kwargs)

    @default
    def compute_mask(self, inputs, previous_mask=None):
        return previous_mask

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


class _Scope:
    """Notes which layer runs, and what flowed into it, while it does."""

    def __init__(self, layer, path, args, kwargs):
        self.layer, self.path = layer, path
        self.shapes = [list(one.shape) for one in tensors_in([list(args), kwargs])]

    def __enter__(self):
        if len(STATE.running) > 300:
            raise stop("limit", "layers call one another more than 300 deep.")
        layer, path = self.layer, self.path
        STATE.running.append((layer.name if path is None else path, type(layer).__name__, self.shapes))
        STATE.scopes.append(STATE.scopes[-1] if path is None else path)

    def __exit__(self, kind, error, trace):
        if kind is not None and (STATE.failed is None or STATE.failed[0] is not error):
            STATE.failed = (error, STATE.running[-1])
        STATE.running.pop()
        STATE.scopes.pop()


__all__ = ["CONTEXT", "LAYERS", "Layer", "default", "from_shapes", "is_default", "is_shape", "ordered", "replaced",
           "shapes", "snake"]  # fmt: skip
