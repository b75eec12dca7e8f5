"""Operations in place: each that torch has of an operation with a rule here."""

from paramcount_guest.state import exists, table

from torch._elementwise import in_place
from torch._registry import FUNCTIONS, method
from torch._tensor import Tensor

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


for _name in table("names")["torch.Tensor"].split():
    _plain = _name.removesuffix("_")
    if not _name.startswith("_") and _plain != _name and _plain in vars(Tensor) and _name not in vars(Tensor):
        _make = _view_of_itself if _plain in _OTHER_SHAPES else in_place
        method(_name)(_make(_name, vars(Tensor)[_plain]))
    if _plain != _name and exists("torch", _name) and _name in vars(Tensor):
        FUNCTIONS.setdefault(_name, vars(Tensor)[_name])
for _name, _other in (("iadd", "add_"), ("isub", "sub_"), ("imul", "mul_"), ("itruediv", "div_"),
                      ("ipow", "pow_"), ("ifloordiv", "floor_divide_"), ("imod", "remainder_")):  # fmt: skip
    setattr(Tensor, f"__{_name}__", getattr(Tensor, _other))
