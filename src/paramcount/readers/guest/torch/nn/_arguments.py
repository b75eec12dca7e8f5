"""How the functions of torch.nn.functional read their arguments."""

from torch._tensor import Tensor


def given(*tensors):
    """Those of the tensors that are there."""
    return tuple([one for one in tensors if one is not None])


def plain(value):
    """An argument as JSON has it: sizes as whole numbers in lists."""
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]
    if isinstance(value, Tensor) or (hasattr(value, "__index__") and not isinstance(value, (bool, int))):
        return value.__index__() if not isinstance(value, Tensor) or value.dtype.order < 2 else value.item()
    return value


def same_type(op, input, weight):
    if isinstance(input, Tensor) and isinstance(weight, Tensor) and input.dtype is not weight.dtype:
        raise RuntimeError(
            f"{op}: expected the input and the weight to have the same type, but got {input.dtype} and {weight.dtype}"
        )
