"""PyTorch Lightning: its modules are torch's, with what trains them beside; trainers and callbacks are not here."""

import inspect
import sys

from paramcount_guest.placeholders import absent
from torch.nn import Module

__getattr__ = absent("pytorch_lightning")


class Hyperparameters(dict):
    """What a module was made with, by attribute too."""

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(f'Missing attribute "{name}"')

    __setattr__ = dict.__setitem__


class HyperparametersMixin:
    """Keeps what `__init__` was given."""

    @property
    def hparams(self):
        return self.__dict__.setdefault("_hparams", Hyperparameters())

    def save_hyperparameters(self, *args, ignore=None, frame=None, logger=True):
        caller = frame or sys._getframe(1)
        names = inspect.signature(type(self).__init__).parameters
        given = {name: caller.f_locals[name] for name in list(names)[1:] if name in caller.f_locals}
        rest = [name for name, one in names.items() if one.kind is one.VAR_KEYWORD]
        for name in rest:
            given |= given.pop(name, {})
        if args and all(isinstance(one, str) for one in args):
            given = {name: one for name, one in given.items() if name in args}
        elif args:
            one = args[0]
            given = dict(one if isinstance(one, dict) else vars(one))
        left_out = (ignore,) if isinstance(ignore, str) else ignore or ()
        self.hparams.update({name: one for name, one in given.items() if name not in left_out})


class LightningDataModule(HyperparametersMixin):
    """What loads the data."""


class LightningModule(HyperparametersMixin, Module):
    """A module of torch's; what it does in training is nothing here."""

    example_input_array = None
    automatic_optimization = True
    trainer = logger = None
    current_epoch = global_step = global_rank = local_rank = 0

    @property
    def device(self):
        return next((one.device for one in self.parameters()), "cpu")

    def log(self, *args, **kwargs):
        return None

    log_dict = print = log

    def freeze(self):
        self.requires_grad_(False)
        self.eval()

    def unfreeze(self):
        self.requires_grad_(True)
        self.train()


def seed_everything(seed=None, workers=False, verbose=True):
    return seed
