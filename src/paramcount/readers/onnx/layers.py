"""Operators that have weights, beside convolutions: matrix products, norms, recurrent layers, embeddings, attention."""

from collections.abc import Mapping, Sequence
from typing import Final

from paramcount.errors import LayerError
from paramcount.operations import outputs
from paramcount.operations.rules import axis
from paramcount.readers.onnx.arguments import at
from paramcount.readers.onnx.model import Op, Sizes, Stored
from paramcount.readers.onnx.names import generated
from paramcount.readers.onnx.operators import OPERATORS
from paramcount.readers.onnx.run import UNKNOWN, Flow, Handler, Run, Unanswered
from paramcount.readers.onnx.weights import Part, uniform
from paramcount.readers.onnx.windows import WINDOWS
from paramcount.shapes import text


def _linear(run: Run, op: Op, x: Flow, weight: Flow, bias: Flow | None) -> Sequence[Flow] | None:
    """A matrix product with a stored matrix [in, out]; None where it is no Linear."""
    if weight.stored is None or weight.sizes is None or len(weight.sizes) != 2:
        return None
    inside, outside = weight.sizes
    parts = {"weight": Part(weight.stored, (outside, inside))}
    if bias is not None:
        if bias.stored is None or bias.stored.count != outside:
            return None
        parts["bias"] = Part(bias.stored, (outside,))
    hyper: dict[str, object] = {"in_features": inside, "out_features": outside, "bias": bias is not None}
    return run.layer(op, "Linear", hyper, parts, [x],
                     lambda: outputs("linear", [x.sizes or (), (outside, inside)], {}))  # fmt: skip


def _matmul(places: tuple[int, int] = (0, 1)) -> Handler:
    def handle(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
        x, weight = given[places[0]], given[places[1]]
        if x.stored is None or weight.stored is None:
            added = _bias_after(run, op, weight)
            made = _linear(run, op, x, weight, added[1] if added else None)
            if made is not None:
                if added is not None:
                    run.absorbed[added[0]] = made[0]
                return made
        return run.call("matmul", [x, weight])

    return handle


def _bias_after(run: Run, op: Op, weight: Flow) -> tuple[int, Flow] | None:
    """The addition of stored numbers, one an output, that follows a matrix product: its place, and the numbers."""
    found = run.follower(op)
    if found is None or weight.sizes is None or len(weight.sizes) != 2:
        return None
    place, after = found
    others = [name for name in after.inputs if name != op.outputs[0]]
    if after.kind != "Add" or len(others) != 1 or len(after.inputs) != 2:
        return None
    flow = run.flows.get(others[0], UNKNOWN)
    plain = flow.stored is not None and flow.stored.real and flow.stored.count == weight.sizes[1]
    alone = flow.sizes is not None and flow.sizes[-1:] == weight.sizes[1:]
    return (place, flow) if plain and alone else None


def _gemm(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    x, weight, bias = given[0], given[1], at(given, 2)
    if op.int("transA"):
        (x,) = run.call("transpose", [x], {"dim0": 0, "dim1": 1})
    if weight.sizes is not None and len(weight.sizes) == 2 and weight.stored is not None:
        sizes = weight.sizes[::-1] if op.int("transB") else weight.sizes
        turned = Flow(sizes=sizes, stored=weight.stored)
        whole = bias is None or (bias.stored is not None and bias.stored.count == sizes[1])
        made = _linear(run, op, x, turned, bias if whole else None)
        if made is not None:
            return made if whole or bias is None else run.call("add", [made[0], bias])
    if op.int("transB"):
        (weight,) = run.call("transpose", [weight], {"dim0": 0, "dim1": 1})
    (found,) = run.call("matmul", [x, weight])
    return [found] if bias is None else run.call("add", [found, bias])


def _spatial(run: Run, x: Flow, name: str) -> str:
    """The end of the name of a norm's class, by how many dimensions flow in, or the file states."""
    rank = len(x.sizes) if x.sizes is not None else len(run.model.declared.get(name) or ()) or run.rank
    return {2: "1d", 3: "1d", 4: "2d", 5: "3d"}.get(rank, "2d")


def _affine(stored: Stored | None) -> bool:
    """Whether a norm's weight is learnt: exporters write a constant where it has none."""
    return stored is not None and not ((stored.constant or generated(stored.name)) and uniform(stored))


def _batch_norm(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    x, *vectors = given[:5]
    if len(vectors) < 4 or any(one.stored is None for one in vectors[2:]):
        raise Unanswered("its statistics are computed from what flows through the network.")
    weight, bias, mean, var = (one.stored for one in vectors)
    many = mean.count if mean is not None else 0
    if any(one is not None and one.count != many for one in (weight, bias, var)):
        raise LayerError(f"scale, bias, mean and variance must all have {many} numbers.", place=(op.place,))
    affine = _affine(weight) or _affine(bias)
    parts: dict[str, Part] = {"weight": Part(weight, (many,)), "bias": Part(bias, (many,))} if affine else {}
    parts |= {"running_mean": Part(mean, (many,), buffer=True), "running_var": Part(var, (many,), buffer=True)}
    parts["num_batches_tracked"] = Part(None, (), buffer=True)
    kind = f"BatchNorm{_spatial(run, x, op.inputs[0])}"
    hyper: dict[str, object] = {"num_features": many, **({} if affine else {"affine": False})}
    return _normed(run, op, kind, hyper, parts, x, "batch_norm") or []


def _normed(run: Run, op: Op, kind: str, hyper: Mapping[str, object], parts: Mapping[str, Part], x: Flow,
            rule: str) -> Sequence[Flow] | None:  # fmt: skip
    def found() -> Sequence[Sizes]:
        sizes = hyper.get("normalized_shape")
        attributes = {} if sizes is None else {"normalized_shape": sizes}
        given = [x.sizes or ()]
        if "num_features" in hyper:
            given.append((int(str(hyper["num_features"])),))
        return outputs(rule, given, attributes)

    return run.layer(op, kind, hyper, parts, [x], found)


def _instance_norm(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    x, weight, bias = given[:3]
    if weight.stored is None and weight.constant is None:
        raise Unanswered("its weight is computed from what flows through the network.")
    many = (weight.sizes or (0,))[0]
    affine = _affine(weight.stored) or _affine(bias.stored)
    parts = {"weight": Part(weight.stored, (many,)), "bias": Part(bias.stored, (many,))} if affine else {}
    hyper: dict[str, object] = {"num_features": many, **({"affine": True} if affine else {})}
    return _normed(run, op, f"InstanceNorm{_spatial(run, x, op.inputs[0])}", hyper, parts, x, "instance_norm") or []


def _last_norm(kind: str, rule: str) -> Handler:
    """A norm over the last dimensions."""

    def handle(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
        x, weight, bias = given[0], given[1], at(given, 2)
        own = weight.sizes
        if x.sizes is not None:
            own = x.sizes[axis(op.int("axis", -1), len(x.sizes)) :]
        if own is None or (weight.sizes is not None and weight.sizes not in (own, (), (1,))):
            raise LayerError(
                f"a weight of {text(weight.sizes or ())} does not fit axis={op.int('axis', -1)} of "
                f"{text(x.sizes or ())}.",
                place=(op.place,),
            )
        affine = _affine(weight.stored) and weight.sizes == own
        parts = {"weight": Part(weight.stored, own)} if affine else {}
        hyper: dict[str, object] = {"normalized_shape": list(own)}
        if not affine:
            hyper["elementwise_affine"] = False
        elif kind == "LayerNorm":
            has_bias = bias is not None and bias.stored is not None
            hyper["bias"] = has_bias
            parts |= {"bias": Part(bias.stored, own)} if bias is not None and has_bias else {}
        return _normed(run, op, kind, hyper, parts, x, rule) or []

    return handle


def _group_norm(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    x, weight, bias = given[:3]
    groups = op.int("num_groups", 1)
    if x.sizes is None or len(x.sizes) < 2 or weight.sizes != x.sizes[1:2] or bias.stored is None:
        if x.sizes is None:
            run.take(given)
            return []
        run.take(given)
        return run.call("group_norm", given[:1], {"num_groups": groups})
    many = x.sizes[1]
    parts = {"weight": Part(weight.stored, (many,)), "bias": Part(bias.stored, (many,))}
    hyper = {"num_groups": groups, "num_channels": many}
    return run.layer(op, "GroupNorm", hyper, parts, [x],
                     lambda: outputs("group_norm", [x.sizes or ()], {"num_groups": groups})) or []  # fmt: skip


def _prelu(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    x, slope = given[:2]
    one = slope.stored
    channels = x.sizes[1] if x.sizes is not None and len(x.sizes) > 1 else None
    if one is None or one.count not in (1, channels if channels is not None else one.count):
        return run.call("add", [x, slope])
    made = run.layer(op, "PReLU", {"num_parameters": one.count}, {"weight": Part(one, (one.count,))}, [x],
                     lambda: outputs("prelu", [x.sizes or ()], {}))  # fmt: skip
    return made or run.call("prelu", [x])


def _gather(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    """Rows of a stored matrix, picked by what flows in, are an embedding."""
    data, indices = given[:2]
    one = data.stored
    rows = one is not None and (one.real or one.dtype in ("int8", "uint8")) and data.sizes == one.sizes
    if one is None or not rows or len(one.sizes) != 2 or op.int("axis") or indices.constant is not None:
        return OPERATORS["Gather"](run, op, given)
    hyper: dict[str, object] = {"num_embeddings": one.sizes[0], "embedding_dim": one.sizes[1]}
    made = run.layer(op, "Embedding", hyper, {"weight": Part(one, one.sizes)}, [indices],
                     lambda: outputs("embedding", [indices.sizes or (), one.sizes], {}))  # fmt: skip
    return made or OPERATORS["Gather"](run, op, given)


_GATES: Final[Mapping[str, int]] = {"LSTM": 4, "GRU": 3, "RNN": 1}


def _recurrent(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    """Stored are, for each direction: W [gates·H, in], R [gates·H, H], B [2·gates·H]. What flows in is [T, 1, in]."""
    x, inward, inner, bias = given[0], given[1], given[2], at(given, 3)
    gates = _GATES[op.kind]
    run.take(given[4:])  # states that it begins with, and peepholes
    if inward.sizes is None or inner.sizes is None or len(inward.sizes) != 3 or len(inner.sizes) != 3:
        raise LayerError("W and R must have three dimensions.", place=(op.place,))
    ways, rows, width = inward.sizes
    hidden = inner.sizes[2]
    if inward.stored is None or inner.stored is None or (bias is not None and bias.stored is None):
        return _unrolled(run, x, inward, inner)
    if ways not in (1, 2) or rows != gates * hidden or inner.sizes != (ways, rows, hidden) or op.int("layout"):
        raise LayerError(f"W {text(inward.sizes)} and R {text(inner.sizes)} do not fit {gates} gates.",
                         place=(op.place,))  # fmt: skip
    hyper: dict[str, object] = {"input_size": width, "hidden_size": hidden, "bias": bias is not None,
                                "bidirectional": ways == 2}  # fmt: skip
    shapes: dict[str, Sizes] = {"weight_ih": (rows, width), "weight_hh": (rows, hidden)}
    if bias is not None:
        shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
    whole = {"weight_ih": inward.stored, "weight_hh": inner.stored}
    if bias is not None and bias.stored is not None:
        whole |= {"bias_ih": bias.stored, "bias_hh": bias.stored}
    parts = {
        f"{name}_l0{end}": Part(whole[name] if not end and name != "bias_hh" else None, sizes)
        for end in ("", "_reverse")[:ways]
        for name, sizes in shapes.items()
    }
    steps = x.sizes[0] if x.sizes is not None and len(x.sizes) == 3 else 0
    made = run.layer(op, op.kind, hyper, parts, [x], lambda: [(steps, 1, ways * hidden)])
    if not made or made[0].sizes is None:
        return []
    (split,) = run.call("reshape", made, {"shape": [steps, 1, ways, hidden]})
    (every,) = run.call("permute", [split], {"dims": [0, 2, 1, 3]})
    (last,) = run.call("getitem", [every], {"index": [-1]})
    return [every, last, last]


def _unrolled(run: Run, x: Flow, inward: Flow, inner: Flow) -> Sequence[Flow]:
    """A recurrent layer whose weights are computed from others: its products, the same in number and size."""
    if x.sizes is None or inward.sizes is None or inner.sizes is None:
        return []
    ways, _, hidden = inner.sizes
    found: list[Flow] = []
    for way in range(ways):
        state = x
        for weight in (inward, inner):
            (own,) = run.call("getitem", [weight], {"index": [way]})
            (turned,) = run.call("transpose", [own], {"dim0": 0, "dim1": 1})
            (gated,) = run.call("matmul", [state, turned])
            (state,) = run.call("getitem", [gated], {"index": ["...", [0, hidden, None]]})
        found.append(state)
    (every,) = run.call("stack", found, {"dim": 1})
    (last,) = run.call("getitem", [every], {"index": [-1]})
    return [every, last, last]


def _attention(run: Run, op: Op, given: Sequence[Flow]) -> Sequence[Flow]:
    """Queries, keys and values in heads, or with the heads side by side in the last dimension."""
    query, key, value = given[:3]
    if query.sizes is None or key.sizes is None or value.sizes is None:
        return []
    heads, others = op.int("q_num_heads"), op.int("kv_num_heads")
    if len(query.sizes) == 3:
        if heads < 1 or others < 1:
            raise Unanswered("it does not state its number of heads.")
        query, key, value = _in_heads(run, query, heads), _in_heads(run, key, others), _in_heads(run, value, others)
    grouped = (query.sizes or ())[1:2] != (key.sizes or ())[1:2] or None
    found = run.call("scaled_dot_product_attention", [query, key, value], {"enable_gqa": grouped})
    if len(given[0].sizes or ()) == 3 and found[0].sizes is not None:
        batch, _, steps, _ = found[0].sizes
        (turned,) = run.call("permute", found, {"dims": [0, 2, 1, 3]})
        return run.call("reshape", [turned], {"shape": [batch, steps, -1]})
    return found


def _in_heads(run: Run, one: Flow, heads: int) -> Flow:
    batch, steps, width = one.sizes or (0, 0, 0)
    (split,) = run.call("reshape", [one], {"shape": [batch, steps, heads, width // heads]})
    return run.call("permute", [split], {"dims": [0, 2, 1, 3]})[0]


HANDLERS: Final[Mapping[str, Handler]] = {
    **OPERATORS,
    **WINDOWS,
    "MatMul": _matmul(),
    "MatMulInteger": _matmul(),
    "QLinearMatMul": _matmul((0, 3)),
    "Gemm": _gemm,
    "BatchNormalization": _batch_norm,
    "InstanceNormalization": _instance_norm,
    "LayerNormalization": _last_norm("LayerNorm", "layer_norm"),
    "RMSNormalization": _last_norm("RMSNorm", "rms_norm"),
    "GroupNormalization": _group_norm,
    "PRelu": _prelu,
    "Gather": _gather,
    "Attention": _attention,
    **dict.fromkeys(_GATES, _recurrent),
}
"""What each operator is, by its name."""
