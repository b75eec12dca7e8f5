"""keras.Model."""

from paramcount_guest.state import STATE, stop

from keras._build import default, is_default
from keras._dispatch import DEPTH
from keras._graph import Graph
from keras._input import InputLayer
from keras._keras2_layers import Numbered, name_now
from keras._layer import Layer
from keras._ops import OPS
from keras._shapes import from_shapes, shapes
from keras._tensor import KerasTensor, tensors_in


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

    _more_in_keras2 = False

    @property
    def layers(self):
        return (Numbered if self._more_in_keras2 else list)(self._layers)

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
        named = {layer.name: layer for layer in reversed(found)}
        now = name if name in named else name_now(name, named)
        if now in named:
            return named[now]
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
