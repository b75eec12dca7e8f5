"""The module tree as the trace has it."""

from torch._tensor import Tensor
from torch.nn.modules._layer import registered
from torch.nn.parameter import is_lazy

from paramcount_guest.state import STATE


def plain(value):
    """A hyperparameter as JSON has it; None for what has no such form."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]
    if isinstance(value, Tensor):
        return plain(value.item()) if value._known and value.numel() == 1 else None
    if isinstance(value, float):
        return float(value) if value == value and abs(value) != float("inf") else str(value)
    if hasattr(value, "__index__"):
        return int(value.__index__())
    return None


def kind_of(module):
    """The class of torch.nn whose hyperparameters tell a module's parameters, or None."""
    kind = getattr(type(module), "_kind_", None)
    if kind is None or "_made_" not in module.__dict__ or "parametrizations" in module._modules:
        return None
    if any(is_lazy(one) for one in module._parameters.values()):
        return None
    own = registered(module)
    if own != module.__dict__["_made_"]:
        made = _again(module)
        if made is None or set(own) != set(registered(made)):
            return None
    return kind


def _again(module):
    """A layer made anew from the hyperparameters of one that was changed since it was made; None where none can be."""
    try:
        return type(module)._kind_class_(**module._hyper_())
    except (TypeError, ValueError, RuntimeError, AssertionError):
        return None


def leaf(module):
    """Whether a call of the module is a call of its class of torch.nn."""
    return type(module).forward is type(module)._kind_class_.forward


def summarise(root):
    """Every module, in order of registration, with its parameters and buffers; shared ones are told by their first."""
    first, held, modules, lazy = {}, {}, [], []
    state = STATE
    for path, module in root.named_modules(remove_duplicate=False) if _few_shared(root) else root.named_modules():
        known = first.get(id(module))
        entry = {"path": path, "class": type(module).__name__, "kind": None, "hyper": None, "same_as": None}
        if known is not None:
            entry["same_as"] = known
            modules.append(entry | {"parameters": [], "buffers": []})
            continue
        first[id(module)] = path
        state.keep.append(module)
        state.module_paths[id(module)] = path
        if "_modules" not in module.__dict__:
            raise AttributeError(f"{type(module).__name__} has not called Module.__init__()")
        kind = kind_of(module)
        if kind is not None:
            entry["kind"] = kind
            entry["hyper"] = {name: plain(value) for name, value in module._hyper_().items()}
            if leaf(module):
                state.leaves.add(path)
        for table, key in ((module._parameters, "parameters"), (module._buffers, "buffers")):
            rows = []
            for name, value in table.items():
                if value is None:
                    continue
                if is_lazy(value):
                    lazy.append(path)
                    continue
                full = f"{path}.{name}" if path else name
                row = {"name": name, "shape": list(value.shape)}
                if key == "parameters":
                    row["trainable"] = bool(value._requires_grad)
                row["shared_with"] = held.get(id(value))
                if id(value) not in held:
                    held[id(value)] = full
                    state.tensor_paths[id(value)] = full
                    state.keep.append(value)
                rows.append(row)
            entry[key] = rows
        modules.append(entry)
    return modules, lazy


def _few_shared(root):
    """Whether walking shared modules again stays small: a module may hold another many times over."""
    seen, count, stack = {}, 0, [root]
    while stack:
        module = stack.pop()
        count += 1
        if count > 100_000:
            return False
        stack.extend([one for one in module._modules.values() if one is not None])
        seen[id(module)] = True
    return True
