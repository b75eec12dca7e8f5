"""timm.models.helpers: what walks over models; weights are not here."""

from paramcount_guest.placeholders import absent
from torch.utils.checkpoint import checkpoint as checkpoint

__getattr__ = absent("timm.models.helpers")


def named_apply(fn, module, name="", depth_first=True, include_root=False):
    """Apply a function to each module with its name."""
    if not depth_first and include_root:
        fn(module=module, name=name)
    for child_name, child in module.named_children():
        full = f"{name}.{child_name}" if name else child_name
        named_apply(fn, child, full, depth_first, include_root=True)
    if depth_first and include_root:
        fn(module=module, name=name)
    return module


def checkpoint_seq(functions, x, every=1, flatten=False, skip_last=False, preserve_rng_state=True):
    for one in functions:
        x = one(x)
    return x
