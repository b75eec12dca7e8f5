"""lightning: PyTorch Lightning by its newer name."""

from paramcount_guest.placeholders import absent
from pytorch_lightning import LightningDataModule as LightningDataModule
from pytorch_lightning import LightningModule as LightningModule
from pytorch_lightning import seed_everything as seed_everything

__getattr__ = absent("lightning")
