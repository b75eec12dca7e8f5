"""How a module is called: its hooks, and what the trace is told."""

import itertools

from paramcount_guest.state import STATE, stop

from torch import _dispatch
from torch._tensor import Tensor

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


class Calls:
    """Methods of Module that run when it is called."""

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

    def _varied_(self, *args, **kwargs):
        """Whether a layer is called so that its hyperparameters do not tell the shape: its operations do then."""
        return False

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
            whole = path is not None and path in state.leaves and "forward" not in self.__dict__
            if whole and not self._varied_(*args, **kwargs):
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
