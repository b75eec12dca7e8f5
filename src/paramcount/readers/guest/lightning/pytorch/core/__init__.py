"""lightning.pytorch.core: where its modules are defined."""

from pytorch_lightning import LightningDataModule as LightningDataModule
from pytorch_lightning import LightningModule as LightningModule
