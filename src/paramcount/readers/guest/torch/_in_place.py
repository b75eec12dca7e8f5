"""Operations in place: those that write into a tensor, and each that torch has of an operation with a rule here."""

from paramcount_guest.state import exists, table

from paramcount.operations.rules import OperationError, broadcast
from torch import _dispatch
from torch._dispatch import make, run, write
from torch._registry import FUNCTIONS, method
from torch._tensor import Tensor


def in_place(name, function):
    """The form of an operation that writes into its first operand."""

    def apply(self, *args, **kwargs):
        _dispatch.mutable(self)
        return write(self, function(self, *args, **kwargs))

    apply.__name__ = name
    return apply


def _filled(self, values):
    """Write numbers, or None for numbers that are not known."""
    _dispatch.mutable(self)
    if values is None:
        self._storage.data = None
    elif self._strides is None and self._offset == 0 and (not self._known or len(self._storage.data) == self.numel()):
        if self.numel() <= _dispatch.LIMIT:
            self._fill(values(self.numel()))
        else:
            self._storage.data = None
    elif self._known:
        _dispatch.store(self, _dispatch.positions(self.shape, self._steps, self._offset), values(self.numel()))
    return self


@method()
def fill_(self, value):
    if isinstance(value, Tensor):
        if not value._known:
            return _filled(self, None)
        value = value.item()
    return _filled(self, lambda count: [value] * count)


@method()
def zero_(self):
    return fill_(self, 0)


@method()
def fill_diagonal_(self, fill_value, wrap=False):
    return _filled(self, None)


for _name in ("normal_", "uniform_", "bernoulli_", "exponential_", "random_", "cauchy_", "geometric_", "log_normal_"):
    method(_name)(lambda self, *args, **kwargs: _filled(self, None))


@method()
def copy_(self, src, non_blocking=False):
    if not isinstance(src, Tensor):
        _dispatch.refuse("copy_", src)
    _dispatch.mutable(self)
    copied = run("copy", (self, src), {}, self.dtype) if src._id or self._id else make(self.shape, self.dtype)
    try:
        fits = broadcast(tuple(self.shape), tuple(src.shape)) == tuple(self.shape)
    except OperationError:
        fits = False
    if not fits:
        raise RuntimeError(f"The size of tensor a {list(self.shape)} must match the size of tensor b {list(src.shape)}")
    if _dispatch.GRAD[0] and src._requires_grad and not self._requires_grad:
        self._requires_grad, self._leaf = True, False
    if (
        src._known
        and self.numel() <= _dispatch.LIMIT
        and (self._known or (self._strides is None and self._offset == 0))
    ):
        values = src._list_as(self.shape)
        _filled(self, lambda count: values)
    else:
        self._storage.data = None
    self._id = copied._id
    return self


@method()
def set_(self, source=None):
    self.data = source
    return self


_OTHER_SHAPES = ("unsqueeze", "squeeze", "transpose", "swapaxes", "swapdims", "t")
"""Those that change the tensor's shape, not its numbers."""


def _view_of_itself(name, function):
    def apply(self, *args):
        found = function(self, *args)
        self._start_view(found, found.shape, found._strides, found._offset)
        self._id = found._id
        return self

    apply.__name__ = name
    return apply


for _name in [one for one in table("names")["torch.Tensor"].split() if one[-1] == "_" and one[0] != "_"]:
    _plain = _name[:-1]
    if _plain in vars(Tensor) and _name not in vars(Tensor):
        _make = _view_of_itself if _plain in _OTHER_SHAPES else in_place
        method(_name)(_make(_name, vars(Tensor)[_plain]))
    if exists("torch", _name) and _name in vars(Tensor):
        FUNCTIONS.setdefault(_name, vars(Tensor)[_name])
for _name, _other in (("iadd", "add_"), ("isub", "sub_"), ("imul", "mul_"), ("itruediv", "div_"),
                      ("ipow", "pow_"), ("ifloordiv", "floor_divide_"), ("imod", "remainder_")):  # fmt: skip
    setattr(Tensor, f"__{_name}__", getattr(Tensor, _other))
