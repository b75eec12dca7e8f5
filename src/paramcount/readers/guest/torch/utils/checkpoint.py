"""Checkpointing runs what it is given."""

from paramcount_guest.state import fallback

__getattr__ = fallback("torch.utils.checkpoint")


def checkpoint(function, *args, use_reentrant=None, preserve_rng_state=True, context_fn=None, determinism_check="default",
               debug=False, early_stop=True, **kwargs):  # fmt: skip
    return function(*args, **kwargs)


def checkpoint_sequential(functions, segments, input, use_reentrant=None, **kwargs):
    for one in functions.children() if hasattr(functions, "children") else functions:
        input = one(input)
    return input
