"""torch.nn.Module: what it registers, and in which order."""

import itertools
from collections import OrderedDict, namedtuple

from paramcount_guest.placeholders import Weights
from paramcount_guest.state import STATE, stop, unsupported

from torch import _dispatch
from torch._tensor import Tensor
from torch.nn.parameter import Buffer, Parameter

_IncompatibleKeys = namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])
_HANDLES = itertools.count()


class RemovableHandle:
    """What a hook is removed by."""

    def __init__(self, hooks):
        self.hooks = hooks
        self.id = next(_HANDLES)

    def remove(self):
        self.hooks.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.remove()


def tensors_in(value, found=None):
    """The tensors in tuples, lists and dictionaries, in order."""
    found = [] if found is None else found
    if isinstance(value, Tensor):
        found.append(value)
    elif isinstance(value, (tuple, list)):
        for one in value:
            tensors_in(one, found)
    elif isinstance(value, dict):
        for one in value.values():
            tensors_in(one, found)
    return found


def _forward_unimplemented(self, *input):
    raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')


class Module:
    """The base of all modules."""

    dump_patches = False
    _version = 1
    training = True
    call_super_init = False
    _compiled_call_impl = None

    def __init__(self, *args, **kwargs):
        if kwargs:
            raise TypeError(
                f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
            )
        if args:
            raise TypeError(
                f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given"
            )
        own = self.__dict__
        own["training"] = True
        own["_parameters"] = {}
        own["_buffers"] = {}
        own["_non_persistent_buffers_set"] = set()
        own["_modules"] = {}
        own["_forward_hooks"] = OrderedDict()
        own["_forward_pre_hooks"] = OrderedDict()

    forward = _forward_unimplemented

    # --- registration -----------------------------------------------------------------------------------------------

    def register_buffer(self, name, tensor, persistent=True):
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        _check_name(name, "buffer")
        if hasattr(self, name) and name not in self._buffers:
            raise KeyError(f"attribute '{name}' already exists")
        if tensor is not None and not isinstance(tensor, Tensor):
            if hasattr(type(tensor), "_placeholder_"):
                _dispatch.refuse("register_buffer", tensor)
            raise TypeError(
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = tensor
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def register_parameter(self, name, param):
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        _check_name(name, "parameter")
        if hasattr(self, name) and name not in self._parameters:
            raise KeyError(f"attribute '{name}' already exists")
        if param is not None and not isinstance(param, Parameter):
            if hasattr(type(param), "_placeholder_"):
                _dispatch.refuse("register_parameter", param)
            raise TypeError(
                f"cannot assign '{type(param).__name__}' object to parameter '{name}' (torch.nn.Parameter or None required)"
            )
        self._parameters[name] = param

    def add_module(self, name, module):
        if not isinstance(module, Module) and module is not None:
            _no_module(module)
        _check_name(name, "module")
        if hasattr(self, name) and name not in self._modules:
            raise KeyError(f"attribute '{name}' already exists")
        self._modules[name] = module

    def register_module(self, name, module):
        self.add_module(name, module)

    def __setattr__(self, name, value):
        own = self.__dict__
        parameters = own.get("_parameters")
        if isinstance(value, Parameter):
            if parameters is None:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            _forget(own, name, "_buffers", "_modules")
            self.register_parameter(name, value)
            return
        if parameters is not None and name in parameters:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as parameter '{name}' (torch.nn.Parameter or None expected)"
                )
            parameters[name] = None
            return
        modules = own.get("_modules")
        if isinstance(value, Module):
            if modules is None:
                raise AttributeError("cannot assign module before Module.__init__() call")
            _forget(own, name, "_parameters", "_buffers")
            modules[name] = value
            return
        if modules is not None and name in modules:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as child module '{name}' (torch.nn.Module or None expected)"
                )
            modules[name] = None
            return
        buffers = own.get("_buffers")
        if isinstance(value, Buffer) and buffers is not None:
            _forget(own, name, "_parameters", "_modules")
            self.register_buffer(name, value, value.persistent)
            return
        if buffers is not None and name in buffers:
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as buffer '{name}' (torch.Tensor or None expected)"
                )
            buffers[name] = value
            return
        object.__setattr__(self, name, value)

    def __getattr__(self, name):
        own = self.__dict__
        for table in ("_parameters", "_buffers", "_modules"):
            held = own.get(table)
            if held is not None and name in held:
                return held[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name):
        for table in ("_parameters", "_buffers", "_modules"):
            if name in self.__dict__.get(table, ()):
                del self.__dict__[table][name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self):
        return sorted({*object.__dir__(self), *self._parameters, *self._buffers, *self._modules})

    # --- walks ------------------------------------------------------------------------------------------------------

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        memo = set() if memo is None else memo
        if self not in memo:
            if remove_duplicate:
                memo.add(self)
            yield prefix, self
            for name, module in self._modules.items():
                if module is not None:
                    yield from module.named_modules(memo, prefix + ("." if prefix else "") + name, remove_duplicate)

    def modules(self):
        for _, module in self.named_modules():
            yield module

    def named_children(self):
        memo = set()
        for name, module in self._modules.items():
            if module is not None and module not in memo:
                memo.add(module)
                yield name, module

    def children(self):
        for _, module in self.named_children():
            yield module

    def _named_members(self, table, prefix="", recurse=True, remove_duplicate=True):
        memo = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, value in getattr(module, table).items():
                if value is None or value in memo:
                    continue
                if remove_duplicate:
                    memo.add(value)
                yield path + ("." if path else "") + name, value

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        yield from self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse=True):
        for _, value in self.named_parameters(recurse=recurse):
            yield value

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        yield from self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse=True):
        for _, value in self.named_buffers(recurse=recurse):
            yield value

    def get_submodule(self, target):
        found = self
        for name in target.split(".") if target else ():
            if not hasattr(found, name):
                raise AttributeError(f"{type(found).__name__} has no attribute `{name}`")
            found = getattr(found, name)
            if not isinstance(found, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return found

    def set_submodule(self, target, module, strict=False):
        path, _, name = target.rpartition(".")
        setattr(self.get_submodule(path), name, module)

    def get_parameter(self, target):
        path, _, name = target.rpartition(".")
        found = getattr(self.get_submodule(path), name)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return found

    def get_buffer(self, target):
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return module._buffers[name]

    # --- states -----------------------------------------------------------------------------------------------------

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

    def train(self, mode=True):
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self):
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        for value in self.parameters():
            value.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        return None

    def compile(self, *args, **kwargs):
        return None

    def extra_repr(self):
        return ""

    def _get_name(self):
        return type(self).__name__

    def __repr__(self):
        lines = []
        for name, module in self._modules.items():
            lines.append(f"({name}): " + repr(module).replace("\n", "\n  "))
        extra = self.extra_repr()
        if not lines:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join([*([extra] if extra else []), *lines]) + "\n)"

    # --- calls ------------------------------------------------------------------------------------------------------

    def register_forward_hook(self, hook, *, prepend=False, with_kwargs=False, always_call=False):
        handle = RemovableHandle(self._forward_hooks)
        self._forward_hooks[handle.id] = (hook, with_kwargs)
        if prepend:
            self._forward_hooks.move_to_end(handle.id, last=False)
        return handle

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        handle = RemovableHandle(self._forward_pre_hooks)
        self._forward_pre_hooks[handle.id] = (hook, with_kwargs)
        if prepend:
            self._forward_pre_hooks.move_to_end(handle.id, last=False)
        return handle

    def __call__(self, *args, **kwargs):
        state = STATE
        own = self.__dict__
        if "_forward_hooks" not in own:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '_forward_hooks'")
        for hook, with_kwargs in [*own["_forward_pre_hooks"].values()]:
            if with_kwargs:
                changed = hook(self, args, kwargs)
                if changed is not None:
                    args, kwargs = changed
            else:
                changed = hook(self, args)
                if changed is not None:
                    args = changed if isinstance(changed, tuple) else (changed,)
        if state.recording and not state.paused:
            result = self._traced(args, kwargs)
        else:
            result = self.forward(*args, **kwargs)
        for hook, with_kwargs in [*own["_forward_hooks"].values()]:
            changed = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
            if changed is not None:
                result = changed
        return result

    def _traced(self, args, kwargs):
        """Run forward, and write it into the trace: as one call where this is a layer with hyperparameters."""
        state = STATE
        path = state.module_paths.get(id(self))
        inputs = tensors_in((args, kwargs))
        shapes = [list(one.shape) for one in inputs]
        if len(state.running) > 300:
            raise stop("limit", "modules call one another more than 300 deep.")
        state.running.append((path, type(self).__name__, shapes))
        state.scopes.append(state.scopes[-1] if path is None else path)
        try:
            if path is not None and path in state.leaves and "forward" not in self.__dict__:
                references = [_dispatch.reference(one) for one in inputs]  # as they were before a change in place
                state.paused += 1
                try:
                    result = self.forward(*args, **kwargs)
                finally:
                    state.paused -= 1
                _dispatch.record("module", (), {}, tensors_in(result), path, references)
            else:
                if path is None and state.recording:
                    state.outside(self)
                result = self.forward(*args, **kwargs)
        except BaseException as error:
            if state.failed is None or state.failed[0] is not error:
                state.failed = (error, state.running[-1])
            raise
        finally:
            state.running.pop()
            state.scopes.pop()
        return result

    def __setstate__(self, state):
        self.__dict__.update(state)


Module._call_impl = Module.__call__


def _forget(own, name, *tables):
    own.pop(name, None)
    for table in tables:
        own[table].pop(name, None)


def _check_name(name, what):
    if not isinstance(name, str):
        raise TypeError(f"{what} name should be a string. Got {type(name).__name__}")
    if "." in name:
        raise KeyError(f'{what} name can\'t contain ".", got: {name}')
    if name == "":
        raise KeyError(f'{what} name can\'t be empty string ""')


def _no_module(module):
    name = getattr(type(module), "_placeholder_", None)
    if name:
        raise stop("missing library", f"{module!r} is used as a layer, and its library is not here.")
    raise TypeError(f"{module!r} is not a Module subclass")
