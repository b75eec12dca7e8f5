"""Products of matrices and tensors."""

import math

from paramcount_guest.state import unsupported

from torch._arithmetic import result_type
from torch._dispatch import elementwise, run
from torch._registry import FUNCTIONS, both, function
from torch._tensor import Tensor


@function("einsum")
def einsum(equation, *operands):
    if not isinstance(equation, str):
        raise unsupported("torch.einsum with sublists")
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    return run("einsum", tuple(operands), {"equation": equation})


def _product(op):
    def apply(input, other, *, out=None):
        if not (isinstance(input, Tensor) and isinstance(other, Tensor)):
            return run(op, (input, other))
        compute = None
        if len(input.shape) == len(other.shape) == 2 and input.numel() and other.shape[-1]:
            inner, wide = input.shape[-1], other.shape[-1]

            def compute(left, right):
                columns = [right[at::wide] for at in range(wide)]
                rows = [left[at : at + inner] for at in range(0, len(left), inner)]
                return [math.fsum([a * b for a, b in zip(row, column)]) for row in rows for column in columns]

        if input.dtype is not other.dtype:
            raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {input.dtype} != {other.dtype}")
        return run(op, (input, other), {}, None, compute)

    return apply


for _op in ("matmul", "mm", "bmm"):
    both(_op)(_product(_op))
both("mv", "dot", "inner", "vdot")(_product("matmul"))
Tensor.__matmul__ = Tensor.matmul
Tensor.__rmatmul__ = lambda self, other: Tensor.matmul(other, self)


@both("outer", "ger")
def outer(input, vec2, *, out=None):
    return run("outer", (input, vec2), {}, result_type(input, vec2), lambda a, b: [x * y for x in a for y in b])


@both()
def addmm(input, mat1, mat2, *, beta=1, alpha=1, out=None):
    return run("addmm", (input, mat1, mat2))


@both()
def baddbmm(input, batch1, batch2, *, beta=1, alpha=1, out=None):
    return run("baddbmm", (input, batch1, batch2))


@function()
def addbmm(input, batch1, batch2, *, beta=1, alpha=1):
    return input + FUNCTIONS["bmm"](batch1, batch2).sum(0)


@function("chain_matmul")
def chain_matmul(*matrices):
    found = matrices[0]
    for one in matrices[1:]:
        found = found @ one
    return found


@function("tensordot")
def tensordot(a, b, dims=2, out=None):
    if isinstance(dims, int):
        left, right = list(range(len(a.shape) - dims, len(a.shape))), list(range(dims))
    else:
        left, right = ([one] if isinstance(one, int) else list(one) for one in dims)
    letters = "abcdefghijklmnopqrstuvwxyz"
    first = list(letters[: len(a.shape)])
    second = list(letters[len(a.shape) : len(a.shape) + len(b.shape)])
    for one, other in zip(left, right):
        second[other] = first[one]
    out = [c for place, c in enumerate(first) if place not in [d % len(first) for d in left]]
    out += [c for place, c in enumerate(second) if place not in [d % len(second) for d in right]]
    return einsum(f"{''.join(first)},{''.join(second)}->{''.join(out)}", a, b)


@function("cdist")
def cdist(x1, x2, p=2.0, compute_mode=None):
    return run("cdist", (x1, x2))


@function("cross")
def cross(input, other, dim=None):
    return elementwise("mul", (input, other))


@function("kron")
def kron(input, other):
    shape = [a * b for a, b in zip(input.shape, other.shape)]
    return (input.flatten()[:, None] * other.flatten()[None]).reshape(shape)
