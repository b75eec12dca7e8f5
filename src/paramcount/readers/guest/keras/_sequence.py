"""Recurrent layers."""

from keras._layer import snake
from keras._leaf import Leaf, described, is_leaf, leaf, unsupported
from keras._ops.creation import zeros
from keras._spatial import Kernel, activates, moved
from keras._tensor import fixed, tensors_in

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


class RecurrentBase(Leaf):
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
class Recurrent(RecurrentBase):
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


@leaf("StackedRNNCells")
class StackedRNNCells(Leaf):
    _inputs_ = 0
    units = property(lambda self: self.cells[-1].units)
    state_size = property(lambda self: [cell.state_size for cell in self.cells])
    states = property(lambda self: [size for cell in self.cells for size in cell.state_size])
    tensors = Cell.tensors

    def check(self):
        for cell in self.cells:
            _is_cell(self, cell, Cell)

    def build(self, input_shape):
        features = input_shape[-1]
        for cell in self.cells:
            if not cell.built:
                cell.build((input_shape[0], features))
            features = cell.units

    def outputs(self, shapes):
        return [(shapes[0][0], size) for size in (self.units, *self.states)]

    def packed(self, results):
        states, found = list(results[1:]), []
        for cell in self.cells:
            held = [states.pop(0) for _ in cell.state_size]
            found.append(held if len(held) > 1 else held[0])
        return results[0], found

    def hyper(self):
        return {"cells": [described(cell) for cell in self.cells]}

    def parts(self):
        names, found = {}, []
        for cell in self.cells:
            own = snake(cell._kind_)
            names[own] = names.get(own, 0) + 1
            name = own if names[own] == 1 else f"{own}_{names[own] - 1}"
            found += [(f"{name}/{part}", one) for part, one in cell.parts()]
        return found


def _is_cell(layer, cell, *kinds):
    if not isinstance(cell, kinds) or not is_leaf(cell):
        unsupported(layer, "over a cell that is none of SimpleRNNCell, LSTMCell, GRUCell")


@leaf("RNN")
class RNN(RecurrentBase):
    units = property(lambda self: self.cell.units)

    def check(self):
        if isinstance(self.cell, (list, tuple)):
            self.cell = StackedRNNCells(self.cell)
        _is_cell(self, self.cell, Cell, StackedRNNCells)

    state_sizes = property(lambda self: getattr(self.cell, "states", None) or self.cell.state_size)

    def build(self, input_shape):
        if not self.cell.built:
            self.cell.build((input_shape[0], *input_shape[2:]))

    def hyper(self):
        return {**super().hyper(), "cell": described(self.cell)}

    def parts(self):
        return [(f"{snake(self.cell._kind_)}/{name}", one) for name, one in self.cell.parts()]


@leaf("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
class ConvLSTM(Kernel, RecurrentBase):
    _dims_ = property(lambda self: int(self._kind_[-2]))
    call, tensors, packed = RecurrentBase.call, RecurrentBase.tensors, RecurrentBase.packed

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
