"""pytorch_lightning.core.lightning: the module's class."""

from pytorch_lightning import LightningModule as LightningModule
