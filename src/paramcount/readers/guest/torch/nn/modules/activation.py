"""Activations and attention."""

import torch
from torch._types import get_default_dtype
from torch.nn import functional as F
from torch.nn.modules._layer import Layer, layer, missing
from torch.nn.modules.linear import NonDynamicallyQuantizableLinear

__getattr__ = missing("torch.nn.modules.activation")


def _simple(name, function, *arguments):
    """An activation whose function takes the input and some of the layer's arguments."""

    def forward(self, input):
        return function(input, *[getattr(self, one) for one in arguments])

    cls = type(name, (Layer,), {"forward": forward, "__module__": __name__})
    return layer(cls)


ReLU, ReLU6 = _simple("ReLU", F.relu, "inplace"), _simple("ReLU6", F.relu6, "inplace")
SiLU, Mish = _simple("SiLU", F.silu, "inplace"), _simple("Mish", F.mish, "inplace")
Hardswish, Hardsigmoid = _simple("Hardswish", F.hardswish, "inplace"), _simple("Hardsigmoid", F.hardsigmoid, "inplace")
SELU, ELU = _simple("SELU", F.selu, "inplace"), _simple("ELU", F.elu, "alpha", "inplace")
CELU, LeakyReLU = (
    _simple("CELU", F.celu, "alpha", "inplace"),
    _simple("LeakyReLU", F.leaky_relu, "negative_slope", "inplace"),
)
Threshold = _simple("Threshold", F.threshold, "threshold", "value", "inplace")
GELU, Sigmoid, Tanh = _simple("GELU", F.gelu, "approximate"), _simple("Sigmoid", F.sigmoid), _simple("Tanh", F.tanh)
Softplus, Softsign = _simple("Softplus", F.softplus, "beta", "threshold"), _simple("Softsign", F.softsign)
Softshrink, Hardshrink = _simple("Softshrink", F.softshrink, "lambd"), _simple("Hardshrink", F.hardshrink, "lambd")
Tanhshrink, LogSigmoid = _simple("Tanhshrink", F.tanhshrink), _simple("LogSigmoid", F.logsigmoid)
Softmax, LogSoftmax = _simple("Softmax", F.softmax, "dim"), _simple("LogSoftmax", F.log_softmax, "dim")
Softmin, GLU = _simple("Softmin", F.softmin, "dim"), _simple("GLU", F.glu, "dim")


@layer
class Softmax2d(Layer):
    def forward(self, input):
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)


@layer
class RReLU(Layer):
    def forward(self, input):
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)


@layer
class Hardtanh(Layer):
    def _made_of(self, min_val, max_val, inplace, min_value=None, max_value=None):
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace

    def forward(self, input):
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)


@layer
class PReLU(Layer):
    def _made_of(self, num_parameters, init):
        self.num_parameters, self.init = num_parameters, init
        self._parameter("weight", num_parameters, value=init)

    def forward(self, input):
        return F.prelu(input, self.weight)


@layer
class MultiheadAttention(Layer):
    def _made_of(self, embed_dim, num_heads, dropout, bias, add_bias_kv, add_zero_attn, kdim, vdim, batch_first):
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got {embed_dim=} and {num_heads=} instead"
            )
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.num_heads, self.dropout, self.batch_first = num_heads, dropout, batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")
        if self._qkv_same_embed_dim:
            self._parameter("in_proj_weight", 3 * embed_dim, embed_dim)
            for name in ("q_proj_weight", "k_proj_weight", "v_proj_weight"):
                self.register_parameter(name, None)
        else:
            self._parameter("q_proj_weight", embed_dim, embed_dim)
            self._parameter("k_proj_weight", embed_dim, self.kdim)
            self._parameter("v_proj_weight", embed_dim, self.vdim)
            self.register_parameter("in_proj_weight", None)
        if bias:
            self._parameter("in_proj_bias", 3 * embed_dim)
        else:
            self.register_parameter("in_proj_bias", None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias)
        if add_bias_kv:
            self._parameter("bias_k", 1, 1, embed_dim)
            self._parameter("bias_v", 1, 1, embed_dim)
        else:
            self.bias_k = self.bias_v = None
        self.add_zero_attn = add_zero_attn

    def _hyper_(self):
        found = super()._hyper_()
        found["bias"] = self.in_proj_bias is not None
        found["add_bias_kv"] = self._parameters.get("bias_k") is not None
        return found

    def forward(self, query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None,
                average_attn_weights=True, is_causal=False):  # fmt: skip
        for one in (query, key, value):
            if not isinstance(one, torch.Tensor):
                torch._dispatch.refuse("multi_head_attention_forward", one)
        batched = query.dim() == 3
        if query.dim() not in (2, 3) or key.dim() != query.dim() or value.dim() != query.dim():
            raise AssertionError(
                f"query should be unbatched 2D or batched 3D tensor but received {query.dim()}-D query tensor"
            )
        first = self.batch_first and batched
        steps, batch = (1, 0) if first else (0, 1)
        for one, width, name in (
            (query, self.embed_dim, "query"),
            (key, self.kdim, "key"),
            (value, self.vdim, "value"),
        ):
            if one.shape[-1] != width:
                raise AssertionError(f"was expecting embedding dimension of {width}, but got {one.shape[-1]} in {name}")
        if key.shape[:-1] != value.shape[:-1]:
            raise AssertionError(
                f"key's sequence and batch dims {key.shape[:-1]} do not match value's {value.shape[:-1]}"
            )
        if batched and key.shape[batch] != query.shape[batch]:
            raise RuntimeError(f"the batch of query, {query.shape[batch]}, is not that of key, {key.shape[batch]}")
        if torch._dispatch.STATE.recording and not torch._dispatch.STATE.paused:
            return self._step_by_step(query, key, value, need_weights, average_attn_weights, first)
        output = torch._dispatch.make(query.shape, query.dtype)
        output._requires_grad, output._leaf = torch._dispatch.GRAD[0], False
        if not need_weights:
            return output, None
        target = query.shape[steps if batched else 0]
        source = key.shape[steps if batched else 0] + self.add_zero_attn + (self._parameters.get("bias_k") is not None)
        heads = () if average_attn_weights else (self.num_heads,)
        lead = (query.shape[batch],) if batched else ()
        return output, torch._dispatch.make((*lead, *heads, target, source), get_default_dtype())

    def _step_by_step(self, query, key, value, need_weights, average_attn_weights, first):
        """The same, operation by operation: the module is not what its hyperparameters tell, or a part of it is not."""
        if first:
            query, key, value = [one.transpose(0, 1) for one in (query, key, value)]
        output, weights = F.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k,
            self.bias_v, self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias,
            need_weights=need_weights, use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight, k_proj_weight=self.k_proj_weight, v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights,
        )  # fmt: skip
        return output.transpose(0, 1) if first else output, weights
