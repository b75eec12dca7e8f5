"""The layers that wrap another."""

from keras import _dispatch
from keras._layer import Layer, snake
from keras._leaf import Leaf, described, is_leaf, leaf, unsupported
from keras._numbers import joined
from keras._sequence import RNN, ConvLSTM, Recurrent, RecurrentBase
from keras._tensor import fixed


def inner(layer, parts=None):
    return [(f"{snake(layer._kind_)}/{name}", one) for name, one in (parts or layer.parts())]


@leaf("Bidirectional")
class Bidirectional(RecurrentBase):
    def check(self):
        if not isinstance(self.layer, (Recurrent, RNN, ConvLSTM)) or not is_leaf(self.layer):
            if not isinstance(self.layer, Layer):
                raise ValueError(
                    f"Please initialize `Bidirectional` layer with a `keras.layers.Layer` instance. Received: {self.layer}"
                )
            unsupported(self, f"around {type(self.layer).__name__}")
        if self.merge_mode not in ("sum", "mul", "ave", "concat", None):
            raise ValueError(
                f"Invalid merge mode. Received: {self.merge_mode}. Merge mode should be one of {{'sum', 'mul', 'ave', 'concat', None}}"
            )
        self.forward_layer = self.layer
        config = self.layer.get_config()
        config.update(name=f"backward_{self.layer.name}", go_backwards=not self.layer.go_backwards)
        if isinstance(self.layer, RNN):
            config["cell"] = type(self.layer.cell).from_config(self.layer.cell.get_config())
        given = self._given["backward_layer"]
        self.backward_layer = given if given is not None else type(self.layer).from_config(config)
        self.return_sequences, self.return_state = self.layer.return_sequences, self.layer.return_state

    def build(self, input_shape):
        self.forward_layer.build(input_shape)
        self.backward_layer.build(input_shape)

    def fit(self, tensors):
        self.layer.fit(tensors)

    def outputs(self, shapes):
        one, other = self.forward_layer.outputs(shapes), self.backward_layer.outputs(shapes)
        if self.merge_mode is None:
            first = [one[0], other[0]]
        elif self.merge_mode == "concat":
            first = [(*one[0][:-1], one[0][-1] + other[0][-1])]
        else:
            first = [one[0]]
        return [*first, *one[1:], *other[1:]]

    def packed(self, results):
        return results[0] if len(results) == 1 else results

    def hyper(self):
        found = {**super().hyper(), "layer": described(self.layer)}
        if self._given["backward_layer"] is not None:
            found["backward_layer"] = described(self.backward_layer)
        return found

    def parts(self):
        forward = [(f"forward_{name}", one) for name, one in inner(self.forward_layer)]
        return forward + [(f"backward_{name}", one) for name, one in inner(self.backward_layer)]


@leaf("TimeDistributed")
class TimeDistributed(Leaf):
    def check(self):
        if not isinstance(self.layer, Layer):
            raise ValueError(
                f"Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. Received: {self.layer}"
            )
        if not is_leaf(self.layer) or self.layer._inputs_ != 1:
            self.__dict__["_kind_"] = None  # a user's own layer stands in the trace by itself

    def fit(self, tensors):
        if len(tensors[0].shape) < 3:
            raise ValueError(
                f"`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions, received: {tuple(tensors[0].shape)}"
            )

    def build(self, input_shape):
        if len(input_shape) < 3:
            raise ValueError(
                f"`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions, received: {tuple(input_shape)}"
            )
        if self._kind_ is not None and not self.layer.built:
            self.layer.build((input_shape[0], *input_shape[2:]))

    def outputs(self, shapes):
        each = self.layer.outputs([(shapes[0][0], *shapes[0][2:])])[0]
        return [(each[0], shapes[0][1], *each[1:])]

    def call(self, inputs, training=None, mask=None):
        if self._kind_ is not None:
            self.layer.fit([fixed((1, *[2 if one is None else one for one in inputs.shape[2:]]))])
            return self.apply(inputs)
        self.fit([inputs])
        runs = inputs._runs
        merged = _merged(inputs, [(run[0] * run[1], *run[2:]) for run in runs])
        found = self.layer(merged)
        return _merged(found, [(run[0], run[1], *own[1:]) for run, own in zip(runs, found._runs)])

    def hyper(self):
        return {**super().hyper(), "layer": described(self.layer)}

    def parts(self):
        return inner(self.layer)


def _merged(one, wanted):
    """A tensor reshaped to what is wanted in each run."""
    return _dispatch.run("reshape", [one], {"shape": [joined(sizes) for sizes in zip(*wanted)]})


@leaf("SpectralNormalization")
class SpectralNormalization(Leaf):
    def check(self):
        if not isinstance(self.layer, Layer):
            raise ValueError(f"Layer {self.layer} supplied to wrapper is not a supported layer type.")
        if not is_leaf(self.layer):
            unsupported(self, f"around {type(self.layer).__name__}")
        if not isinstance(self.power_iterations, int) or self.power_iterations <= 0:
            raise ValueError(
                f"`power_iterations` should be greater than zero. Received: `power_iterations={self.power_iterations}`"
            )

    def build(self, input_shape):
        if not self.layer.built:
            self.layer.build(input_shape)
        kernel = getattr(self.layer, "kernel", getattr(self.layer, "embeddings", None))
        if kernel is None:
            raise ValueError(f"{type(self.layer).__name__} object has no attribute 'kernel' nor 'embeddings'")
        self.vector_u = self.add_weight(shape=(1, kernel.shape[-1]), name="vector_u", trainable=False)
        self.kernel_ = kernel

    def fit(self, tensors):
        self.layer.fit(tensors)

    def outputs(self, shapes):
        return self.layer.outputs(shapes)

    def hyper(self):
        return {**super().hyper(), "layer": described(self.layer)}

    def parts(self):
        (first, *rest) = inner(self.layer)
        return [first, ("vector_u", self.vector_u), *rest]
