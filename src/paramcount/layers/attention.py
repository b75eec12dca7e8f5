"""Multi-head attention of PyTorch and Keras.

PyTorch: 4 d² weights and 4 d biases; kdim and vdim split the first three matrices. Keras: heads × key_dim columns for
queries and keys, heads × value_dim for values, and the way back; key_dim is per head. MACs are those of the projections
at each position and of both products of attention, queries × keys × width each.
Source: torch.nn.MultiheadAttention, keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention.
"""

from typing import Annotated, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import MissingError, ShapeError, sequence, shown
from paramcount.expression import Expression, Product, Quantity, Sum
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor, named_tensors
from paramcount.layers.common import KERAS_KERNEL, KERAS_LAYER_BESIDE
from paramcount.layers.fields import Flag, NotCounted, Positive, refuse, whole
from paramcount.limits import MAX_RANK
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored


class MultiheadAttention(Layer):
    """PyTorch's multi-head attention: queries, keys and values, each (L, width)."""

    embed_dim: Positive
    num_heads: Positive
    bias: Flag = True
    add_bias_kv: Flag = False
    add_zero_attn: Flag = False
    kdim: Positive | None = None
    vdim: Positive | None = None

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.embed_dim % self.num_heads:
            raise refuse(f"num_heads={self.num_heads} does not divide embed_dim={self.embed_dim}.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        width = Quantity("embed_dim", self.embed_dim)
        keys, values = Quantity("kdim", self.kdim or self.embed_dim), Quantity("vdim", self.vdim or self.embed_dim)
        alike = keys.value == values.value == self.embed_dim
        weights: Expression = 4 * width * width if alike else width * (2 * width + keys + values)
        total, steps = weights, [Step("weights", weights)]
        if self.bias:
            steps.append(Step("biases", 4 * width))
            total = total + 4 * width
        if self.add_bias_kv:
            steps.append(Step("key and value biases", 2 * width))
            total = total + 2 * width
        lengths = self._lengths(inputs)
        macs = None
        if lengths is not None:
            macs = self._macs(width, keys, values, *lengths)
        first = inputs[0]
        length = None if first is None else first[0]
        seen = None if lengths is None else lengths[1] + self.add_bias_kv + self.add_zero_attn
        return Derivation(
            layer=self,
            parameters=total,
            tensors=self._tensors(alike=alike),
            output_shape=(length, self.embed_dim),
            more_outputs=((length, seen),) if first is not None else (),
            macs=macs,
            steps=(*steps, Step("total", total), *((Step("MACs", macs),) if macs else ())),
            reach="all",
        )

    def _lengths(self, inputs: tuple[Shape | None, ...]) -> tuple[int, int] | None:
        """The numbers of queries and of keys; None where not known.

        Raises:
            ShapeError: an input has another width.
        """
        queries = inputs[0]
        keys = inputs[1] if len(inputs) > 1 else queries
        values = inputs[2] if len(inputs) > 2 else keys
        widths = (self.embed_dim, self.kdim or self.embed_dim, self.vdim or self.embed_dim)
        for name, shape, width in zip(("queries", "keys", "values"), (queries, keys, values), widths, strict=True):
            if shape is None:
                return None
            if len(shape) != 2 or shape[1] not in (None, width):
                raise ShapeError(f"takes {name} [L, {width}] without the batch; {text(shape)} flows in.")
        if queries is None or keys is None or values is None or queries[0] is None or keys[0] is None:
            return None
        if values[0] not in (None, keys[0]):
            raise ShapeError(f"takes as many values as keys; {values[0]} and {keys[0]} flow in.")
        return queries[0], keys[0]

    def _macs(self, width: Quantity, keys: Quantity, values: Quantity, asked: int, given: int) -> Expression:
        queries, positions = Quantity("queries", asked), Quantity("keys", given)
        more = self.add_bias_kv + self.add_zero_attn
        seen: Expression = positions + more if more else positions
        return Sum((2 * queries * width * width, positions * width * (keys + values), 2 * queries * seen * width))

    def _tensors(self, *, alike: bool) -> tuple[Tensor, ...]:
        d = self.embed_dim
        shapes: dict[str, tuple[int, ...]] = {"in_proj_weight": (3 * d, d)}
        if not alike:
            kd, vd = self.kdim or d, self.vdim or d
            shapes = {"q_proj_weight": (d, d), "k_proj_weight": (d, kd), "v_proj_weight": (d, vd)}
        if self.bias:
            shapes["in_proj_bias"] = (3 * d,)
        if self.add_bias_kv:
            shapes |= {"bias_k": (1, 1, d), "bias_v": (1, 1, d)}
        shapes["out_proj.weight"] = (d, d)
        if self.bias:
            shapes["out_proj.bias"] = (d,)
        return named_tensors(shapes, trainable=self.trainable)


def _output(value: object) -> tuple[int, ...] | None:
    if value is None:
        return None
    items = sequence((value,) if type(value) is int else value)
    if not items or len(items) > MAX_RANK:
        raise refuse(f"must be a whole number or a list of them, received {shown(value)}.")
    return tuple([whole(item, 1) for item in items])


def _axes(value: object) -> tuple[int, ...] | None:
    if value is None:
        return None
    items = sequence((value,) if type(value) is int else value)
    found = [item for item in items or () if type(item) is int]
    if not found or len(found) != len(items or ()) or len(found) > MAX_RANK:
        raise refuse(f"must be a whole number or a list of them, received {shown(value)}.")
    return tuple(found)


class KerasAttention(Layer):
    """Keras's MultiHeadAttention and GroupQueryAttention: query, value and, unless it is the value, key."""

    num_heads: Positive
    key_dim: Positive
    value_dim: Positive | None = None
    num_key_value_heads: Positive | None = None
    bias: Flag = True
    output_shape: Annotated[tuple[int, ...] | None, BeforeValidator(_output)] = None
    attention_axes: Annotated[tuple[int, ...] | None, BeforeValidator(_axes)] = None
    use_gate: NotCounted = None

    @model_validator(mode="after")
    def _rules(self) -> Self:
        groups = self.num_key_value_heads
        if groups is not None and self.num_heads % groups:
            raise refuse(f"num_key_value_heads={groups} does not divide num_query_heads={self.num_heads}.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        query, value, key = self._shapes(inputs)
        widths = [shape[-1] for shape in (query, key, value)]
        if None in widths:
            raise MissingError("the width of what flows in is not known. Give input_shape.")
        grouped = self.num_key_value_heads
        heads, others = Quantity("heads", self.num_heads), Quantity("key_value_heads", grouped or self.num_heads)
        key_dim = Quantity("key_dim", self.key_dim)
        value_dim = Quantity("value_dim", self.value_dim or self.key_dim)
        out = self.output_shape or (widths[0] or 0,)
        parts = (
            ("query", Quantity("query_width", widths[0] or 0), heads, key_dim),
            ("key", Quantity("key_width", widths[1] or 0), others, key_dim),
            ("value", Quantity("value_width", widths[2] or 0), others, value_dim),
        )
        tensors: list[Tensor] = []
        steps: list[Step] = []
        for name, width, count, dim in parts:
            shape = (width.value, count.value, dim.value)
            tensors += self._pair(name, shape, shape[1:])
            steps.append(Step(name, (width + 1) * count * dim if self.bias else width * count * dim))
        back: Expression = Product((heads, value_dim if grouped is None else key_dim))
        columns = Product(tuple([Quantity("output_width", size) for size in out]))
        tensors += self._pair("attention_output", (self.num_heads, value_dim.value, *out), out)
        steps.append(Step("output", (back + 1) * columns if self.bias else back * columns))
        total = Sum(tuple([Quantity(step.name, step.expression.value, step.expression) for step in steps]))
        macs = self._macs(query, key, parts, back * columns)
        return Derivation(
            layer=self,
            parameters=total,
            tensors=tuple(tensors),
            output_shape=(*query[:-1], *out),
            macs=macs,
            steps=(*steps, Step("total", total), *((Step("MACs", macs),) if macs else ())),
            notes=("key_dim is per head.",),
            reach="all",
        )

    def _shapes(self, inputs: tuple[Shape | None, ...]) -> tuple[Shape, Shape, Shape]:
        """The shapes of query, value and key.

        Raises:
            MissingError: one is not known.
            ShapeError: they do not fit each other.
        """
        query = inputs[0]
        value = inputs[1] if len(inputs) > 1 else query
        key = inputs[2] if len(inputs) > 2 else value
        if query is None or value is None or key is None:
            raise MissingError("the weights depend on the width of what flows in. Give input_shape.")
        if min(len(query), len(value), len(key)) < 2:
            raise ShapeError(f"takes [positions, width] without the batch; {text(query)} and {text(value)} flow in.")
        if value[:-1] != key[:-1]:
            raise ShapeError(f"takes as many values as keys; {text(value)} and {text(key)} flow in.")
        if self.num_key_value_heads is not None and query[-1] != value[-1]:
            raise ShapeError(f"query and value must have the same width; {query[-1]} and {value[-1]} flow in.")
        return query, value, key

    def _pair(self, name: str, kernel: tuple[int, ...], bias: tuple[int, ...]) -> list[Tensor]:
        found = [Tensor(f"{name}/kernel", kernel, self.trainable)]
        if self.bias:
            found.append(Tensor(f"{name}/bias", bias, self.trainable, role="bias"))
        return found

    def _macs(
        self,
        query: Shape,
        key: Shape,
        parts: tuple[tuple[str, Quantity, Quantity, Quantity], ...],
        back: Expression,
    ) -> Expression | None:
        """Projections at each position, and both products of attention; over all positions unless axes are chosen."""
        if None in query or None in key or self.attention_axes is not None:
            return None
        asked = Product(tuple([Quantity("queries", size or 0) for size in query[:-1]]))
        given = Product(tuple([Quantity("keys", size or 0) for size in key[:-1]]))
        (_, q_width, heads, key_dim), (_, k_width, others, _), (_, v_width, _, value_dim) = parts
        return Sum(
            (
                asked * (q_width * heads * key_dim + back),
                given * others * (k_width * key_dim + v_width * value_dim),
                asked * given * heads * (key_dim + value_dim),
            )
        )


_DROPOUT = ignored("dropout")
_REGULAR = (*ignored("sliding_window", "flash_attention"), *KERAS_KERNEL)
_END = (Parameter("use_gate", "use_gate", None), *ignored("seed"))

KINDS = (
    Kind(
        "multiheadattention",
        "Multi-head attention: queries, keys and values, each (L, width).",
        MultiheadAttention,
        Signature(
            ("MultiheadAttention",),
            (
                Parameter("embed_dim", "embed_dim"),
                Parameter("num_heads", "num_heads"),
                *_DROPOUT,
                Parameter("bias", "bias", True),
                Parameter("add_bias_kv", "add_bias_kv", False),
                Parameter("add_zero_attn", "add_zero_attn", False),
                Parameter("kdim", "kdim", None),
                Parameter("vdim", "vdim", None),
                *ignored("batch_first", "device", "dtype"),
            ),
        ),
        examples=(
            Example("MultiheadAttention(8, 2)", 288, "torch 2.14.1", (5, 8), (5, 8)),
            Example(
                "MultiheadAttention(8, 2, kdim=6, vdim=10)", 288, "torch 2.14.1", ((5, 8), (7, 6), (7, 10)), (5, 8)
            ),
        ),
        inputs=(1, 3),
    ),
    Kind(
        "kerasmultiheadattention",
        "Keras's multi-head attention: query, value and key, each (T, width).",
        KerasAttention,
        keras=Signature(
            ("MultiHeadAttention",),
            (
                Parameter("num_heads", "num_heads"),
                Parameter("key_dim", "key_dim"),
                Parameter("value_dim", "value_dim", None),
                *_DROPOUT,
                Parameter("use_bias", "bias", True),
                Parameter("output_shape", "output_shape", None),
                Parameter("attention_axes", "attention_axes", None),
                *_REGULAR,
                *_END,
                *KERAS_LAYER_BESIDE,
            ),
        ),
        examples=(Example("MultiHeadAttention(1, 4)", 216, "keras 3.15.1", ((5, 12), (7, 12)), (5, 12)),),
        inputs=(1, 3),
    ),
    Kind(
        "groupqueryattention",
        "Keras's attention with fewer key and value heads than query heads.",
        KerasAttention,
        keras=Signature(
            ("GroupQueryAttention",),
            (
                Parameter("head_dim", "key_dim"),
                Parameter("num_query_heads", "num_heads"),
                Parameter("num_key_value_heads", "num_key_value_heads"),
                *_DROPOUT,
                Parameter("use_bias", "bias", True),
                *_REGULAR,
                *_END,
                *KERAS_LAYER_BESIDE,
            ),
        ),
        examples=(Example("GroupQueryAttention(4, 4, 2)", 620, "keras 3.15.1", ((5, 12), (7, 12)), (5, 12)),),
        inputs=(1, 3),
    ),
)
