"""pytorch_lightning.core.module: the module's class."""

from pytorch_lightning import LightningModule as LightningModule
