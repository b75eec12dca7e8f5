"""keras.Sequential."""

from paramcount_guest.state import STATE, stop

from keras._dispatch import DEPTH, unique
from keras._graph import Graph
from keras._input import InputLayer
from keras._layer import Layer
from keras._models import Model
from keras._shapes import is_shape
from keras._tensor import KerasTensor, placeholder


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
        unique("functional")  # Keras makes a functional model within, which takes a number
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
