"""torch.utils.data: data sets can be defined; none is read."""

from paramcount_guest.placeholders import absent

__getattr__ = absent("torch.utils.data")


class Dataset:
    """The base of data sets."""

    def __class_getitem__(cls, item):
        return cls


class IterableDataset(Dataset):
    """The base of data sets that are streams."""
