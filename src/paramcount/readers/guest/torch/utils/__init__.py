"""torch.utils."""

import importlib

__all__ = ["checkpoint", "data", "model_zoo"]


def __getattr__(name):
    if name in ("checkpoint", "data", "model_zoo", "hooks", "cpp_extension", "tensorboard"):
        return importlib.import_module(f"torch.utils.{name}")
    raise AttributeError(f"module 'torch.utils' has no attribute '{name}'")
