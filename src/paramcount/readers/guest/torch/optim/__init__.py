"""torch.optim: optimizers can be made, as models that train themselves do; nothing is trained."""

import importlib

from paramcount_guest.state import fallback

_fallback = fallback("torch.optim")
_NAMES = ("ASGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "LBFGS", "Muon", "NAdam", "RAdam",
          "RMSprop", "Rprop", "SGD", "SparseAdam")  # fmt: skip


class Optimizer:
    """Holds the parameters it was given."""

    def __init__(self, params, defaults=None, **settings):
        held = list(params)
        if not held:
            raise ValueError("optimizer got an empty parameter list")
        self.defaults = defaults if isinstance(defaults, dict) else settings
        self.param_groups, self.state = [], {}
        for group in held if isinstance(held[0], dict) else [{"params": held}]:
            self.add_param_group(group)

    def add_param_group(self, param_group):
        given = param_group["params"]
        held = {"params": list(given) if not hasattr(given, "shape") else [given]}
        self.param_groups.append({"lr": 1e-3} | self.defaults | param_group | held)

    def zero_grad(self, set_to_none=True):
        return None

    def step(self, closure=None):
        return None

    def state_dict(self):
        return {"state": {}, "param_groups": []}

    def load_state_dict(self, state_dict):
        return None


def __getattr__(name):
    if name == "lr_scheduler":
        return importlib.import_module("torch.optim.lr_scheduler")
    if name not in _NAMES:
        return _fallback(name)
    found = globals()[name] = type(name, (_Named,), {"__module__": __name__})
    return found


class _Named(Optimizer):
    def __init__(self, params, lr=1e-3, *more, **settings):
        super().__init__(params, lr=lr, **settings)
