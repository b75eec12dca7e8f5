"""Attention."""

from keras._leaf import Leaf, leaf, unsupported


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
