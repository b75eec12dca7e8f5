"""Input, Model, Sequential."""

import inspect

from paramcount_guest.state import STATE, stop

from keras._build import default, is_default
from keras._dispatch import DEPTH, Node, unique
from keras._graph import Graph
from keras._layer import Layer
from keras._leaf import Leaf
from keras._numbers import BATCHES
from keras._ops import OPS
from keras._shapes import from_shapes, is_shape, shapes
from keras._tensor import KerasTensor, as_dtype, make, opened, plain, replaced, tensors_in


class InputLayer(Leaf):
    """Where something flows into a model."""

    _kind_ = "InputLayer"

    def __init__(
        self, shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, input_tensor=None,
        optional=False, name=None, **kwargs,
    ):  # fmt: skip
        shape = kwargs.pop("input_shape", shape)
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        Layer.__init__(self, name=name or unique("input_layer"), **kwargs)
        if shape is not None and batch_shape is not None:
            raise ValueError("You cannot pass both `shape` and `batch_shape` at the same time.")
        if isinstance(input_tensor, KerasTensor):
            batch_shape = input_tensor.shape
        if shape is None and batch_shape is None:
            raise ValueError("You must pass a `shape` argument.")
        if shape is not None:
            if not isinstance(shape, (list, tuple)):
                raise ValueError(f"Cannot convert '{shape}' to a shape.")
            batch_shape = (None, *shape)
        self.__dict__["batch_shape"] = tuple(make(opened((None, *tuple(batch_shape)[1:]))).shape)
        runs = opened((None, *tuple(batch_shape)[1:])) if len(batch_shape) else opened(())
        self.__dict__["_dtype"] = as_dtype(dtype)
        self.optional = optional
        self.built = True
        made = make(runs, as_dtype(dtype))
        made.name = self.name
        Node(self, (), {}, made)
        self.__dict__["_given"] = {}

    dtype = property(lambda self: self._dtype)

    def call(self):
        raise NotImplementedError

    def get_config(self):
        return {"batch_shape": self.batch_shape, "dtype": str(self._dtype), "name": self.name}


def Input(
    shape=None,
    batch_size=None,
    dtype=None,
    sparse=None,
    ragged=None,
    batch_shape=None,
    name=None,
    tensor=None,
    optional=False,
):
    if tensor is not None:
        if not isinstance(tensor, KerasTensor):
            raise ValueError("Input(tensor=…) takes a tensor.")
        if tensor._node is not None:
            return tensor
    return InputLayer(shape, batch_size, dtype, sparse, ragged, batch_shape, tensor, optional, name).output


def keras2_input(
    shape=None, batch_size=None, name=None, dtype=None, sparse=None, tensor=None, ragged=None, type_spec=None, **kwargs
):
    """Input as tf.keras 2 orders its parameters: the name before the type."""
    if isinstance(name, str) and name in ("float32", "int32", "float16", "int64") and dtype is None:
        name, dtype = None, name
    return Input(shape, batch_size, dtype, sparse, ragged, kwargs.pop("batch_shape", None), name, tensor, **kwargs)


def functional_arguments(args, kwargs):
    return len(args) == 2 or (len(args) == 1 and "outputs" in kwargs) or ("inputs" in kwargs and "outputs" in kwargs)


class Model(Layer):
    """A layer that has inputs and outputs, or a `call` of the user's."""

    _graph = None

    def __new__(cls, *args, **kwargs):
        if cls is Model and functional_arguments(args, kwargs):
            return Layer.__new__(Functional)
        return Layer.__new__(cls)

    def __init__(self, *args, **kwargs):
        for gone, now in (("input", "inputs"), ("output", "outputs")):
            if gone in kwargs and now not in kwargs:
                raise stop("user error", f"Model({gone}=…) is Keras 1's and gone: it is called {now} now.")
        if functional_arguments(args, kwargs):
            self._start(*args, **kwargs)
        else:
            Layer.__init__(self, *args, **kwargs)

    def _start(self, inputs, outputs, name=None, **kwargs):
        trainable = kwargs.pop("trainable", None)
        Layer.__init__(self, name=name, **kwargs)
        for what, value in (("inputs", inputs), ("outputs", outputs)):
            flat = tensors_in(value)
            for one in _leaves(value):
                if not isinstance(one, KerasTensor) or one._node is None:
                    raise ValueError(
                        f"All `{what}` values must be KerasTensors. Received: {one!r:.80} of type {type(one)}"
                    )
            if not flat:
                raise ValueError(f"Model needs {what}.")
        stand_ins = {}
        for one in tensors_in(inputs):
            if not one._node.is_input:
                stand_ins[id(one)] = InputLayer(batch_shape=one.shape, dtype=one.dtype, name=f"{one.name}CLONE")
        own = self.__dict__
        own["_graph"] = Graph(inputs, outputs, stand_ins)
        own["_layers"] = [one for one in self._graph.operations if isinstance(one, Layer)]
        own["built"] = True
        if trainable is not None:
            self.trainable = trainable

    def _lock(self):
        if self._graph is None:
            super()._lock()

    def _positional_objects(self):
        return self._graph is not None or super()._positional_objects()

    # --- its layers ------------------------------------------------------------------------------------------------

    @property
    def layers(self):
        return list(self._layers)

    @layers.setter
    def layers(self, value):
        raise AttributeError("`Model.layers` attribute is reserved and should not be used. Please use another name.")

    def get_layer(self, name=None, index=None):
        found = self.layers
        if index is not None:
            if len(found) <= index:
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has {len(found)} layers."
                )
            return found[index]
        for layer in found:
            if layer.name == name:
                return layer
        raise ValueError(f"No such layer: {name}. Existing layers are: {[layer.name for layer in found]}.")

    operations = property(lambda self: self._graph.operations if self._graph else [])

    def _tensors(self, what):
        graph = self._graph
        if graph is None:
            raise AttributeError(f"Model '{self.name}' has no defined {what}: it is not functional, or not built yet.")
        return graph

    inputs = property(lambda self: tensors_in(self._tensors("inputs").inputs))
    outputs = property(lambda self: tensors_in(self._tensors("outputs").outputs))

    @property
    def input(self):
        found = self._tensors("input").inputs
        return found[0] if isinstance(found, list) and len(found) == 1 else found

    @property
    def output(self):
        found = self._tensors("output").outputs
        return found[0] if isinstance(found, list) and len(found) == 1 else found

    input_shape = property(lambda self: shapes(self.input))
    output_shape = property(lambda self: shapes(self.output))
    input_names = property(lambda self: [one.name for one in self.inputs])
    output_names = property(lambda self: [one._node.operation.name for one in self.outputs])

    # --- running ---------------------------------------------------------------------------------------------------

    @default
    def build(self, input_shape=None):
        if self._graph is not None or input_shape is None or self.built:
            return Layer.build(self, input_shape)
        self.__dict__["_build_input_shape"] = input_shape
        if not self._building:
            with DEPTH:
                self(from_shapes(input_shape))
        return None

    build._wrapped_ = True

    def _maybe_build(self, bound):
        if self._graph is not None:
            return
        if is_default(type(self).build) and not self.built:
            self.__dict__["_building"] += 1
            try:
                self.call(**self._called_with(bound))
            finally:
                self.__dict__["_building"] -= 1
            self._finish_build()
            return
        super()._maybe_build(bound)

    def call(self, *args, **kwargs):
        if self._graph is None:
            raise NotImplementedError(f"Model {type(self).__name__} does not have a `call()` method implemented.")
        return self._replay(*args, **kwargs)

    def _replay(self, inputs, training=None, mask=None, **kwargs):
        graph = self._graph
        if isinstance(inputs, dict) and not isinstance(graph.inputs, dict):
            names = [one.name for one in tensors_in(graph.inputs)]
            flat = [inputs[name] for name in names if name in inputs]
        else:
            flat = tensors_in(inputs)
        wanted = tensors_in(graph.inputs)
        if len(flat) != len(wanted):
            raise ValueError(
                f'Layer "{self.name}" expects {len(wanted)} input(s), but it received {len(flat)} input tensors.'
            )
        for place, (one, declared) in enumerate(zip(flat, wanted)):
            if len(one.shape) != len(declared.shape):
                if len(one.shape) == len(declared.shape) + 1 and one.shape[-1] == 1:
                    flat[place] = OPS["squeeze"](one, -1)
                    continue
                if len(one.shape) == len(declared.shape) - 1 and declared.shape[-1] == 1:
                    flat[place] = OPS["expand_dims"](one, -1)
                    continue
            if len(one.shape) != len(declared.shape) or any(
                [
                    own is not None and given is not None and own != given
                    for own, given in zip(declared.shape, one.shape)
                ]
            ):
                raise ValueError(
                    f'Input {place} of layer "{self.name}" is incompatible with the layer: expected '
                    f"shape={tuple(declared.shape)}, found shape={tuple(one.shape)}"
                )
        outputs = graph.run(flat)
        return outputs[0] if isinstance(outputs, list) and len(outputs) == 1 else outputs

    # --- training, of which nothing happens ------------------------------------------------------------------------

    def compile(self, *args, **kwargs):
        return None

    def summary(self, *args, **kwargs):
        return None

    def load_weights(self, *args, **kwargs):
        STATE.warn("load_weights() is passed over: numbers of weights change no count.")

    optimizer = loss = None
    metrics_names = ()

    def get_config(self):
        if self._graph is not None:
            raise stop("unsupported", "get_config() of a functional model is not supported.")
        return {"name": self.name, "trainable": self.trainable}


def _untrained(name):
    def refuse(self, *args, **kwargs):
        raise stop("unsupported", f"Model.{name}() is not supported: nothing is trained or run on data here.")

    return refuse


for _name in [
    "fit",
    "evaluate",
    "predict",
    "train_on_batch",
    "test_on_batch",
    "predict_on_batch",
    "fit_generator",
    "save",
    "save_weights",
    "export",
    "to_json",
]:
    setattr(Model, _name, _untrained(_name))


class Functional(Model):
    """A model of inputs and outputs."""

    def __init__(self, inputs, outputs, name=None, **kwargs):
        self._start(inputs, outputs, name, **kwargs)


def _leaves(value):
    if isinstance(value, dict):
        return [one for part in value.values() for one in _leaves(part)]
    if isinstance(value, (list, tuple)):
        return [one for part in value for one in _leaves(part)]
    return [] if value is None else [value]


class Sequential(Model):
    """Layers one after the other."""

    def __new__(cls, *args, **kwargs):
        return Layer.__new__(cls)

    def __init__(self, layers=None, trainable=True, name=None):
        Layer.__init__(self, trainable=trainable, name=name)
        if isinstance(layers, Layer):
            raise TypeError("'layers' must be a list of layers")
        if layers:
            for layer in layers:
                self.add(layer, rebuild=False)
            self._rebuild()

    def _lock(self):
        return None

    def add(self, layer, rebuild=True):
        if isinstance(layer, KerasTensor) and layer._node is not None and isinstance(layer._node.operation, InputLayer):
            layer = layer._node.operation
        own = self._layers
        if not own and isinstance(layer, Layer) and getattr(layer, "_input_shape_arg", None) is not None:
            self.add(InputLayer(shape=layer._input_shape_arg))
        if not isinstance(layer, Layer):
            from keras._tensor import placeholder

            if placeholder(layer):
                raise stop("missing library", f"{layer!r} is added to a model, and its library is not here.")
            raise ValueError(
                f"Only instances of `keras.Layer` can be added to a Sequential model. Received: {layer!r:.80} (of type {type(layer)})"
            )
        if any([layer.name == one.name and layer is not one for one in own]):
            raise ValueError(
                f"All layers added to a Sequential model should have unique names. Name '{layer.name}' is already the "
                "name of a layer in this model. Update the `name` argument to pass a unique name."
            )
        if isinstance(layer, InputLayer) and own and isinstance(own[0], InputLayer):
            raise ValueError(
                f"Sequential model '{self.name}' has already been configured to use input shape {own[0].batch_shape}. You cannot add a different Input layer to it."
            )
        own.append(layer)
        self.__dict__["_graph"] = None
        self.__dict__["built"] = False
        if rebuild:
            self._rebuild()

    def pop(self, rebuild=True):
        layer = self._layers.pop()
        self.__dict__["built"] = False
        self.__dict__["_graph"] = None
        if rebuild and self._layers:
            self._rebuild()
        return layer

    def _rebuild(self):
        first = self._layers[0]
        if len(self._layers) < 2:
            return
        if isinstance(first, InputLayer):
            self.build(first.batch_shape)
        elif isinstance(first, Model) and first._graph is not None and is_shape(first.input_shape):
            self.build(first.input_shape)

    def build(self, input_shape=None):
        if input_shape is None or not is_shape(input_shape):
            return
        own = self._layers
        if not own:
            raise ValueError(
                f"Sequential model {self.name} cannot be built because it has no layers. Call `model.add(layer)`."
            )
        if isinstance(own[0], InputLayer):
            if tuple(own[0].batch_shape)[1:] != tuple(input_shape)[1:]:
                raise ValueError(
                    f"Sequential model '{self.name}' has already been configured to use input shape "
                    f"{own[0].batch_shape}. You cannot build it with input_shape {tuple(input_shape)}"
                )
        else:
            own.insert(0, InputLayer(batch_shape=tuple(input_shape)))
        calls, DEPTH.calls = DEPTH.calls, 0
        try:
            x = own[0].output
            for layer in own[1:]:
                x = layer(x)
        finally:
            DEPTH.calls = calls
        self.__dict__["_graph"] = Graph(own[0].output, x, {})
        self.__dict__["built"] = True

    def _maybe_build(self, bound):
        if self._graph is not None or self.built:
            return
        first = next(iter(bound.values()), None)
        if isinstance(first, KerasTensor) and self._layers:
            self.build(tuple(first.shape))

    def call(self, inputs, training=None, mask=None, **kwargs):
        if not self._layers:
            STATE.warn(f"{self.name} has no layers and hands on what it gets, as in Keras 2; Keras 3 refuses it.")
            return inputs
        if self._graph is not None:
            return self._replay(inputs)
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    @property
    def layers(self):
        own = self._layers
        return list(own[1:] if own and isinstance(own[0], InputLayer) else own)

    @property
    def input(self):
        return self._tensors("input").inputs

    @property
    def output(self):
        return self._tensors("output").outputs


def clone_model(model, input_tensors=None, clone_function=None, call_function=None, recursive=False, **kwargs):
    if call_function is not None or recursive or input_tensors is not None:
        raise stop("unsupported", "clone_model() with input_tensors, call_function or recursive is not supported.")
    if model._graph is None:
        raise ValueError("Expected `model` argument to be a functional or sequential `Model` instance.")
    made, known = {}, {}

    def clone(layer):
        if id(layer) not in made:
            if clone_function is not None:
                made[id(layer)] = clone_function(layer)
            elif isinstance(layer, Model) and layer._graph is not None:
                made[id(layer)] = clone_model(layer)
            else:
                config = layer.get_config()
                made[id(layer)] = type(layer).from_config(config)
        return made[id(layer)]

    graph = model._graph
    if isinstance(model, Sequential):
        return Sequential([clone(layer) for layer in model._layers if not isinstance(layer, InputLayer)][:0] + [
            InputLayer(batch_shape=layer.batch_shape, name=layer.name) if isinstance(layer, InputLayer) else clone(layer)
            for layer in model._layers
        ], name=model.name)  # fmt: skip
    for one in tensors_in(graph.inputs):
        known[id(one)] = Input(batch_shape=one.shape, dtype=one.dtype, name=one._node.operation.name)
    for node in graph.nodes:
        if all([id(one) in known for one in node.outputs]):
            continue
        args, kwargs = (replaced(part, lambda one: known.get(id(one), one)) for part in node.arguments)
        operation = clone(node.operation) if isinstance(node.operation, Layer) else node.operation
        for one, value in zip(node.outputs, tensors_in(operation(*args, **kwargs))):
            known[id(one)] = value
    inputs, outputs = (replaced(part, lambda one: known[id(one)]) for part in (graph.inputs, graph.outputs))
    return Functional(inputs, outputs, name=model.name)


__all__ = ["BATCHES", "Functional", "Input", "InputLayer", "Model", "Sequential", "clone_model", "inspect", "plain"]
