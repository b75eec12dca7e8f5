"""Recurrent layers."""

from paramcount_guest.state import STATE, unsupported

import torch
from torch._dispatch import make
from torch.nn.modules._layer import Layer, layer, missing

__getattr__ = missing("torch.nn.modules.rnn")
_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


def _unchanged(name):
    if STATE.recording and not STATE.paused:
        raise unsupported(f"torch.nn.{name} with changed parameters")


class RNNBase(Layer):
    """Weights for each layer and direction: input, hidden, two biases, projection."""

    def _made_of(self, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size=0,
                 nonlinearity=None, mode=None):  # fmt: skip
        self.mode = mode or self._mode_ or f"RNN_{nonlinearity.upper()}"
        if self.mode not in _GATES:
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        if not isinstance(hidden_size, int):
            raise TypeError(f"hidden_size should be of type int, got: {type(hidden_size).__name__}")
        if hidden_size <= 0 or num_layers <= 0:
            raise ValueError("hidden_size and num_layers must be greater than zero")
        if proj_size < 0 or proj_size >= hidden_size:
            raise ValueError(
                "proj_size has to be a positive integer, smaller than hidden_size or zero to disable projections"
            )
        if proj_size and self.mode != "LSTM":
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        self.input_size, self.hidden_size, self.num_layers, self.bias = input_size, hidden_size, num_layers, bias
        self.batch_first, self.dropout, self.bidirectional = batch_first, float(dropout), bidirectional
        self.proj_size = proj_size
        if nonlinearity is not None:
            self.nonlinearity = nonlinearity
        gates, width = _GATES[self.mode] * hidden_size, proj_size or hidden_size
        directions = 2 if bidirectional else 1
        for index in range(num_layers):
            for suffix in ("", "_reverse")[:directions]:
                name = f"l{index}{suffix}"
                self._parameter(f"weight_ih_{name}", gates, input_size if index == 0 else width * directions)
                self._parameter(f"weight_hh_{name}", gates, width)
                if bias:
                    self._parameter(f"bias_ih_{name}", gates)
                    self._parameter(f"bias_hh_{name}", gates)
                if proj_size:
                    self._parameter(f"weight_hr_{name}", proj_size, hidden_size)

    _mode_ = None

    def _hyper_(self):
        found = super()._hyper_()
        if self.mode != "LSTM":
            found.pop("proj_size", None)
        return found

    @property
    def all_weights(self):
        return [list(self._parameters.values())]

    def flatten_parameters(self):
        return None

    def __call__(self, *given, **named):
        if not given or type(given[0]).__name__ != "PackedSequence":
            return super().__call__(*given, **named)
        from torch.nn.utils.rnn import packed

        output, states = super().__call__(given[0].padded(self.batch_first), *given[1:], **named)
        return packed(output.transpose(0, 1) if self.batch_first else output), states

    def forward(self, input, hx=None):
        _unchanged(type(self).__name__)
        if not isinstance(input, torch.Tensor):
            torch._dispatch.refuse(self.mode, input)
        if input.dim() not in (2, 3):
            raise ValueError(f"{self.mode}: Expected input to be 2D or 3D, got {input.dim()}D instead")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )
        directions = 2 if self.bidirectional else 1
        width = self.proj_size or self.hidden_size
        batch = () if input.dim() == 2 else (input.shape[0 if self.batch_first else 1],)
        state = (self.num_layers * directions, *batch)
        wanted = [(*state, width), (*state, self.hidden_size)][: 2 if self.mode == "LSTM" else 1]
        if hx is not None:
            for given, shape in zip(hx if isinstance(hx, (tuple, list)) else [hx], wanted):
                if tuple(given.shape) != shape:
                    raise RuntimeError(f"Expected hidden size {shape}, got {list(given.shape)}")
        states = [make(shape, input.dtype) for shape in wanted]
        output = make((*input.shape[:-1], directions * width), input.dtype)
        return output, tuple(states) if self.mode == "LSTM" else states[0]


LSTM, GRU, RNN = (
    layer(type(name, (RNNBase,), {"_mode_": mode, "__module__": __name__}))
    for name, mode in (("LSTM", "LSTM"), ("GRU", "GRU"), ("RNN", None))
)


class RNNCellBase(Layer):
    def _made_of(self, input_size, hidden_size, bias, nonlinearity=None):
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        if nonlinearity is not None:
            self.nonlinearity = nonlinearity
        gates = self._gates_ * hidden_size
        self._parameter("weight_ih", gates, input_size)
        self._parameter("weight_hh", gates, hidden_size)
        for name in ("bias_ih", "bias_hh"):
            if bias:
                self._parameter(name, gates)
            else:
                self.register_parameter(name, None)

    def forward(self, input, hx=None):
        _unchanged(type(self).__name__)
        if input.dim() not in (1, 2):
            raise ValueError(f"{type(self).__name__}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {input.shape[-1]} expected {self.input_size}")
        state = make((*input.shape[:-1], self.hidden_size), input.dtype)
        return (state, make(state.shape, input.dtype)) if self._gates_ == 4 else state


LSTMCell, GRUCell, RNNCell = (
    layer(type(name, (RNNCellBase,), {"_gates_": gates, "__module__": __name__}))
    for name, gates in (("LSTMCell", 4), ("GRUCell", 3), ("RNNCell", 1))
)
