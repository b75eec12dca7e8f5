"""Attention of several heads, as a function of its weights."""

from torch._reduce import softmax
from torch._registry import FUNCTIONS


def multi_head_attention_forward(
    query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn,
    dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None, need_weights=True, attn_mask=None,
    use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, static_k=None,
    static_v=None, average_attn_weights=True, is_causal=False,
):  # fmt: skip
    """Step by step what `torch.nn.MultiheadAttention` does, the batch second."""
    from torch.nn import functional as F

    if query.dim() == 2:
        output, weights = multi_head_attention_forward(
            query[:, None], key[:, None], value[:, None], embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias,
            bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training, None, need_weights,
            None, use_separate_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight, static_k, static_v,
            average_attn_weights,
        )  # fmt: skip
        return output[:, 0], None if weights is None else weights[0]
    steps, batch, width = query.shape
    if width != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}")
    if width % num_heads:
        raise AssertionError(f"embed_dim {width} not divisible by num_heads {num_heads}")
    weights = (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else in_proj_weight.chunk(3)
    biases = (None, None, None) if in_proj_bias is None else in_proj_bias.chunk(3)
    projected = [F.linear(*each) for each in zip((query, key, value), weights, biases)]
    for place, bias in ((1, bias_k), (2, bias_v)):
        if bias is not None:
            projected[place] = FUNCTIONS["cat"]([projected[place], bias.expand(1, batch, width)])
    q, k, v = [one.reshape(one.shape[0], batch * num_heads, width // num_heads).transpose(0, 1) for one in projected]
    k, v = k if static_k is None else static_k, v if static_v is None else static_v
    if add_zero_attn:
        k, v = [FUNCTIONS["cat"]([one, one.new_zeros(one.shape[0], 1, one.shape[2])], 1) for one in (k, v)]
    attention = softmax(q @ k.transpose(1, 2), -1)
    output = (attention @ v).transpose(0, 1).reshape(steps * batch, width)
    output = F.linear(output, out_proj_weight, out_proj_bias).view(steps, batch, out_proj_weight.shape[0])
    if not need_weights:
        return output, None
    attention = attention.view(batch, num_heads, steps, k.shape[1])
    return output, attention.mean(1) if average_attn_weights else attention
