"""Recurrent layers, attention, and the layers that wrap another."""

from paramcount_guest.state import stop

from keras import _dispatch
from keras._layer import Layer, snake
from keras._leaf import LEAVES, Leaf, leaf, unsupported
from keras._ops.creation import zeros
from keras._spatial import Kernel, activates, moved
from keras._tensor import KerasTensor, convert, fixed, tensors_in
from paramcount import shapes as rules

GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}


def _positive(layer):
    if isinstance(layer.units, bool) or not hasattr(layer.units, "__index__") or layer.units <= 0:
        raise ValueError(
            f"Received an invalid value for argument `units`, expected a positive integer, got {layer.units}."
        )
    layer.units = layer.units.__index__()


def _weigh(layer, features, prefix=""):
    """The weights of a recurrent cell."""
    units, gates = layer.units, GATES[layer._kind_.removesuffix("Cell")]
    layer.kernel = layer.add_weight(shape=(features, units * gates), name=f"{prefix}kernel")
    layer.recurrent_kernel = layer.add_weight(shape=(units, units * gates), name=f"{prefix}recurrent_kernel")
    if layer.use_bias:
        twice = layer._kind_.startswith("GRU") and layer.reset_after
        layer.bias = layer.add_weight(shape=(2, units * gates) if twice else (units * gates,), name=f"{prefix}bias")


class _Recurrent(Leaf):
    """What flows out of a layer over time."""

    _inputs_ = 0
    state_sizes = property(lambda self: [self.units] * (2 if self._kind_ == "LSTM" else 1))

    def tensors(self, inputs, args, kwargs):
        state = kwargs.get("initial_state")
        return [*tensors_in(inputs), *tensors_in(list(args)), *tensors_in(state if state is not None else [])]

    def call(self, sequences, initial_state=None, mask=None, training=False, *args, **kwargs):
        return self.apply(sequences, args, {"initial_state": initial_state})

    def get_initial_state(self, batch_size):
        return [zeros((batch_size, size)) for size in self.state_sizes]

    def fit(self, tensors):
        self.rank(tensors, 3)

    def packed(self, results):
        return results[0] if not self.return_state else results

    def outputs(self, shapes):
        batch, steps = shapes[0][:2]
        last = (batch, self.units)
        states = [(batch, size) for size in self.state_sizes] if self.return_state else []
        return [(batch, steps, self.units) if self.return_sequences else last, *states]


@leaf("SimpleRNN", "LSTM", "GRU")
class Recurrent(_Recurrent):
    def check(self):
        _positive(self)
        activates(self)

    def build(self, input_shape):
        shape = input_shape[0] if isinstance(input_shape[0], (list, tuple)) else input_shape
        if len(shape) != 3:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected ndim=3, found ndim={len(shape)}. Full shape received: {tuple(shape)}'
            )
        _weigh(self, shape[-1], f"{snake(self._kind_)}_cell/")

    def _maybe_build(self, bound):
        super()._maybe_build({"sequences": next(iter(bound.values()))})


@leaf("SimpleRNNCell", "LSTMCell", "GRUCell")
class Cell(Leaf):
    _inputs_ = 0
    state_size = property(lambda self: [self.units] * (2 if self._kind_ == "LSTMCell" else 1))
    output_size = property(lambda self: self.units)

    def check(self):
        _positive(self)
        activates(self)

    def build(self, input_shape):
        _weigh(self, input_shape[-1])

    def _maybe_build(self, bound):
        super()._maybe_build({"inputs": next(iter(bound.values()))})

    def tensors(self, inputs, args, kwargs):
        return [*tensors_in(inputs), *tensors_in(list(args)), *tensors_in(kwargs.get("states") or [])]

    def outputs(self, shapes):
        return [(shapes[0][0], self.units)] * (1 + len(self.state_size))

    def packed(self, results):
        return results[0], list(results[1:])

    def get_initial_state(self, batch_size=None, **kwargs):
        return [fixed((batch_size or 1, size)) for size in self.state_size]


@leaf("RNN")
class RNN(_Recurrent):
    units = property(lambda self: self.cell.units)

    def check(self):
        if (
            isinstance(self.cell, (list, tuple))
            or not isinstance(self.cell, Cell)
            or type(self.cell) is not self.cell._leaf_class_
        ):
            unsupported(self, "over a cell that is none of SimpleRNNCell, LSTMCell, GRUCell")

    state_sizes = property(lambda self: self.cell.state_size)

    def build(self, input_shape):
        if not self.cell.built:
            self.cell.build((input_shape[0], *input_shape[2:]))

    def hyper(self):
        return {**super().hyper(), "cell": described(self.cell)}

    def parts(self):
        return [(f"{snake(self.cell._kind_)}/{name}", one) for name, one in self.cell.parts()]


@leaf("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
class ConvLSTM(Kernel, _Recurrent):
    _dims_ = property(lambda self: int(self._kind_[-2]))
    call, tensors, packed = _Recurrent.call, _Recurrent.tensors, _Recurrent.packed

    def check(self):
        super().check()
        self.word("valid", "same")

    def fit(self, tensors):
        self.rank(tensors, self._dims_ + 3)

    def build(self, input_shape):
        channels = input_shape[2] if self.first else input_shape[-1]
        kernel, filters = self.kernel_size, self.filters
        self.kernel = self.add_weight(shape=(*kernel, channels, 4 * filters), name="conv_lstm_cell/kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(*kernel, filters, 4 * filters), name="conv_lstm_cell/recurrent_kernel"
        )
        if self.use_bias:
            self.bias_ = self.add_weight(shape=(4 * filters,), name="conv_lstm_cell/bias")

    def outputs(self, shapes):
        batch, steps, *rest = shapes[0]
        sizes = moved(self, rest[1:] if self.first else rest[:-1], self.kernel_size, self.strides, self.dilation_rate)
        each = (self.filters, *sizes) if self.first else (*sizes, self.filters)
        states = [(batch, *each)] * 2 if self.return_state else []
        return [(batch, steps, *each) if self.return_sequences else (batch, *each), *states]


@leaf("MultiHeadAttention")
class MultiHeadAttention(Leaf):
    _inputs_ = 0

    def check(self):
        if self.use_gate or self.sliding_window:
            unsupported(self, "with use_gate or sliding_window")
        self.wanted_ = self._given["output_shape"]
        if isinstance(self.wanted_, int):
            self.wanted_ = (self.wanted_,)

    def __setattr__(self, name, value):
        super().__setattr__("output_shape_" if name == "output_shape" else name, value)

    def call(self, query, value, key=None, query_mask=None, value_mask=None, key_mask=None, attention_mask=None,
             return_attention_scores=False, training=None, use_causal_mask=False, **kwargs):  # fmt: skip
        self.scores_ = return_attention_scores
        given = [query, value] if key is None else [query, value, key]
        return self.apply(given)

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = value_shape if key_shape is None else key_shape
        heads, size = self.num_heads, self.key_dim
        value_size = self.value_dim or size
        out = self.wanted_ or (query_shape[-1],)
        for name, features, width in (
            ("query", query_shape[-1], size), ("key", key_shape[-1], size), ("value", value_shape[-1], value_size),
        ):  # fmt: skip
            self.add_weight(shape=(features, heads, width), name=f"{name}/kernel")
            if self.use_bias:
                self.add_weight(shape=(heads, width), name=f"{name}/bias")
        self.add_weight(shape=(heads, value_size, *out), name="attention_output/kernel")
        if self.use_bias:
            self.add_weight(shape=tuple(out), name="attention_output/bias")

    def outputs(self, shapes):
        query, value = shapes[:2]
        found = [(*query[:-1], *(self.wanted_ or query[-1:]))]
        if self.scores_:
            axes = self.attention_axes
            axes = (axes,) if isinstance(axes, int) else axes or tuple(range(1, len(query) - 1))
            free = [size for place, size in enumerate(query[1:-1], 1) if place not in axes]
            found.append(
                (query[0], *free, self.num_heads, *[query[axis] for axis in axes], *[value[axis] for axis in axes])
            )
        return found

    scores_ = False


@leaf("GroupQueryAttention")
class GroupQueryAttention(Leaf):
    _inputs_ = 0

    def call(self, query, value, key=None, query_mask=None, value_mask=None, key_mask=None, attention_mask=None,
             return_attention_scores=False, training=None, use_causal_mask=False, **kwargs):  # fmt: skip
        if return_attention_scores:
            unsupported(self, "with return_attention_scores")
        return self.apply([query, value] if key is None else [query, value, key])

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = value_shape if key_shape is None else key_shape
        size, many, few = self.head_dim, self.num_query_heads, self.num_key_value_heads
        if many % few:
            raise ValueError("`num_query_heads` must be divisible by `num_key_value_heads`.")
        for name, features, heads in (
            ("query", query_shape[-1], many),
            ("key", key_shape[-1], few),
            ("value", value_shape[-1], few),
        ):
            self.add_weight(shape=(features, heads, size), name=f"{name}/kernel")
            if self.use_bias:
                self.add_weight(shape=(heads, size), name=f"{name}/bias")
        self.add_weight(shape=(many, size, query_shape[-1]), name="attention_output/kernel")
        if self.use_bias:
            self.add_weight(shape=(query_shape[-1],), name="attention_output/bias")


@leaf("Attention", "AdditiveAttention")
class DotAttention(Leaf):
    _inputs_ = 0

    def call(self, inputs, mask=None, training=False, return_attention_scores=False, use_causal_mask=False):
        self.scores_ = return_attention_scores
        return self.apply(inputs)

    scores_ = False

    def build(self, input_shape):
        if self._kind_ == "AdditiveAttention":
            if self.use_scale:
                self.scale = self.add_weight(shape=(input_shape[0][-1],), name="scale")
            return
        if self.use_scale:
            self.scale = self.add_weight(shape=(), name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight(shape=(), name="concat_score_weight")

    def outputs(self, shapes):
        query, value = shapes[:2]
        found = [(*query[:-1], value[-1])]
        return [*found, (*query[:-1], value[-2])] if self.scores_ else found


def described(layer):
    """A layer as an argument of another in the trace."""
    return {"kind": layer._kind_, **layer.hyper()}


def is_leaf(layer):
    """Whether a layer is Keras's own, and nobody has derived from it."""
    return layer._kind_ is not None and type(layer) is getattr(layer, "_leaf_class_", None)


def inner(layer, parts=None):
    return [(f"{snake(layer._kind_)}/{name}", one) for name, one in (parts or layer.parts())]


@leaf("Bidirectional")
class Bidirectional(_Recurrent):
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
    from keras._numbers import joined

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


__all__ = ["LEAVES", "KerasTensor", "convert", "described", "is_leaf", "rules", "stop"]
