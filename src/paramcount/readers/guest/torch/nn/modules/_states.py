"""A module's state: what is saved and loaded of it, and what changes all of it."""

from collections import OrderedDict, namedtuple

from paramcount_guest.placeholders import Weights
from paramcount_guest.state import STATE, unsupported

from torch._tensor import Tensor
from torch.nn.modules._calls import RemovableHandle
from torch.nn.parameter import Parameter

_IncompatibleKeys = namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])


class States:
    """Methods of Module that read or change all its parameters and buffers."""

    def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
        if args:
            destination = args[0]
            prefix = args[1] if len(args) > 1 else prefix
        found = OrderedDict() if destination is None else destination
        for name, value in self._parameters.items():
            if value is not None:
                found[prefix + name] = value if keep_vars else value.detach()
        for name, value in self._buffers.items():
            if value is not None and name not in self._non_persistent_buffers_set:
                found[prefix + name] = value if keep_vars else value.detach()
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=found, prefix=prefix + name + ".", keep_vars=keep_vars)
        return found

    def load_state_dict(self, state_dict, strict=True, assign=False):
        if isinstance(state_dict, Weights):
            STATE.warn(f"{state_dict!r} is not here; weights that are loaded change no count.")
            return _IncompatibleKeys([], [])
        own = self.state_dict(keep_vars=True)
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        errors = []
        for name, value in own.items():
            if name in state_dict:
                given = state_dict[name]
                if tuple(given.shape) != tuple(value.shape):
                    errors.append(
                        f"size mismatch for {name}: copying a param with shape {given.shape} from checkpoint, the "
                        f"shape in current model is {value.shape}."
                    )
                elif given is not value:
                    value._storage.data = list(given._list()) if given._known else None
                    value._strides, value._offset = None, 0
        if strict and missing:
            errors.insert(0, f"Missing key(s) in state_dict: {', '.join(missing[:10])}.")
        if strict and unexpected:
            errors.insert(0, f"Unexpected key(s) in state_dict: {', '.join(unexpected[:10])}.")
        if errors:
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t" + "\n\t".join(errors))
        return _IncompatibleKeys(missing, unexpected)

    def _load_from_state_dict(self, state_dict, prefix, *args):
        raise unsupported("Module._load_from_state_dict")

    def _register_load_state_dict_pre_hook(self, hook, with_module=False):
        return RemovableHandle({})

    def _register_state_dict_hook(self, hook):
        return RemovableHandle({})

    register_load_state_dict_post_hook = register_load_state_dict_pre_hook = _register_load_state_dict_pre_hook
    register_state_dict_post_hook = register_state_dict_pre_hook = _register_state_dict_hook

    def _register_hook(self, *args, **kwargs):
        return RemovableHandle({})

    register_full_backward_hook = register_full_backward_pre_hook = register_backward_hook = _register_hook

    def apply(self, fn):
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn, recurse=True):
        if recurse:
            for module in self.children():
                module._apply(fn)
        for table in (self._parameters, self._buffers):
            for name, value in table.items():
                if value is None:
                    continue
                made = fn(value)
                if made is not value:
                    if isinstance(value, Parameter):
                        value.data = made
                    else:
                        table[name] = made
        return self

    def _converted(self, convert):
        return self._apply(lambda one: convert(one.detach()) if one.dtype.order >= 2 else one)

    def to(self, *args, **kwargs):
        kinds = [one for one in (*args, *kwargs.values()) if type(one).__name__ == "dtype"]
        kinds += [one.dtype for one in args if isinstance(one, Tensor)]
        return self._converted(lambda one: one.to(kinds[0])) if kinds else self

    def type(self, dst_type):
        return self._apply(lambda one: one.detach().type(dst_type))

    def float(self):
        return self._converted(lambda one: one.float())

    def double(self):
        return self._converted(lambda one: one.double())

    def half(self):
        return self._converted(lambda one: one.half())

    def bfloat16(self):
        return self._converted(lambda one: one.bfloat16())

    def cuda(self, device=None):
        return self

    def cpu(self):
        return self

    def xpu(self, device=None):
        return self

    def to_empty(self, *, device, recurse=True):
        return self

    def share_memory(self):
        return self
