"""Products of matrices and tensors, and attention."""

from paramcount_guest.state import stop

from keras._dispatch import run
from keras._ops.shapes import permuted
from keras._ops.table import axes_of, ops
from keras._tensor import convert


@ops()
def matmul(x1, x2):
    return run("matmul", [convert(x1), convert(x2)])


@ops()
def dot(x1, x2):
    one, other = convert(x1), convert(x2)
    if len(other.shape) > 2:
        raise stop("unsupported", "dot() of a tensor of more than two dimensions is not supported.")
    return run("matmul", [one, other])


@ops()
def tensordot(x1, x2, axes=2):
    one, other = convert(x1), convert(x2)
    letters = [chr(code) for code in range(97, 123)]
    left = letters[: len(one.shape)]
    right = letters[len(left) : len(left) + len(other.shape)]
    if isinstance(axes, int):
        pairs = zip(range(len(left) - axes, len(left)), range(axes))
    else:
        pairs = zip(axes_of(axes[0]), axes_of(axes[1]))
    gone = set()
    for a, b in pairs:
        right[b] = left[a]
        gone.add(left[a])
    out = [one for one in left if one not in gone] + [one for one in right if one not in gone]
    return run("einsum", [one, other], {"equation": f"{''.join(left)},{''.join(right)}->{''.join(out)}"})


@ops()
def einsum(subscripts, *operands):
    return run("einsum", [convert(one) for one in operands], {"equation": subscripts})


@ops()
def outer(x1, x2):
    return run("outer", [convert(x1), convert(x2)])


@ops()
def cross(x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None):
    raise stop("unsupported", "cross() is not supported.")


@ops()
def dot_product_attention(
    query,
    key,
    value,
    bias=None,
    mask=None,
    scale=None,
    is_causal=False,
    flash_attention=None,
    attn_logits_soft_cap=None,
):
    heads = [permuted(convert(one), [0, 2, 1, 3]) for one in (query, key, value)]
    return permuted(run("scaled_dot_product_attention", heads, {}), [0, 2, 1, 3])
